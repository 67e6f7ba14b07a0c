import Foundation
import GRDB
import RPC
import Storage
import WorkingTime

/// Where each journal is followed to, and the facts that were refused for good.
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
                    request     BLOB NOT NULL,
                    code        INTEGER NOT NULL CHECK (code <> 0),
                    message     TEXT NOT NULL,
                    park_time   INTEGER NOT NULL,
                    attempts    INTEGER NOT NULL DEFAULT 0,
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
        var method: String
        var request: [UInt8]
        var code: Int32
        var message: String
        var parkTime: Instant
        var resolveTime: Instant?
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
                    ON CONFLICT (upstream) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
                    WHERE excluded.epoch <> cursor.epoch OR excluded.sequence > cursor.sequence
                    """,
                arguments: [upstream.rawValue, cursor.epoch, cursor.sequence])
        }
    }

    func park(
        _ fact: Fact, of upstream: Upstream, at position: Cursor, because status: Status,
        now: Instant
    ) async throws {
        try await store.writer.perform { database in
            try database.execute(
                sql: """
                    INSERT INTO parked_fact (upstream, epoch, sequence, method, request, code, message, park_time)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    upstream.rawValue, position.epoch, position.sequence, fact.method.path,
                    Data(fact.request), status.code.rawValue, status.message,
                    now.millisecondsSinceEpoch,
                ])
        }
    }

    func openParkedCounts() async throws -> [String: Int64] {
        try await store.read { database in
            try Row.fetchAll(
                database,
                sql:
                    "SELECT upstream, count(*) AS n FROM parked_fact WHERE resolve_time IS NULL GROUP BY upstream"
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

    /// Counts a retry and returns which one it is, from 1.
    func countAttempt(_ id: Int64) async throws -> Int64 {
        try await store.writer.perform { database in
            try Int64.fetchOne(
                database,
                sql:
                    "UPDATE parked_fact SET attempts = attempts + 1 WHERE id = ? RETURNING attempts",
                arguments: [id]) ?? 0
        }
    }

    static func resolve(_ id: Int64, at now: Instant, in database: Database) throws {
        try database.execute(
            sql: "UPDATE parked_fact SET resolve_time = ? WHERE id = ? AND resolve_time IS NULL",
            arguments: [now.millisecondsSinceEpoch, id])
    }

    private static func parkedFact(_ row: Row) -> ParkedFact {
        let resolved: Int64? = row["resolve_time"]
        let request: Data = row["request"]
        return ParkedFact(
            id: row["id"], upstream: row["upstream"], sequence: row["sequence"],
            method: row["method"],
            request: [UInt8](request), code: row["code"], message: row["message"],
            parkTime: Instant(millisecondsSinceEpoch: row["park_time"]),
            resolveTime: resolved.map(Instant.init(millisecondsSinceEpoch:)))
    }
}
