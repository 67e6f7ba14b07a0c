import Gateway
import Messages
import RPC
import Testing

@Suite struct FollowerTests {
    private func submitted(_ dossier: String) -> RecordsV1.RecordsEvent {
        var submitted = RecordsV1.DossierSubmitted()
        submitted.dossierID = dossier
        var event = RecordsV1.RecordsEvent()
        event.event = .dossierSubmitted(submitted)
        return event
    }

    private func imported(_ procedure: String) -> RecordsV1.RecordsEvent {
        var imported = RecordsV1.ProcedureImported()
        imported.procedureID = procedure
        var event = RecordsV1.RecordsEvent()
        event.event = .procedureImported(imported)
        return event
    }

    private func assessed(_ fakes: FakeServices) throws -> [String] {
        try fakes.state.withLock { $0.taken }
            .filter { $0.method == PaymentsV1.Bills.assessDossier }
            .map { try PaymentsV1.AssessDossierRequest(serialized: $0.request).dossierID }
    }

    @Test func everyFactIsDeliveredOnceAndThePlaceIsKept() async throws {
        let fakes = try FakeServices()
        let gateway = GatewayUnderTest(fakes: fakes)
        for number in 1...200 {
            try fakes.append(submitted("d\(number)"), subject: "d\(number)", to: .records)
        }
        try await gateway.run { channel in
            try await expectEventually { try assessed(fakes).count >= 200 }
            try await expectEventually {
                try await GatewayV1.JourneysClient(channel).getProgress(.init(), options: .init())
                    .journals.first { $0.service == "records" }?.sequence == 200
            }
        }
        // Another gateway on the same data goes on where the first stood.
        try fakes.append(submitted("d201"), subject: "d201", to: .records)
        try await gateway.run { _ in
            try await expectEventually { try assessed(fakes).contains("d201") }
        }
        #expect(Set(try assessed(fakes)).count == 201)
        #expect(try assessed(fakes).count == 201)
    }

    @Test func aTariffIsRegisteredBeforeTheDossiersBehindIt() async throws {
        let fakes = try FakeServices()
        for number in 1...20 {
            try fakes.append(imported("p\(number)"), subject: "p\(number)", to: .records)
            try fakes.append(submitted("d\(number)"), subject: "d\(number)", to: .records)
        }
        try await GatewayUnderTest(fakes: fakes).run { _ in
            try await expectEventually { try assessed(fakes).count == 20 }
        }
        let methods = fakes.state.withLock { $0.taken.map(\.method) }
        let alternating = (0..<20).flatMap { _ in
            [PaymentsV1.Tariffs.registerTariff, PaymentsV1.Bills.assessDossier]
        }
        #expect(methods == alternating)
    }

    @Test func whatFailsForTheMomentIsSentAgainUnderTheSameRequestID() async throws {
        let fakes = try FakeServices()
        let busy = Status(.unavailable, "busy")
        fakes.state.withLock { $0.failures[PaymentsV1.Bills.assessDossier] = [busy, busy] }
        try fakes.append(submitted("d1"), subject: "d1", to: .records)
        try fakes.append(submitted("d1"), subject: "d1", to: .records)
        try await GatewayUnderTest(fakes: fakes).run { _ in
            try await expectEventually { try assessed(fakes).count == 2 }
        }
        let ids = try fakes.state.withLock { $0.taken }
            .map { try PaymentsV1.AssessDossierRequest(serialized: $0.request).requestID.suffix(2) }
        #expect(ids == ["-1", "-2"])
    }

    @Test func aFinalRefusalIsParkedTheOthersGoOnAndAnOperatorMayRetry() async throws {
        let fakes = try FakeServices()
        let refusal = Status(.notFound, "no such tariff")
        fakes.state.withLock { $0.failures[PaymentsV1.Bills.assessDossier] = [refusal] }
        try fakes.append(submitted("d1"), subject: "d1", to: .records)
        try await GatewayUnderTest(fakes: fakes).run { channel in
            let journeys = GatewayV1.JourneysClient(channel)
            try await expectEventually {
                try await !journeys.listParkedFacts(.init(), options: .init()).facts.isEmpty
            }
            try fakes.append(submitted("d2"), subject: "d2", to: .records)
            try await expectEventually { try assessed(fakes) == ["d2"] }
            let parked = try await journeys.listParkedFacts(.init(), options: .init()).facts
            #expect(parked.map(\.method) == ["motcua.payments.v1.Bills/AssessDossier"])
            #expect(parked[0].code == StatusCode.notFound.rawValue)
            #expect(parked[0].message == "no such tariff")
            #expect(parked[0].resolveTime == nil)

            fakes.state.withLock { $0.failures[PaymentsV1.Bills.assessDossier] = [refusal] }
            var retry = GatewayV1.RetryParkedFactRequest()
            retry.requestID = "again-1"
            retry.parkedFactID = parked[0].parkedFactID
            await #expect { try await journeys.retryParkedFact(retry, options: .init()) } throws: {
                ($0 as? Status)?.code == .notFound
            }
            retry.requestID = "again-2"
            let resolved = try await journeys.retryParkedFact(retry, options: .init())
            #expect(resolved.resolveTime != nil)
            #expect(Set(try assessed(fakes)) == ["d1", "d2"])
            let progress = try await journeys.getProgress(.init(), options: .init())
            #expect(progress.journals.allSatisfy { $0.parked == 0 })
        }
    }

    @Test func aRestoredJournalIsNotFollowedSilently() async throws {
        let fakes = try FakeServices()
        let gateway = GatewayUnderTest(fakes: fakes)
        try fakes.append(submitted("d1"), subject: "d1", to: .records)
        try await gateway.run { channel in
            try await expectEventually {
                try await GatewayV1.JourneysClient(channel).getProgress(.init(), options: .init())
                    .journals.contains { $0.sequence == 1 }
            }
        }
        fakes.state.withLock { $0.epoch = "11111111-2222-3333-4444-555555555555" }
        try await gateway.run { channel in
            try await expectEventually {
                try await GatewayV1.JourneysClient(channel).getProgress(.init(), options: .init())
                    .journals.contains {
                        $0.service == "records" && $0.stall.contains("another journal")
                    }
            }
        }
    }
}
