import Foundation
import GRDB
import WorkingTime

/// The rows of the queues. ``DossierTable`` keeps them true in the command that changes a dossier;
/// nothing else writes them but what moves many at once.
struct QueueTable {
    let database: Database

    /// A dossier that was handed in just now.
    func enter(_ dossier: Dossier, number: Int64) throws {
        guard let place = try QueuePlace(of: dossier, path: path(of:)) else {
            return
        }
        let scopes = try numbers(of: place.scopes)
        try insertPlace(scopes, at: place.key, of: number)
        try insertEntries(scopes, at: place.key, of: number)
    }

    /// What one command changed. Costs nothing when the dossier stays where it was.
    func follow(from before: Dossier, to after: Dossier) throws {
        // What lies above an agency does not change with the dossier: it is compared unread.
        let isSame =
            QueuePlace(of: before, path: { [$0] }) == QueuePlace(of: after, path: { [$0] })
        if isSame { return }
        let number = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT number FROM dossier WHERE dossier_id = ?"),
            arguments: [after.id])!
        try place(after, number: number)
    }

    /// Puts a dossier where it belongs, wherever it stood. Bears being done twice.
    func place(_ dossier: Dossier, number: Int64) throws {
        let old = try stored(number)
        guard let new = try QueuePlace(of: dossier, path: path(of:)) else {
            guard let old else { return }
            try deleteEntries(old.scopes, at: old.key, of: number)
            try database.cachedStatement(sql: "DELETE FROM queue_place WHERE dossier_number = ?")
                .execute(arguments: [number])
            return
        }
        let scopes = try numbers(of: new.scopes)
        guard let old else {
            try insertPlace(scopes, at: new.key, of: number)
            try insertEntries(scopes, at: new.key, of: number)
            return
        }
        if old.key == new.key, old.scopes == scopes { return }
        let kept = old.key == new.key ? Set(old.scopes).intersection(scopes) : []
        try deleteEntries(old.scopes.filter { !kept.contains($0) }, at: old.key, of: number)
        try insertEntries(scopes.filter { !kept.contains($0) }, at: new.key, of: number)
        try database.cachedStatement(
            sql: "UPDATE queue_place SET due_time = ?, scopes = ? WHERE dossier_number = ?"
        ).execute(arguments: [new.key.milliseconds, Self.text(scopes), number])
    }

    /// Follows a due time that was derived again, without loading the dossier: call it in the
    /// transaction that writes `dossier.due_time`.
    ///
    /// For an accepted dossier without a result. One whose clock stands still stays where it is: it
    /// is placed anew when the clock runs on.
    ///
    /// - Parameters:
    ///   - number: `dossier.number`.
    ///   - old: The due time that the row had; `nil` for no limit.
    ///   - new: The due time that it has now.
    func move(dossier number: Int64, from old: Instant?, to new: Instant?) throws {
        let (from, to) = (
            old.map { QueueKey($0) } ?? .noLimit, new.map { QueueKey($0) } ?? .noLimit
        )
        guard from != to, let place = try stored(number), place.key == from else { return }
        try deleteEntries(place.scopes, at: from, of: number)
        try insertEntries(place.scopes, at: to, of: number)
        try database.cachedStatement(
            sql: "UPDATE queue_place SET due_time = ? WHERE dossier_number = ?"
        ).execute(arguments: [to.milliseconds, number])
    }

    /// The agencies from the root down to who answers for one, as the organisation has them; by the
    /// identifier where the organisation does not know it.
    func path(of agency: String) throws -> [String] {
        let text = try String.fetchOne(
            database.cachedStatement(sql: "SELECT path FROM queue_path WHERE agency = ?"),
            arguments: [agency])
        guard let text else { return pathByIdentifier(agency) }
        return text.split(separator: " ").map(String.init)
    }

    /// `nil` where nothing ever stood in the queue.
    func number(of scope: QueueScope) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT scope_number FROM queue_scope WHERE kind = ? AND id = ?"),
            arguments: [scope.kind.rawValue, scope.id])
    }
}

extension QueueTable {
    /// In rising order.
    private func numbers(of scopes: Set<QueueScope>) throws -> [Int64] {
        try scopes.map { scope in
            if let number = try number(of: scope) { return number }
            return try Int64.fetchOne(
                database.cachedStatement(
                    sql: """
                        INSERT INTO queue_scope (kind, id) VALUES (?, ?) RETURNING scope_number
                        """), arguments: [scope.kind.rawValue, scope.id])!
        }.sorted()
    }

    private func stored(_ number: Int64) throws -> (key: QueueKey, scopes: [Int64])? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT due_time, scopes FROM queue_place WHERE dossier_number = ?"),
            arguments: [number]
        ).map { row in
            let text: String = row[1]
            return (
                QueueKey(milliseconds: row[0]),
                text.dropFirst().dropLast().split(separator: ",").compactMap { Int64($0) }
            )
        }
    }

    private func insertPlace(_ scopes: [Int64], at key: QueueKey, of number: Int64) throws {
        try database.cachedStatement(
            sql: "INSERT INTO queue_place (dossier_number, due_time, scopes) VALUES (?, ?, ?)"
        ).execute(arguments: [number, key.milliseconds, Self.text(scopes)])
    }

    private func insertEntries(_ scopes: [Int64], at key: QueueKey, of number: Int64) throws {
        for scope in scopes {
            try database.cachedStatement(
                sql: """
                    INSERT INTO queue_entry (scope_number, due_time, dossier_number)
                    VALUES (?, ?, ?)
                    """
            ).execute(arguments: [scope, key.milliseconds, number])
        }
    }

    private func deleteEntries(_ scopes: [Int64], at key: QueueKey, of number: Int64) throws {
        for scope in scopes {
            try database.cachedStatement(
                sql: """
                    DELETE FROM queue_entry
                    WHERE scope_number = ? AND due_time = ? AND dossier_number = ?
                    """
            ).execute(arguments: [scope, key.milliseconds, number])
        }
    }

    private static func text(_ scopes: [Int64]) -> String {
        "[\(scopes.map(String.init).joined(separator: ","))]"
    }
}
