import GRDB
import WorkingTime

// What a dossier's life adds to its row. The columns that nearly every command changes are saved
// with the row itself.
extension DossierTable {
    func saveLife(from before: Dossier, to after: Dossier) throws {
        if before.coWorkers != after.coWorkers || before.followers != after.followers
            || before.contacts != after.contacts || before.parts.count != after.parts.count
            || before.resultArriveTime != after.resultArriveTime
        {
            try database.cachedStatement(
                sql: """
                    UPDATE dossier SET co_workers = ?, followers = ?, contact_count = ?,
                        contact_fault_count = ?, agencies_contacted = ?, part_count = ?,
                        result_arrive_time = ?
                    WHERE dossier_id = ?
                    """
            ).execute(arguments: [
                try JSONText.encode(after.coWorkers), try JSONText.encode(after.followers),
                after.contacts.count, after.contacts.atApplicantsFault,
                try JSONText.encode(after.contacts.agencies), after.parts.count,
                after.resultArriveTime?.millisecondsSinceEpoch, after.id,
            ])
        }
        for part in after.parts where !before.parts.contains(part) {
            try save(part, of: after.id)
        }
    }

    private func save(_ part: DossierPart, of dossierID: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO dossier_part (dossier_id, number, agency, task, limit_unit, limit_value,
                    is_lead, stops_clock, status, start_time, due_status, due_time, end_time, answer,
                    official)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (dossier_id, number) DO UPDATE SET status = excluded.status,
                    due_status = excluded.due_status, due_time = excluded.due_time,
                    end_time = excluded.end_time, answer = excluded.answer,
                    official = excluded.official
                """
        ).execute(arguments: [
            dossierID, part.number, part.agency, part.task, part.limit.unit.rawValue,
            part.limit.value, part.isLead, part.stopsClock, part.status.rawValue,
            part.startTime.millisecondsSinceEpoch, part.due.statusNumber,
            part.due.time?.millisecondsSinceEpoch, part.endTime?.millisecondsSinceEpoch,
            part.answer, part.official,
        ])
    }

    func parts(of id: String) throws -> [DossierPart] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT number, agency, task, limit_unit, limit_value, is_lead, stops_clock,
                        status, start_time, due_status, due_time, end_time, answer, official
                    FROM dossier_part WHERE dossier_id = ? ORDER BY number
                    """), arguments: [id]
        ).map { row in
            let unit = TimeLimit.Unit(rawValue: row[3])!
            return DossierPart(
                number: row[0], agency: row[1], task: row[2],
                limit: try TimeLimit(unit.takesValue ? row[4] : nil, unit), isLead: row[5],
                stopsClock: row[6], status: PartStatus(rawValue: row[7])!,
                startTime: Instant(millisecondsSinceEpoch: row[8]),
                due: Due(status: row[9], time: instant(row[10])), endTime: instant(row[11]),
                answer: row[12], official: row[13])
        }
    }

    func channel(of row: DossierRow) -> IntakeChannel {
        (row["helper_name"] as String?) == nil
            ? IntakeChannel(rawValue: row["channel"])! : .assisted
    }

    func assistance(from row: DossierRow) -> Assistance? {
        (row["helper_name"] as String?).map {
            Assistance(helperName: $0, helperID: row["helper_id"])
        }
    }

    func contacts(of row: DossierRow) throws -> ContactFigures {
        ContactFigures(
            count: row["contact_count"], atApplicantsFault: row["contact_fault_count"],
            agencies: try JSONText.decode(row["agencies_contacted"]))
    }
}

// Contacts.
extension DossierTable {
    func append(_ contact: Contact, to dossierID: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO dossier_contact (dossier_id, number, time, party, agency, reason,
                    at_applicants_fault, guidance, official)
                VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM dossier_contact
                    WHERE dossier_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """
        ).execute(arguments: [
            dossierID, contact.time.millisecondsSinceEpoch, contact.party.rawValue, contact.agency,
            contact.reason, contact.isApplicantsFault, contact.guidance, contact.official,
        ])
    }

    /// The contacts of a dossier, oldest first.
    ///
    /// - Parameter after: The number of the last one seen; they count from 1 without a gap.
    func contacts(of dossierID: String, after: Int, limit: Int) throws -> [Contact] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT time, party, agency, reason, at_applicants_fault, guidance, official
                    FROM dossier_contact WHERE dossier_id = ? AND number > ?
                    ORDER BY number LIMIT ?
                    """), arguments: [dossierID, after, limit]
        ).map { row in
            Contact(
                time: Instant(millisecondsSinceEpoch: row[0]),
                party: ContactParty(rawValue: row[1])!, agency: row[2], reason: row[3],
                isApplicantsFault: row[4], guidance: row[5], official: row[6])
        }
    }
}

// What two dossiers have in common, and what one official holds.
extension DossierTable {
    struct Likeness: Hashable, Sendable {
        var id: String
        var code: String?
        var state: DossierState
        var receivingUnit: String
        var submitTime: Instant
    }

    /// The open dossiers of an applicant for a procedure, newest first.
    func openDossiers(
        identityNumber: String, procedureID: String, limit: Int
    ) throws -> [Likeness] {
        if identityNumber.isEmpty { return [] }
        return try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT dossier_id, code, state, receiving_unit, submit_time
                    FROM dossier INDEXED BY dossier_by_applicant
                    WHERE identity_number = ? AND procedure_id = ? AND identity_number <> ''
                        AND state IN (1, 2, 4, 5, 6)
                    ORDER BY number DESC LIMIT ?
                    """), arguments: [identityNumber, procedureID, limit]
        ).map { row in
            Likeness(
                id: row[0], code: row[1], state: DossierState(rawValue: row[2])!,
                receivingUnit: row[3], submitTime: Instant(millisecondsSinceEpoch: row[4]))
        }
    }

    /// A dossier in which an official holds steps that are not done.
    struct HeldDossier: Hashable, Sendable {
        var id: String
        var receivingUnit: String
        /// Of the current step.
        var handlingAgency: String
        /// Of the steps that he holds.
        var agencies: Set<String>
    }

    /// A page of them in the order of their ids, after one.
    func dossiersHeld(
        by official: String, after id: String, limit: Int
    ) throws -> [HeldDossier] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT step.dossier_id, receiving_unit, json_group_array(step.agency),
                        (SELECT agency FROM dossier_step AS current
                            WHERE current.dossier_id = step.dossier_id
                                AND current.end_time IS NULL ORDER BY number LIMIT 1)
                    FROM dossier_step AS step INDEXED BY dossier_step_by_assignee
                        JOIN dossier ON dossier.dossier_id = step.dossier_id
                    WHERE step.assignee = ? AND step.assignee <> '' AND step.end_time IS NULL
                        AND step.dossier_id > ? AND dossier.state IN (2, 4, 5, 6)
                    GROUP BY step.dossier_id ORDER BY step.dossier_id LIMIT ?
                    """), arguments: [official, id, limit]
        ).map { row in
            let unit: String = row[1]
            let agencies: [String] = try JSONText.decode(row[2])
            let current: String = row[3]
            return HeldDossier(
                id: row[0], receivingUnit: unit, handlingAgency: current.isEmpty ? unit : current,
                agencies: Set(agencies.map { $0.isEmpty ? unit : $0 }))
        }
    }
}
