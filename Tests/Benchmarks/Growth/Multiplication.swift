import Foundation
import GRDB
import Storage

/// Makes of a records database one that looks as if each of its dossiers had been lived several times.
///
/// Commands take a tenth of a millisecond and a city's year has ten millions of them, so some thousands of lives
/// are lived and then copied, table by table, in a handful of statements. Each copy has an id, a code, papers and
/// places in every sequence of its own; codes and sequences stay without a gap, and the audit chain is linked anew.
///
/// A table is known by its columns: what names a dossier is copied, what is summed is multiplied (``summed``), and
/// what did not grow with the dossiers stays. One that grew and is none of these ends the run: it wants a rule.
struct Multiplication {
    /// Tables that count over dossiers, and the columns that say of what; the others are sums.
    private static let summed: [String: Set<String>] = [
        "code_counter": ["unit", "day"], "agency_day": ["agency", "day"],
    ]
    /// What dossiers share, though it is made when the first of them wants it.
    private static let shared: Set<String> = [
        "look_up_key", "queue_scope", "queue_path", "queue_pass", "clock_book", "rederivation",
    ]
    /// Copied, though nothing in their rows names a dossier.
    private static let copiedWhole: Set<String> = ["idempotency"]

    let copies: Int
    /// Rows of each table before the first dossier.
    let before: RowCounts

    /// Replaces the database at `path`, which nobody has open.
    func run(at path: String) throws {
        let base = path + ".base"
        try FileManager.default.moveItem(atPath: path, toPath: base)
        try FileManager.default.copyItem(atPath: base, toPath: path)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            // What is interrupted is thrown away.
            try database.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF;
                    PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;
                    PRAGMA temp_store = MEMORY;
                    """)
            try database.execute(sql: "ATTACH ? AS base", arguments: [base])
            try prepare(database)
            let plan = try plan(of: database)
            let dropped = try dropTriggersAndIndexes(database)
            try database.inTransaction(.immediate) {
                for table in plan { try timed(table.name) { try copy(table, in: database) } }
                return .commit
            }
            for statement in dropped {
                try timed(statement.name) { try database.execute(sql: statement.sql) }
            }
            try check(plan, in: database)
            try database.execute(sql: "DETACH base")
            try database.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try queue.close()
        try FileManager.default.removeItem(atPath: base)
    }

    private func timed(_ name: String, _ work: () throws -> Void) rethrows {
        let start = ContinuousClock.now
        try work()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        if seconds > 1 { print(String(format: "%6.1f s  ", seconds) + name) }
    }

    /// The originals, and the numbers of the copies.
    private func prepare(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TEMP TABLE original (
                    dossier_id TEXT PRIMARY KEY, number INTEGER UNIQUE, code_head TEXT,
                    code_sequence INTEGER, code_last INTEGER) WITHOUT ROWID;
                INSERT INTO original
                    SELECT dossier_id, number, rtrim(code, '0123456789'),
                        CAST(replace(code, rtrim(code, '0123456789'), '') AS INTEGER),
                        (SELECT max(last) FROM base.code_counter
                            WHERE unit = substr(code, 1, length(rtrim(code, '0123456789')) - 8)
                            AND substr(replace(day, '-', ''), 3) = substr(
                                code, length(rtrim(code, '0123456789')) - 6, 6))
                    FROM base.dossier;
                CREATE TEMP TABLE copy (n INTEGER PRIMARY KEY, letters TEXT NOT NULL);
                """)
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let insert = try database.makeStatement(
            sql: "INSERT INTO temp.copy (n, letters) VALUES (?, ?)")
        for copy in 0..<copies {
            let letters = String(
                [copy / 1024 % 32, copy / 32 % 32, copy % 32].map { alphabet[$0] })
            try insert.execute(arguments: [copy, letters])
        }
    }
}

// What is done with which table.
extension Multiplication {
    fileprivate struct Table {
        enum Kind {
            /// The column that names a dossier, and how rows and originals are joined.
            case copied(join: String)
            case copiedWhole
            case audit
            case summed([String])
        }

        var name: String
        var kind: Kind
        var columns: [ColumnInfo]
        var hasRowID: Bool
    }

    static func rowCounts(at path: String) throws -> [String: Int] {
        try DatabaseQueue(path: path).read { database in
            try tableNames(of: database).reduce(into: [:]) {
                $0[$1] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\($1)\"")
            }
        }
    }

    private static func tableNames(of database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT name FROM pragma_table_list
                WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
                """)
    }

    private func plan(of database: Database) throws -> [Table] {
        try Self.tableNames(of: database).compactMap { name in
            let columns = try database.columns(in: name)
            let names = Set(columns.map(\.name))
            let isWithoutRowID = try Bool.fetchOne(
                database,
                sql: "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?",
                arguments: [name])
            let kind: Table.Kind? =
                if name == "audit" {
                    .audit
                } else if name == "dossier" {
                    .copied(join: "o.number = t.number")
                } else if let keys = Self.summed[name] {
                    .summed(columns.map(\.name).filter { !keys.contains($0) })
                } else if Self.copiedWhole.contains(name) {
                    .copiedWhole
                } else if names.contains("dossier_id") {
                    .copied(join: "o.dossier_id = t.dossier_id")
                } else if names.contains("dossier_number") {
                    .copied(join: "o.number = t.dossier_number")
                } else if names.contains("subject") {
                    .copied(join: "o.dossier_id = t.subject")
                } else {
                    nil
                }
            guard let kind else {
                let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(name)\"")
                guard count == before[name] || Self.shared.contains(name) else {
                    throw GrowthError(
                        "the table \(name) grows with dossiers in a way that has no rule: add one to Multiplication"
                    )
                }
                return nil
            }
            return Table(
                name: name, kind: kind, columns: columns, hasRowID: isWithoutRowID == false)
        }
    }

    /// Unique indexes stay where they are part of a table.
    private func dropTriggersAndIndexes(
        _ database: Database
    ) throws -> [(name: String, sql: String)] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT type, name, sql FROM sqlite_schema
                WHERE type IN ('index', 'trigger') AND sql IS NOT NULL
                ORDER BY type, name
                """)
        for row in rows {
            try database.execute(sql: "DROP \(row["type"] as String) \"\(row["name"] as String)\"")
        }
        return rows.map { (name: $0["name"], sql: $0["sql"]) }
    }
}

// Copying.
extension Multiplication {
    private static let newID = """
        substr(o.dossier_id, 1, 10) || c.letters || substr(o.dossier_id, 14)
        """
    private static let newCode =
        "printf('%s%04d', o.code_head, o.code_sequence + c.n * o.code_last)"

    private func copy(_ table: Table, in database: Database) throws {
        switch table.kind {
        case .audit: try copyAudit(in: database)
        case .summed(let columns):
            let sums = columns.map { "\"\($0)\" = \"\($0)\" * \(copies)" }
            try database.execute(
                sql: "UPDATE \"\(table.name)\" SET \(sums.joined(separator: ", "))")
        case .copied(let join):
            try database.execute(sql: "DELETE FROM \"\(table.name)\"")
            try insert(into: table, from: "LEFT JOIN temp.original AS o ON \(join)", in: database)
        case .copiedWhole:
            try database.execute(sql: "DELETE FROM \"\(table.name)\"")
            try insert(into: table, from: "", in: database)
        }
    }

    private func insert(into table: Table, from join: String, in database: Database) throws {
        let columns = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let values = table.columns.map { value(of: $0, in: table) }.joined(separator: ", ")
        try database.execute(
            sql: """
                INSERT INTO main."\(table.name)" (\(columns))
                SELECT \(values) FROM base."\(table.name)" AS t \(join) CROSS JOIN temp.copy AS c
                """)
    }

    private func value(of column: ColumnInfo, in table: Table) -> String {
        let own = "t.\"\(column.name)\""
        // A row's own number, where each row has another.
        let isNumber =
            table.hasRowID && column.primaryKeyIndex == 1 && column.type == "INTEGER"
            && table.columns.count(where: { $0.primaryKeyIndex > 0 }) == 1
        if isNumber { return "(\(own) - 1) * \(copies) + c.n + 1" }
        switch (table.name, column.name) {
        case (_, "dossier_id"): return Self.newID
        case (_, "dossier_number"): return "(\(own) - 1) * \(copies) + c.n + 1"
        case (_, "subject"):
            return "CASE WHEN o.dossier_id IS NULL THEN \(own) ELSE \(Self.newID) END"
        case ("dossier", "code"): return "CASE WHEN \(own) IS NOT NULL THEN \(Self.newCode) END"
        case ("dossier", "identity_number"), ("dossier", "phone"):
            // Another citizen.
            return """
                CASE WHEN c.n = 0 OR \(own) = '' THEN \(own) ELSE substr(\(own), 1, length(\(own)) - 4)
                    || printf('%04d', (CAST(substr(\(own), -4) AS INTEGER) + c.n * 131) % 10000) END
                """
        case ("journal", "payload"):
            return """
                CASE WHEN o.dossier_id IS NULL THEN \(own) ELSE CAST(replace(replace(
                    CAST(\(own) AS TEXT), o.dossier_id, \(Self.newID)),
                    ifnull(printf('%s%04d', o.code_head, o.code_sequence), '-'),
                    ifnull(\(Self.newCode), '-')) AS BLOB) END
                """
        case ("idempotency", "key"):
            return "CASE c.n WHEN 0 THEN \(own) ELSE randomblob(32) END"
        default: return own
        }
    }

    /// Each link is made from the one before it.
    private func copyAudit(in database: Database) throws {
        try database.execute(sql: "DELETE FROM audit")
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT t.recorded_at, t.principal, t.method,
                    CASE WHEN o.dossier_id IS NULL THEN t.subject ELSE \(Self.newID) END,
                    t.code, t.commitment, t.salt
                FROM base.audit AS t LEFT JOIN temp.original AS o ON o.dossier_id = t.subject
                CROSS JOIN temp.copy AS c
                """)
        let insert = try database.makeStatement(
            sql: """
                INSERT INTO audit (recorded_at, principal, method, subject, code, commitment, salt,
                    sequence, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        var link = AuditHead.empty.link
        var sequence: Int64 = 0
        while let row = try rows.next() {
            sequence += 1
            let entry = AuditEntry(
                sequence: sequence, recordedAt: row[0], principal: row[1], method: row[2],
                subject: row[3], code: row[4], commitment: row[5])
            link = [UInt8](entry.link(after: link))
            insert.setUncheckedArguments(
                StatementArguments(
                    row.databaseValues + [sequence.databaseValue, Data(link).databaseValue]))
            try insert.execute()
        }
    }

    private func check(_ plan: [Table], in database: Database) throws {
        for table in plan {
            if case .summed = table.kind { continue }
            let counts = try ["main", "base"].map {
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0).\"\(table.name)\"") ?? 0
            }
            guard counts[0] == counts[1] * copies else {
                throw GrowthError(
                    "\(table.name) has \(counts[0]) rows, not \(copies) times \(counts[1])")
            }
        }
    }
}
