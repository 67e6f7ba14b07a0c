import GRDB
import WorkingTime

/// Who may act for whom, and when.
struct DelegationTable {
    let database: Database

    func insert(_ delegation: Delegation) throws -> Delegation {
        try database.cachedStatement(
            sql: """
                INSERT INTO delegation (from_official, to_official, first_day, last_day, reason,
                    giver, give_time)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            delegation.from, delegation.to, delegation.days.lowerBound.description,
            delegation.days.upperBound.description, delegation.reason, delegation.giver,
            delegation.giveTime.millisecondsSinceEpoch,
        ])
        var kept = delegation
        kept.number = database.lastInsertedRowID
        return kept
    }

    func find(_ number: Int64) throws -> Delegation? {
        try Row.fetchOne(
            database.cachedStatement(sql: "\(Self.selection) WHERE number = ?"),
            arguments: [number]
        ).map(delegation(from:))
    }

    func revoke(_ number: Int64, at now: Instant) throws {
        try database.cachedStatement(
            sql: "UPDATE delegation SET revoke_time = ? WHERE number = ?"
        ).execute(arguments: [now.millisecondsSinceEpoch, number])
    }

    /// Whether `delegate` may act for `official` on a day.
    func isInForce(from official: String, to delegate: String, on day: CivilDate) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM delegation
                        WHERE to_official = ?1 AND from_official = ?2 AND revoke_time IS NULL
                            AND first_day <= ?3 AND last_day >= ?3)
                    """), arguments: [delegate, official, day.description])!
    }

    /// Given or received by an official and not over before a day.
    func delegations(of official: String, from day: CivilDate, limit: Int) throws -> [Delegation] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    \(Self.selection) WHERE (from_official = ?1 OR to_official = ?1)
                        AND last_day >= ?2
                    ORDER BY number LIMIT ?3
                    """), arguments: [official, day.description, limit]
        ).map(delegation(from:))
    }

    private static let selection = """
        SELECT number, from_official, to_official, first_day, last_day, reason, giver, give_time,
            revoke_time
        FROM delegation
        """

    private func delegation(from row: Row) throws -> Delegation {
        Delegation(
            number: row[0], from: row[1], to: row[2],
            days: try CivilDate(parsing: row[3] as String)...CivilDate(parsing: row[4] as String),
            reason: row[5], giver: row[6], giveTime: Instant(millisecondsSinceEpoch: row[7]),
            revokeTime: (row[8] as Int64?).map(Instant.init(millisecondsSinceEpoch:)))
    }
}
