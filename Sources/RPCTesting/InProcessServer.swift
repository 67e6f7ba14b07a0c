import RPC
import Wire

/// A router served without sockets: the same connections, frames and bytes, joined by pipes.
package final class InProcessServer: Sendable {
    package static let peer = Peer(userID: 1000, groupID: 1000, processID: 1)

    package let loop: InProcessLoop
    private let state: ServerState

    package init(
        _ router: Router, limits: Limits = .init(), peer: Peer = InProcessServer.peer,
        clock: ManualClock? = nil
    ) {
        loop = InProcessLoop(clock: clock)
        state = ServerState(loop: loop, router: router, limits: limits, peer: peer)
    }

    package convenience init(
        services: [any Service], interceptors: [any ServerInterceptor] = [],
        clock: ManualClock? = nil
    ) {
        self.init(Router(services: services, interceptors: interceptors), clock: clock)
    }

    /// A channel to this server, with connections of its own.
    package func makeChannel(
        connections: Int = 1, limits: Limits = .init(), interceptors: [any ClientInterceptor] = []
    ) -> ChannelCore {
        ChannelCore(
            loops: [loop.core], connector: PipeConnector(server: state), connections: connections,
            limits: limits, interceptors: interceptors)
    }

    /// A connection whose client is the test itself.
    package func makeRawPeer() async -> RawPeer {
        let state = state
        let pipe = await loop.core.run { Moved(state.accept(Pipe(nil))) }
        return RawPeer(pipe.value, loop)
    }

    /// While off, nobody listens: attempts to connect fail.
    package func setListening(_ isOn: Bool) async {
        let state = state
        await loop.core.run { state.isListening = isOn }
    }

    /// Every connection breaks, as if the server had been killed.
    package func breakConnections() async {
        let state = state
        await loop.core.run { state.closeAll() }
    }

    /// New calls are refused; connections close when those in flight are answered.
    package func beginDraining() async {
        let state = state
        await loop.core.run { state.drainAll() }
    }

    package func connectionCount() async -> Int {
        let state = state
        return await loop.core.run { state.connections.count }
    }

    /// Serialized bytes that calls make the server hold, on all connections and for all reasons.
    package func heldByteCount() async -> Int {
        let state = state
        return await loop.core.run {
            state.connections.values.reduce(0) {
                $0 + $1.heldMessages.byteCount + $1.heldRequests.byteCount
                    + $1.heldOutput.byteCount
            }
        }
    }

    /// The most that the output of any live connection of the server has held.
    package func outputPeakByteCount() async -> Int {
        let state = state
        return await loop.core.run {
            state.connections.values.map(\.outputPeakByteCount).max() ?? 0
        }
    }
}

/// For a value that is made on the loop, and used there.
struct Moved<Value>: @unchecked Sendable {
    // Unchecked: whoever takes it out is on the loop.
    let value: Value

    init(_ value: Value) { self.value = value }
}

final class ServerState: @unchecked Sendable {
    // Unchecked: what is not constant is touched by the loop's thread alone.

    private let loop: InProcessLoop
    private let router: Router
    private let limits: Limits
    private let peer: Peer
    var isListening = true
    private(set) var connections: [ObjectIdentifier: ServerConnection] = [:]

    init(loop: InProcessLoop, router: Router, limits: Limits, peer: Peer) {
        self.loop = loop
        self.router = router
        self.limits = limits
        self.peer = peer
    }

    /// - Returns: `client`, joined to a new connection of the server.
    func accept(_ client: Pipe) -> Pipe {
        let connection = ServerConnection(
            loop: loop.core, router: router, peer: peer, limits: limits,
            onClose: { [weak self] connection in
                self?.connections[ObjectIdentifier(connection)] = nil
            })
        connections[ObjectIdentifier(connection)] = connection
        let server = Pipe(connection)
        Pipe.join(client, server)
        loop.add(server)
        loop.add(client)
        return client
    }

    func closeAll() {
        for connection in Array(connections.values) { connection.close() }
    }

    func drainAll() {
        for connection in Array(connections.values) { connection.drain() }
    }
}

private struct PipeConnector: Connector {
    let server: ServerState

    func connect(_ connection: ClientConnection) throws(Status) {
        guard server.isListening else { throw Status(.unavailable, "nobody listens") }
        _ = server.accept(Pipe(connection))
    }
}
