import GRDB
import GRDBSQLite
import RPC
import Storage
import Testing

/// The world fails in mid-batch: whoever was acknowledged is on disk, whoever was refused is not.
@Suite struct FailureTests {
    /// What SQLite gives up, which depends on whether the statement had a journal of its own.
    enum Loss { case transaction, statement }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var loss: Loss
        var code: ResultCode
        var prepare: @Sendable (Database) throws -> Void = { _ in }
        var strike: @Sendable (Database) throws -> Void
    }

    static let faults = [
        Fault(
            testDescription: "SQLITE_FULL, one row", loss: .transaction, code: .SQLITE_FULL,
            prepare: limitPages,
            strike: { try $0.execute(sql: "INSERT INTO item VALUES ('big', zeroblob(1000000))") }),
        Fault(
            testDescription: "SQLITE_FULL, many rows", loss: .statement, code: .SQLITE_FULL,
            prepare: limitPages,
            strike: {
                try $0.execute(
                    sql: """
                        INSERT INTO item
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 99)
                        SELECT 'big' || i, zeroblob(100000) FROM n
                        """)
            }),
        Fault(
            testDescription: "SQLITE_INTERRUPT", loss: .transaction, code: .SQLITE_INTERRUPT,
            prepare: addInterrupt,
            strike: {
                try $0.execute(
                    sql: """
                        INSERT INTO item
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 99)
                        SELECT 'row' || i, CASE i WHEN 50 THEN interrupt() ELSE x'' END FROM n
                        """)
            }),
        Fault(
            testDescription: "ON CONFLICT ROLLBACK", loss: .transaction, code: .SQLITE_CONSTRAINT,
            strike: { try $0.execute(sql: "INSERT OR ROLLBACK INTO item VALUES ('old', x'')") }),
    ]

    @Sendable static func limitPages(_ database: Database) throws {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count")!
        try database.execute(sql: "PRAGMA max_page_count = \(pages + 20)")
    }

    @Sendable static func addInterrupt(_ database: Database) throws {
        let connection = UInt(bitPattern: database.sqliteConnection)
        database.add(
            function: DatabaseFunction("interrupt", argumentCount: 0) { _ in
                sqlite3_interrupt(OpaquePointer(bitPattern: connection))
                return DatabaseValue.null
            })
    }

    @Test(arguments: faults, [false, true])
    func acknowledgedIsThereAndRefusedIsNot(_ fault: Fault, isSwallowed: Bool) async throws {
        let desk = try Desk()
        try await desk.put("old")
        try await desk.store.writer.perform(fault.prepare)
        let names = (0..<5).map { "i\($0)" }
        let outcomes = try await desk.batch(
            names.map { name in
                {
                    try await desk.put(name) { transaction in
                        guard name == "i2" else { return }
                        do {
                            try fault.strike(transaction.database)
                        } catch {
                            // A body that goes on after an error must not write outside the
                            // transaction.
                            guard isSwallowed else { throw error }
                            try transaction.insert("stray")
                        }
                    }
                }
            })
        let acknowledged = zip(names, outcomes).filter { (try? $1.get()) != nil }.map(\.0)
        switch fault.loss {
        case .transaction:
            #expect(acknowledged == [])
            for outcome in outcomes {
                await #expect(refusal { try outcome.get() } == .unavailable)
            }
        case .statement:
            #expect(Set(acknowledged).isSuperset(of: ["i0", "i1", "i3", "i4"]))
        }

        let strays: Set<String> = fault.loss == .statement && isSwallowed ? ["stray"] : []
        let after = try await desk.reopened()
        #expect(try await after.itemNames() == Set(acknowledged).union(strays).union(["old"]))
        try await after.put("new")
        let sequences = try await after.store.journal.follow(afterEpoch: "", sequence: 0, limit: 99)
            .map(\.sequence)
        #expect(sequences == (1...Int64(acknowledged.count + 2)).map(\.self))
        #expect(try await after.count("idempotency") == acknowledged.count + 2)
        #expect(try await after.store.verifyAuditChain().isIntact)
    }

    @Test(arguments: faults)
    func theWriterGoesOnAfterTheFault(_ fault: Fault) async throws {
        let reports = Mutexed([StorageError]())
        var options = Store.Options()
        options.report = { error in reports.value += [error] }
        let desk = try Desk(options: options)
        try await desk.put("old")
        try await desk.store.writer.perform(fault.prepare)
        let code = await refusal { try await desk.put("struck") { try fault.strike($0.database) } }
        #expect(code == .unavailable)
        #expect(reports.value.map(\.code) == [.writeFailed])
        // The operator is told what struck, not what followed from it.
        let cause = reports.value.first?.cause as? DatabaseError
        #expect(cause?.resultCode == fault.code)
        try await desk.store.writer.perform {
            try $0.execute(sql: "PRAGMA max_page_count = 100000")
        }
        // The same request again: a transient failure was not remembered.
        try await desk.put("struck")
        #expect(try await desk.itemNames() == ["old", "struck"])
        #expect(
            try await desk.store.journal.follow(afterEpoch: "", sequence: 0, limit: 9).map(
                \.sequence) == [1, 2])
        #expect(try await desk.store.verifyAuditChain().isIntact)
    }

    /// Refuses every commit while it is told to.
    private final class CommitRefuser: TransactionObserver, @unchecked Sendable {
        // Read and written on the writer's thread only.
        var refuses = true
        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseWillCommit() throws {
            if refuses { throw DatabaseError(resultCode: .SQLITE_IOERR) }
        }
        func databaseDidCommit(_ db: Database) {}
        func databaseDidRollback(_ db: Database) { refuses = false }
    }

    @Test func aFailedCommitRefusesTheWholeBatch() async throws {
        let desk = try Desk()
        try await desk.put("old")
        let refuser = CommitRefuser()
        let gate = try await Gate(desk.store)
        let arm = Task {
            try await desk.store.writer.perform {
                $0.add(transactionObserver: refuser, extent: .databaseLifetime)
            }
        }
        await desk.store.untilWaiting(1)
        let tasks = (0..<4).map { number in Task { try await desk.put("i\(number)") } }
        await desk.store.untilWaiting(5)
        try await gate.open()
        #expect(await refusal { try await arm.value } == .unavailable)
        for task in tasks {
            #expect(await refusal { try await task.value } == .unavailable)
        }
        #expect(try await desk.itemNames() == ["old"])
        #expect(desk.store.journal.head == 1)
        try await desk.put("new")
        #expect(desk.store.journal.head == 2)
        #expect(try await desk.store.verifyAuditChain().isIntact)
    }
}

extension AuditVerdict {
    var isIntact: Bool {
        if case .intact = self { true } else { false }
    }
}
