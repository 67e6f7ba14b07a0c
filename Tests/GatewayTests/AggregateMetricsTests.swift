import Gateway
import Identity
import Messages
import Operations
import RPC
import RPCTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct AggregateMetricsTests {
    private struct Operator: ServerInterceptor {
        func admit(_ context: inout CallContext) throws(Status) {
            var caller = CommonV1.Caller()
            caller.principal = "operator"
            caller.roles = [.operator]
            context[CallerKey.self] = caller
        }
    }

    private let servers: [Upstream: InProcessServer]
    private let client: OperationsV1.MetricsClient

    init() throws {
        let seal = try CallerSeal(secret: [UInt8](repeating: 7, count: CallerSeal.secretBytes))
        servers = Dictionary(
            uniqueKeysWithValues: Upstream.allCases.enumerated().map { index, upstream in
                let endpoint = ProcessMetricsEndpoint {
                    [
                        .init("motcua_journal_head", .gauge, "The head.", Double(10 * index)),
                        .init("motcua_odd_total", .counter, "Odd.", [.init(["kind": "x"], 1)]),
                    ]
                }
                let router = Router(
                    services: [endpoint],
                    interceptors: [
                        SealedCallerAdmission(seal: seal, gatewayUID: InProcessServer.peer.userID)
                    ])
                return (upstream, InProcessServer(router))
            })
        let upstreams = Upstreams(
            channels: servers.mapValues { $0.makeChannel() as any Channel }, seal: seal)
        let own = ProcessMetricsEndpoint {
            [
                .init(
                    "motcua_follower_cursor", .gauge, "The cursor.",
                    Upstream.allCases.map { .init(["upstream": $0.rawValue], 5) })
            ]
        }
        let gateway = InProcessServer(
            services: [AggregateMetrics(own: own, upstreams: upstreams)],
            interceptors: [Operator()])
        client = OperationsV1.MetricsClient(gateway.makeChannel())
    }

    private func samples(_ name: String) async throws -> [[String]: Double] {
        let snapshot = try await client.getMetrics(.init())
        let families = snapshot.families.filter { $0.name == name }
        #expect(families.count == 1, "\(name) is one family")
        return Dictionary(
            uniqueKeysWithValues: (families.first?.samples ?? []).map {
                ($0.labels.map(\.value), $0.value)
            })
    }

    @Test func samplesOfEachProcessStandSideBySide() async throws {
        #expect(
            try await samples("motcua_odd_total")
                == Dictionary(
                    uniqueKeysWithValues: Upstream.allCases.map { ([$0.rawValue, "x"], 1) }))
        let up = try await samples("motcua_up")
        #expect(Set(up.keys) == Set(ProcessName.allCases.map { [$0.rawValue] }))
        #expect(up.values.allSatisfy { $0 == 1 })
    }

    @Test func aServiceThatDoesNotAnswerIsDownAndTheOthersAreTold() async throws {
        await servers[.payments]!.setListening(false)
        let up = try await samples("motcua_up")
        #expect(up[["payments"]] == 0)
        #expect(up.filter { $0.value == 1 }.count == 4)
        let odd = try await samples("motcua_odd_total")
        #expect(odd.count == 3 && odd[["payments", "x"]] == nil)
    }

    @Test func theLagIsTheHeadLessTheCursorAndNeverLessThanNothing() async throws {
        let lag = try await samples("motcua_follower_lag_events")
        for (index, upstream) in Upstream.allCases.enumerated() {
            #expect(lag[["gateway", upstream.rawValue]] == Double(max(0, 10 * index - 5)))
        }
    }

    @Test func metricsAreForOperators() {
        let operators = RoleSet(number: CommonV1.Role.operator.rawValue)
        #expect(OperationsV1.Metrics.getMetrics.roles == operators)
        #expect(OperationsV1.Metrics.getMetrics.isRead)
    }
}
