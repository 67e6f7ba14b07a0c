/// Looks at a call before its handler does, in the order the router was given.
public protocol ServerInterceptor: Sendable {
    /// Refuses by throwing. Runs on the thread that owns the connection: it must not block.
    func admit(_ context: inout CallContext) throws(Status)
}

/// Serves the methods that no service here serves: a gateway's routes.
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
    private let onFailure: (@Sendable (any Error, CallContext) -> Void)?

    /// - Parameter onFailure: Told of every error of a handler that is not a ``Status``: a bug, to be
    ///   logged. Called on the thread that owns the connection.
    public init(
        services: [any Service], interceptors: [any ServerInterceptor] = [],
        fallback: Fallback? = nil,
        onFailure: (@Sendable (any Error, CallContext) -> Void)? = nil
    ) {
        self.interceptors = interceptors
        self.fallback = fallback
        self.onFailure = onFailure
        table = RouteTable(services.flatMap(\.handlers))
    }

    /// Every method served by a service here, in the order of the services.
    public var methods: [Method] { table.handlers.map(\.method) }

    package func handler(
        service: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer
    ) throws(Status) -> Handler {
        if let found = table.handler(service: service, name: name) { return found }
        let serviceName = String(decoding: service, as: UTF8.self)
        let methodName = String(decoding: name, as: UTF8.self)
        if let found = fallback?.find(serviceName, methodName) { return found }
        if table.handlers.contains(where: { $0.method.service == serviceName }) {
            throw Status(.unimplemented, "method \(methodName)")
        }
        throw Status(.unimplemented, "service \(serviceName)")
    }

    /// What the caller is told of an error that a handler threw.
    package func status(of error: any Error, in context: CallContext) -> Status {
        switch error {
        case let status as Status: return status
        case is CancellationError: return Status(.cancelled, "the call was cancelled")
        default:
            onFailure?(error, context)
            return Status(.internal, "the server failed on this call; its log has the reason")
        }
    }
}
