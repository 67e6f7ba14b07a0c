import Foundation
import GRDB
import WorkingTime

/// The catalogue's rows. Lives inside one read or one command.
struct Catalogue {
    let database: Database

    /// The version that new dossiers use on a day; `nil` when the procedure has none.
    func versionInForce(of id: String, on day: CivilDate) throws -> Int32? {
        try Int32.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT version FROM procedure_version
                    WHERE procedure_id = ? AND status = 2 AND effective_day <= ?
                    ORDER BY effective_day DESC, version DESC LIMIT 1
                    """), arguments: [id, day.daysSinceEpoch])
    }

    /// Why a procedure has no version in force.
    func absence(of id: String) throws -> CatalogueRejection {
        let statuses = try Int.fetchAll(
            database.cachedStatement(
                sql: "SELECT DISTINCT status FROM procedure_version WHERE procedure_id = ?"),
            arguments: [id]
        ).compactMap(VersionStatus.init)
        if statuses.isEmpty { return .procedureNotFound }
        return statuses.contains(.retired) && !statuses.contains(.published)
            ? .procedureRetired : .procedureNotPublished
    }

    func procedure(_ id: String, version: Int32) throws -> Procedure? {
        try content(of: id, version: version).map {
            Procedure(id: id, version: version, content: $0)
        }
    }

    /// The version in force, else the last retired one, so that a procedure that was retired can
    /// still be read.
    func current(_ id: String, on day: CivilDate) throws -> KeptVersion? {
        guard
            let version = try versionInForce(of: id, on: day)
                ?? Int32.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT max(version) FROM procedure_version
                            WHERE procedure_id = ? AND status = 3
                            """), arguments: [id])
        else { return nil }
        return try kept(id, version: version)
    }

    func kept(_ id: String, version: Int32) throws -> KeptVersion? {
        guard let procedure = try procedure(id, version: version),
            let log = try log(of: id, version: version)
        else { return nil }
        return KeptVersion(procedure: procedure, log: log)
    }

    /// Procedures in force in the order of their ids, shorter ones first, so that numbers count up.
    ///
    /// - Parameters:
    ///   - id: The last one seen; empty for the beginning.
    ///   - authority: `nil` for every level; so for `service`.
    ///   - offer: Who has to offer them; `nil` for anybody.
    func procedures(
        after id: String, limit: Int, on day: CivilDate, authority: AuthorityLevel? = nil,
        service: ServiceLevel? = nil, offer: Offer? = nil
    ) throws -> [Procedure] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT v.procedure_id, v.version FROM procedure
                    JOIN procedure_version v ON v.procedure_id = procedure.procedure_id
                        AND v.version = (\(Self.inForce))
                    -- The first condition begins in the index where the page does.
                    WHERE length(procedure.procedure_id) >= length(:after)
                        AND (length(procedure.procedure_id), procedure.procedure_id)
                            > (length(:after), :after)
                        AND (:authority IS NULL OR v.authority_level = :authority)
                        AND (:service IS NULL OR v.service_level = :service)
                        AND (:agency IS NULL
                            OR v.offered_by = '[]' AND v.authority_level = :agencyAuthority
                            OR EXISTS (SELECT 1 FROM json_each(v.offered_by)
                                WHERE json_each.value = :agency))
                    ORDER BY length(procedure.procedure_id), procedure.procedure_id LIMIT :limit
                    """),
            arguments: [
                "after": id, "day": day.daysSinceEpoch, "limit": limit,
                "authority": authority?.rawValue, "service": service?.rawValue,
                "agency": offer?.agency, "agencyAuthority": offer?.authority.rawValue,
            ]
        ).map { try found($0[0], $0[1]) }
    }

    /// What an agency offers: what names it, and what is of its level and names nobody.
    struct Offer {
        var agency: String
        var authority: AuthorityLevel
    }

    /// The best matches first: name before field before agency. Each word is found at the beginning
    /// of a word.
    func search(words: [String], limit: Int, on day: CivilDate) throws -> [Procedure] {
        // Folded words are letters and digits alone: nothing in them is FTS5 syntax.
        let match = words.map { "\"\($0)\"*" }.joined(separator: " ")
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT procedure_id, (\(Self.inForce)) AS version FROM procedure_search
                    JOIN procedure ON procedure.number = procedure_search.rowid
                    WHERE procedure_search MATCH :match AND version IS NOT NULL
                    ORDER BY bm25(procedure_search, 10.0, 3.0, 1.0), procedure_search.rowid
                    LIMIT :limit
                    """),
            arguments: ["match": match, "day": day.daysSinceEpoch, "limit": limit])
        return try rows.map { try found($0[0], $0[1]) }
    }

    /// The procedures in force whose national code is this one, or a longer form of it: `1.001193`
    /// finds `1.001193.000.00.00.H26`.
    func procedures(ofCode code: String, limit: Int, on day: CivilDate) throws -> [Procedure] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT v.procedure_id, v.version FROM procedure_version v
                    JOIN procedure USING (procedure_id)
                    WHERE v.status = 2 AND v.national_code >= :code
                        AND v.national_code < :code || '/'
                        AND (v.national_code = :code OR v.national_code >= :code || '.')
                        AND v.version = (\(Self.inForce))
                    ORDER BY v.national_code, v.procedure_id LIMIT :limit
                    """), arguments: ["code": code, "day": day.daysSinceEpoch, "limit": limit]
        ).map { try found($0[0], $0[1]) }
    }

    /// Another procedure that has a version published under this national code.
    func holder(ofCode code: String, otherThan id: String) throws -> String? {
        try String.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT procedure_id FROM procedure_version
                    WHERE status = 2 AND national_code = ? AND procedure_id <> ? LIMIT 1
                    """), arguments: [code, id])
    }

    /// Of the row of `procedure`, on `:day`.
    static let inForce = """
        SELECT f.version FROM procedure_version f
        WHERE f.procedure_id = procedure.procedure_id AND f.status = 2 AND f.effective_day <= :day
        ORDER BY f.effective_day DESC, f.version DESC LIMIT 1
        """

    func found(_ id: String, _ version: Int32) throws -> Procedure {
        guard let procedure = try procedure(id, version: version) else {
            preconditionFailure("a version that was just named")
        }
        return procedure
    }
}

// Reading.
extension Catalogue {
    func content(of id: String, version: Int32) throws -> ProcedureContent? {
        guard
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT name, field, result_name, agencies, applicants, legal_basis,
                            sequence, manner, set_count, receiving_agencies, requirements,
                            national_code, field_code, authority_level, service_level, offered_by,
                            other_agencies_stop_clock, doubts
                        FROM procedure_version WHERE procedure_id = ? AND version = ?
                        """), arguments: [id, version])
        else { return nil }
        return ProcedureContent(
            name: row[0], field: row[1], agencies: try JSONText.decode(row[3]),
            applicants: try JSONText.decode(row[4]), resultName: row[2],
            limits: try limits(of: id, version: version),
            feeLines: try feeLines(of: id, version: version),
            components: try components(of: id, version: version),
            legalBasis: try JSONText.decode(row[5]), sequence: row[6], manner: row[7],
            setCount: row[8], receivingAgencies: try JSONText.decode(row[9]),
            requirements: row[10], nationalCode: row[11], fieldCode: row[12],
            authorityLevel: (row[13] as Int?).map { AuthorityLevel(rawValue: $0)! },
            serviceLevel: (row[14] as Int?).map { ServiceLevel(rawValue: $0)! },
            offeredBy: try JSONText.decode(row[15]), otherAgenciesStopClock: row[16],
            process: try process(of: id, version: version),
            doubts: try JSONText.decodePairs(row[17]).map { Doubt(field: $0, reason: $1) })
    }

    private func limits(of id: String, version: Int32) throws -> [LimitCase] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT limit_id, channel, unit, value, text FROM procedure_limit
                    WHERE procedure_id = ? AND version = ? ORDER BY position
                    """), arguments: [id, version]
        ).map { row in
            LimitCase(
                id: row[0], channel: IntakeChannel(rawValue: row[1])!,
                limit: try TimeLimit(row[3] as Int?, TimeLimit.Unit(rawValue: row[2])!),
                text: row[4])
        }
    }

    func feeLines(of id: String, version: Int32) throws -> [FeeLine] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT fee_line_id, kind, amount_dong, per, note, channels FROM procedure_fee_line
                    WHERE procedure_id = ? AND version = ? ORDER BY position
                    """), arguments: [id, version]
        ).map { row in
            let channels: String = row[5]
            return FeeLine(
                id: row[0], kind: FeeKind(rawValue: row[1])!,
                amount: (row[2] as Int64?).map(FeeAmount.dong) ?? .open, per: row[3], note: row[4],
                channels: channels.map { IntakeChannel(rawValue: $0.wholeNumberValue!)! })
        }
    }

    private func components(of id: String, version: Int32) throws -> [RequiredComponent] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT component_id, name, originals, copies, form FROM procedure_component
                    WHERE procedure_id = ? AND version = ? ORDER BY position
                    """), arguments: [id, version]
        ).map { row in
            RequiredComponent(
                id: row[0], name: row[1], originals: row[2], copies: row[3], form: row[4])
        }
    }

    /// The internal process of a version; `nil` when it has none of its own.
    func process(of id: String, version: Int32) throws -> InternalProcess? {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT g.position, g.name, s.number, s.name, s.role, s.agency, s.budget_minutes
                    FROM procedure_stage g JOIN procedure_step s ON s.procedure_id = g.procedure_id
                        AND s.version = g.version AND s.stage = g.position
                    WHERE g.procedure_id = ? AND g.version = ? ORDER BY g.position, s.number
                    """), arguments: [id, version])
        guard !rows.isEmpty else { return nil }
        var stages: [ProcessStage] = []
        for row in rows {
            let position: Int = row[0]
            if position > stages.count { stages.append(ProcessStage(name: row[1], steps: [])) }
            stages[position - 1].steps.append(
                ProcessStep(
                    number: row[2], name: row[3], role: PostRole(rawValue: row[4])!,
                    agency: row[5], budgetMinutes: row[6]))
        }
        return InternalProcess(
            stages: stages, document: try document(of: id, version: version))
    }

    func document(of id: String, version: Int32) throws -> DocumentControl? {
        guard
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT document_number, document_issue, document_review_day,
                            document_approver, document_change
                        FROM procedure_version WHERE procedure_id = ? AND version = ?
                            AND document_number IS NOT NULL
                        """), arguments: [id, version])
        else { return nil }
        return DocumentControl(
            number: row[0], issue: row[1],
            reviewDate: (row[2] as Int?).map { CivilDate(daysSinceEpoch: $0) }, approver: row[3],
            change: row[4])
    }

    func limit(_ limitID: String, of id: String, version: Int32) throws -> LimitCase {
        guard let limit = try limits(of: id, version: version).first(where: { $0.id == limitID })
        else {
            preconditionFailure("a dossier's limit is of its procedure version")
        }
        return limit
    }

    /// Whether the clock of a version's dossiers stands still while other agencies act.
    func otherAgenciesStopClock(_ id: String, version: Int32) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT other_agencies_stop_clock FROM procedure_version
                    WHERE procedure_id = ? AND version = ?
                    """), arguments: [id, version]) ?? false
    }
}

/// Lists of text in one column.
enum JSONText {
    static func encode(_ texts: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }

    static func decode(_ json: String) throws -> [String] {
        try plain(json) ?? JSONDecoder().decode([String].self, from: Data(json.utf8))
    }

    /// An array of texts without escapes, as nearly all are: a dossier has three of them, and is
    /// read with every command.
    private static func plain(_ json: String) -> [String]? {
        if json == "[]" { return [] }
        if json.utf8.contains(UInt8(ascii: "\\")) { return nil }
        // Without escapes every quotation mark is a border.
        let parts = json.utf8.split(
            separator: UInt8(ascii: "\""), omittingEmptySubsequences: false
        ).map { Substring($0) }
        guard parts.count >= 3, !parts.count.isMultiple(of: 2), parts.first == "[",
            parts.last == "]"
        else { return nil }
        var texts: [String] = []
        for index in parts.indices.dropFirst().dropLast() {
            if index.isMultiple(of: 2) {
                guard parts[index] == "," else { return nil }
            } else {
                texts.append(String(parts[index]))
            }
        }
        return texts
    }

    static func encodePairs(_ pairs: [(String, String)]) throws -> String {
        String(decoding: try JSONEncoder().encode(pairs.map { [$0, $1] }), as: UTF8.self)
    }

    static func decodePairs(_ json: String) throws -> [(String, String)] {
        try JSONDecoder().decode([[String]].self, from: Data(json.utf8)).map { ($0[0], $0[1]) }
    }
}
