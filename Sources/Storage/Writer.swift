import Foundation
import GRDB
import RPC
import WorkingTime

/// The one place where a service's database changes.
///
/// One thread takes whatever waits into one transaction, a savepoint for each job, commits once and
/// then resumes all callers: an answer is on disk before it is given. A job whose caller is
/// cancelled before its turn is dropped; one that has begun runs to its commit. When SQLite loses
/// the transaction, every caller of the batch is refused with UNAVAILABLE and nothing of the batch
/// is there.
package final class Writer: Sendable {
    /// What the thread has done since it began.
    package struct Counts: Hashable, Sendable {
        /// Transactions on disk.
        package var commits: UInt64
        /// Jobs in those transactions.
        package var jobs: UInt64
        /// Transactions that were lost.
        package var failedCommits: UInt64
    }

    private let queue: JobQueue
    private let row: CounterRow

    init(pool: DatabasePool, readers: Readers, journal: Journal, options: Store.Options) {
        let queue = JobQueue(jobsWaitingMax: options.jobsWaitingMax)
        self.queue = queue
        let row = CounterRow(WriterLoop.Column.allCases.count)
        self.row = row
        let thread = Thread {
            var loop = WriterLoop(
                pool: pool, readers: readers, journal: journal, report: options.report, row: row)
            while let jobs = queue.next(options.jobsPerTransactionMax) {
                loop.process(jobs)
            }
            loop.close()
            queue.finish()
        }
        thread.name = "storage.writer"
        thread.start()
    }

    deinit { queue.stopAccepting() }

    /// For metrics: the jobs in line, those of the batch under way not counted.
    package var jobsWaiting: Int { queue.count }

    package var counts: Counts {
        Counts(
            commits: row[WriterLoop.Column.commits.rawValue],
            jobs: row[WriterLoop.Column.jobs.rawValue],
            failedCommits: row[WriterLoop.Column.failedCommits.rawValue])
    }

    /// Runs a command once, however often it is sent, and returns its reply when that is on disk.
    ///
    /// `body` runs on the writer's thread: it decides and writes, and does nothing that waits. What
    /// it changed is undone when it returns or throws a failure. A final refusal (a `Status` whose
    /// code is not transient, returned or thrown) is remembered like a reply; every other failure
    /// is not, and may be tried again.
    ///
    /// - Parameter memory: What of the reply is remembered; all of it by default.
    /// - Throws: the refusal; ALREADY_EXISTS when the `request_id` was used with another body;
    ///   RESOURCE_EXHAUSTED when the line is full; UNAVAILABLE when the store cannot write;
    ///   `CancellationError` when the caller was cancelled before the turn came; or what `body`
    ///   threw.
    package func run<Reply: Message>(
        _ command: Command, at now: Instant, memory: ReplyMemory<Reply> = .whole,
        _ body: @escaping @Sendable (inout Transaction) throws -> Result<Reply, Status>
    ) async throws -> Reply {
        try await submit { session in try session.run(command, at: now, memory: memory, body) }
    }

    /// Does what no caller asked for, such as what falls due with time. It must bear being done
    /// twice.
    ///
    /// - Parameter action: What the audit chain names in the place of a method, when `body`
    ///   appended an event.
    package func act<Value: Sendable>(
        _ action: String, at now: Instant,
        _ body: @escaping @Sendable (inout Transaction) throws -> Value
    ) async throws -> Value {
        try await submit { session in try session.act(action, at: now, body) }
    }

    /// Housekeeping: a change without event, answer or audit link.
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await submit { session in try session.savepoint { try body($0.database) } }
    }

    /// Forgets answers given before `horizon`, at most ``Idempotency/prunedRowsMax`` of them, and
    /// returns how many: call again while it is that many.
    package func pruneIdempotency(before horizon: Instant) async throws -> Int {
        try await perform { try Idempotency.prune(before: horizon, in: $0) }
    }

    /// Takes no more jobs, does those that wait and closes the database.
    func close() async {
        queue.stopAccepting()
        await queue.waitUntilFinished()
    }

    private func submit<Value: Sendable>(
        _ work: @escaping @Sendable (inout Session) throws -> Value
    ) async throws -> Value {
        let job = CallerJob(work)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard job.wait(with: continuation) else { return }
                if let refusal = queue.enqueue(job) { job.settle(refusal) }
            }
        } onCancel: {
            job.cancel()
        }
    }
}

/// What the writer's thread does with a batch.
private struct WriterLoop {
    enum Column: Int, CaseIterable {
        case commits
        case jobs
        case failedCommits
    }

    let pool: DatabasePool
    let readers: Readers
    let journal: Journal
    let report: @Sendable (StorageError) -> Void
    let row: CounterRow
    /// `nil` when they must be read again: a failed commit leaves open what the database holds.
    var heads: Heads?

    init(
        pool: DatabasePool, readers: Readers, journal: Journal,
        report: @escaping @Sendable (StorageError) -> Void, row: CounterRow
    ) {
        self.pool = pool
        self.readers = readers
        self.journal = journal
        self.report = report
        self.row = row
    }

    mutating func process(_ jobs: [any Job]) {
        do {
            let heads = try commit(jobs)
            self.heads = heads
            row.add(1, at: Column.commits.rawValue)
            row.add(UInt64(jobs.count), at: Column.jobs.rawValue)
            journal.publish(head: heads.journal)
            for job in jobs { job.settle(nil) }
        } catch {
            heads = nil
            row.add(1, at: Column.failedCommits.rawValue)
            report(
                StorageError(
                    .writeFailed, "a batch of \(jobs.count) writes was refused", cause: error))
            for job in jobs { job.settle(.storageUnavailable) }
        }
    }

    private func commit(_ jobs: [any Job]) throws -> Heads {
        // GRDB's synchronous calls: an asynchronous one belongs to a task, and cancelling that task
        // interrupts the connection and takes the whole transaction with it.
        try pool.writeWithoutTransaction { database in
            var heads = self.heads
            try database.inTransaction(.immediate) {
                var session = Session(
                    database: database, heads: try heads ?? Heads(in: database), report: report)
                for job in jobs {
                    job.run(in: &session)
                    if let lost = session.lost { throw lost }
                }
                heads = session.heads
                return .commit
            }
            return heads!
        }
    }

    func close() {
        readers.close()
        journal.stopWaking()
        do {
            // A pool closes its writer before its readers, and these cannot fold the WAL back.
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch {
            // A read under way keeps the WAL: the next start folds it back.
            report(StorageError(.writeFailed, "the WAL was left at closing", cause: error))
        }
        do {
            try pool.close()
        } catch {
            report(StorageError(.writeFailed, "the database did not close cleanly", cause: error))
        }
    }
}
