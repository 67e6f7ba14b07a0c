import Foundation
import GRDB
import WorkingTime

extension DossierTable {
    func find(_ key: DossierKey) throws -> Dossier? {
        let (column, text) =
            switch key {
            case .id(let id): ("dossier_id", id)
            case .code(let code): ("code", code)
            }
        return try Row.fetchOne(
            database.cachedStatement(sql: "\(Self.selection) WHERE \(column) = ?"),
            arguments: [text]
        ).map(dossier(from:))
    }

    /// - Parameter number: Of a dossier that there is.
    func find(number: Int64) throws -> Dossier {
        try Row.fetchOne(
            database.cachedStatement(sql: "\(Self.selection) WHERE number = ?"),
            arguments: [number]
        ).map(dossier(from:))!
    }

    struct Page: Sendable {
        var dossiers: [Dossier]
        /// The place of each in the order of hand-in, before which a next page may begin.
        var numbers: [Int64]
        var isLast: Bool
    }

    /// Newest first, before a place in the order of hand-in.
    func page(
        state: DossierState?, unit: String?, before number: Int64, limit: Int
    ) throws -> Page {
        var condition = "number < ?"
        var arguments: StatementArguments = [number]
        if let state {
            condition += " AND state = ?"
            arguments += [state.rawValue]
        }
        if let unit {
            condition += " AND receiving_unit = ?"
            arguments += [unit]
        }
        arguments += [limit + 1]
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "\(Self.selection) WHERE \(condition) ORDER BY number DESC LIMIT ?"),
            arguments: arguments)
        return Page(
            dossiers: try rows.prefix(limit).map(dossier(from:)),
            numbers: rows.prefix(limit).map { $0["number"] }, isLast: rows.count <= limit)
    }

    private static let selection = """
        SELECT dossier.*, procedure_version.name AS procedure_name FROM dossier
        JOIN procedure_version ON procedure_version.procedure_id = dossier.procedure_id
            AND procedure_version.version = dossier.procedure_version
        """

    private func dossier(from fetched: Row) throws -> Dossier {
        let row = DossierRow(fetched)
        let id: String = row["dossier_id"]
        let procedureID: String = row["procedure_id"]
        let version: Int32 = row["procedure_version"]
        let regimeID: String = row["regime"]
        let regime = try RegimeTable(database: database).named(regimeID)
        let catalogue = Catalogue(database: database)
        return Dossier(
            id: id, code: row["code"], state: DossierState(rawValue: row["state"])!,
            procedureID: procedureID, procedureVersion: version,
            procedureName: row["procedure_name"],
            receivingUnit: row["receiving_unit"], channel: channel(of: row),
            applicant: Applicant(
                fullName: row["full_name"], identityNumber: row["identity_number"],
                phone: row["phone"], email: row["email"], address: row["address"],
                sex: Sex(rawValue: row["sex"]), birthDate: row["birth_date"]),
            limit: try catalogue.limit(row["limit_id"], of: procedureID, version: version),
            feeLines: try feeLines(
                of: id, in: catalogue.feeLines(of: procedureID, version: version)),
            feeStatus: FeeStatus(rawValue: row["fee_status"])!,
            feePlace: FeePlace(epoch: row["fee_epoch"], sequence: row["fee_sequence"]),
            components: try components(of: id),
            supersededDocumentIDs: try supersededDocuments(of: id),
            steps: try steps(of: id), supplements: try supplements(of: id),
            result: DossierResult(
                number: row["result_number"], summary: row["result_summary"],
                documentID: row["result_document_id"]),
            regime: regime, submitTime: Instant(millisecondsSinceEpoch: row["submit_time"]),
            acceptTime: instant(row["accept_time"]),
            due: Due(status: row["due_status"], time: instant(row["due_time"])),
            finishTime: instant(row["finish_time"]), returnTime: instant(row["return_time"]),
            submitter: row["submitter"], assistance: assistance(from: row),
            guidance: row["guidance"], handOverTime: instant(row["hand_over_time"]),
            resultHandOver: ResultHandOver(rawValue: row["result_hand_over"])!,
            resultArriveTime: instant(row["result_arrive_time"]),
            stopCause: StopCause(rawValue: row["stop_cause"]),
            coWorkers: try JSONText.decode(row["co_workers"]),
            followers: try JSONText.decode(row["followers"]),
            parts: row["part_count"] == 0 ? [] : try parts(of: id), contacts: try contacts(of: row),
            holds: row["hold_count"] == 0 ? [] : try holds(of: id),
            grant: row["is_extended"] ? try grant(of: id) : nil,
            nextNoticeTime: instant(row["next_notice_time"]), clockVersion: row["clock_version"],
            agencyMinutes: row["agency_minutes"])
    }

    func instant(_ milliseconds: Int64?) -> Instant? {
        milliseconds.map(Instant.init(millisecondsSinceEpoch:))
    }

    private func feeLines(of id: String, in lines: [FeeLine]) throws -> [FeeLine] {
        if lines.isEmpty { return [] }
        let chosen = try String.fetchSet(
            database.cachedStatement(
                sql: "SELECT fee_line_id FROM dossier_fee_line WHERE dossier_id = ?"),
            arguments: [id])
        return lines.filter { chosen.contains($0.id) }
    }

    private func components(of id: String) throws -> [DossierComponent] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT required.component_id, name, originals, copies, document_id
                    FROM dossier_component AS given JOIN procedure_component AS required
                        ON required.procedure_id = given.procedure_id
                        AND required.version = given.procedure_version
                        AND required.component_id = given.component_id
                    WHERE given.dossier_id = ? ORDER BY required.position
                    """), arguments: [id]
        ).map { row in
            DossierComponent(
                id: row[0], name: row[1], originals: row[2], copies: row[3], documentID: row[4])
        }
    }

    private func supersededDocuments(of id: String) throws -> Set<String> {
        try String.fetchSet(
            database.cachedStatement(
                sql: "SELECT document_id FROM dossier_superseded_document WHERE dossier_id = ?"),
            arguments: [id])
    }

    private func steps(of id: String) throws -> [DossierStep] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT number, name, start_time, end_time, official, stage, agency, role,
                        assignee, budget_minutes, due_time
                    FROM dossier_step WHERE dossier_id = ? ORDER BY number
                    """), arguments: [id]
        ).map { row in
            DossierStep(
                number: row[0], name: row[1], startTime: instant(row[2]), endTime: instant(row[3]),
                official: row[4], stage: row[5], agency: row[6], role: PostRole(rawValue: row[7]),
                assignee: row[8], budgetMinutes: row[9], dueTime: instant(row[10]))
        }
    }

    private func supplements(of id: String) throws -> [Supplement] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT number, reason, component_ids, request_time, receive_time,
                        due_time_before, due_time_after, status, send_time, rounds
                    FROM dossier_supplement WHERE dossier_id = ? ORDER BY number
                    """), arguments: [id]
        ).map { row in
            Supplement(
                number: row[0], reason: row[1], componentIDs: try JSONText.decode(row[2]),
                requestTime: Instant(millisecondsSinceEpoch: row[3]), receiveTime: instant(row[4]),
                dueTimeBefore: instant(row[5]), dueTimeAfter: instant(row[6]),
                status: SupplementStatus(rawValue: row[7])!, sendTime: instant(row[8]),
                rounds: row[9])
        }
    }
}
