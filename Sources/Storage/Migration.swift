import Crypto
import Foundation
import GRDB

/// One frozen step of a service's schema, written as SQL and never edited once it has left the
/// house.
package struct Migration: Hashable, Sendable {
    package var name: String
    package var sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    var sha256: Data { Data(SHA256.hash(data: Data(sql.utf8))) }
}

/// Runs what is missing and refuses what does not fit.
struct Migrator {
    /// Two lists grow apart: the store's own and the service's.
    enum Scope: String, CaseIterable {
        case storage
        case service
    }

    var storage: [Migration]
    var service: [Migration]

    /// Runs all missing migrations in one transaction, foreign keys checked once at its end, so
    /// that a migration may rebuild a table that others refer to.
    func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS migration (
                    scope TEXT NOT NULL,
                    position INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    sha256 BLOB NOT NULL,
                    PRIMARY KEY (scope, position)
                ) STRICT
                """)
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        try database.inTransaction(.immediate) {
            let countRun =
                try run(storage, scope: .storage, in: database)
                + run(service, scope: .service, in: database)
            // Reads every row that refers to another: not at every start.
            if countRun > 0 { try checkForeignKeys(in: database) }
            return .commit
        }
        try database.execute(sql: "PRAGMA foreign_keys = ON")
    }

    private func checkForeignKeys(in database: Database) throws {
        do {
            try database.checkForeignKeys()
        } catch {
            throw StorageError(
                .migrationFailed, "the migrations leave rows that refer to nothing", cause: error)
        }
    }

    /// Returns how many were run.
    private func run(
        _ migrations: [Migration], scope: Scope, in database: Database
    ) throws -> Int {
        let applied = try Row.fetchAll(
            database, sql: "SELECT name, sha256 FROM migration WHERE scope = ? ORDER BY position",
            arguments: [scope.rawValue])
        guard applied.count <= migrations.count else {
            throw StorageError(
                .databaseIsNewer,
                "this database has run \(applied.count) \(scope.rawValue) migrations, this "
                    + "program knows \(migrations.count): start the version that last wrote it"
            )
        }
        for (row, migration) in zip(applied, migrations) {
            let name: String = row[0]
            let sha256: Data = row[1]
            guard name == migration.name, sha256 == migration.sha256 else {
                throw StorageError(
                    .migrationEdited,
                    "this database ran the \(scope.rawValue) migration \"\(name)\" with another "
                        + "text than \"\(migration.name)\" has now: restore it and add another"
                )
            }
        }
        for position in applied.count..<migrations.count {
            let migration = migrations[position]
            do {
                try database.execute(sql: migration.sql)
            } catch {
                throw StorageError(
                    .migrationFailed,
                    "the \(scope.rawValue) migration \"\(migration.name)\" failed",
                    cause: error)
            }
            try database.execute(
                sql: "INSERT INTO migration (scope, position, name, sha256) VALUES (?, ?, ?, ?)",
                arguments: [scope.rawValue, position, migration.name, migration.sha256])
        }
        return migrations.count - applied.count
    }
}
