import GRDB
import GRDBSQLite
import RPC
import WorkingTime

/// One open transaction of the writer, shared by the jobs of a batch, each in its savepoint.
struct Session {
    let database: Database
    var heads: Heads
    /// The failure with which SQLite rolled the whole transaction back, if it did: nothing of this
    /// batch is there any more, and no further job may run in it.
    private(set) var lost: (any Error)?

    private let report: @Sendable (StorageError) -> Void

    init(database: Database, heads: Heads, report: @escaping @Sendable (StorageError) -> Void) {
        self.database = database
        self.heads = heads
        self.report = report
    }

    /// One job's turn. A failure of the world becomes UNAVAILABLE for its caller and a report for
    /// the operator.
    mutating func turn<Value>(_ work: (inout Session) throws -> Value) throws -> Value {
        do {
            return try work(&self)
        } catch let error as DatabaseError where error.isFailureOfTheWorld {
            // A lost transaction is reported once, with its batch.
            if lost == nil {
                report(StorageError(.writeFailed, "a write was refused", cause: error))
            }
            throw Status.storageUnavailable
        }
    }

    /// Runs `body`; when it throws, what it changed is gone and its neighbours' changes stay.
    mutating func savepoint<Value>(_ body: (inout Session) throws -> Value) throws -> Value {
        if let lost { throw lost }
        let headsBefore = heads
        do {
            try execute("SAVEPOINT motcua_job")
            let value = try body(&self)
            try checkDeferredForeignKeys()
            try execute("RELEASE motcua_job")
            return value
        } catch {
            heads = headsBefore
            rollBackToSavepoint(after: error)
            throw error
        }
    }

    private mutating func rollBackToSavepoint(after error: any Error) {
        guard lost == nil else { return }
        // FULL, IOERR, INTERRUPT and NOMEM may have ended the transaction: only SQLite knows.
        guard database.isInsideTransaction else {
            lost = error
            return
        }
        do {
            try execute("ROLLBACK TO motcua_job")
            try execute("RELEASE motcua_job")
        } catch {
            lost = error
        }
    }

    /// A deferred constraint that one job leaves unmet would otherwise fail the commit of all.
    private func checkDeferredForeignKeys() throws {
        var unmet: CInt = 0
        var highest: CInt = 0
        sqlite3_db_status(
            database.sqliteConnection, SQLITE_DBSTATUS_DEFERRED_FKS, &unmet, &highest, 0)
        guard unmet == 0 else {
            throw DatabaseError(
                resultCode: .SQLITE_CONSTRAINT_FOREIGNKEY,
                message: "a deferred foreign key is not met")
        }
    }

    private func execute(_ sql: String) throws {
        try database.cachedStatement(sql: sql).execute()
    }
}

extension Session {
    /// One command: replayed, or run with its events, its answer and its audit link.
    mutating func run<Reply: Message>(
        _ command: Command, at now: Instant, memory: ReplyMemory<Reply>,
        _ body: (inout Transaction) throws -> Result<Reply, Status>
    ) throws -> Reply {
        switch try Idempotency.answer(to: command, in: database) {
        case .reply(let bytes):
            var reply = try Reply(serialized: bytes)
            try memory.refill(&reply, database)
            return reply
        case .refusal(let status): throw status
        case nil: break
        }
        var subject = ""
        do {
            return try savepoint { session in
                var transaction = Transaction(
                    database: session.database, now: now, heads: session.heads)
                defer { subject = transaction.subject }
                let reply = try body(&transaction).get()
                var remembered = reply
                memory.blank(&remembered)
                try Idempotency.store(
                    .reply(remembered.serialized()), to: command, at: now, in: session.database)
                try transaction.audit(command.audit, method: command.method, code: .ok)
                session.heads = transaction.heads
                return reply
            }
        } catch let status as Status where !status.code.isTransient && lost == nil {
            // Outside the savepoint that was rolled back: the answer stays, what was tried does
            // not.
            try savepoint { session in
                var transaction = Transaction(
                    database: session.database, now: now, heads: session.heads)
                transaction.auditSubject = subject
                try Idempotency.store(.refusal(status), to: command, at: now, in: session.database)
                try transaction.audit(command.audit, method: command.method, code: status.code)
                session.heads = transaction.heads
            }
            throw status
        }
    }

    /// What the service does by itself: audited when it appended an event.
    mutating func act<Value>(
        _ action: String, at now: Instant, _ body: (inout Transaction) throws -> Value
    ) throws -> Value {
        try savepoint { session in
            var transaction = Transaction(
                database: session.database, now: now, heads: session.heads)
            let value = try body(&transaction)
            if transaction.eventCount > 0 {
                try transaction.audit(.ownAct, method: action, code: .ok)
            }
            session.heads = transaction.heads
            return value
        }
    }
}
