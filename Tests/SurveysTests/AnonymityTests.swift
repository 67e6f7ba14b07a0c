import Foundation
import GRDB
import Messages
import RPC
import Surveys
import Testing

/// Decree 61/2018 article 27(3), read off the raw tables.
@Suite struct AnonymityTests {
    private static let remark = "Cán bộ rất tận tình"

    private func answeredDesk() async throws -> (Desk, tokens: [String]) {
        let desk = try Desk.open()
        var tokens: [String] = []
        for number in 0..<40 {
            try await desk.invite("dossier-\(number)")
            tokens.append(try await desk.claim("dossier-\(number)", requestID: "claim-\(number)"))
        }
        for (number, token) in tokens.enumerated() {
            try await desk.submit(
                token, overall: SurveysV1.Satisfaction(rawValue: Int32(number % 5 + 1)),
                remarks: Self.remark + " \(number)", requestID: "answer-\(number)")
        }
        return (desk, tokens)
    }

    @Test func anAnswerHasNoColumnThatSaysWhoOrWhen() async throws {
        let desk = try Desk.open()
        let (columns, others) = try await desk.host.store.read { database in
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'answer'")
            let others = try tables.flatMap { try database.columns(in: $0).map(\.name) }
            return (try database.columns(in: "answer").map(\.name), Set(others))
        }
        #expect(
            columns == [
                "answer_id", "unit", "period", "overall", "time", "agencies", "contacts",
                "published_information", "attitude", "result_and_cost", "explanation",
                "online_service",
                "remarks",
            ])
        #expect(others.intersection(columns) == ["unit", "period"])
        let schema = try await desk.host.store.read { database in
            try String.fetchOne(
                database, sql: "SELECT sql FROM sqlite_schema WHERE name = 'answer'") ?? ""
        }
        #expect(schema.contains("WITHOUT ROWID"))
        await #expect(throws: (any Error).self) {
            try await desk.host.store.read { database in
                try Int64.fetchAll(database, sql: "SELECT rowid FROM answer")
            }
        }
        try await desk.remove()
    }

    @Test func answersAreNotKeptInTheOrderInWhichTheyCame() async throws {
        let (desk, _) = try await answeredDesk()
        let orders = try await desk.host.store.read { database in
            [
                "SELECT remarks FROM answer", "SELECT remarks FROM answer ORDER BY period, unit",
                "SELECT remarks FROM answer NOT INDEXED",
            ].map { sql in try? String.fetchAll(database, sql: sql) }
        }
        let asSubmitted = (0..<40).map { "\(Self.remark) \($0)" }
        for order in orders {
            // One chance in 40! that a random order is the one in which they came.
            #expect(order != asSubmitted)
            #expect(order?.sorted() == asSubmitted.sorted())
        }
        try await desk.remove()
    }

    @Test func noTokenNorRequestNorRemarkStandsInAnotherTable() async throws {
        let (desk, tokens) = try await answeredDesk()
        let texts = try await desk.host.store.read { database in
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'answer'")
            return try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").flatMap { row in
                    row.databaseValues.map { value in
                        switch value.storage {
                        case .blob(let data): String(decoding: data, as: UTF8.self)
                        default: "\(value)"
                        }
                    }
                }
            }
        }
        #expect(texts.count > 400)
        for text in texts {
            #expect(!text.contains("answer-"))
            #expect(!text.contains(Self.remark))
        }
        let all = texts.joined(separator: "\n")
        for token in tokens {
            #expect(!all.contains(token))
            #expect(!all.contains(token.replacing("-", with: "")))
        }
        try await desk.remove()
    }

    @Test func anAnswersEventAndAuditLinkSayUnitAndMonthAtMost() async throws {
        let (desk, _) = try await answeredDesk()
        let answered = try await desk.events().filter {
            if case .answerReceived = $0.event { true } else { false }
        }
        #expect(answered.count == 40)
        #expect(
            Set(answered) == [
                .with {
                    $0.event = .answerReceived(
                        .with {
                            $0.unit = "H26.001.00"
                            $0.period = "2026-02"
                        })
                }
            ])
        let links = try await desk.host.store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT principal, subject, commitment, salt FROM audit
                    WHERE method = 'motcua.surveys.v1.Answers/SubmitAnswer'
                    """
            ).map { Array($0.databaseValues) }
        }
        #expect(links == [["".databaseValue, "".databaseValue, .null, .null]])
        let columns = try await desk.host.store.read { database in
            try database.columns(in: "invitation").map(\.name)
        }
        #expect(columns == ["dossier_id", "unit", "period", "token_hash", "is_spent"])
        try await desk.remove()
    }
}
