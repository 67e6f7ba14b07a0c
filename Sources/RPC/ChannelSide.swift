import Wire

/// Makes a connection to the server that a channel stands for.
package protocol Connector: Sendable {
    /// Attaches a transport, without waiting. On the loop of `connection`.
    ///
    /// - Throws: `UNAVAILABLE` when nobody listens, or another status when no later attempt can succeed.
    func connect(_ connection: ClientConnection) throws(Status)
}

/// What a channel has on one loop: its connections, and the calls that wait for one. The loop's.
///
/// Connects when there is a call to send. After a failure it waits, longer each time, and each wait is
/// drawn from half to all of its length so that clients do not come back in step.
final class ChannelSide: DeadlineHolder, @unchecked Sendable {
    // Unchecked: what is not constant is touched by the loop's thread alone.

    static let firstBackoff: Duration = .milliseconds(10)
    static let backoffMax: Duration = .seconds(1)

    let loop: EventLoop
    let limits: Limits
    let interceptors: [any ClientInterceptor]
    let tallies: ClientTallies
    private let connector: any Connector
    private let budget: RetryBudget
    /// For unary calls.
    @exclusivity(unchecked) private var slots: [ClientConnection?]
    @exclusivity(unchecked) private var cursor = 0
    /// Of streams, and those that take no more calls.
    private var others: [ObjectIdentifier: ClientConnection] = [:]
    @exclusivity(unchecked) private var waiting: [ClientCall] = []
    private var backoff = ChannelSide.firstBackoff
    private var backoffTimer: UInt64?
    private var lastFailure = Status(.unavailable, "there is no connection")
    private var isSendingWaiting = false
    @exclusivity(unchecked) private var isClosed = false

    init(
        loop: EventLoop, connector: any Connector, connections: Int, limits: Limits,
        interceptors: [any ClientInterceptor], budget: RetryBudget
    ) {
        precondition(connections >= 1, "a channel needs a connection")
        self.budget = budget
        self.loop = loop
        self.connector = connector
        self.limits = limits
        self.interceptors = interceptors
        tallies = ClientTallies(loop.callRecorder)
        slots = Array(repeating: nil, count: connections)
    }

    func start(_ call: ClientCall) {
        guard !call.isOver, call.begin(on: self) else { return }
        sendOrWait(call)
    }

    private func sendOrWait(_ call: ClientCall) {
        guard !isClosed else { return call.fail(.channelClosed) }
        // A stream needs no room on the connection that the others wait for.
        if waiting.isEmpty || call.needsOwnConnection, send(call) { return }
        if call.isOver { return }
        guard call.options.waitForReady || backoffTimer == nil else {
            return call.fail(lastFailure)
        }
        if waiting.count >= limits.waitingCallsMax { waiting.removeAll(where: \.isOver) }
        guard waiting.count < limits.waitingCallsMax else {
            loop.limitHits.count(.waitingCalls)
            return call.fail(
                Status(
                    .resourceExhausted, "\(limits.waitingCallsMax) calls wait for the connection"))
        }
        if waiting.isEmpty { loop.add(self) }
        waiting.append(call)
        if let deadline = call.deadline { loop.noteDeadline(deadline) }
    }

    /// Every call fails; no connection is left.
    func close() {
        isClosed = true
        if let backoffTimer { loop.cancelTimer(backoffTimer) }
        let stranded = waiting
        waiting = []
        loop.remove(self)
        for call in stranded { call.fail(.channelClosed) }
        for connection in slots.compactMap({ $0 }) + Array(others.values) {
            connection.abort(.channelClosed)
        }
    }

    func expire(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        for call in waiting {
            if let deadline = call.deadline, deadline <= now {
                call.fail(
                    Status(.deadlineExceeded, "no connection in time: \(lastFailure.message)"))
            }
        }
        waiting.removeAll(where: \.isOver)
        if waiting.isEmpty { loop.remove(self) }
        return waiting.compactMap(\.deadline).min()
    }

    /// - Returns: False when the call must wait; true when it was sent, or failed.
    private func send(_ call: ClientCall) -> Bool {
        if call.needsOwnConnection {
            guard others.count < limits.streamConnectionsMax else {
                loop.limitHits.count(.streamConnections)
                call.fail(
                    Status(
                        .resourceExhausted,
                        "\(limits.streamConnectionsMax) streams of this channel are open; end some"
                    ))
                return true
            }
            guard let connection = connect(slot: nil) else { return false }
            _ = connection.send(call)
            connection.retire()
            return true
        }
        for _ in slots.indices {
            let slot = cursor
            cursor = slot + 1 == slots.count ? 0 : slot + 1
            guard let connection = slots[slot] ?? connect(slot: slot), connection.hasRoom else {
                continue
            }
            if connection.send(call) { return true }
            retire(slot: slot)
            guard let fresh = connect(slot: slot) else { continue }
            if fresh.send(call) { return true }
        }
        return false
    }

    private func connect(slot: Int?) -> ClientConnection? {
        guard backoffTimer == nil, !isClosed else { return nil }
        let connection = ClientConnection(
            loop: loop, limits: limits,
            events: .init(
                roomed: { [weak self] in self?.sendWaiting() },
                refused: { [weak self] connection, call in
                    self?.refused(call, by: connection, slot: slot)
                },
                closed: { [weak self] connection, unsent in
                    self?.closed(connection, slot: slot, unsent: unsent)
                }))
        do {
            try connector.connect(connection)
        } catch {
            connection.close()
            lastFailure = error
            backOff()
            return nil
        }
        if let slot {
            slots[slot] = connection
        } else {
            others[ObjectIdentifier(connection)] = connection
        }
        return connection
    }

    /// The connection takes no more calls, and closes after the last one it has.
    private func retire(slot: Int) {
        guard let connection = slots[slot] else { return }
        slots[slot] = nil
        others[ObjectIdentifier(connection)] = connection
        connection.retire()
    }

    /// On a fresh connection, or where there is none yet: as any call that begins.
    private func refused(_ call: ClientCall, by connection: ClientConnection, slot: Int?) {
        budget.countSentAgain()
        if let slot, slots[slot] === connection {
            retire(slot: slot)
        } else {
            connection.retire()
        }
        sendOrWait(call)
    }

    private func closed(_ connection: ClientConnection, slot: Int?, unsent: [ClientCall]) {
        let wasOurs = others.removeValue(forKey: ObjectIdentifier(connection)) != nil
        let isSlots = slot.map { slots[$0] === connection } ?? false
        if isSlots { slots[slot!] = nil }
        guard wasOurs || isSlots, !isClosed else {
            for call in unsent { call.fail(.channelClosed) }
            return
        }
        if connection.hasServed {
            backoff = ChannelSide.firstBackoff
        } else if isSlots {
            lastFailure =
                connection.refusal
                ?? Status(.unavailable, "the server closes connections without an answer")
            backOff()
        }
        for call in unsent where !call.options.waitForReady { call.fail(.connectionLost) }
        let moved = unsent.filter { !$0.isOver }.sorted { $0.frameEnd < $1.frameEnd }
        if !moved.isEmpty {
            if waiting.isEmpty { loop.add(self) }
            waiting.insert(contentsOf: moved, at: 0)
            for case let deadline? in moved.map(\.deadline) { loop.noteDeadline(deadline) }
        }
        sendWaiting()
    }

    private func backOff() {
        guard backoffTimer == nil, !isClosed else { return }
        let point = loop.now + backoff * Double.random(in: 0.5...1)
        backoff = min(backoff * 2, ChannelSide.backoffMax)
        backoffTimer = loop.schedule(at: point) { [weak self] in
            self?.backoffTimer = nil
            self?.sendWaiting()
        }
    }

    private func sendWaiting() {
        // A connection that closes while a call is sent on it comes back here.
        guard !waiting.isEmpty, !isSendingWaiting else { return }
        isSendingWaiting = true
        defer { isSendingWaiting = false }
        var sent = 0
        while sent < waiting.count, waiting[sent].isOver || send(waiting[sent]) { sent += 1 }
        waiting.removeFirst(sent)
        if waiting.isEmpty { loop.remove(self) }
    }
}

extension Status {
    fileprivate static var channelClosed: Status { Status(.cancelled, "the channel was closed") }
}
