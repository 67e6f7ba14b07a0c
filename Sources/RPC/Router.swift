import Synchronization

/// Looks at a call before its handler does, in the order the router was given.
public protocol ServerInterceptor: Sendable {
    /// Refuses by throwing. Runs on the thread that owns the connection: it must not block.
    func admit(_ context: inout CallContext) throws(Status)
}

/// Sees the end of every call of a server: those that were refused before they had a handler too, with
/// `Method.unknown` where nothing of that name is served.
public protocol ServerObserver: Sendable {
    /// Called once for each call, on the thread that owns its connection: it must not block.
    func served(_ call: ServedCall)
}

/// How a call ended, seen from the server.
public struct ServedCall: Sendable {
    /// With what interceptors left in it.
    public var context: CallContext
    /// `CANCELLED` when the caller went away.
    public var code: StatusCode
    /// As the caller was told; nil for `OK`.
    public var failure: Status?
    /// From the turn in which the call was read to the one in which its answer was sent.
    public var duration: Duration
    /// Of messages, serialized.
    public var requestBytes: Int
    public var responseBytes: Int
}

/// Serves the methods that no service here serves. Their calls are counted together, as of
/// `Method.unknown`.
public struct Fallback: Sendable {
    package let find: @Sendable (_ service: String, _ name: String) -> Handler?

    /// - Parameter find: The handler of a method, over `RawMessage` where the payload is not to be
    ///   looked into; nil answers `UNIMPLEMENTED`. Called for each such call: look up, do not build.
    public init(_ find: @escaping @Sendable (_ service: String, _ name: String) -> Handler?) {
        self.find = find
    }
}

/// Finds the handler of a call by its service and method. Immutable; shared by all connections.
public final class Router: Sendable {
    package let interceptors: [any ServerInterceptor]
    private let fallback: Fallback?
    private let table: RouteTable
    let observer: (any ServerObserver)?
    private let tallies = Mutex<[ObjectIdentifier: ServerTallies]>([:])
    private let onFailure: (@Sendable (any Error, CallContext) -> Void)?

    /// - Parameter observer: Told of every call's end.
    /// - Parameter onFailure: Told of every error of a handler that is not a ``Status``: a bug, to be
    ///   logged. Called on the thread that owns the connection.
    public init(
        services: [any Service], interceptors: [any ServerInterceptor] = [],
        fallback: Fallback? = nil, observer: (any ServerObserver)? = nil,
        onFailure: (@Sendable (any Error, CallContext) -> Void)? = nil
    ) {
        self.interceptors = interceptors
        self.fallback = fallback
        self.observer = observer
        self.onFailure = onFailure
        table = RouteTable(services.flatMap(\.handlers))
    }

    /// Every method served by a service here, in the order of the services.
    public var methods: [Method] { table.handlers.map(\.method) }

    /// What was counted of the calls of each method that has been called, on all loops; of all that the
    /// table does not have together, as of `Method.unknown`.
    package var callCounts: [CallCounts] {
        let shards = tallies.withLock { Array($0.values) }
        return CallCounts.sum(shards.flatMap(\.counts)).filter { $0.started > 0 }
    }

    /// - Returns: The same for every connection of a loop.
    func tallies(on loop: EventLoop) -> ServerTallies {
        tallies.withLock { tallies in
            let recorder = loop.callRecorder
            if let made = tallies[ObjectIdentifier(recorder)] { return made }
            let made = ServerTallies(methods, recorder)
            tallies[ObjectIdentifier(recorder)] = made
            return made
        }
    }

    /// - Returns: The handler, and the index of its method's tally; none for a fallback's.
    func handler(
        service: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer
    ) throws(Status) -> (Handler, index: Int?) {
        if let found = table.index(service: service, name: name) {
            return (table.handlers[found], found)
        }
        let serviceName = String(decoding: service, as: UTF8.self)
        let methodName = String(decoding: name, as: UTF8.self)
        if let found = fallback?.find(serviceName, methodName) { return (found, nil) }
        if table.handlers.contains(where: { $0.method.service == serviceName }) {
            throw Status(.unimplemented, "method \(methodName)")
        }
        throw Status(.unimplemented, "service \(serviceName)")
    }

    /// What the caller is told of an error that a handler threw.
    package func status(of error: any Error, in context: CallContext) -> Status {
        switch error {
        case let status as Status: return status.naming(requestID: context.requestID)
        case is CancellationError: return Status(.cancelled, "the call was cancelled")
        default:
            onFailure?(error, context)
            let failure = Status(
                .internal, "the server failed on this call; its log has the reason")
            return failure.naming(requestID: context.requestID)
        }
    }
}
