import Foundation
import GRDB

struct Invitation: Hashable {
    var cohort: Cohort
    var isSpent: Bool
}

struct InvitationTable {
    let database: Database

    /// Returns false when the dossier was invited before; its first invitation stands.
    func insert(_ dossierID: String, _ cohort: Cohort) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO invitation (dossier_id, unit, period) VALUES (?, ?, ?)")
        try statement.execute(arguments: [dossierID, cohort.unit, cohort.period.description])
        return database.changesCount == 1
    }

    func invitation(of dossierID: String) throws -> Invitation? {
        let statement = try database.cachedStatement(
            sql: "SELECT unit, period, is_spent FROM invitation WHERE dossier_id = ?")
        return try Row.fetchOne(statement, arguments: [dossierID]).map(Self.invitation)
    }

    func invitation(with token: SurveyToken) throws -> Invitation? {
        let statement = try database.cachedStatement(
            sql: "SELECT unit, period, is_spent FROM invitation WHERE token_hash = ?")
        return try Row.fetchOne(statement, arguments: [Data(token.hash)]).map(Self.invitation)
    }

    /// The dossier's token from now on; an earlier one is worth nothing any more.
    func setToken(_ token: SurveyToken, of dossierID: String) throws {
        let statement = try database.cachedStatement(
            sql: "UPDATE invitation SET token_hash = ? WHERE dossier_id = ?")
        try statement.execute(arguments: [Data(token.hash), dossierID])
    }

    func spend(_ token: SurveyToken) throws {
        let statement = try database.cachedStatement(
            sql: "UPDATE invitation SET is_spent = 1 WHERE token_hash = ?")
        try statement.execute(arguments: [Data(token.hash)])
    }

    /// - Parameter unit: `nil` for all.
    func count(unit: String?, period: Period) throws -> Int64 {
        let statement = try database.cachedStatement(
            sql: "SELECT count(*) FROM invitation WHERE period = ?1 AND (?2 IS NULL OR unit = ?2)")
        return try Int64.fetchOne(statement, arguments: [period.description, unit]) ?? 0
    }

    private static func invitation(_ row: Row) -> Invitation {
        guard let period = Period(row[1]) else {
            preconditionFailure("the schema keeps months that this program wrote")
        }
        return Invitation(cohort: Cohort(unit: row[0], period: period), isSpent: row[2])
    }
}
