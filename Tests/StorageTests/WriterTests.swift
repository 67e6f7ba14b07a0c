import GRDB
import RPC
import Storage
import Testing

@Suite struct WriterTests {
    /// Counts what SQLite commits.
    private final class Commits: TransactionObserver, @unchecked Sendable {
        // Read and written on the writer's thread only.
        var count = 0
        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseDidCommit(_ db: Database) { count += 1 }
        func databaseDidRollback(_ db: Database) {}
    }

    @Test func commandsThatWaitTogetherShareOneCommit() async throws {
        let desk = try Desk()
        let commits = Commits()
        try await desk.store.writer.perform {
            $0.add(transactionObserver: commits, extent: .databaseLifetime)
        }
        let before = try await desk.store.writer.perform { _ in commits.count }

        _ = try await desk.batch((0..<100).map { number in { try await desk.put("i\(number)") } })

        // The gate's own commit, and one for the hundred.
        #expect(try await desk.store.writer.perform { _ in commits.count } - before <= 3)
        #expect(try await desk.count("item") == 100)
    }

    @Test func fiveThousandConcurrentCommandsCountExactly() async throws {
        let desk = try Desk()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5_000 { group.addTask { try await desk.put("i\(number)") } }
            try await group.waitForAll()
        }
        #expect(try await desk.count("item") == 5_000)
        #expect(try await desk.count("idempotency") == 5_000)
        #expect(desk.store.journal.head == 5_000)
        guard case .intact(let head) = try await desk.store.verifyAuditChain() else {
            Issue.record("the chain is broken")
            return
        }
        #expect(head.sequence == 5_000)
    }

    @Test func oneThatFailsLeavesItsNeighbours() async throws {
        let desk = try Desk()
        struct Failure: Error {}
        let outcomes = try await desk.batch([
            { try await desk.put("before") },
            { try await desk.put("failing") { _ in throw Failure() } },
            { try await desk.put("after") },
        ])
        #expect(throws: Never.self) { try outcomes[0].get() }
        #expect(throws: Failure.self) { try outcomes[1].get() }
        #expect(throws: Never.self) { try outcomes[2].get() }
        #expect(try await desk.itemNames() == ["before", "after"])
        #expect(
            try await desk.store.journal.follow(afterEpoch: "", sequence: 0, limit: 9).map(
                \.sequence) == [1, 2])
    }

    @Test func anUnmetDeferredConstraintFailsItsJobAlone() async throws {
        let desk = try Desk()
        let outcomes = try await desk.batch([
            { try await desk.put("before") },
            {
                try await desk.put("orphan") { transaction in
                    try transaction.database.execute(
                        sql: "INSERT INTO part (item) VALUES ('nobody')")
                }
            },
            { try await desk.put("after") },
        ])
        #expect(throws: DatabaseError.self) { try outcomes[1].get() }
        #expect(try await desk.itemNames() == ["before", "after"])
    }

    @Test func aCallerCancelledBeforeItsTurnIsDropped() async throws {
        let desk = try Desk()
        let gate = try await Gate(desk.store)
        let dropped = Task { try await desk.put("dropped") }
        await desk.store.untilWaiting(1)
        let kept = Task { try await desk.put("kept") }
        await desk.store.untilWaiting(2)
        dropped.cancel()
        await #expect(throws: CancellationError.self) { try await dropped.value }
        try await gate.open()
        #expect(try await kept.value == Note(text: "kept"))
        #expect(try await desk.itemNames() == ["kept"])
    }

    @Test func aCallerCancelledBeforeItAsksIsDropped() async throws {
        let desk = try Desk()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await desk.put("never")
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await desk.itemNames() == [])
    }

    @Test func aCallerCancelledInItsTurnIsCommitted() async throws {
        let desk = try Desk()
        let runs = Mutexed(false)
        let isCancelled = Mutexed(false)
        let task = Task {
            try await desk.put("begun") { _ in
                runs.value = true
                while !isCancelled.value {}
            }
        }
        while !runs.value { await Task.yield() }
        task.cancel()
        isCancelled.value = true
        #expect(try await task.value == Note(text: "begun"))
        #expect(try await desk.itemNames() == ["begun"])
    }

    @Test func oneWriteMoreThanTheLineHoldsIsRefused() async throws {
        var options = Store.Options()
        options.jobsWaitingMax = 3
        let desk = try Desk(options: options)
        let gate = try await Gate(desk.store)
        let waiting = (0..<3).map { number in Task { try await desk.put("i\(number)") } }
        await desk.store.untilWaiting(3)
        #expect(await refusal { try await desk.put("i4") } == .resourceExhausted)
        try await gate.open()
        for task in waiting { _ = try await task.value }
        #expect(try await desk.count("item") == 3)
    }

    @Test func closingDoesWhatWaitsAndRefusesTheRest() async throws {
        let desk = try Desk()
        let gate = try await Gate(desk.store)
        let waiting = Task { try await desk.put("waiting") }
        await desk.store.untilWaiting(1)
        let closing = Task { await desk.store.close() }
        try await gate.open()
        #expect(try await waiting.value == Note(text: "waiting"))
        await closing.value
        #expect(await refusal { try await desk.put("late") } == .unavailable)
        #expect(try await desk.reopened().itemNames() == ["waiting"])
    }

    @Test func whatTheServiceDoesByItselfIsAuditedWhenItTellsOfIt() async throws {
        let desk = try Desk()
        try await desk.store.writer.act("items/Expire", at: Desk.noon) { _ in }
        #expect(try await desk.count("audit") == 0)
        try await desk.store.writer.act("items/Expire", at: Desk.noon) { transaction in
            _ = try transaction.append(event: Note(text: "expired"), subject: "items/a")
        }
        let row = try await desk.row("SELECT principal, method, subject FROM audit")
        #expect(
            row == [
                "principal": "self".databaseValue, "method": "items/Expire".databaseValue,
                "subject": "items/a".databaseValue,
            ])
        #expect(desk.store.journal.head == 1)
    }
}
