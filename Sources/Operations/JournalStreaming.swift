import Messages
import RPC
import Storage

/// How many journal rows are read at a time.
private let journalPageRows = 256

/// Streams a service's journal from where the follower stands; waits for more at the head, unless
/// told to end there. A stream that would wait ends once the store's journal is ending, so that it
/// does not hold up the drain.
///
/// - Throws: `FAILED_PRECONDITION` for a foreign epoch or a position beyond the head.
package func streamJournal(
    of store: Store, from request: CommonV1.FollowRequest,
    to responses: ResponseWriter<CommonV1.JournalEntry>
) async throws {
    var position = request.afterSequence
    while true {
        let rows = try await store.journal.follow(
            afterEpoch: request.epoch, sequence: position, limit: journalPageRows)
        for row in rows {
            var entry = CommonV1.JournalEntry()
            entry.epoch = row.epoch
            entry.sequence = row.sequence
            entry.recordTime = .init(row.recordedAt)
            entry.type = row.type
            entry.subject = row.subject
            entry.payload = row.payload
            try await responses.write(entry)
            position = row.sequence
        }
        let isAtHead = rows.count < journalPageRows
        if request.untilHead {
            if isAtHead { return }
            continue
        }
        if store.journal.isEnding { return }
        guard isAtHead else { continue }
        await store.journal.waitForEvents(after: position)
        try Task.checkCancellation()
    }
}
