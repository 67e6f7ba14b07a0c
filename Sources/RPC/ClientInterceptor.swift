/// Sees each attempt at a call of a channel, in the order the channel was given.
public protocol ClientInterceptor: Sendable {
    /// Before the attempt is sent. Refuses by throwing. Runs on a thread of the channel: it must not block.
    func prepare(_ metadata: inout Metadata, for method: Method) throws(Status)
    /// When the attempt is over, on the same thread.
    func answered(_ call: AnsweredCall)
}

extension ClientInterceptor {
    public func prepare(_ metadata: inout Metadata, for method: Method) throws(Status) {}
    public func answered(_ call: AnsweredCall) {}
}

/// How one attempt at a call ended, seen from the client.
public struct AnsweredCall: Sendable {
    public var method: Method
    /// As it was sent.
    public var metadata: Metadata
    /// `CANCELLED` when the caller gave the call up.
    public var code: StatusCode
    /// Nil for `OK`.
    public var failure: Status?
    /// The wait for a connection included.
    public var duration: Duration
    /// Of messages, serialized.
    public var requestBytes: Int
    public var responseBytes: Int
}
