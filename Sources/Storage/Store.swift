import Foundation
import GRDB
import RPC

/// One service's database: a writer, readers beside it, the journal and the audit chain.
///
/// WAL with `synchronous=FULL`: what was acknowledged is on disk. One process at a time may open
/// it; that the data directory is locked is the caller's care.
package final class Store: Sendable {
    /// The limits, each with a name.
    package struct Options: Sendable {
        /// Connections that read at the same time.
        package var readersMax = 4
        /// Reads under way or waiting for a connection; one more is refused with
        /// RESOURCE_EXHAUSTED. All that waited for a restarted service come at once: at 2,000 a
        /// second for two seconds, 4,000.
        package var readsMax = 8_192
        /// Writes that wait for their turn; one more is refused with RESOURCE_EXHAUSTED.
        package var jobsWaitingMax = 8_192
        /// Writes in one transaction, so that the first of them does not wait for thousands.
        package var jobsPerTransactionMax = 512
        /// How long a connection waits for a lock that a foreign process holds, such as a backup.
        package var busyTimeout: Duration = .seconds(5)
        /// Told of every failure that callers see only as UNAVAILABLE, on the writer's thread.
        package var report: @Sendable (StorageError) -> Void = { _ in }

        package init() {}
    }

    /// The WAL is folded back into the database when it has this many pages (of 4,096 bytes), …
    static let pagesPerCheckpoint = 4_000
    /// … and the file is cut back to this size when a long read has let it grow.
    static let walBytesKeptMax = 64 << 20

    package let writer: Writer
    package let journal: Journal
    private let readers: Readers

    /// Opens the database at `path`, making it and its directory (mode 0700) where there is none,
    /// and runs the migrations that it has not run yet. Blocks.
    package init(
        path: String, migrations: [Migration] = [], options: Options = Options()
    ) throws(StorageError) {
        do {
            try Self.makeFile(path)
            let pool = try DatabasePool(path: path, configuration: Self.configuration(options))
            let (epoch, head) = try pool.writeWithoutTransaction { database in
                try Self.makeDurable(database)
                try Migrator(storage: Schema.base, service: migrations).migrate(database)
                return (try Self.epoch(in: database), try Heads(in: database).journal)
            }
            readers = Readers(pool: pool, readsMax: options.readsMax)
            journal = Journal(epoch: epoch, head: head, readers: readers)
            writer = Writer(pool: pool, readers: readers, journal: journal, options: options)
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(.cannotOpen, "the database \(path) cannot be opened", cause: error)
        }
    }

    /// Reads one state of the database, beside the writer and never waiting for it.
    ///
    /// - Throws: RESOURCE_EXHAUSTED when too many reads wait; UNAVAILABLE when the disk fails or
    ///   the store is closed; `CancellationError`; or what `body` threw.
    package func read<Value: Sendable>(
        _ body: @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await readers.read(body)
    }

    /// For metrics: reads that run or wait for a connection.
    package var readsUnderWay: Int { readers.count }

    /// Walks the whole chain in one state of the database.
    ///
    /// - Parameter anchor: An earlier ``AuditHead`` that must be part of the chain.
    package func verifyAuditChain(containing anchor: AuditHead? = nil) async throws -> AuditVerdict
    {
        try await read { try Audit.verify(containing: anchor, in: $0) }
    }

    package func auditHead() async throws -> AuditHead {
        try await read { try Audit.head(in: $0) }
    }

    /// Does the writes that wait, refuses further ones with UNAVAILABLE, wakes the journal's
    /// followers and closes the database.
    package func close() async {
        await writer.close()
    }

    private static func makeFile(_ path: String) throws {
        let directory = (path as NSString).deletingLastPathComponent
        if !directory.isEmpty {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        // SQLite gives the WAL the permissions of the database file.
        if !FileManager.default.fileExists(atPath: path) {
            let isMade = FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            guard isMade else {
                throw StorageError(.cannotOpen, "the database file \(path) cannot be made")
            }
        }
    }

    private static func configuration(_ options: Options) -> Configuration {
        var configuration = Configuration()
        let busySeconds = TimeInterval(options.busyTimeout / .milliseconds(1)) / 1_000
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = options.readersMax
        configuration.foreignKeysEnabled = true
        configuration.label = "storage"
        return configuration
    }

    /// GRDB opens a pool with `synchronous=NORMAL`, which may lose the last commits with the power.
    /// What is erased is overwritten, or an erased salt could be read from the file.
    /// What a savepoint would put back is kept in memory: SQLite's way is a temporary file, which
    /// receives every page that a job touches.
    private static func makeDurable(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA wal_autocheckpoint = \(pagesPerCheckpoint);
                PRAGMA journal_size_limit = \(walBytesKeptMax);
                """)
        let synchronousFull = 2
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == synchronousFull,
            try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
        else {
            throw StorageError(.notDurable, "SQLite does not keep a WAL with synchronous=FULL here")
        }
    }

    private static func epoch(in database: Database) throws -> String {
        if let epoch = try String.fetchOne(database, sql: "SELECT epoch FROM epoch") {
            return epoch
        }
        let epoch = UUID().uuidString.lowercased()
        try database.execute(
            sql: "INSERT INTO epoch (one, epoch) VALUES (1, ?)", arguments: [epoch])
        return epoch
    }
}
