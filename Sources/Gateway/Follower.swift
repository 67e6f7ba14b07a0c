import Logging
import Messages
import RPC
import Storage
import Synchronization
import WorkingTime

/// Follows one service's journal and delivers the facts that its events lead to.
///
/// 1. Facts about one subject are delivered in the journal's order; facts about different subjects
///    side by side.
/// 2. A fact is repeated until the other service answers; the `request_id` derived from the event
///    makes the repetition harmless.
/// 3. A final refusal is parked, an event that this version cannot read too, and the cursor moves
///    on.
/// 4. The cursor moves only over events whose facts were delivered or parked. After a crash at most
///    ``batchEntriesMax`` events are delivered again.
final class Follower: Sendable {
    static let batchEntriesMax = 64
    static let factTimeout = Duration.seconds(10)
    static let firstBackoff = Duration.milliseconds(50)
    static let backoffMax = Duration.seconds(5)

    private let upstream: Upstream
    private let upstreams: Upstreams
    private let store: GatewayStore
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let stalls = Mutex(Stalls())

    /// Kept apart, for each is over by a sign of its own.
    private struct Stalls {
        /// The journal cannot be followed; over when an entry comes, or its head is reached.
        var journal = ""
        /// A fact cannot be delivered; over when its batch is.
        var delivery = ""
    }

    init(
        of upstream: Upstream, upstreams: Upstreams, store: GatewayStore,
        clock: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.upstream = upstream
        self.upstreams = upstreams
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    var name: String { upstream.rawValue }

    /// Why the follower stands still; empty while it goes on.
    var stall: String { stalls.withLock { $0.journal.isEmpty ? $0.delivery : $0.journal } }

    /// Runs until the task is cancelled.
    func run() async {
        var backoff = Self.firstBackoff
        while !Task.isCancelled {
            do {
                // At its head an idle journal sends nothing: that it was reached is the one sign of
                // health.
                try await follow(untilHead: true)
                stalls.withLock { $0.journal = "" }
                backoff = Self.firstBackoff
                // Ends when the service stops.
                try await follow(untilHead: false)
            } catch {
                if Task.isCancelled { return }
                let reason = "\(error)"
                stalls.withLock { $0.journal = reason }
                logger.warning(
                    "following a journal failed",
                    metadata: ["of": "\(upstream)", "error": "\(reason)"])
            }
            do { try await Task.sleep(for: backoff) } catch { return }
            backoff = min(backoff * 2, Self.backoffMax)
        }
    }

    private func follow(untilHead: Bool) async throws {
        var request = CommonV1.FollowRequest()
        request.untilHead = untilHead
        if let cursor = try await store.cursor(of: upstream) {
            request.epoch = cursor.epoch
            request.afterSequence = cursor.sequence
        }
        var options = try upstreams.options(timeout: nil, retries: .none)
        // A service that is down is a stall to be seen, not a wait.
        options.waitForReady = false
        try await upstreams.channel(to: upstream).serverStreaming(
            followMethod, request, options: options
        ) { (entries: ResponseStream<CommonV1.JournalEntry>) in
            // What arrives while a batch is delivered waits in a buffer as large as a batch, then
            // in the socket.
            let (batches, feed) = BatchBuffer<CommonV1.JournalEntry>.make(
                elementsMax: Self.batchEntriesMax)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Also when the journal breaks off: what has come is delivered, then the error
                    // is seen.
                    defer { feed.finish() }
                    for try await entry in entries { try await feed.append(entry) }
                }
                while let batch = try await batches.next() {
                    stalls.withLock { $0.journal = "" }
                    try await deliver(batch)
                    stalls.withLock { $0.delivery = "" }
                }
                try await group.waitForAll()
            }
        }
    }

    private var followMethod: Method {
        switch upstream {
        case .records: RecordsV1.Journal.follow
        case .payments: PaymentsV1.Journal.follow
        case .digitization: DigitizationV1.Journal.follow
        case .surveys: SurveysV1.Journal.follow
        }
    }

    private func deliver(_ batch: [CommonV1.JournalEntry]) async throws {
        var together: [(CommonV1.JournalEntry, [Fact])] = []
        for entry in batch {
            let facts: [Fact]
            do throws(MessageError) {
                facts = try Journey.react(to: entry, of: upstream)
            } catch {
                try await parkUnreadable(entry, because: error)
                continue
            }
            if facts.isEmpty { continue }
            guard facts.contains(where: \.isBarrier) else {
                together.append((entry, facts))
                continue
            }
            try await deliverSideBySide(together)
            together = []
            for fact in facts { try await deliver(fact, from: entry) }
        }
        try await deliverSideBySide(together)
        if let last = batch.last {
            try await store.advance(upstream, to: .init(epoch: last.epoch, sequence: last.sequence))
        }
    }

    private func parkUnreadable(
        _ entry: CommonV1.JournalEntry, because error: MessageError
    ) async throws {
        logger.error(
            "an event is unreadable and is parked",
            metadata: ["sequence": "\(entry.sequence)", "error": "\(error.message)"])
        let content = GatewayStore.ParkedFact.Content.event(try entry.serialized())
        try await store.park(
            content, of: upstream, at: .init(epoch: entry.epoch, sequence: entry.sequence),
            because: .unreadableEvent(error), now: clock())
    }

    private func deliverSideBySide(_ entries: [(CommonV1.JournalEntry, [Fact])]) async throws {
        let bySubject = Dictionary(grouping: entries, by: \.0.subject)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for entries in bySubject.values {
                group.addTask {
                    for (entry, facts) in entries {
                        for fact in facts { try await self.deliver(fact, from: entry) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Returns once the fact is delivered or parked.
    private func deliver(_ fact: Fact, from entry: CommonV1.JournalEntry) async throws {
        var backoff = Self.firstBackoff
        while true {
            do {
                try await upstreams.send(fact, timeout: Self.factTimeout)
                return
            } catch let status as Status where !status.code.isTransient {
                logger.error(
                    "a fact was refused for good and is parked",
                    metadata: [
                        "method": "\(fact.method.path)", "sequence": "\(entry.sequence)",
                        "code": "\(status.code.name)",
                    ])
                try await store.park(
                    .fact(method: fact.method.path, request: fact.request), of: upstream,
                    at: .init(epoch: entry.epoch, sequence: entry.sequence),
                    because: status, now: clock())
                return
            } catch let status as Status {
                try Task.checkCancellation()
                stalls.withLock { $0.delivery = "\(fact.method.path): \(status)" }
                try await Task.sleep(for: backoff)
                backoff = min(backoff * 2, Self.backoffMax)
            }
        }
    }
}

extension Upstreams {
    /// Delivers a fact once; the reply says nothing that the gateway needs.
    func send(_ fact: Fact, timeout: Duration) async throws {
        guard let upstream = Upstream(serving: fact.method.service) else {
            preconditionFailure("a fact is for a service behind the gateway")
        }
        let _: RawMessage = try await channel(to: upstream).unary(
            fact.method, RawMessage(bytes: fact.request), options: try options(timeout: timeout))
    }
}

extension Status {
    static func unreadableEvent(_ error: MessageError) -> Status {
        Status(
            .failedPrecondition,
            "this version of the gateway cannot read the event (\(error.message)); "
                + "retry it once the gateway is as new as the service")
    }
}
