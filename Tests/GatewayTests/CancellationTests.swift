import Gateway
import Messages
import RPC
import RPCTesting
import Testing

/// A caller's end reaches the services behind the gateway.
@Suite struct CancellationTests {
    enum Ending: CaseIterable, Sendable {
        case theTaskIsCancelled
        case theConnectionGoesAway
    }

    static let methods = [
        RecordsV1.Dossiers.getDossier, DigitizationV1.Documents.downloadDocument,
        DigitizationV1.Documents.uploadDocument,
    ]

    @Test(arguments: methods, Ending.allCases)
    func aCallerThatGoesCancelsHisWorkBehindTheGateway(method: Method, ending: Ending) async throws
    {
        let fakes = try FakeServices()
        fakes.state.withLock { $0.held = [method.path] }
        try await GatewayUnderTest(fakes: fakes).runWithServer { server, _ in
            let leaving = server.makeChannel()
            let call = Task { try await Self.call(method, on: leaving) }
            try await expectEventually { fakes.gate.arrivals == 1 }
            switch ending {
            case .theTaskIsCancelled: call.cancel()
            case .theConnectionGoesAway: await leaving.close()
            }
            let failure = await #expect(throws: Status.self) { try await call.value }
            #expect(failure?.code == .cancelled)
            try await expectEventually { fakes.gate.cancellations == 1 }
            await leaving.close()
        }
    }

    @Test func aCallThatIsGivenUpLeavesTheNeighboursBehindTheGatewayAlone() async throws {
        let fakes = try FakeServices()
        let method = RecordsV1.Dossiers.getDossier
        fakes.state.withLock { $0.held = [method.path] }
        try await GatewayUnderTest(fakes: fakes).run { channel in
            let calls = (0..<20).map { index in
                Task { () -> RawMessage in
                    try await channel.unary(
                        method, RawMessage(bytes: [0x78, UInt8(index)]), options: .init())
                }
            }
            try await expectEventually { fakes.gate.arrivals == 20 }
            for call in calls[..<10] { call.cancel() }
            try await expectEventually { fakes.gate.cancellations == 10 }
            fakes.gate.open()
            for (index, call) in calls.enumerated().dropFirst(10) {
                let answer = try await call.value
                #expect(answer.bytes == [0x78, UInt8(index)])
            }
        }
    }

    @Test func aCallThatTimesOutBehindTheGatewayEndsAtItsCallerInTime() async throws {
        let fakes = try FakeServices()
        let method = RecordsV1.Dossiers.getDossier
        fakes.state.withLock { $0.held = [method.path] }
        try await GatewayUnderTest(fakes: fakes).run { channel in
            let start = ContinuousClock.now
            let timeout = Duration.milliseconds(200)
            let failure = await #expect(throws: Status.self) {
                let _: RawMessage = try await channel.unary(
                    method, RawMessage(), options: .init(timeout: timeout))
            }
            let waited = ContinuousClock.now - start
            #expect(failure?.code == .deadlineExceeded)
            #expect(waited >= timeout && waited < .seconds(5), "\(waited)")
            try await expectEventually { fakes.gate.cancellations == 1 }
            let deadline = try #require(fakes.state.withLock { $0.deadlines.first } ?? nil)
            // Each hop counts the time left from when the call came to it.
            #expect(deadline - start < timeout + .seconds(1))
        }
    }

    private static func call(_ method: Method, on channel: some Channel) async throws {
        switch method.kind {
        case .unary:
            let _: RawMessage = try await channel.unary(method, RawMessage(), options: .init())
        case .serverStreaming:
            try await channel.serverStreaming(method, RawMessage(), options: .init()) {
                (answers: ResponseStream<RawMessage>) in
                for try await _ in answers {}
            }
        default:
            let _: RawMessage = try await channel.clientStreaming(method, options: .init()) {
                (out: RequestWriter<RawMessage>) in try await out.write(RawMessage())
            }
        }
    }
}
