import Foundation
import GRDB
import RPC
import Storage
import WorkingTime

/// Where each journal is followed to, the facts that were refused for good, and the events that
/// could not be read.
struct GatewayStore: Sendable {
    let store: Store

    static let migrations = [
        Migration(
            name: "journeys",
            sql: """
                CREATE TABLE cursor (
                    upstream TEXT PRIMARY KEY,
                    epoch    TEXT NOT NULL CHECK (epoch <> ''),
                    sequence INTEGER NOT NULL CHECK (sequence >= 0)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE parked_fact (
                    id          INTEGER PRIMARY KEY,
                    upstream    TEXT NOT NULL,
                    epoch       TEXT NOT NULL,
                    sequence    INTEGER NOT NULL,
                    method      TEXT NOT NULL,
                    content     BLOB NOT NULL,
                    code        INTEGER NOT NULL CHECK (code <> 0),
                    message     TEXT NOT NULL,
                    park_time   INTEGER NOT NULL,
                    mark        TEXT CHECK (length(mark) = 8),
                    resolve_time INTEGER,
                    UNIQUE (upstream, epoch, sequence, method)
                ) STRICT;
                CREATE INDEX parked_fact_open ON parked_fact (upstream) WHERE resolve_time IS NULL;
                """)
    ]

    struct Cursor: Hashable, Sendable {
        var epoch: String
        var sequence: Int64
    }

    struct ParkedFact: Sendable {
        var id: Int64
        var upstream: String
        var sequence: Int64
        var content: Content
        var code: Int32
        var message: String
        var parkTime: Instant
        var resolveTime: Instant?

        enum Content: Sendable {
            case fact(method: String, request: [UInt8])
            /// An event that led to no fact because it could not be read: the whole entry,
            /// serialized.
            case event([UInt8])

            /// Empty for an event.
            var method: String {
                switch self {
                case .fact(let method, _): method
                case .event: ""
                }
            }

            var bytes: [UInt8] {
                switch self {
                case .fact(_, let request): request
                case .event(let entry): entry
                }
            }
        }
    }

    func cursor(of upstream: Upstream) async throws -> Cursor? {
        try await store.read { database in
            try Row.fetchOne(
                database, sql: "SELECT epoch, sequence FROM cursor WHERE upstream = ?",
                arguments: [upstream.rawValue]
            ).map { Cursor(epoch: $0["epoch"], sequence: $0["sequence"]) }
        }
    }

    /// Moves the cursor; never backwards within an epoch.
    func advance(_ upstream: Upstream, to cursor: Cursor) async throws {
        try await store.writer.perform { database in
            try database.execute(
                sql: """
                    INSERT INTO cursor (upstream, epoch, sequence) VALUES (?, ?, ?)
                    ON CONFLICT (upstream)
                    DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
                    WHERE excluded.epoch <> cursor.epoch OR excluded.sequence > cursor.sequence
                    """,
                arguments: [upstream.rawValue, cursor.epoch, cursor.sequence])
        }
    }

    func park(
        _ content: ParkedFact.Content, of upstream: Upstream, at position: Cursor,
        because status: Status,
        now: Instant
    ) async throws {
        try await store.writer.perform { database in
            try database.execute(
                sql: """
                    INSERT INTO parked_fact (
                        upstream, epoch, sequence, method, content, code, message, park_time)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    upstream.rawValue, position.epoch, position.sequence, content.method,
                    Data(content.bytes), status.code.rawValue, status.message,
                    now.millisecondsSinceEpoch,
                ])
        }
    }

    func openParkedCounts() async throws -> [String: Int64] {
        try await store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT upstream, count(*) AS n FROM parked_fact
                    WHERE resolve_time IS NULL GROUP BY upstream
                    """
            ).reduce(into: [:]) { counts, row in counts[row["upstream"]] = row["n"] }
        }
    }

    func parkedFacts(after id: Int64, limit: Int) async throws -> [ParkedFact] {
        try await store.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM parked_fact WHERE id > ? ORDER BY id LIMIT ?",
                arguments: [id, limit]
            ).map(Self.parkedFact)
        }
    }

    func parkedFact(_ id: Int64) async throws -> ParkedFact? {
        try await store.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM parked_fact WHERE id = ?", arguments: [id]
            )
            .map(Self.parkedFact)
        }
    }

    /// Begins a retry, or goes on with one whose end is not known: then its mark is the one to use,
    /// for the service may have taken the fact under it.
    ///
    /// - Returns: The mark under which the fact is to be sent.
    func beginRetry(_ id: Int64, mark: String) async throws -> String {
        try await store.writer.perform { database in
            try String.fetchOne(
                database,
                sql: "UPDATE parked_fact SET mark = coalesce(mark, ?) WHERE id = ? RETURNING mark",
                arguments: [mark, id]) ?? mark
        }
    }

    /// The retry under this mark was refused for good: the next one is sent under its own.
    func endRetry(_ id: Int64, mark: String) async throws {
        try await store.writer.perform { database in
            try database.execute(
                sql: "UPDATE parked_fact SET mark = NULL WHERE id = ? AND mark = ?",
                arguments: [id, mark])
        }
    }

    /// - Returns: The fact as it then stands; an earlier resolution stays.
    static func resolve(
        _ id: Int64, at now: Instant, in database: Database
    ) throws -> ParkedFact? {
        try Row.fetchOne(
            database,
            sql: """
                UPDATE parked_fact SET resolve_time = coalesce(resolve_time, ?) WHERE id = ?
                RETURNING *
                """, arguments: [now.millisecondsSinceEpoch, id]
        ).map(parkedFact)
    }

    private static func parkedFact(_ row: Row) -> ParkedFact {
        let resolved: Int64? = row["resolve_time"]
        let content: Data = row["content"]
        let method: String = row["method"]
        let bytes = [UInt8](content)
        return ParkedFact(
            id: row["id"], upstream: row["upstream"], sequence: row["sequence"],
            content: method.isEmpty ? .event(bytes) : .fact(method: method, request: bytes),
            code: row["code"], message: row["message"],
            parkTime: Instant(millisecondsSinceEpoch: row["park_time"]),
            resolveTime: resolved.map(Instant.init(millisecondsSinceEpoch:)))
    }
}
