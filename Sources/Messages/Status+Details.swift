public import RPC

extension Status {
    /// The domain of a refusal that does not name its service.
    public static let defaultDomain = "motcua"

    /// A failure that programs can tell apart by its reason.
    ///
    /// - Parameter reason: In UPPER_SNAKE_CASE, stable for ever: `google.rpc.ErrorInfo.reason`.
    /// - Parameter domain: Whose reason it is, such as `records.motcua`.
    /// - Parameter metadata: What a program needs besides the reason. Never personal data.
    public init(
        _ code: StatusCode, reason: String, domain: String = defaultDomain, message: String,
        metadata: [String: String] = [:], fields: [GoogleRPC.BadRequest.FieldViolation] = [],
        retryAfter: Duration? = nil
    ) {
        self.init(code, message)
        var info = GoogleRPC.ErrorInfo()
        info.reason = reason.withoutNUL
        info.domain = domain.withoutNUL
        for (key, value) in metadata { info.metadata[key.withoutNUL] = value.withoutNUL }
        details.append(Detail(info))
        if !fields.isEmpty {
            var request = GoogleRPC.BadRequest()
            request.fieldViolations = fields.map(\.withoutNUL)
            details.append(Detail(request))
        }
        if let retryAfter {
            var retry = GoogleRPC.RetryInfo()
            retry.retryDelay = .init(retryAfter)
            details.append(Detail(retry))
        }
    }

    /// One field of the request is at fault.
    ///
    /// - Parameter field: Its path, such as `components[2].name`.
    /// - Parameter remedy: How to put it right, as a clause: `send 1 to 64 characters`.
    public static func invalidArgument(
        field: String, remedy: String, reason: String = "FIELD_INVALID",
        domain: String = defaultDomain
    ) -> Status {
        Status(
            .invalidArgument, reason: reason, domain: domain, message: "\(field): \(remedy)",
            fields: [.init(field: field, remedy: remedy, reason: reason)])
    }

    /// Bytes or JSON that are no such message.
    public init(_ error: MessageError) {
        let code: StatusCode = error.code == .tooLarge ? .resourceExhausted : .invalidArgument
        let fields: [GoogleRPC.BadRequest.FieldViolation] =
            error.field.isEmpty ? [] : [.init(field: error.field, remedy: error.message)]
        self.init(code, reason: "MESSAGE_INVALID", message: error.message, fields: fields)
    }

    /// nil when the status has none, or one that cannot be read.
    public var errorInfo: GoogleRPC.ErrorInfo? { detail() }
    public var badRequest: GoogleRPC.BadRequest? { detail() }
    public var retryInfo: GoogleRPC.RetryInfo? { detail() }
    public var requestInfo: GoogleRPC.RequestInfo? { detail() }

    /// The first detail of that type.
    public func detail<M: Message>(as type: M.Type = M.self) -> M? {
        let url = Detail.typeURLPrefix + M.fullName
        guard let found = details.first(where: { $0.typeURL == url }) else { return nil }
        // A detail is a courtesy of the peer: a damaged one must not hide the failure that it rides
        // on.
        return try? M(serialized: found.value)
    }
}

extension Status.Detail {
    static let typeURLPrefix = "type.googleapis.com/"

    fileprivate init<M: Message>(_ message: M) {
        do {
            self.init(typeURL: Self.typeURLPrefix + M.fullName, value: try message.serialized())
        } catch {
            preconditionFailure(
                "\(M.fullName) was cleaned and still cannot be written: \(error.message)")
        }
    }
}

extension GoogleRPC.BadRequest.FieldViolation {
    public init(field: String, remedy: String, reason: String = "") {
        self.init()
        self.field = field
        self.description = remedy
        self.reason = reason
    }

    fileprivate var withoutNUL: Self {
        Self(field: field.withoutNUL, remedy: description.withoutNUL, reason: reason.withoutNUL)
    }
}

extension GoogleRPC.Status {
    /// As it stands on the wire.
    public init(_ status: RPC.Status) {
        self.init()
        code = status.code.rawValue
        message = status.message.withoutNUL
        details = status.details.map { detail in
            var any = GoogleProtobuf.`Any`()
            any.typeURL = detail.typeURL
            any.value = detail.value
            return any
        }
    }
}

extension String {
    /// A refusal must reach the caller even where it repeats text that cannot be sent.
    fileprivate var withoutNUL: String {
        utf8.contains(0) ? String(map { $0 == "\0" ? "\u{FFFD}" : $0 }) : self
    }
}
