import Foundation
import Messages
import Operations
import RPC
import RPCTesting
import Storage
import Testing
import WorkingTime

@Suite(.timeLimit(.minutes(1))) struct JournalStreamingTests {
    private struct JournalOfRecords: RecordsV1.JournalService {
        let store: Store

        func follow(
            _ request: CommonV1.FollowRequest, responses: ResponseWriter<CommonV1.JournalEntry>,
            context: CallContext
        ) async throws {
            try await streamJournal(of: store, from: request, to: responses)
        }
    }

    private let store: Store
    private let client: RecordsV1.JournalClient

    init() throws {
        store = try Store(
            path: NSTemporaryDirectory() + "motcua-journal-\(UUID().uuidString)/journal.sqlite")
        client = RecordsV1.JournalClient(
            InProcessServer(services: [JournalOfRecords(store: store)]).makeChannel())
    }

    private func append(_ count: Int) async throws {
        try await store.writer.act("test", at: Instant(millisecondsSinceEpoch: 1)) { transaction in
            for number in 0..<count {
                try transaction.append(event: CommonV1.FeeLine(), subject: "d\(number)")
            }
        }
    }

    /// More than one page of rows.
    private let count = 600

    @Test func aFollowerGetsAllThereIsAndWhatComesLaterUntilTheProcessStops() async throws {
        try await append(count)
        let sequences = try await client.follow(.init(), options: .init()) { entries in
            var sequences: [Int64] = []
            for try await entry in entries {
                sequences.append(entry.sequence)
                if sequences.count == count { try await append(1) }
                if sequences.count == count + 1 { store.journal.stopWaking() }
            }
            return sequences
        }
        #expect(sequences == Array(1...Int64(count) + 1))
    }

    @Test func aFollowThatEndsAtTheHeadGetsThereAlsoWhileTheProcessStops() async throws {
        try await append(count)
        store.journal.stopWaking()
        let received = try await client.follow(.with { $0.untilHead = true }, options: .init()) {
            entries in try await entries.reduce(0) { count, _ in count + 1 }
        }
        #expect(received == count)
    }
}
