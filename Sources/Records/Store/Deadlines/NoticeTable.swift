import GRDB
import WorkingTime

/// Notices that were given and what became of them. Lives inside one read or one command.
struct NoticeTable {
    let database: Database

    /// Keeps a notice and brings it before a head.
    ///
    /// - Parameter head: Empty when there is none.
    /// - Returns: The escalation's number; `nil` when this notice was given before.
    func give(
        _ notice: DueNotice, of dossierNumber: Int64, agency: String, head: String, at now: Instant
    ) throws -> Int64? {
        try database.cachedStatement(
            sql: """
                INSERT INTO notice (dossier_number, kind, due_time, step_number, time)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [
            dossierNumber, notice.kind.number, notice.due.millisecondsSinceEpoch,
            max(notice.kind.stepNumber, notice.kind.partNumber), now.millisecondsSinceEpoch,
        ])
        guard database.changesCount > 0 else { return nil }
        try database.cachedStatement(
            sql: """
                INSERT INTO escalation (dossier_number, kind, due_time, step_number, agency, head,
                    fire_time)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            dossierNumber, notice.kind.number, notice.due.millisecondsSinceEpoch,
            max(notice.kind.stepNumber, notice.kind.partNumber), agency, head,
            now.millisecondsSinceEpoch,
        ])
        return database.lastInsertedRowID
    }

    /// Newest first, before a number: what was brought before a head, what he acknowledged, and
    /// what is open at the agencies that he heads now, whoever headed them when it fired.
    ///
    /// - Parameters:
    ///   - head: Empty for those that had no head to go to.
    ///   - isHis: Whether he answers for an agency today.
    func escalations(
        of head: String, isHis: (_ agency: String) -> Bool, isAcknowledgedIncluded: Bool,
        before number: Int64, limit: Int
    ) throws -> [Escalation] {
        func numbers(_ condition: String, _ value: String) throws -> [Int64] {
            try Int64.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT number FROM escalation WHERE \(condition) AND number < ?
                        ORDER BY number DESC LIMIT ?
                        """), arguments: [value, number, limit])
        }
        let isOpen = "acknowledge_time IS NULL"
        var found = Set(
            try numbers(isAcknowledgedIncluded ? "head = ?" : "head = ? AND \(isOpen)", head))
        if !head.isEmpty {
            if isAcknowledgedIncluded {
                found.formUnion(
                    try numbers("acknowledged_by = ? AND acknowledge_time IS NOT NULL", head))
            }
            for agency in try openAgencies() where isHis(agency) {
                found.formUnion(try numbers("agency = ? AND \(isOpen)", agency))
            }
        }
        return try found.sorted(by: >).prefix(limit).compactMap(escalation)
    }

    /// The agencies at which something is open. Costs a look for each.
    private func openAgencies() throws -> [String] {
        try String.fetchAll(
            database.cachedStatement(
                sql: """
                    WITH RECURSIVE open (agency) AS (
                        SELECT min(agency) FROM escalation WHERE acknowledge_time IS NULL
                        UNION ALL
                        SELECT (SELECT min(agency) FROM escalation
                            WHERE acknowledge_time IS NULL AND agency > open.agency)
                        FROM open WHERE open.agency IS NOT NULL)
                    SELECT agency FROM open WHERE agency IS NOT NULL
                    """))
    }

    func escalation(_ number: Int64) throws -> Escalation? {
        try Row.fetchOne(
            database.cachedStatement(sql: "\(Self.selection) WHERE escalation.number = ?"),
            arguments: [number]
        ).map(escalation(from:))
    }

    func acknowledge(_ number: Int64, by official: String, at now: Instant) throws {
        try database.cachedStatement(
            sql: """
                UPDATE escalation SET acknowledge_time = ?, acknowledged_by = ? WHERE number = ?
                """
        ).execute(arguments: [now.millisecondsSinceEpoch, official, number])
    }

    private static let selection = """
        SELECT escalation.number, dossier_id, code, kind, step_number, escalation.due_time,
            fire_time, agency, head, acknowledge_time, acknowledged_by
        FROM escalation JOIN dossier ON dossier.number = dossier_number
        """

    private func escalation(from row: Row) -> Escalation {
        Escalation(
            number: row[0], dossierID: row[1], code: row[2],
            kind: DueNotice.Kind(number: row[3], step: row[4])!,
            due: Instant(millisecondsSinceEpoch: row[5]),
            fireTime: Instant(millisecondsSinceEpoch: row[6]), agency: row[7], head: row[8],
            acknowledgeTime: (row[9] as Int64?).map(Instant.init(millisecondsSinceEpoch:)),
            acknowledgedBy: row[10])
    }
}
