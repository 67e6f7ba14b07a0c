/// Who is at the other end of a connection, as the kernel tells it.
public struct Peer: Sendable, Hashable {
    public var userID: UInt32
    public var groupID: UInt32
    /// Of the process that connected; it may have ended since.
    public var processID: Int32?

    public init(userID: UInt32, groupID: UInt32, processID: Int32? = nil) {
        self.userID = userID
        self.groupID = groupID
        self.processID = processID
    }
}

/// Names a value that an interceptor puts into a ``CallContext``.
public protocol ContextKey {
    associatedtype Value: Sendable
}

/// What a handler knows of its call besides the request.
public struct CallContext: Sendable {
    public let method: Method
    /// As the caller sent it.
    public var metadata: Metadata
    /// When the caller stops waiting. The runtime cancels the handler's task then and answers
    /// `DEADLINE_EXCEEDED` in its place.
    public var deadline: ContinuousClock.Instant?
    public var peer: Peer
    private var values: [(key: ObjectIdentifier, value: any Sendable)]
    // Behind one reference: a context is copied for each call, and most of it has none of this.
    private var origin: Origin?

    private final class Origin: Sendable {
        let trace: TraceContext?
        let requestID: String?

        init(_ trace: TraceContext?, _ requestID: String?) {
            self.trace = trace
            self.requestID = requestID
        }
    }

    public init(
        method: Method, metadata: Metadata = .init(), deadline: ContinuousClock.Instant? = nil,
        peer: Peer
    ) {
        self.method = method
        self.metadata = metadata
        self.deadline = deadline
        self.peer = peer
        values = []
    }

    /// The request that brought the call here, if an interceptor read it.
    public var trace: TraceContext? {
        get { origin?.trace }
        set { origin = Origin(newValue, origin?.requestID) }
    }

    /// What the caller, and every log on the way, calls the request.
    public var requestID: String? {
        get { origin?.requestID }
        set { origin = Origin(origin?.trace, newValue) }
    }

    /// What an interceptor left for the handler.
    public subscript<Key: ContextKey>(_ key: Key.Type) -> Key.Value? {
        get {
            let wanted = ObjectIdentifier(key)
            return values.first { $0.key == wanted }?.value as? Key.Value
        }
        set {
            let wanted = ObjectIdentifier(key)
            values.removeAll { $0.key == wanted }
            if let newValue { values.append((wanted, newValue)) }
        }
    }
}
