import Foundation
import GRDB
import Messages
import RPC
import Surveys
import Testing

@Suite struct AnswerTests {
    @Test func aTokenIsSpentOnceAmongManyAtTheSameTime() async throws {
        let desk = try Desk.open()
        try await desk.invite("dossier-1")
        let token = try await desk.claim("dossier-1")
        let outcomes = try await withThrowingTaskGroup(of: StatusCode?.self) { group in
            for _ in 0..<32 {
                group.addTask { try await status { try await desk.submit(token) }?.code }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == .failedPrecondition } == 31)
        #expect(try await desk.count("answer") == 1)
        try await desk.remove()
    }

    @Test func theSameRequestTwiceIsOneAnswer() async throws {
        let desk = try Desk.open()
        try await desk.invite("dossier-1")
        let token = try await desk.claim("dossier-1")
        for _ in 0..<3 { try await desk.submit(token, requestID: "a-1") }
        #expect(try await desk.count("answer") == 1)
        #expect(try await desk.summary().answered == 1)
        let other = try await status {
            try await desk.submit(token, overall: .neutral, requestID: "a-1")
        }
        #expect(other?.code == .alreadyExists)
        let spent = try await status { try await desk.submit(token, requestID: "a-2") }
        #expect(spent?.code == .failedPrecondition)
        #expect(spent?.errorInfo?.reason == "TOKEN_SPENT")
        #expect(try await desk.count("answer") == 1)
        try await desk.remove()
    }

    @Test func aRefusedAnswerLeavesNoRow() async throws {
        let desk = try Desk.open()
        let tables = ["idempotency", "audit", "journal", "answer"]
        let refusal = try await status { try await desk.submit("00000-00000-00000-00000") }
        #expect(refusal?.code == .notFound)
        for table in tables { #expect(try await desk.count(table) == 0) }
        try await desk.remove()
    }

    @Test func everyFieldAtFaultIsNamedAtOnce() async throws {
        let desk = try Desk.open()
        let refusal = try await status {
            try await desk.answers.submitAnswer(
                .with {
                    $0.token = "UUUUU"
                    $0.ratings = [
                        .with {
                            $0.aspect = .time
                            $0.satisfaction = .neutral
                        },
                        .with { $0.aspect = .unrecognized(9) },
                        .with {
                            $0.aspect = .time
                            $0.satisfaction = .satisfied
                        },
                    ]
                    $0.remarks = String(repeating: "á", count: Remarks.charactersMax + 1)
                })
        }
        #expect(refusal?.code == .invalidArgument)
        #expect(
            refusal?.badRequest?.fieldViolations.map(\.field) == [
                "request_id", "token", "overall", "ratings[1].aspect", "ratings[1].satisfaction",
                "ratings[2].aspect", "remarks",
            ])
        let many = try await status {
            try await desk.answers.submitAnswer(
                .with {
                    $0.requestID = "a"
                    $0.token = "00000-00000-00000-00000"
                    $0.overall = .satisfied
                    $0.ratings = Array(repeating: .init(), count: 9)
                })
        }
        #expect(many?.badRequest?.fieldViolations.map(\.field) == ["ratings"])
        try await desk.remove()
    }

    @Test func remarksAtTheLimitAreTaken() async throws {
        let desk = try Desk.open()
        try await desk.invite("dossier-1")
        let token = try await desk.claim("dossier-1")
        // Decomposed: 2,000 characters once composed.
        let remarks = String(repeating: "a\u{301}", count: Remarks.charactersMax - 1) + "\n"
        try await desk.submit(token, remarks: remarks)
        try await desk.remove()
    }

    @Test(arguments: ["lower", "blanks", "mistaken"])
    func aTokenIsReadAsPeopleTypeIt(manner: String) async throws {
        let desk = try Desk.open()
        try await desk.invite("dossier-1")
        let token = try await desk.claim("dossier-1")
        let typed =
            switch manner {
            case "lower": token.lowercased()
            case "blanks": " " + token.replacing("-", with: "  ") + " "
            default:
                token.replacing("1", with: "l").replacing("0", with: "O").replacing("-", with: "")
            }
        try await desk.submit(typed)
        try await desk.remove()
    }

    @Test func tokensAreTheirRandomBits() {
        #expect(
            SurveyToken(random: [UInt8](repeating: 0, count: 13)).printed
                == "00000-00000-00000-00000")
        #expect(
            SurveyToken(random: [UInt8](repeating: 0xFF, count: 13)).printed
                == "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ")
        // 00000 00001 00010 … 10011: the values 0 to 19.
        let counting: [UInt8] = [
            0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF, 0x84, 0x65, 0x30,
        ]
        #expect(SurveyToken(random: counting).characters == "0123456789ABCDEFGHJK")
        #expect(SurveyToken(typed: "0123456789ABCDEFGHJ") == nil)
        #expect(SurveyToken(typed: "0123456789ABCDEFGHJKM") == nil)
        #expect(SurveyToken(typed: "0123456789ABCDEFGHJU") == nil)
    }
}
