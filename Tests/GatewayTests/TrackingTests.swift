import Gateway
import Messages
import RPC
import Testing

@Suite struct TrackingTests {
    private var request: GatewayV1.TrackRequest {
        .with {
            $0.code = "H26.001.00-261121-0001"
            $0.lookUpSecret = "7KQ2"
        }
    }

    @Test func anybodyLearnsByCodeAndSecretHowFarADossierHasComeAndNothingElse() async throws {
        let fakes = try FakeServices()
        // Whatever else records may say one day: field 15, a varint.
        let unknown: [UInt8] = [0x78, 0x2A]
        let found: RecordsV1.TrackDossierResponse = .with {
            $0.code = "H26.001.00-261121-0001"
            $0.state = .awaitingPayment
        }
        let reply = try found.serialized() + unknown
        fakes.state.withLock { $0.replies[RecordsV1.Dossiers.trackDossier] = reply }
        try await GatewayUnderTest(fakes: fakes).run(rolesOfCaller: []) { channel in
            let answer = try await GatewayV1.TrackingClient(channel)
                .track(request, options: .init())
            #expect(
                answer
                    == .with {
                        $0.code = "H26.001.00-261121-0001"
                        $0.completion = .awaitingApplicant
                        $0.completionText = "Chờ người nộp hồ sơ"
                    })
        }
        let asked = try fakes.state.withLock { $0.taken }
            .map { try RecordsV1.TrackDossierRequest(serialized: $0.request) }
        #expect(asked.map(\.code) == ["H26.001.00-261121-0001"])
        #expect(asked.map(\.lookUpSecret) == ["7KQ2"])
        // The gateway asks for itself: the public has no role at records.
        #expect(fakes.state.withLock { $0.callers }.map(\.principal) == ["gateway"])
    }

    @Test func aRefusalOfRecordsReachesThePublicAsItIs() async throws {
        let fakes = try FakeServices()
        let refusal = Status(.notFound, "no dossier has this code and secret")
        fakes.state.withLock { $0.failures[RecordsV1.Dossiers.trackDossier] = [refusal] }
        try await GatewayUnderTest(fakes: fakes).run(rolesOfCaller: []) { channel in
            await #expect {
                try await GatewayV1.TrackingClient(channel).track(request, options: .init())
            } throws: { ($0 as? Status) == refusal }
        }
    }

    @Test func aStateOfANewerVersionIsNotShownToThePublic() async throws {
        let fakes = try FakeServices()
        let reply = try RecordsV1.TrackDossierResponse.with { $0.state = .unrecognized(99) }
            .serialized()
        fakes.state.withLock { $0.replies[RecordsV1.Dossiers.trackDossier] = reply }
        try await GatewayUnderTest(fakes: fakes).run(rolesOfCaller: []) { channel in
            await #expect {
                try await GatewayV1.TrackingClient(channel).track(request, options: .init())
            } throws: { ($0 as? Status)?.code == .internal }
        }
    }
}
