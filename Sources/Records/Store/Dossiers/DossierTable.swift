import Foundation
import GRDB
import WorkingTime

/// The dossiers' rows. Lives inside one read or one command.
struct DossierTable {
    let database: Database

    /// The next sequence number of a unit's day: 1, 2, 3 … without a gap, for it is given back with
    /// everything else when the command fails.
    func allotSequence(unit: String, day: CivilDate) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(
                sql: """
                    INSERT INTO code_counter (unit, day, last) VALUES (?, ?, 1)
                    ON CONFLICT (unit, day) DO UPDATE SET last = last + 1 RETURNING last
                    """), arguments: [unit, day.description])!
    }

    /// What ``allotSequence(unit:day:)`` would give next.
    func nextSequence(unit: String, day: CivilDate) throws -> Int {
        let last = try Int.fetchOne(
            database.cachedStatement(
                sql: "SELECT last FROM code_counter WHERE unit = ? AND day = ?"),
            arguments: [unit, day.description])
        return (last ?? 0) + 1
    }

    /// What public tracking needs, and no more.
    func tracked(code: String) throws -> (state: DossierState, id: String)? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT state, dossier_id FROM dossier WHERE code = ?"),
            arguments: [code]
        ).map { (DossierState(rawValue: $0[0])!, $0[1]) }
    }

    /// `nil` before the first hand-in.
    func lookUpKey() throws -> LookUpKey? {
        try Data.fetchOne(database.cachedStatement(sql: "SELECT key FROM look_up_key"))
            .map { LookUpKey($0) }
    }

    /// Makes the key where there is none yet.
    func ownLookUpKey(from generator: inout some RandomNumberGenerator) throws -> LookUpKey {
        if let key = try lookUpKey() { return key }
        let bytes = LookUpKey.newBytes(from: &generator)
        try database.cachedStatement(sql: "INSERT INTO look_up_key (one, key) VALUES (1, ?)")
            .execute(arguments: [Data(bytes)])
        return LookUpKey(bytes)
    }

    /// The lines of a dossier's history, oldest first.
    ///
    /// - Parameter after: The number of the last one seen; they count from 1 without a gap.
    func history(of id: String, after: Int = 0, limit: Int = .max) throws -> [HistoryEntry] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT time, state, action, actor, note, form, on_behalf_of
                    FROM dossier_history
                    WHERE dossier_id = ? AND number > ? ORDER BY number LIMIT ?
                    """), arguments: [id, after, limit]
        ).map { row in
            HistoryEntry(
                time: Instant(millisecondsSinceEpoch: row[0]),
                state: DossierState(rawValue: row[1])!, action: row[2], actor: row[3], note: row[4],
                form: row[5], onBehalfOf: row[6])
        }
    }
}

// Writing.
extension DossierTable {
    func insert(_ dossier: Dossier, entries: [HistoryEntry]) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO dossier (dossier_id, state, procedure_id, procedure_version,
                    receiving_unit, channel, limit_id, regime, full_name, identity_number, phone,
                    email, address, fee_status, fee_epoch, fee_sequence, result_number,
                    result_summary, submit_time, due_status, sex, birth_date, helper_name,
                    helper_id, guidance, submitter)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            dossier.id, dossier.state.rawValue, dossier.procedureID, dossier.procedureVersion,
            dossier.receivingUnit, dossier.channel.ofTerms.rawValue, dossier.limit.id,
            dossier.regime.id,
            dossier.applicant.fullName, dossier.applicant.identityNumber, dossier.applicant.phone,
            dossier.applicant.email, dossier.applicant.address, dossier.feeStatus.rawValue,
            dossier.feePlace.epoch, dossier.feePlace.sequence, dossier.result.number,
            dossier.result.summary, dossier.submitTime.millisecondsSinceEpoch,
            dossier.due.statusNumber, dossier.applicant.sex?.rawValue ?? 0,
            dossier.applicant.birthDate, dossier.assistance?.helperName,
            dossier.assistance?.helperID ?? "", dossier.guidance, dossier.submitter,
        ])
        let number = database.lastInsertedRowID
        for line in dossier.feeLines {
            try database.cachedStatement(
                sql: """
                    INSERT INTO dossier_fee_line
                        (dossier_id, procedure_id, procedure_version, fee_line_id)
                    VALUES (?, ?, ?, ?)
                    """
            ).execute(arguments: [
                dossier.id, dossier.procedureID, dossier.procedureVersion, line.id,
            ])
        }
        for component in dossier.components {
            try database.cachedStatement(
                sql: """
                    INSERT INTO dossier_component
                        (dossier_id, procedure_id, procedure_version, component_id, document_id)
                    VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                dossier.id, dossier.procedureID, dossier.procedureVersion, component.id,
                component.documentID,
            ])
        }
        try append(entries, to: dossier.id)
        try QueueTable(database: database).enter(dossier, number: number)
        try FiguresTable(database: database).addSubmission(of: dossier)
    }

    /// Writes what an edit changed.
    func save(_ edit: DossierEdit) throws {
        let (before, after) = (edit.original, edit.dossier)
        if before != after {
            // Row by row, so that the schema sees each move of a command by itself.
            for move in edit.moves.dropLast() {
                try database.cachedStatement(
                    sql: "UPDATE dossier SET state = ? WHERE dossier_id = ?"
                )
                .execute(arguments: [move.to.rawValue, after.id])
            }
            try update(after)
            try saveLife(from: before, to: after)
            for component in after.components where !before.components.contains(component) {
                try database.cachedStatement(
                    sql: """
                        UPDATE dossier_component SET document_id = ?
                        WHERE dossier_id = ? AND component_id = ?
                        """
                ).execute(arguments: [component.documentID, after.id, component.id])
            }
            for document in after.supersededDocumentIDs.subtracting(before.supersededDocumentIDs) {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO dossier_superseded_document (dossier_id, document_id)
                        VALUES (?, ?)
                        """
                ).execute(arguments: [after.id, document])
            }
            for step in after.steps where !before.steps.contains(step) {
                try save(step, of: after.id)
            }
            for supplement in after.supplements where !before.supplements.contains(supplement) {
                try save(supplement, of: after.id)
            }
            try QueueTable(database: database).follow(from: before, to: after)
            try FiguresTable(database: database).add(edit)
            try saveDeadline(of: after, before: before, at: edit.now)
        }
        try append(edit.entries, to: after.id)
    }

    private func update(_ dossier: Dossier) throws {
        try database.cachedStatement(
            sql: """
                UPDATE dossier SET code = ?, state = ?, regime = ?, fee_status = ?, fee_epoch = ?,
                    fee_sequence = ?, result_number = ?, result_summary = ?, result_document_id = ?, accept_time = ?,
                    due_status = ?, due_time = ?, finish_time = ?, return_time = ?,
                    hand_over_time = ?, result_hand_over = ?, stop_cause = ?,
                    next_notice_time = ?, clock_version = ?, hold_count = ?, is_extended = ?
                WHERE dossier_id = ?
                """
        ).execute(arguments: [
            dossier.code, dossier.state.rawValue, dossier.regime.id, dossier.feeStatus.rawValue,
            dossier.feePlace.epoch, dossier.feePlace.sequence, dossier.result.number,
            dossier.result.summary, dossier.result.documentID,
            dossier.acceptTime?.millisecondsSinceEpoch,
            dossier.due.statusNumber, dossier.due.time?.millisecondsSinceEpoch,
            dossier.finishTime?.millisecondsSinceEpoch, dossier.returnTime?.millisecondsSinceEpoch,
            dossier.handOverTime?.millisecondsSinceEpoch, dossier.resultHandOver.rawValue,
            dossier.stopCause?.rawValue ?? 0, dossier.nextNoticeTime?.millisecondsSinceEpoch,
            dossier.clockVersion, dossier.holds.count, dossier.grant != nil, dossier.id,
        ])
    }

    private func save(_ step: DossierStep, of dossierID: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO dossier_step (dossier_id, number, name, start_time, end_time, official,
                    stage, agency, role, assignee, budget_minutes, due_time)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (dossier_id, number) DO UPDATE SET start_time = excluded.start_time,
                    end_time = excluded.end_time, official = excluded.official,
                    agency = excluded.agency, assignee = excluded.assignee,
                    due_time = excluded.due_time
                """
        ).execute(arguments: [
            dossierID, step.number, step.name, step.startTime?.millisecondsSinceEpoch,
            step.endTime?.millisecondsSinceEpoch, step.official, step.stage, step.agency,
            step.role?.rawValue ?? 0, step.assignee, step.budgetMinutes,
            step.dueTime?.millisecondsSinceEpoch,
        ])
    }

    private func save(_ supplement: Supplement, of dossierID: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO dossier_supplement (dossier_id, number, reason, component_ids,
                    request_time, receive_time, due_time_before, due_time_after, status, send_time,
                    rounds)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (dossier_id, number) DO UPDATE SET receive_time = excluded.receive_time,
                    due_time_after = excluded.due_time_after, status = excluded.status,
                    send_time = excluded.send_time, rounds = excluded.rounds
                """
        ).execute(arguments: [
            dossierID, supplement.number, supplement.reason,
            try JSONText.encode(supplement.componentIDs),
            supplement.requestTime.millisecondsSinceEpoch,
            supplement.receiveTime?.millisecondsSinceEpoch,
            supplement.dueTimeBefore?.millisecondsSinceEpoch,
            supplement.dueTimeAfter?.millisecondsSinceEpoch, supplement.status.rawValue,
            supplement.sendTime?.millisecondsSinceEpoch, supplement.rounds,
        ])
    }

    private func append(_ entries: [HistoryEntry], to dossierID: String) throws {
        for entry in entries {
            try database.cachedStatement(
                sql: """
                    INSERT INTO dossier_history (dossier_id, number, time, state, action, actor,
                        note, form, on_behalf_of)
                    VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM dossier_history
                        WHERE dossier_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                    """
            ).execute(arguments: [
                dossierID, entry.time.millisecondsSinceEpoch, entry.state.rawValue, entry.action,
                entry.actor, entry.note, entry.form, entry.onBehalfOf,
            ])
        }
    }
}

extension Due {
    var statusNumber: Int {
        switch self {
        case .notAccepted: 0
        case .dated: 1
        case .provisional: 2
        case .noLimit: 3
        }
    }
}
