import Gateway
import Messages
import Operations
import RPC
import RPCTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct AggregateHealthTests {
    private let fakes: FakeServices
    private let own = Health(services: ["motcua.gateway.v1.Journeys"])
    private let client: HealthV1.HealthClient

    init() throws {
        fakes = try FakeServices()
        let server = InProcessServer(
            services: [AggregateHealth(own: own, upstreams: fakes.upstreams)])
        client = HealthV1.HealthClient(server.makeChannel())
    }

    private func status(
        _ service: String
    ) async throws -> HealthV1.HealthCheckResponse.ServingStatus {
        try await client.check(.with { $0.service = service }, options: .init()).status
    }

    @Test func theGatewayServesAsAWholeOnlyWhileEverythingBehindItDoes() async throws {
        #expect(try await status("") == .notServing)
        own.set(serving: true)
        #expect(try await status("") == .serving)
        fakes.health[.surveys]!.set(serving: false)
        #expect(try await status("") == .notServing)
        #expect(try await status("surveys") == .notServing)
        #expect(try await status("motcua.surveys.v1.Answers") == .notServing)
        #expect(try await status("records") == .serving)
        #expect(try await status("motcua.gateway.v1.Journeys") == .serving)
    }

    @Test func aServiceThatIsNotThereDoesNotServe() async throws {
        own.set(serving: true)
        await fakes.servers[.payments]!.setListening(false)
        #expect(try await status("payments") == .notServing)
        #expect(try await status("") == .notServing)
    }

    /// A service that takes the question and does not answer.
    private struct Hanging: HealthV1.HealthService {
        let gate: Gate

        func check(
            _ request: HealthV1.HealthCheckRequest, context: CallContext
        ) async throws -> HealthV1.HealthCheckResponse {
            try await gate.pass()
            return .init()
        }

        func watch(
            _ request: HealthV1.HealthCheckRequest,
            responses: ResponseWriter<HealthV1.HealthCheckResponse>, context: CallContext
        ) async throws {}
    }

    @Test func servicesThatHangAreAskedSideBySideAndDoNotServe() async throws {
        own.set(serving: true)
        let gate = Gate()
        let hanging = InProcessServer(services: [Hanging(gate: gate)])
        let channels = Dictionary(
            uniqueKeysWithValues: Upstream.allCases.map {
                ($0, hanging.makeChannel() as any Channel)
            })
        let aggregate = InProcessServer(services: [
            AggregateHealth(own: own, upstreams: .init(channels: channels, seal: fakes.seal))
        ])
        let client = HealthV1.HealthClient(aggregate.makeChannel())
        async let answer = client.check(.init(), options: .init())
        let allAreAsked = await eventually { gate.arrivals == Upstream.allCases.count }
        #expect(allAreAsked)
        #expect(gate.cancellations == 0)
        #expect(try await answer.status == .notServing)
    }

    @Test func aNameThatNobodyServesIsNotFound() async throws {
        await #expect { try await status("motcua.weather.v1.Forecasts") } throws: {
            ($0 as? Status)?.code == .notFound
        }
    }

    @Test(arguments: ["", "records"])
    func aWatcherHearsTheLastStatusAndEndsWhenTheGatewayStops(service: String) async throws {
        own.set(serving: true)
        let heard = Mutex<[HealthV1.HealthCheckResponse.ServingStatus]>([])
        try await client.watch(.with { $0.service = service }, options: .init()) { responses in
            for try await response in responses {
                let count = heard.withLock { heard in
                    heard.append(response.status)
                    return heard.count
                }
                if count == 1 { own.set(serving: false) }
            }
        }
        let last: HealthV1.HealthCheckResponse.ServingStatus =
            service.isEmpty ? .notServing : .serving
        #expect(heard.withLock { $0 } == [.serving, last])
    }
}
