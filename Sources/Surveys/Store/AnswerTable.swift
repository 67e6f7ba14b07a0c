import Foundation
import GRDB

struct AnswerTable {
    let database: Database

    private static let questions = Question.allCases
    private static let columns = questions.map(\.column)

    func insert(_ answer: Answer, of cohort: Cohort) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO answer (answer_id, unit, period, overall, remarks, \
                \(Self.columns.joined(separator: ", ")))
                VALUES (?, ?, ?, ?, ?\(String(repeating: ", ?", count: Self.columns.count)))
                """)
        let fixed: [(any DatabaseValueConvertible)?] = [
            Self.randomID(), cohort.unit, cohort.period.description, answer.overall.rawValue,
            answer.remarks.text,
        ]
        let ratings = Self.questions.map {
            answer.ratings[$0]?.rawValue as (any DatabaseValueConvertible)?
        }
        try statement.execute(arguments: StatementArguments(fixed + ratings))
    }

    /// - Parameter unit: `nil` for all.
    func totals(unit: String?, period: Period) throws -> Totals {
        var totals = Totals()
        totals.overall = try tally("overall", unit, period)
        totals.answered = Level.allCases.reduce(0) { $0 + totals.overall[$1] }
        for question in Self.questions {
            totals.aspects[question] = try tally(question.column, unit, period)
        }
        return totals
    }

    private func tally(_ column: String, _ unit: String?, _ period: Period) throws -> Tally {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(column), count(*) FROM answer
                WHERE period = ?1 AND (?2 IS NULL OR unit = ?2) AND \(column) IS NOT NULL GROUP BY 1
                """)
        var tally = Tally()
        for row in try Row.fetchAll(statement, arguments: [period.description, unit]) {
            guard let level = Level(rawValue: row[0]) else {
                preconditionFailure("the schema keeps the five levels")
            }
            tally[level] = row[1]
        }
        return tally
    }

    private static func randomID() -> Data {
        var random = SystemRandomNumberGenerator()
        let id = (random.next(), random.next())
        return withUnsafeBytes(of: id) { Data($0) }
    }
}

extension Question {
    fileprivate var column: String {
        switch self {
        case .time: "time"
        case .agencies: "agencies"
        case .contacts: "contacts"
        case .publishedInformation: "published_information"
        case .attitude: "attitude"
        case .resultAndCost: "result_and_cost"
        case .explanation: "explanation"
        case .onlineService: "online_service"
        }
    }
}
