import Foundation
import GRDB
import WorkingTime

extension Due {
    /// 0 not accepted, 1 dated, 2 provisional, 3 no limit.
    init(status: Int, time: Instant?) {
        self =
            switch status {
            case 1: .dated(time!)
            case 2: .provisional(time!)
            case 3: .noLimit
            default: .notAccepted
            }
    }
}

extension DossierTable {
    /// What belongs to the deadline, and a line for each move of the due time.
    func saveDeadline(of after: Dossier, before: Dossier, at now: Instant) throws {
        for hold in after.holds where !before.holds.contains(hold) {
            try save(hold, of: after.id)
        }
        if let grant = after.grant, before.grant == nil { try insert(grant, of: after.id) }
        if before.isAccepted, before.due != after.due {
            try insert(
                DeadlineMove(
                    time: now, cause: .from(before, to: after), before: before.due,
                    after: after.due, clockVersion: after.clockVersion), of: after.id)
        }
    }

    /// When something was done to it last.
    func lastTime(of id: String) throws -> Instant {
        let time = try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT time FROM dossier_history WHERE dossier_id = ?
                    ORDER BY number DESC LIMIT 1
                    """), arguments: [id])
        guard let time else { preconditionFailure("a dossier without its hand-in") }
        return Instant(millisecondsSinceEpoch: time)
    }

    func holds(of id: String) throws -> [DossierHold] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT number, cause, from_time, to_time, reason, legal_basis, official
                    FROM dossier_hold WHERE dossier_id = ? ORDER BY number
                    """), arguments: [id]
        ).map { row in
            DossierHold(
                number: row[0],
                hold: Hold(
                    from: Instant(millisecondsSinceEpoch: row[2]), to: instant(row[3]),
                    cause: Hold.Cause(rawValue: row[1])!),
                reason: row[4], legalBasis: row[5], official: row[6])
        }
    }

    func grant(of id: String) throws -> ExtensionGrant? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT units, letter_number, reason, grant_time, official, due_time_before,
                        due_time_after
                    FROM dossier_extension WHERE dossier_id = ?
                    """), arguments: [id]
        ).map { row in
            ExtensionGrant(
                units: row[0], letterNumber: row[1], reason: row[2],
                time: Instant(millisecondsSinceEpoch: row[3]), official: row[4],
                dueTimeBefore: Instant(millisecondsSinceEpoch: row[5]),
                dueTimeAfter: Instant(millisecondsSinceEpoch: row[6]))
        }
    }

    /// Oldest first.
    func moves(of id: String) throws -> [DeadlineMove] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT time, cause, status_before, due_time_before, status_after,
                        due_time_after, clock_version
                    FROM deadline_move WHERE dossier_id = ? ORDER BY number
                    """), arguments: [id]
        ).map { row in
            DeadlineMove(
                time: Instant(millisecondsSinceEpoch: row[0]),
                cause: DeadlineMove.Cause(rawValue: row[1])!,
                before: Due(status: row[2], time: instant(row[3])),
                after: Due(status: row[4], time: instant(row[5])), clockVersion: row[6])
        }
    }

    func insert(_ move: DeadlineMove, of dossierID: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO deadline_move (dossier_id, number, time, cause, status_before,
                    due_time_before, status_after, due_time_after, clock_version)
                VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM deadline_move
                    WHERE dossier_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """
        ).execute(arguments: [
            dossierID, move.time.millisecondsSinceEpoch, move.cause.rawValue,
            move.before.statusNumber, move.before.time?.millisecondsSinceEpoch,
            move.after.statusNumber, move.after.time?.millisecondsSinceEpoch, move.clockVersion,
        ])
    }

    private func save(_ hold: DossierHold, of dossierID: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO dossier_hold (dossier_id, number, cause, from_time, to_time, reason,
                    legal_basis, official)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (dossier_id, number) DO UPDATE SET to_time = excluded.to_time
                """
        ).execute(arguments: [
            dossierID, hold.number, hold.hold.cause.rawValue, hold.hold.from.millisecondsSinceEpoch,
            hold.hold.to?.millisecondsSinceEpoch, hold.reason, hold.legalBasis, hold.official,
        ])
    }

    private func insert(_ grant: ExtensionGrant, of dossierID: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO dossier_extension (dossier_id, units, letter_number, reason, grant_time,
                    official, due_time_before, due_time_after)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            dossierID, grant.units, grant.letterNumber, grant.reason,
            grant.time.millisecondsSinceEpoch, grant.official,
            grant.dueTimeBefore.millisecondsSinceEpoch, grant.dueTimeAfter.millisecondsSinceEpoch,
        ])
    }
}
