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
        let places = String(repeating: ", ?", count: columns.count)
        try database.cachedStatement(
            sql: """
                INSERT INTO agency_day (agency, day, \(columns.joined(separator: ", ")))
                VALUES (?, ?\(places))
                ON CONFLICT (agency, day) DO UPDATE SET \(sums)
                """
        ).execute(
            arguments: StatementArguments([agency])
                + StatementArguments([day.daysSinceEpoch])
                + StatementArguments(kinds.map { figures[$0] }))
    }

    func addSubmission(of dossier: Dossier) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO agency_day (agency, day, submitted) VALUES (?, ?, 1)
                ON CONFLICT (agency, day) DO UPDATE SET submitted = submitted + 1
                """
        ).execute(arguments: [
            dossier.receivingUnit, dossier.submitTime.local(in: .vietnam).date.daysSinceEpoch,
        ])
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

    /// Sums over agencies of all that happened before a day.
    func total(before day: CivilDate, of agencies: [String]) throws -> AgencyFigures {
        var total = AgencyFigures()
        let first = CivilDate(daysSinceEpoch: Int(Int32.min))
        for (_, figures) in try days(first...day.adding(days: -1), of: agencies) {
            total += figures
        }
        return total
    }

    /// The units that ever took a dossier in.
    func units() throws -> [String] {
        try String.fetchAll(
            database.cachedStatement(sql: "SELECT id FROM queue_scope WHERE kind = ?"),
            arguments: [QueueScope.Kind.reception.rawValue])
    }
}
