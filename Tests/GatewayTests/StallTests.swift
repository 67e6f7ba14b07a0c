import Gateway
import Messages
import RPC
import Testing

@Suite struct StallTests {
    private func stall(_ channel: any Channel) async throws -> String? {
        try await GatewayV1.JourneysClient(channel).getProgress(.init(), options: .init())
            .journals.first { $0.service == "records" }?.stall
    }

    @Test func anIdleServiceThatComesBackIsNoStall() async throws {
        let fakes = try FakeServices()
        let records = fakes.servers[.records]!
        try await GatewayUnderTest(fakes: fakes).run { channel in
            try await expectEventually { fakes.state.withLock { $0.follows } >= 8 }
            await records.setListening(false)
            await records.breakConnections()
            try await expectEventually { try await stall(channel) != "" }
            await records.setListening(true)
            try await expectEventually { try await stall(channel) == "" }
        }
    }

    @Test func aServiceThatIsDownFromTheStartIsAStall() async throws {
        let fakes = try FakeServices()
        await fakes.servers[.records]!.setListening(false)
        try await GatewayUnderTest(fakes: fakes).run { channel in
            try await expectEventually { try await stall(channel) != "" }
        }
    }

    @Test func aFactThatWentThroughAtLastIsNoStallEvenIfNothingFollows() async throws {
        let fakes = try FakeServices()
        let busy = Status(.unavailable, "busy")
        // As many as one delivery sends by itself, and one more.
        let method = PaymentsV1.Bills.assessDossier
        fakes.state.withLock {
            $0.failures[method] = Array(repeating: busy, count: RetryPolicy.standard.attemptsMax)
        }
        let event: RecordsV1.RecordsEvent = .with {
            $0.event = .dossierSubmitted(.with { $0.dossierID = "d1" })
        }
        try fakes.append(event, subject: "d1", to: .records)
        try await GatewayUnderTest(fakes: fakes).run { channel in
            try await expectEventually {
                try await stall(channel)?.contains("motcua.payments.v1.Bills/AssessDossier") == true
            }
            try await expectEventually { !fakes.state.withLock { $0.taken.isEmpty } }
            try await expectEventually { try await stall(channel) == "" }
        }
    }

    /// Each follower follows twice, then waits: four of them that do so seven times have waited six
    /// times at least.
    @Test func aJournalThatEndsItselfIsNotFollowedWithoutAPause() async throws {
        let fakes = try FakeServices()
        fakes.state.withLock { $0.followsEnd = true }
        let start = ContinuousClock.now
        try await GatewayUnderTest(fakes: fakes).run { _ in
            try await expectEventually { fakes.state.withLock { $0.follows } >= 2 * 4 * 7 }
        }
        #expect(ContinuousClock.now - start >= .milliseconds(6 * 50))
    }
}
