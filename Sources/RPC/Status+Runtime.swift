import Wire

/// What the runtime itself answers. Services have their own mapping.
extension Status {
    static var connectionLost: Status {
        Status(.unavailable, "the connection was lost; the call may have taken effect or not")
    }

    static var taskCancelled: Status { Status(.cancelled, "the task was cancelled") }
    static var cancelledByCaller: Status { Status(.cancelled, "the caller gave the call up") }
    static var deadlineExceeded: Status { Status(.deadlineExceeded, "the deadline has passed") }
    /// Of a call that was not begun, so that any method may be called again.
    package static var draining: Status {
        Status(
            .unavailable, "the server is shutting down; call again",
            details: [.errorInfo(reason: drainingReason, domain: runtimeDomain)])
    }

    /// `google.rpc.ErrorInfo.domain` of what the runtime itself says, about this hop alone.
    static let runtimeDomain = "rpc.motcua"
    static let drainingReason = "DRAINING"

    /// Whether the server says that it has not begun the call and will not.
    var isRefusalUnprocessed: Bool {
        code == .unavailable && details.contains { $0.runtimeReason == Status.drainingReason }
    }

    /// As it is passed on: what one hop's runtime says would be untrue of the next hop's call.
    var withoutRuntimeDetails: Status {
        var status = self
        status.details.removeAll { $0.runtimeReason != nil }
        return status
    }

    /// A message that was received does not parse: the sender's fault, so the field is named.
    init(malformed error: MessageError, in name: String) {
        let field = error.field
        let place = field.isEmpty ? name : "\(name), field \(field)"
        self.init(
            .invalidArgument, "\(place): \(error.message)",
            details: field.isEmpty ? [] : [.badRequest(field: field, description: error.message)])
    }

    /// A message cannot be sent.
    init(unsendable error: MessageError, limit: Int) {
        switch error.code {
        case .tooLarge:
            self.init(
                .resourceExhausted,
                "the message does not fit a frame of \(limit) bytes (\(error.message)); send it in parts"
            )
        case .malformed, .invalidUTF8, .embeddedNUL:
            self.init(
                .invalidArgument, "the message cannot be written: \(error.message)",
                details: error.field.isEmpty
                    ? [] : [.badRequest(field: error.field, description: error.message)])
        }
    }

    init(_ error: WireError, lengthMax: Int = Limits.frameLengthMax) {
        switch error {
        case .frameTooLarge(let header):
            self.init(
                .resourceExhausted,
                "message length \(header.length) exceed maximum message size of \(lengthMax)"
            )
        case .dataTooLarge(let byteCount):
            self.init(
                .resourceExhausted, "\(byteCount) bytes do not fit a frame; send them in parts")
        case .malformedEnvelope:
            self.init(.invalidArgument, "unmarshal request error: the envelope is malformed")
        case .invalidUTF8:
            self.init(.invalidArgument, "unmarshal request error: metadata is not UTF-8")
        case .nameTooLong:
            self.init(.invalidArgument, "the name of the service or the method is too long")
        case .tooMuchMetadata:
            self.init(.resourceExhausted, "the call carries more metadata than the limit")
        }
    }

    /// A failure off the wire. A code that gRPC does not have is `UNKNOWN`.
    init(_ view: ResponseEnvelope.StatusView) {
        var details: [Detail] = []
        do {
            try view.forEachDetail { typeURL, value in
                details.append(
                    Detail(typeURL: String(decoding: typeURL, as: UTF8.self), value: Array(value)))
            }
        } catch {
            // The code and the sentence still say what happened; a broken detail is no reason to lose them.
            details = []
        }
        let code = StatusCode(rawValue: view.code) ?? .unknown
        self.init(
            code == .ok ? .unknown : code, String(decoding: view.message, as: UTF8.self),
            details: details)
    }
}

extension Status.Detail {
    private static let errorInfoURL = "type.googleapis.com/google.rpc.ErrorInfo"

    /// `google.rpc.ErrorInfo { reason=1; domain=2 }`, of a refusal that is the runtime's.
    package static func errorInfo(reason: String, domain: String = "motcua") -> Status.Detail {
        var info = OutputBuffer()
        info.appendString(field: 1, reason)
        info.appendString(field: 2, domain)
        return Status.Detail(typeURL: errorInfoURL, value: Array(info.bytes))
    }

    /// `google.rpc.RetryInfo { retry_delay=1 { seconds=1 } }`. Whole seconds.
    package static func retryInfo(after delay: Duration) -> Status.Detail {
        var seconds = OutputBuffer()
        seconds.appendInteger(field: 1, delay.components.seconds)
        var info = OutputBuffer()
        info.appendBytes(field: 1, Array(seconds.bytes))
        return Status.Detail(
            typeURL: "type.googleapis.com/google.rpc.RetryInfo", value: Array(info.bytes))
    }

    /// Of an `ErrorInfo` of the runtime's domain.
    fileprivate var runtimeReason: String? {
        guard typeURL == Status.Detail.errorInfoURL else { return nil }
        return value.withUnsafeBytes { bytes in
            var reader = ProtobufReader(bytes)
            var texts: [UInt64: String] = [:]
            do throws(WireError) {
                while let (field, value) = try reader.next() {
                    if field <= 2, case .bytes(let text) = value {
                        texts[field] = String(decoding: text, as: UTF8.self)
                    }
                }
            } catch {
                // A broken detail says nothing.
                return nil
            }
            return texts[2] == Status.runtimeDomain ? texts[1] : nil
        }
    }

    /// `google.rpc.BadRequest { field_violations=1 { field=1; description=2 } }`.
    static func badRequest(field: String, description: String) -> Status.Detail {
        var violation = OutputBuffer()
        violation.appendString(field: 1, field)
        violation.appendString(field: 2, description)
        var request = OutputBuffer()
        request.appendBytes(field: 1, Array(violation.bytes))
        return Status.Detail(
            typeURL: "type.googleapis.com/google.rpc.BadRequest", value: Array(request.bytes))
    }
}
