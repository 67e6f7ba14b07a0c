import Wire

/// What a request is called wherever it goes: `x-request-id` in metadata.
public enum RequestID {
    public static let metadataKey = "x-request-id"
    public static let lengthMax = 64

    /// The caller's own, if he sent exactly one of 1 to 64 printable ASCII characters.
    public static func received(_ metadata: Metadata) -> String? {
        let values = metadata.values(for: metadataKey)
        guard values.count == 1, (1...lengthMax).contains(values[0].utf8.count),
            values[0].utf8.allSatisfy({ (0x20...0x7e).contains($0) })
        else { return nil }
        return values[0]
    }
}

/// Reads a call's trace and request id into its context.
public struct TraceAdmission: ServerInterceptor {
    private let begins: Bool

    /// - Parameter begins: Whether a call that comes without gets a trace and a request id of its own:
    ///   where requests enter the system.
    public init(begins: Bool) { self.begins = begins }

    public func admit(_ context: inout CallContext) throws(Status) {
        context.trace = TraceContext(context.metadata) ?? (begins ? .root() : nil)
        context.requestID =
            RequestID.received(context.metadata) ?? (begins ? context.trace?.traceID : nil)
    }
}

/// Begins a trace for each call that has none.
public struct TraceBeginning: ClientInterceptor {
    public init() {}

    public func prepare(_ metadata: inout Metadata, for method: Method) throws(Status) {
        guard metadata[TraceContext.parentKey] == nil else { return }
        TraceContext.root().write(to: &metadata)
    }
}

extension CallOptions {
    /// Makes the call a part of what `context` is about: the next request of its trace, under its
    /// request id.
    public mutating func carry(traceOf context: CallContext) {
        if let trace = context.trace { trace.child().write(to: &metadata) }
        if let requestID = context.requestID {
            metadata.remove(RequestID.metadataKey)
            metadata.add(requestID, for: RequestID.metadataKey)
        }
    }
}

extension Status {
    static let requestInfoURL = "type.googleapis.com/google.rpc.RequestInfo"

    /// With the request's id, where the failure is one to ask the operator about.
    ///
    /// The detail is `google.rpc.RequestInfo { request_id=1 }`.
    func naming(requestID: String?) -> Status {
        guard let requestID else { return self }
        switch code {
        case .internal, .unknown, .unavailable, .dataLoss: break
        case .ok, .cancelled, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists,
            .permissionDenied, .resourceExhausted, .failedPrecondition, .aborted, .outOfRange,
            .unimplemented, .unauthenticated:
            return self
        }
        guard !details.contains(where: { $0.typeURL == Status.requestInfoURL }) else {
            return self
        }
        var info = OutputBuffer()
        info.appendString(field: 1, requestID)
        var named = self
        named.details.append(Detail(typeURL: Status.requestInfoURL, value: Array(info.bytes)))
        return named
    }
}
