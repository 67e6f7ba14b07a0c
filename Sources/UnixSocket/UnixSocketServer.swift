import RPC
import Synchronization
import Wire

/// Serves a router at a Unix socket.
///
/// Life: ``start()``, then ``drain(within:)`` or ``close()``; not started again.
package final class UnixSocketServer: Sendable {
    /// What the server accepts by default; others wait in the system's queue.
    package static let connectionsMax = 1024

    private struct State {
        var listener: Listener?
        var isEnding = false
        var connectionCount = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let address: UnixSocketAddress
    private let router: Router
    private let loops: [IOLoop]
    private let limits: Limits
    private let permissions: UInt32
    private let connectionsMax: Int
    private let shares: [LoopShare]
    private let state = Mutex(State())

    /// - Parameter permissions: Of the socket's file.
    /// - Throws: `.pathTooLong`.
    package init(
        path: String, router: Router, loops: [IOLoop], limits: Limits = .init(),
        permissions: UInt32 = 0o600, connectionsMax: Int = UnixSocketServer.connectionsMax
    ) throws(UnixSocketError) {
        precondition(!loops.isEmpty, "a server needs a loop")
        address = try UnixSocketAddress(path)
        self.router = router
        self.loops = loops
        self.limits = limits
        self.permissions = permissions
        self.connectionsMax = connectionsMax
        shares = loops.map(LoopShare.init)
    }

    /// On loops of its own.
    package convenience init(
        path: String, router: Router, loopCount: Int = 1, limits: Limits = .init(),
        permissions: UInt32 = 0o600
    ) throws(UnixSocketError) {
        var loops: [IOLoop] = []
        for _ in 0..<loopCount { loops.append(try IOLoop()) }
        try self.init(
            path: path, router: router, loops: loops, limits: limits, permissions: permissions)
    }

    /// Listens when it returns.
    ///
    /// - Throws: `.addressInUse` when a live server is at the path; `.notASocket`; `.system`.
    package func start() async throws(UnixSocketError) {
        let listener = try Listener(
            at: address, permissions: permissions, on: loops[0].poller,
            accept: { [weak self] descriptor, peer in
                if let self { accept(descriptor, peer) } else { descriptor.close() }
            })
        state.withLock { state in
            precondition(state.listener == nil && !state.isEnding, "a server is started once")
            state.listener = listener
        }
        await loops[0].core.run { listener.watch() }
    }

    /// Accepts no more, refuses new calls with `UNAVAILABLE`, and returns when the calls in flight are
    /// answered, or when the time is over and the rest are cancelled.
    package func drain(within limit: Duration) async {
        await stopListening()
        let timers = await beginDrain(within: limit)
        await untilNoConnection()
        for (share, timer) in timers {
            await share.loop.core.run { share.loop.core.cancelTimer(timer) }
        }
    }

    /// Cancels the calls in flight; no connection is left when it returns.
    package func close() async {
        await stopListening()
        for share in shares { await share.loop.core.run { share.closeAll() } }
        await untilNoConnection()
    }

    /// The most that the output of any live connection has held, in bytes.
    package func outputPeakByteCount() async -> Int {
        var peak = 0
        for share in shares {
            peak = max(peak, await share.loop.core.run { share.outputPeakByteCount })
        }
        return peak
    }

    package var connectionCount: Int { state.withLock { $0.connectionCount } }

    private func stopListening() async {
        let listener = state.withLock { state in
            state.isEnding = true
            return state.listener
        }
        guard let listener else { return }
        await loops[0].core.run { listener.close() }
    }

    private func beginDrain(within limit: Duration) async -> [(LoopShare, UInt64)] {
        var timers: [(LoopShare, UInt64)] = []
        for share in shares {
            let timer = await share.loop.core.run {
                share.drainAll()
                let core = share.loop.core
                return core.schedule(at: core.currentTime() + limit) { share.closeAll() }
            }
            timers.append((share, timer))
        }
        return timers
    }

    private func untilNoConnection() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.connectionCount == 0 { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// On the first loop.
    private func accept(_ descriptor: SocketDescriptor, _ peer: Peer) {
        let (isWanted, count) = state.withLock { state in
            if state.isEnding { return (false, 0) }
            state.connectionCount += 1
            return (true, state.connectionCount)
        }
        guard isWanted else { return descriptor.close() }
        if count >= connectionsMax { state.withLock { $0.listener }?.pause() }
        let share = shares.min { $0.load < $1.load }!
        share.addLoad(1)
        share.loop.core.submit { [self] in serve(descriptor, peer, on: share) }
    }

    private func serve(_ descriptor: SocketDescriptor, _ peer: Peer, on share: LoopShare) {
        let connection = ServerConnection(
            loop: share.loop.core, router: router, peer: peer, limits: limits,
            onClose: { [self] connection in
                share.remove(connection)
                connectionClosed()
            })
        SocketTransport.attach(descriptor, to: connection, on: share.loop.poller)
        share.add(connection)
    }

    private func connectionClosed() {
        let (waiters, listener): ([CheckedContinuation<Void, Never>], Listener?) = state.withLock {
            state in
            state.connectionCount -= 1
            let wasFull = state.connectionCount == connectionsMax - 1
            let listener = wasFull && !state.isEnding ? state.listener : nil
            guard state.connectionCount == 0 else { return ([], listener) }
            let waiters = state.waiters
            state.waiters = []
            return (waiters, listener)
        }
        if let listener { loops[0].core.submit { listener.watch() } }
        for waiter in waiters { waiter.resume() }
    }
}

/// A server's connections on one loop.
private final class LoopShare: @unchecked Sendable {
    // Unchecked: what is not atomic is touched by the loop's thread alone.

    let loop: IOLoop
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var isDraining = false
    private var isClosed = false
    private let loadCount = Atomic(0)
    private var peakOfClosed = 0

    init(_ loop: IOLoop) { self.loop = loop }

    var load: Int { loadCount.load(ordering: .relaxed) }
    func addLoad(_ change: Int) { loadCount.wrappingAdd(change, ordering: .relaxed) }

    var outputPeakByteCount: Int {
        connections.values.reduce(peakOfClosed) { max($0, $1.outputPeakByteCount) }
    }

    func add(_ connection: ServerConnection) {
        connections[ObjectIdentifier(connection)] = connection
        if isClosed { connection.close() } else if isDraining { connection.drain() }
    }

    func remove(_ connection: ServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
        peakOfClosed = max(peakOfClosed, connection.outputPeakByteCount)
        addLoad(-1)
    }

    func drainAll() {
        isDraining = true
        for connection in Array(connections.values) { connection.drain() }
    }

    func closeAll() {
        isClosed = true
        for connection in Array(connections.values) { connection.close() }
    }
}
