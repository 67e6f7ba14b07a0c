import Messages
import RPC
import Surveys
import Testing
import WorkingTime

@Suite struct SummaryTests {
    private struct Given {
        var dossier: String
        var unit = "H26.001.00"
        var overall: SurveysV1.Satisfaction?
        var ratings: [SurveysV1.Aspect: SurveysV1.Satisfaction] = [:]
        var isNextMonth = false
    }

    /// By hand: February, unit 1: five invited, four answered; unit 2: one of each; March: one
    /// invited.
    private static let given: [Given] = [
        Given(
            dossier: "a", overall: .verySatisfied,
            ratings: [.time: .satisfied, .attitude: .verySatisfied]),
        Given(dossier: "b", overall: .verySatisfied, ratings: [.time: .satisfied]),
        Given(
            dossier: "c", overall: .dissatisfied,
            ratings: [.time: .veryDissatisfied, .explanation: .neutral]),
        Given(dossier: "d", overall: .neutral),
        Given(dossier: "e"),
        Given(dossier: "f", unit: "H26.002.00", overall: .dissatisfied, ratings: [.time: .neutral]),
        Given(dossier: "g", isNextMonth: true),
    ]

    private func desk() async throws -> Desk {
        let desk = try Desk.open()
        for given in Self.given {
            let march = Instant(
                millisecondsSinceEpoch: Desk.now.millisecondsSinceEpoch + 10 * 86_400_000)
            try await desk.invite(
                given.dossier, unit: given.unit, at: given.isNextMonth ? march : Desk.now)
            guard let overall = given.overall else { continue }
            try await desk.submit(
                try await desk.claim(given.dossier), overall: overall, given.ratings,
                remarks: "secret")
        }
        return desk
    }

    @Test func countsAreByUnitAndMonth() async throws {
        let desk = try await desk()
        let one = try await desk.summary("H26.001.00")
        #expect((one.unit, one.period) == ("H26.001.00", "2026-02"))
        #expect((one.invited, one.answered) == (5, 4))
        #expect(one.overall.map(\.count) == [0, 1, 1, 0, 2])
        #expect(one.overall.map(\.satisfaction.rawValue) == [1, 2, 3, 4, 5])
        #expect(one.aspects.map(\.aspect.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(one.aspects[0].counts.map(\.count) == [1, 0, 0, 2, 0])
        #expect(one.aspects[4].counts.map(\.count) == [0, 0, 0, 0, 1])
        #expect(one.aspects[6].counts.map(\.count) == [0, 0, 1, 0, 0])
        #expect(one.aspects[1].counts.map(\.count) == [0, 0, 0, 0, 0])

        let all = try await desk.summary()
        #expect((all.invited, all.answered) == (6, 5))
        #expect(all.overall.map(\.count) == [0, 2, 1, 0, 2])
        #expect(all.aspects[0].counts.map(\.count) == [1, 0, 1, 2, 0])

        let march = try await desk.summary("", "2026-03")
        #expect((march.invited, march.answered) == (1, 0))
        #expect(march.overall.map(\.count) == [0, 0, 0, 0, 0])
        let json = String(decoding: try all.serialized(), as: UTF8.self)
        #expect(!json.contains("secret"))
        try await desk.remove()
    }

    @Test(arguments: [
        "", "2026", "2026-13", "2026-00", "2026-2", "26-02", "2026-02-01", "2026/02", "٢٠٢٦-٠٢",
    ])
    func whatIsNoMonthIsRefused(period: String) async throws {
        let desk = try Desk.open()
        let refusal = try await status { try await desk.summary("", period) }
        #expect(refusal?.code == .invalidArgument)
        #expect(refusal?.badRequest?.fieldViolations.map(\.field) == ["period"])
        try await desk.remove()
    }
}
