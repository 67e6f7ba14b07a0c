import Messages
import RPC
import Storage
import Testing
import WorkingTime

@testable import Gateway

@Suite struct ParkedFactTests {
    private let assess = PaymentsV1.Bills.assessDossier

    private func submitted(_ dossier: String) -> RecordsV1.RecordsEvent {
        .with { $0.event = .dossierSubmitted(.with { $0.dossierID = dossier }) }
    }

    private func taken(_ fakes: FakeServices) throws -> [PaymentsV1.AssessDossierRequest] {
        try fakes.state.withLock { $0.taken }.filter { $0.method == assess }
            .map { try PaymentsV1.AssessDossierRequest(serialized: $0.request) }
    }

    private func parked(_ channel: any Channel) async throws -> GatewayV1.ParkedFact? {
        try await GatewayV1.JourneysClient(channel).listParkedFacts(.init(), options: .init())
            .facts.first
    }

    private func retry(
        _ channel: any Channel, _ fact: GatewayV1.ParkedFact, as requestID: String
    ) async -> Result<GatewayV1.ParkedFact, any Error> {
        let request: GatewayV1.RetryParkedFactRequest = .with {
            $0.requestID = requestID
            $0.parkedFactID = fact.parkedFactID
        }
        do {
            return .success(
                try await GatewayV1.JourneysClient(channel).retryParkedFact(
                    request, options: CallOptions(retries: .none)))
        } catch {
            return .failure(error)
        }
    }

    private func code(_ result: Result<GatewayV1.ParkedFact, any Error>) -> StatusCode? {
        if case .failure(let error) = result { return (error as? Status)?.code }
        return nil
    }

    /// A gateway with one fact refused for good.
    private func withParkedFact(
        _ body: (FakeServices, any Channel, GatewayV1.ParkedFact) async throws -> Void
    ) async throws {
        let fakes = try FakeServices()
        fakes.state.withLock { $0.failures[assess] = [Status(.notFound, "no such tariff")] }
        try fakes.append(submitted("d1"), subject: "d1", to: .records)
        try await GatewayUnderTest(fakes: fakes).run { channel in
            try await expectEventually { try await parked(channel) != nil }
            try await body(fakes, channel, #require(try await parked(channel)))
        }
    }

    @Test func anEventThatCannotBeReadIsParkedAndHoldsUpNothing() async throws {
        let fakes = try FakeServices()
        try fakes.append(submitted("d1"), subject: "d1", to: .records)
        fakes.append([0xFF], type: RecordsV1.RecordsEvent.fullName, subject: "d2", to: .records)
        try fakes.append(submitted("d3"), subject: "d3", to: .records)
        try await GatewayUnderTest(fakes: fakes).run { channel in
            try await expectEventually { try Set(taken(fakes).map(\.dossierID)) == ["d1", "d3"] }
            let journeys = GatewayV1.JourneysClient(channel)
            try await expectEventually {
                try await journeys.getProgress(.init(), options: .init()).journals
                    .contains { $0.sequence == 3 && $0.parked == 1 && $0.stall == "" }
            }
            let fact = try #require(try await parked(channel))
            #expect(fact.method == "")
            #expect(fact.sequence == 2)
            let again = await retry(channel, fact, as: "r1")
            #expect(code(again) == .failedPrecondition)
            #expect(try await parked(channel)?.resolveTime == nil)
        }
    }

    @Test func anEventThatANewerVersionReadsIsActedOn() async throws {
        let fakes = try FakeServices()
        let entry: CommonV1.JournalEntry = try .with {
            $0.epoch = "0f8fad5b-d9cb-469f-a165-70867728950e"
            $0.sequence = 7
            $0.payload = try submitted("d7").serialized()
        }
        try await GatewayUnderTest(fakes: fakes).runWithHost { channel, host in
            try await GatewayStore(store: host.store).park(
                .event(try entry.serialized()), of: .records,
                at: .init(epoch: entry.epoch, sequence: entry.sequence),
                because: Status(.failedPrecondition, "too new"),
                now: Instant(millisecondsSinceEpoch: 1))
            let fact = try #require(try await parked(channel))
            #expect(try await retry(channel, fact, as: "r1").get().resolveTime != nil)
        }
        #expect(try taken(fakes).map(\.dossierID) == ["d7"])
    }

    @Test func anAnswerThatIsLostIsAskedForUnderTheSameRequestIDWhoeverAsks() async throws {
        try await withParkedFact { fakes, channel, fact in
            fakes.state.withLock {
                $0.lostAnswers[assess] = RetryPolicy.standard.attemptsMax
            }
            #expect(code(await retry(channel, fact, as: "r1")) == .unavailable)
            #expect(try await retry(channel, fact, as: "r2").get().resolveTime != nil)
            let ids = try taken(fakes).map(\.requestID)
            #expect(ids.count == RetryPolicy.standard.attemptsMax + 1)
            #expect(Set(ids).count == 1)
        }
    }

    @Test func twoOperatorsAtOnceMakeOneEffect() async throws {
        try await withParkedFact { fakes, channel, fact in
            async let one = retry(channel, fact, as: "r1")
            async let other = retry(channel, fact, as: "r2")
            let resolved = [try await one.get(), try await other.get()]
            #expect(resolved[0].resolveTime != nil)
            #expect(resolved[0] == resolved[1])
            #expect(try Set(taken(fakes).map(\.requestID)).count == 1)
        }
    }

    @Test func aRefusedRetryIsRefusedAgainAndAnotherIsSentAnew() async throws {
        try await withParkedFact { fakes, channel, fact in
            fakes.state.withLock { $0.failures[assess] = [Status(.notFound, "still none")] }
            #expect(code(await retry(channel, fact, as: "r1")) == .notFound)
            #expect(try await retry(channel, fact, as: "r2").get().resolveTime != nil)
            // The first 8 digits of SHA-256("operator", NUL, "r2"), not those of the refused r1.
            let ids = try taken(fakes).map(\.requestID)
            #expect(ids == ["j-0f8fad5bd9cb469fa16570867728950e-1-57b1c465"])
            // Repeating a resolved retry sends nothing.
            #expect(try await retry(channel, fact, as: "r2").get().resolveTime != nil)
            #expect(try taken(fakes).count == 1)
        }
    }
}
