import Foundation
import GRDB
import WorkingTime

/// How many of each kind a unit had on a day. Written in the command that makes a dossier count.
struct FiguresTable {
    let database: Database

    func add(_ figures: AgencyFigures, of agency: String, on day: CivilDate) throws {
        let kinds = AgencyFigures.Kind.allCases.filter { figures[$0] != 0 }
        if kinds.isEmpty { return }
        let columns = kinds.map(\.rawValue)
        let sums = columns.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
        let numbers = (0..<columns.count).map { ", ?\($0 + 5)" }.joined()
        // A day begins with what the last one before it left.
        func before(_ column: String) -> String {
            """
            ifnull((SELECT \(column) FROM agency_day
                WHERE agency = ?1 AND day < ?2 ORDER BY day DESC LIMIT 1), 0)
            """
        }
        let (waiting, open) = (figures.waitingChange, figures.openChange)
        try database.cachedStatement(
            sql: """
                INSERT INTO agency_day (agency, day, waiting_after, open_after,
                    \(columns.joined(separator: ", ")))
                VALUES (?1, ?2, ?3 + \(before("waiting_after")), ?4 + \(before("open_after"))\(numbers))
                ON CONFLICT (agency, day) DO UPDATE SET \(sums),
                    waiting_after = waiting_after + ?3, open_after = open_after + ?4
                """
        ).execute(
            arguments: StatementArguments([agency])
                + StatementArguments([Int64(day.daysSinceEpoch), waiting, open])
                + StatementArguments(kinds.map { figures[$0] }))
        if waiting == 0, open == 0 { return }
        // None, unless the clock was put back: what happens is counted on the day that it is.
        try database.cachedStatement(
            sql: """
                UPDATE agency_day SET waiting_after = waiting_after + ?, open_after = open_after + ?
                WHERE agency = ? AND day > ?
                """
        ).execute(arguments: [waiting, open, agency, day.daysSinceEpoch])
    }

    func addSubmission(of dossier: Dossier) throws {
        var figures = AgencyFigures()
        figures[.submitted] = 1
        try add(
            figures, of: dossier.receivingUnit, on: dossier.submitTime.local(in: .vietnam).date)
    }

    func add(_ edit: DossierEdit) throws {
        for (day, figures) in edit.figures {
            try add(figures, of: edit.dossier.receivingUnit, on: day)
        }
        if let minutes = edit.dossier.agencyMinutes, edit.original.agencyMinutes == nil {
            try database.cachedStatement(
                sql: "UPDATE dossier SET agency_minutes = ? WHERE dossier_id = ?"
            ).execute(arguments: [minutes, edit.dossier.id])
        }
    }

    /// Sums over agencies, for each day on which something happened, in order.
    func days(
        _ days: ClosedRange<CivilDate>, of agencies: [String]
    ) throws -> [(day: CivilDate, figures: AgencyFigures)] {
        let sums = AgencyFigures.Kind.allCases.map { "sum(\($0.rawValue))" }
        return try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT day, \(sums.joined(separator: ", "))
                    FROM json_each(?) AS chosen CROSS JOIN agency_day ON agency = chosen.value
                    WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day
                    """),
            arguments: [
                try JSONText.encode(agencies), days.lowerBound.daysSinceEpoch,
                days.upperBound.daysSinceEpoch,
            ]
        ).map { row in
            var figures = AgencyFigures()
            for (index, kind) in AgencyFigures.Kind.allCases.enumerated() {
                figures[kind] = row[index + 1]
            }
            return (CivilDate(daysSinceEpoch: row[0]), figures)
        }
    }

    /// How many dossiers of agencies waited for a decision, and how many were open, when a day
    /// began. One row for each agency, however long it has been counted.
    func standing(
        before day: CivilDate, of agencies: [String]
    ) throws -> (waiting: Int64, open: Int64) {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT ifnull(sum(waiting_after), 0), ifnull(sum(open_after), 0)
                    FROM json_each(?1) AS chosen CROSS JOIN agency_day
                    ON agency = chosen.value AND day = (
                        SELECT last.day FROM agency_day AS last
                        WHERE last.agency = chosen.value AND last.day < ?2
                        ORDER BY last.day DESC LIMIT 1)
                    """), arguments: [try JSONText.encode(agencies), day.daysSinceEpoch])!
        return (row[0], row[1])
    }

    /// The units that ever took a dossier in. Costs a look for each, however many days they have.
    func units() throws -> [String] {
        try String.fetchAll(
            database.cachedStatement(
                sql: """
                    WITH RECURSIVE unit (agency) AS (
                        SELECT min(agency) FROM agency_day
                        UNION ALL
                        SELECT (SELECT min(agency) FROM agency_day WHERE agency > unit.agency)
                        FROM unit WHERE unit.agency IS NOT NULL)
                    SELECT agency FROM unit WHERE agency IS NOT NULL
                    """))
    }

    func isUnit(_ agency: String) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM agency_day WHERE agency = ?)"),
            arguments: [agency])!
    }
}
