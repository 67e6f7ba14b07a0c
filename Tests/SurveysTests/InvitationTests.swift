import Messages
import RPC
import Surveys
import Testing
import WorkingTime

@Suite struct InvitationTests {
    @Test func aDossierIsInvitedOnceHoweverOftenTheFactComes() async throws {
        let desk = try Desk.open()
        try await desk.invite("dossier-1", requestID: "j-1")
        try await desk.invite("dossier-1", requestID: "j-1")
        try await desk.invite("dossier-1", unit: "H26.002.00", requestID: "j-2")
        #expect(try await desk.count("invitation") == 1)
        #expect(try await desk.summary("H26.001.00").invited == 1)
        #expect(try await desk.summary("H26.002.00").invited == 0)
        #expect(
            try await desk.events().map(\.event) == [
                .citizenInvited(.with { $0.dossierID = "dossier-1" })
            ])
        try await desk.remove()
    }

    /// Months begin at midnight of UTC+7.
    @Test(
        arguments: [
            (1_769_878_799_999, "2026-01"), (1_769_878_800_000, "2026-02"),
            (1_772_297_999_999, "2026-02"), (1_772_298_000_000, "2026-03"),
            (1_798_736_399_999, "2026-12"), (1_798_736_400_000, "2027-01"),
        ] as [(Int64, String)])
    func anInvitationBelongsToItsLocalMonth(milliseconds: Int64, period: String) async throws {
        let instant = Instant(millisecondsSinceEpoch: milliseconds)
        #expect(Period(of: instant).description == period)
        let desk = try Desk.open()
        try await desk.invite("dossier-1", at: instant)
        #expect(try await desk.summary("", period).invited == 1)
        try await desk.remove()
    }

    @Test func everyFieldAtFaultIsNamedAtOnce() async throws {
        let desk = try Desk.open()
        let refusal = try await status {
            try await desk.invitations.inviteCitizen(.with { $0.unit = "two words" })
        }
        #expect(refusal?.code == .invalidArgument)
        #expect(
            refusal?.badRequest?.fieldViolations.map(\.field) == [
                "request_id", "dossier_id", "unit", "event_time",
            ])
        let claim = try await status { try await desk.invitations.claimToken(.init()) }
        #expect(
            claim?.badRequest?.fieldViolations.map(\.field) == ["request_id", "dossier_id"])
        try await desk.remove()
    }

    @Test func aTokenIsGivenOnceTheInvitationIsThereEvenToTheSameRequest() async throws {
        let desk = try Desk.open()
        let early = try await status { try await desk.claim("dossier-1", requestID: "c-1") }
        #expect(early?.code == .notFound)
        #expect(early?.errorInfo?.reason == "NOT_INVITED")
        #expect(early?.message.contains("try again shortly") == true)
        try await desk.invite("dossier-1")
        let token = try await desk.claim("dossier-1", requestID: "c-1")
        #expect(SurveyToken(typed: token)?.printed == token)
        try await desk.remove()
    }

    @Test func aRepeatedClaimGetsTheSameTokenAlsoAfterARestart() async throws {
        let desk = try Desk.open()
        try await desk.invite("dossier-1")
        let token = try await desk.claim("dossier-1", requestID: "c-1")
        #expect(try await desk.claim("dossier-1", requestID: "c-1") == token)
        await desk.host.close()
        let next = try Desk.open(desk.directory)
        #expect(try await next.claim("dossier-1", requestID: "c-1") == token)
        try await next.submit(token)
        try await next.remove()
    }

    @Test func aNewClaimReplacesAnUnusedTokenAndNeverAUsedOne() async throws {
        let desk = try Desk.open()
        try await desk.invite("dossier-1")
        let first = try await desk.claim("dossier-1")
        let second = try await desk.claim("dossier-1")
        #expect(first != second)
        let stale = try await status { try await desk.submit(first) }
        #expect(stale?.code == .notFound)
        #expect(stale?.errorInfo?.reason == "TOKEN_UNKNOWN")
        try await desk.submit(second)
        let late = try await status { try await desk.claim("dossier-1") }
        #expect(late?.code == .failedPrecondition)
        #expect(late?.errorInfo?.reason == "TOKEN_ALREADY_USED")
        try await desk.remove()
    }
}
