import Glibc
import RPC
import Synchronization
import Wire

/// Serves a router at a Unix socket.
///
/// Life: ``start()``, then ``drain(within:)`` or ``close()``; not started again.
package final class UnixSocketServer: Sendable {
    private struct State {
        var listener: Listener?
        var isEnding = false
        var census: ConnectionCensus
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let address: UnixSocketAddress
    private let router: Router
    private let loops: [IOLoop]
    private let limits: Limits
    private let permissions: UInt32
    private let connectionLimits: ConnectionLimits
    private let shares: [LoopShare]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - permissions: Of the socket's file.
    ///   - ownUserID: Whose connections are not counted against ``ConnectionLimits/connectionsOfUserMax``.
    /// - Throws: `.pathTooLong`.
    package init(
        path: String, router: Router, loops: [IOLoop], limits: Limits = .init(),
        permissions: UInt32 = 0o600, connectionLimits: ConnectionLimits = .init(),
        ownUserID: UInt32 = geteuid()
    ) throws(UnixSocketError) {
        precondition(!loops.isEmpty, "a server needs a loop")
        address = try UnixSocketAddress(path)
        self.router = router
        self.loops = loops
        self.limits = limits
        self.permissions = permissions
        self.connectionLimits = connectionLimits
        state = Mutex(
            State(census: ConnectionCensus(limits: connectionLimits, ownUserID: ownUserID)))
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

    /// Those included that are being refused.
    package var connectionCount: Int { state.withLock { $0.census.count } }

    private func stopListening() async {
        if let listener = state.withLock({ $0.listener }) {
            await loops[0].core.run { listener.close() }
        }
        state.withLock { $0.isEnding = true }
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
                if state.census.count == 0 { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// On the first loop.
    private func accept(_ descriptor: SocketDescriptor, _ peer: Peer) {
        let verdict = state.withLock { state in
            state.isEnding ? nil : state.census.admit(peer.userID)
        }
        let hits = loops[0].core.limitHits
        switch verdict {
        case nil: descriptor.close()
        case .serve?:
            let share = shares.min { $0.load < $1.load }!
            share.addLoad(1)
            share.loop.core.submit { [self] in serve(descriptor, peer, on: share, refusal: nil) }
        case .refuse(let refusal)?:
            hits.count(refusal.limit)
            shares[0].addLoad(1)
            serve(descriptor, peer, on: shares[0], refusal: refusal.status)
        case .drop(let refusal)?:
            hits.count(refusal.limit)
            hits.count(.connectionsRefusing)
            descriptor.close()
        }
    }

    private func serve(
        _ descriptor: SocketDescriptor, _ peer: Peer, on share: LoopShare, refusal: Status?
    ) {
        let core = share.loop.core
        var timer: UInt64?
        let connection = ServerConnection(
            loop: core, router: router, peer: peer, limits: limits, refusal: refusal,
            onClose: { [self] connection in
                if let timer { core.cancelTimer(timer) }
                share.remove(connection)
                connectionClosed(peer.userID, wasServed: refusal == nil)
            })
        if refusal != nil {
            let point = core.now + connectionLimits.refusingTimeout
            timer = core.schedule(at: point) { [weak connection] in connection?.close() }
        }
        SocketTransport.attach(descriptor, to: connection, on: share.loop.poller)
        share.add(connection)
    }

    private func connectionClosed(_ userID: UInt32, wasServed: Bool) {
        let waiters = state.withLock { state in
            state.census.remove(userID, wasServed: wasServed)
            guard state.census.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
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
