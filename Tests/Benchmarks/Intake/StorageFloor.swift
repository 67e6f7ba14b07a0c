import Foundation
import GRDB

/// The least that the same rows cost: the tables that a submission writes, copied row by row into a fresh database
/// with the same schema and the same durability, by prepared statements in one thread.
struct StorageFloor {
    private struct Table {
        var insert: String
        var rows: [Row]
        /// How many of its rows one dossier makes.
        var rowsPerDossier: Double
    }

    private let schema: [String]
    private let tables: [Table]
    private let dossiers: Int

    /// Reads rows of a records database, as many as `dossiersMax` submissions make.
    init(copying path: String, dossiersMax: Int) throws {
        var configuration = Configuration()
        configuration.readonly = true
        (schema, tables, dossiers) = try DatabaseQueue(path: path, configuration: configuration)
            .read { database in
                let all = try Int.fetchOne(database, sql: "SELECT count(*) FROM dossier") ?? 0
                let dossiers = min(all, dossiersMax, 20_000)
                let schema = try String.fetchAll(
                    database,
                    sql: """
                        SELECT sql FROM sqlite_schema
                        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND type IN ('table', 'index')
                        ORDER BY type DESC, rowid
                        """
                ).filter { !$0.contains("VIRTUAL TABLE") && !$0.contains("_fts") }
                let names = try String.fetchAll(
                    database,
                    sql:
                        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                )
                var tables: [Table] = []
                for name in names {
                    let count =
                        try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(name)\"") ?? 0
                    let perDossier = Double(count) / Double(max(all, 1))
                    // Tables that do not grow with dossiers are no part of a submission.
                    guard perDossier > 0.9 else { continue }
                    let wanted = Int((Double(dossiers) * perDossier).rounded())
                    let rows = try Row.fetchAll(
                        database, sql: "SELECT * FROM \"\(name)\" LIMIT \(wanted)")
                    guard let first = rows.first else { continue }
                    let marks = first.columnNames.map { _ in "?" }.joined(separator: ", ")
                    tables.append(
                        Table(
                            insert: "INSERT INTO \"\(name)\" VALUES (\(marks))", rows: rows,
                            rowsPerDossier: perDossier))
                }
                return (schema, tables, dossiers)
            }
    }

    func dossiersPerSecond(grouping: Int) throws -> Double {
        let path = NSTemporaryDirectory() + "motcua-floor-\(UUID().uuidString).sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            for statement in schema { try database.execute(sql: statement) }
        }
        let start = ContinuousClock.now
        try queue.writeWithoutTransaction { database in
            let statements = try tables.map { try database.makeStatement(sql: $0.insert) }
            var next = Array(repeating: 0, count: tables.count)
            for first in stride(from: 0, to: dossiers, by: grouping) {
                let last = min(first + grouping, dossiers)
                try database.inTransaction {
                    for (index, table) in tables.enumerated() {
                        let end = min(
                            Int((Double(last) * table.rowsPerDossier).rounded()), table.rows.count)
                        while next[index] < end {
                            try statements[index].execute(
                                arguments: StatementArguments(
                                    table.rows[next[index]].databaseValues))
                            next[index] += 1
                        }
                    }
                    return .commit
                }
            }
        }
        return Double(dossiers) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
