import RPC
import Storage
import Testing

@Suite struct JournalTests {
    @Test func entriesComeInOrderAndResumeWhereTheFollowerStopped() async throws {
        let desk = try Desk()
        for name in ["a", "b", "c"] { try await desk.put(name) }
        let journal = desk.store.journal
        let first = try await journal.follow(afterEpoch: "", sequence: 0, limit: 2)
        #expect(
            first.first
                == Journal.Entry(
                    epoch: journal.epoch, sequence: 1, recordedAt: Desk.noon,
                    type: "motcua.test.v1.Note",
                    subject: "items/a", payload: try Note(text: "a").serialized()))
        let rest = try await journal.follow(
            afterEpoch: first[1].epoch, sequence: first[1].sequence, limit: 2)
        #expect(rest.map(\.subject) == ["items/c"])
        #expect(try await journal.follow(afterEpoch: journal.epoch, sequence: 3, limit: 2) == [])
    }

    @Test func epochAndSequenceSurviveReopening() async throws {
        let desk = try Desk()
        try await desk.put("a")
        let epoch = desk.store.journal.epoch
        let after = try await desk.reopened()
        #expect(after.store.journal.epoch == epoch)
        #expect(after.store.journal.head == 1)
        try await after.put("b")
        let entries = try await after.store.journal.follow(afterEpoch: epoch, sequence: 0, limit: 9)
        #expect(entries.map(\.sequence) == [1, 2])
        #expect(try await after.store.verifyAuditChain().isIntact)
    }

    @Test func aPlaceThatIsNotInThisJournalIsRefused() async throws {
        let desk = try Desk()
        try await desk.put("a")
        let journal = desk.store.journal
        let foreign = "00000000-0000-4000-8000-000000000000"
        #expect(
            await refusal { try await journal.follow(afterEpoch: foreign, sequence: 0, limit: 1) }
                == .failedPrecondition)
        #expect(
            await refusal {
                try await journal.follow(afterEpoch: journal.epoch, sequence: 2, limit: 1)
            }
                == .failedPrecondition)
        #expect(
            await refusal { try await journal.follow(afterEpoch: "", sequence: 2, limit: 1) }
                == .failedPrecondition)
        #expect(
            await refusal { try await journal.follow(afterEpoch: "", sequence: -1, limit: 1) }
                == .invalidArgument)
        #expect(try Desk().store.journal.epoch != journal.epoch)
    }

    @Test func neverMoreEntriesThanTheLimit() async throws {
        let desk = try Desk()
        try await desk.put("a") { transaction in
            for _ in 0..<Journal.entriesMax + 1 {
                try transaction.append(event: Note(text: "x"), subject: "items/a")
            }
        }
        let entries = try await desk.store.journal.follow(afterEpoch: "", sequence: 0, limit: .max)
        #expect(entries.count == Journal.entriesMax)
        #expect(
            try await desk.store.journal.follow(afterEpoch: "", sequence: 0, limit: 0).count == 1)
    }

    @Test func everyFollowerWakesWhenAnEventIsCommitted() async throws {
        let desk = try Desk()
        let journal = desk.store.journal
        let followers = (0..<5).map { _ in
            Task {
                var seen: [String] = []
                while seen.count < 20 {
                    let entries = try await journal.follow(
                        afterEpoch: journal.epoch, sequence: Int64(seen.count), limit: 3)
                    seen += entries.map(\.subject)
                    if entries.isEmpty { await journal.waitForEvents(after: Int64(seen.count)) }
                }
                return seen
            }
        }
        for number in 0..<20 { try await desk.put("\(number)") }
        for follower in followers {
            #expect(try await follower.value == (0..<20).map { "items/\($0)" })
        }
    }

    @Test func waitingForWhatIsThereReturnsAtOnce() async throws {
        let desk = try Desk()
        try await desk.put("a")
        await desk.store.journal.waitForEvents(after: 0)
    }

    @Test(arguments: [false, true])
    func aCancelledFollowerStopsWaiting(isCancelledFirst: Bool) async throws {
        let desk = try Desk()
        let journal = desk.store.journal
        let starts = Mutexed(false)
        let follower = Task {
            if isCancelledFirst { while !Task.isCancelled { await Task.yield() } }
            starts.value = true
            await journal.waitForEvents(after: 0)
        }
        if !isCancelledFirst { while !starts.value { await Task.yield() } }
        follower.cancel()
        await follower.value
    }

    @Test func closingTheStoreWakesItsFollowers() async throws {
        let desk = try Desk()
        let journal = desk.store.journal
        let follower = Task { await journal.waitForEvents(after: 0) }
        await desk.store.close()
        await follower.value
        #expect(
            await refusal { try await journal.follow(afterEpoch: "", sequence: 0, limit: 1) }
                == .unavailable)
    }

    @Test func theJournalIsAppendOnly() async throws {
        let desk = try Desk()
        try await desk.put("a")
        for sql in ["DELETE FROM journal", "UPDATE journal SET subject = 'other'"] {
            await #expect(throws: (any Error).self) {
                try await desk.store.writer.perform { try $0.execute(sql: sql) }
            }
        }
    }
}
