import Foundation
import GRDB
import RPC
import Synchronization
import WorkingTime

/// The one ordered list of what happened in this service: its outbox.
///
/// Sequences run 1, 2, 3 … without a gap within an epoch. The epoch is a random UUID made with the
/// database, so that a follower notices another database behind the same name.
package final class Journal: Sendable {
    package struct Entry: Hashable, Sendable {
        package var epoch: String
        package var sequence: Int64
        package var recordedAt: Instant
        /// The event's protobuf full name.
        package var type: String
        package var subject: String
        package var payload: [UInt8]

        package init(
            epoch: String, sequence: Int64, recordedAt: Instant, type: String, subject: String,
            payload: [UInt8]
        ) {
            self.epoch = epoch
            self.sequence = sequence
            self.recordedAt = recordedAt
            self.type = type
            self.subject = subject
            self.payload = payload
        }
    }

    /// ``follow(afterEpoch:sequence:limit:)`` returns at most this many entries.
    package static let entriesMax = 1_000

    package let epoch: String

    private struct Watch {
        var head: Int64
        var isClosed = false
        var lastWaiter: UInt64 = 0
        /// One for each suspended caller.
        var waiters: [UInt64: (after: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let readers: Readers
    private let watch: Mutex<Watch>

    init(epoch: String, head: Int64, readers: Readers) {
        self.epoch = epoch
        self.readers = readers
        watch = Mutex(Watch(head: head))
    }

    /// The sequence of the last committed event, 0 when there is none.
    package var head: Int64 { watch.withLock { $0.head } }

    /// The entries after a follower's place, oldest first; empty when it has seen all.
    ///
    /// - Parameters:
    ///   - epoch: The epoch of the follower's last entry; empty when it has none yet.
    ///   - sequence: The sequence of its last entry; 0 for the beginning.
    /// - Throws: FAILED_PRECONDITION when that place is not in this journal, because the database
    ///   is another one or was restored from a backup that is older than the follower.
    package func follow(
        afterEpoch epoch: String, sequence: Int64, limit: Int
    ) async throws -> [Entry] {
        guard epoch.isEmpty || epoch == self.epoch else {
            throw Status(
                .failedPrecondition,
                "The epoch \(epoch) is not this journal's: the database is another one. Compare "
                    + "what you have with this service, then follow from the beginning.")
        }
        guard sequence >= 0 else {
            throw Status(
                .invalidArgument,
                "sequence must not be negative: send 0 to follow from the beginning.")
        }
        let limit = min(max(limit, 1), Self.entriesMax)
        return try await readers.read { database in
            let head = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM journal") ?? 0
            guard sequence <= head else {
                throw Status(
                    .failedPrecondition,
                    "The sequence \(sequence) is beyond this journal's last, \(head): the "
                        + "database was restored from a backup. Compare what you have with this "
                        + "service, then follow from the last entry that both have.")
            }
            let statement = try database.cachedStatement(
                sql: """
                    SELECT sequence, recorded_at, type, subject, payload FROM journal
                    WHERE sequence > ? ORDER BY sequence LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: [sequence, limit]).map { row in
                Entry(
                    epoch: self.epoch, sequence: row[0],
                    recordedAt: Instant(millisecondsSinceEpoch: row[1]), type: row[2],
                    subject: row[3],
                    payload: [UInt8](row[4] as Data))
            }
        }
    }

    /// Suspends until an event after `sequence` is committed; returns at once when one is. Returns
    /// early when the caller is cancelled and when the store closes: look again, and stop when
    /// cancelled.
    package func waitForEvents(after sequence: Int64) async {
        let id = watch.withLock { watch in
            watch.lastWaiter += 1
            return watch.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = watch.withLock { watch in
                    // Under the lock: a cancellation that comes later finds the waiter.
                    guard !watch.isClosed, watch.head <= sequence, !Task.isCancelled else {
                        return false
                    }
                    watch.waiters[id] = (sequence, continuation)
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            watch.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    static func append(
        _ event: some Message, subject: String, sequence: Int64, at now: Instant,
        in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO journal (sequence, recorded_at, type, subject, payload)
                VALUES (?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            sequence, now.millisecondsSinceEpoch, type(of: event).fullName, subject,
            Data(try event.serialized()),
        ])
    }

    /// Wakes the followers of events that are now committed.
    func publish(head: Int64) {
        let woken = watch.withLock { watch -> [CheckedContinuation<Void, Never>] in
            guard head > watch.head else { return [] }
            watch.head = head
            let ready = watch.waiters.filter { $0.value.after < head }
            for id in ready.keys { watch.waiters.removeValue(forKey: id) }
            return ready.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Whether ``stopWaking()`` was called, or the store closed.
    package var isEnding: Bool { watch.withLock(\.isClosed) }

    /// Wakes those who wait for events, and lets nobody wait again: the process is about to stop.
    package func stopWaking() {
        let woken = watch.withLock { watch in
            watch.isClosed = true
            defer { watch.waiters = [:] }
            return watch.waiters.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
