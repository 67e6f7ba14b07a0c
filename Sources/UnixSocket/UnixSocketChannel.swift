import Glibc
import RPC
import Wire

/// A channel to the server at a socket. Connects when it is first called, and again after a loss.
public final class UnixSocketChannel: Channel {
    private let core: ChannelCore
    private let loops: [IOLoop]

    /// - Throws: `.pathTooLong`; `.system` when no thread can be had. That nobody listens is no error here.
    public convenience init(path: String) throws(UnixSocketError) {
        try self.init(path: path, loops: [IOLoop()])
    }

    /// On the caller's own loop. Tasks that prefer its ``IOLoop/executor`` call without a lock and without waking
    /// a thread: some twice as many calls a second as tasks of the global pool.
    ///
    /// - Throws: `.pathTooLong`.
    public convenience init(
        path: String, loop: IOLoop, interceptors: [any ClientInterceptor] = []
    ) throws(UnixSocketError) {
        try self.init(path: path, loops: [loop], interceptors: interceptors)
    }

    /// - Parameter connections: For unary calls, on each loop. Each streaming call opens one more.
    package init(
        path: String, loops: [IOLoop], connections: Int = 1, limits: Limits = .init(),
        interceptors: [any ClientInterceptor] = []
    ) throws(UnixSocketError) {
        let connector = SocketConnector(
            address: try UnixSocketAddress(path),
            pollers: loops.map { (ObjectIdentifier($0.core), $0.poller) })
        self.loops = loops
        core = ChannelCore(
            loops: loops.map(\.core), connector: connector, connections: connections,
            limits: limits, interceptors: interceptors)
    }

    /// What was counted of the attempts at each method that was called.
    package var callCounts: [CallCounts] { core.callCounts }

    /// How often calls were sent again, since the channel was made.
    package var retryCounts: RetryCounts { core.retryCounts }

    /// Fails what is in flight with `CANCELLED` and closes every connection before it returns.
    public func close() async { await core.close() }

    public nonisolated(nonsending) func unary<Request: Message, Response: Message>(
        _ method: Method, _ request: Request, options: CallOptions
    ) async throws -> Response {
        try await core.unary(method, request, options: options)
    }

    public nonisolated(nonsending) func serverStreaming<
        Request: Message, Response: Message, Result: Sendable
    >(
        _ method: Method, _ request: Request, options: CallOptions,
        _ body: (ResponseStream<Response>) async throws -> Result
    ) async throws -> Result {
        try await core.serverStreaming(method, request, options: options, body)
    }

    public nonisolated(nonsending) func clientStreaming<Request: Message, Response: Message>(
        _ method: Method, options: CallOptions,
        _ write: (RequestWriter<Request>) async throws -> Void
    ) async throws -> Response {
        try await core.clientStreaming(method, options: options, write)
    }

    public nonisolated(nonsending) func bidirectional<
        Request: Message, Response: Message, Result: Sendable
    >(
        _ method: Method, options: CallOptions,
        _ body: (RequestWriter<Request>, ResponseStream<Response>) async throws -> Result
    ) async throws -> Result {
        try await core.bidirectional(method, options: options, body)
    }
}

private struct SocketConnector: Connector {
    let address: UnixSocketAddress
    let pollers: [(loop: ObjectIdentifier, poller: Poller)]

    func connect(_ connection: ClientConnection) throws(Status) {
        let wanted = ObjectIdentifier(connection.loop)
        guard let poller = pollers.first(where: { $0.loop == wanted })?.poller else {
            preconditionFailure("a connection of a loop that is not the channel's")
        }
        let descriptor: SocketDescriptor
        do {
            descriptor = try SocketDescriptor.make(for: address.path)
        } catch {
            throw Status(.unavailable, error.message)
        }
        let failure = descriptor.connect(to: address)
        guard failure == 0 else {
            descriptor.close()
            throw Status(
                .unavailable,
                "cannot connect to \(address.path): \(String(cString: strerror(failure)))")
        }
        SocketTransport.attach(descriptor, to: connection, on: poller)
    }
}
