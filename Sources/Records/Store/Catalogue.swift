import Foundation
import GRDB
import WorkingTime

/// The catalogue's rows. Lives inside one read or one command.
struct Catalogue {
    let database: Database

    /// Keeps a procedure as its next version, unless it says what the latest says.
    ///
    /// - Returns: The new version; `nil` when nothing changed.
    func keep(_ line: CatalogueLine, at now: Instant) throws -> Procedure? {
        let latest = try latestVersion(of: line.procedureID)
        if let latest, try content(of: line.procedureID, version: latest) == line.content {
            return nil
        }
        let procedure = Procedure(
            id: line.procedureID, version: (latest ?? 0) + 1, content: line.content)
        let number = try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    INSERT INTO procedure (procedure_id, latest_version) VALUES (?, ?)
                    ON CONFLICT (procedure_id) DO UPDATE SET latest_version = excluded.latest_version
                    RETURNING number
                    """), arguments: [procedure.id, procedure.version])!
        try insert(procedure, at: now)
        try index(procedure.content, number: number)
        return procedure
    }

    func latestVersion(of id: String) throws -> Int32? {
        try Int32.fetchOne(
            database.cachedStatement(
                sql: "SELECT latest_version FROM procedure WHERE procedure_id = ?"),
            arguments: [id])
    }

    /// - Parameter version: `nil` for the latest.
    func procedure(_ id: String, version: Int32? = nil) throws -> Procedure? {
        guard let version = try version ?? latestVersion(of: id),
            let content = try content(of: id, version: version)
        else { return nil }
        return Procedure(id: id, version: version, content: content)
    }

    /// Latest versions in the order of their ids, shorter ones first, so that numbers count up.
    ///
    /// - Parameter id: The last one seen; empty for the beginning.
    func procedures(after id: String, limit: Int) throws -> [Procedure] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT procedure_id, latest_version FROM procedure
                    -- The first condition begins in the index where the page does.
                    WHERE length(procedure_id) >= length(?1)
                        AND (length(procedure_id), procedure_id) > (length(?1), ?1)
                    ORDER BY length(procedure_id), procedure_id LIMIT ?2
                    """), arguments: [id, limit]
        ).map { try found($0[0], $0[1]) }
    }

    /// The best matches first: name before field before agency. Each word is found at the beginning
    /// of a word.
    func search(words: [String], limit: Int) throws -> [Procedure] {
        // Folded words are letters and digits alone: nothing in them is FTS5 syntax.
        let match = words.map { "\"\($0)\"*" }.joined(separator: " ")
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT procedure_id, latest_version FROM procedure_search
                    JOIN procedure ON procedure.number = procedure_search.rowid
                    WHERE procedure_search MATCH ?
                    ORDER BY bm25(procedure_search, 10.0, 3.0, 1.0), procedure_search.rowid LIMIT ?
                    """), arguments: [match, limit])
        return try rows.map { try found($0[0], $0[1]) }
    }

    private func found(_ id: String, _ version: Int32) throws -> Procedure {
        guard let content = try content(of: id, version: version) else {
            preconditionFailure("a procedure without its latest version")
        }
        return Procedure(id: id, version: version, content: content)
    }
}

// Writing.
extension Catalogue {
    private func insert(_ procedure: Procedure, at now: Instant) throws {
        let content = procedure.content
        try database.cachedStatement(
            sql: """
                INSERT INTO procedure_version (procedure_id, version, import_time, name, field,
                    result_name, agencies, applicants, legal_basis)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            procedure.id, procedure.version, now.millisecondsSinceEpoch, content.name,
            content.field,
            content.resultName, try JSONText.encode(content.agencies),
            try JSONText.encode(content.applicants), try JSONText.encode(content.legalBasis),
        ])
        for (index, limit) in content.limits.enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT INTO procedure_limit (procedure_id, version, position, limit_id, channel,
                        unit, value, text)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                procedure.id, procedure.version, index + 1, limit.id, limit.channel.rawValue,
                limit.limit.unit.rawValue, limit.limit.unit.takesValue ? limit.limit.value : nil,
                limit.text,
            ])
        }
        for (index, line) in content.feeLines.enumerated() {
            let amount: Int64? =
                switch line.amount {
                case .open: nil
                case .dong(let dong): dong
                }
            try database.cachedStatement(
                sql: """
                    INSERT INTO procedure_fee_line (procedure_id, version, position, fee_line_id, kind,
                        amount_dong, per, note, channels)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                procedure.id, procedure.version, index + 1, line.id, line.kind.rawValue, amount,
                line.per, line.note, line.channels.map { String($0.rawValue) }.joined(),
            ])
        }
        for (index, component) in content.components.enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT INTO procedure_component (procedure_id, version, position, component_id,
                        name, originals, copies, form)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                procedure.id, procedure.version, index + 1, component.id, component.name,
                component.originals, component.copies, component.form,
            ])
        }
    }

    private func index(_ content: ProcedureContent, number: Int64) throws {
        try database.cachedStatement(sql: "DELETE FROM procedure_search WHERE rowid = ?")
            .execute(arguments: [number])
        try database.cachedStatement(
            sql: "INSERT INTO procedure_search (rowid, name, field, agencies) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [
            number, Folding.fold(content.name), Folding.fold(content.field),
            Folding.fold(content.agencies.joined(separator: " ")),
        ])
    }
}

// Reading.
extension Catalogue {
    private func content(of id: String, version: Int32) throws -> ProcedureContent? {
        guard
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT name, field, result_name, agencies, applicants, legal_basis
                        FROM procedure_version WHERE procedure_id = ? AND version = ?
                        """), arguments: [id, version])
        else { return nil }
        return ProcedureContent(
            name: row[0], field: row[1], agencies: try JSONText.decode(row[3]),
            applicants: try JSONText.decode(row[4]), resultName: row[2],
            limits: try limits(of: id, version: version),
            feeLines: try feeLines(of: id, version: version),
            components: try components(of: id, version: version),
            legalBasis: try JSONText.decode(row[5]))
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

    func limit(_ limitID: String, of id: String, version: Int32) throws -> LimitCase {
        guard let limit = try limits(of: id, version: version).first(where: { $0.id == limitID })
        else {
            preconditionFailure("a dossier's limit is of its procedure version")
        }
        return limit
    }
}

/// Lists of text in one column.
enum JSONText {
    static func encode(_ texts: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }

    static func decode(_ json: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(json.utf8))
    }
}
