import Load
import Messages
import RPC
import RPCTesting
import Synchronization
import Testing

/// Flows, pools and blanks, against a health service that answers with what it was asked.
@Suite struct PreparationTests {
    /// Answers `SERVING` only to names that were announced, and keeps all that it was asked.
    final class Ledger: HealthV1.HealthService {
        let asked = Mutex<[String]>([])
        private let refusals: Mutex<Int>

        init(refusals: Int = 0) { self.refusals = Mutex(refusals) }

        func check(
            _ request: HealthV1.HealthCheckRequest, context: CallContext
        ) async throws -> HealthV1.HealthCheckResponse {
            let mustRefuse = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            if mustRefuse { throw Status(.failedPrecondition, "not yet") }
            asked.withLock { $0.append(request.service) }
            return .with { $0.status = .serving }
        }

        func watch(
            _ request: HealthV1.HealthCheckRequest,
            responses: ResponseWriter<HealthV1.HealthCheckResponse>, context: CallContext
        ) async throws {}
    }

    static let text = #"""
        {
          "prepare": [
            {"times": 5, "at_once": 2, "pool": "names", "calls": [
              {"method": "grpc.health.v1.Health/Check", "until_ok": true,
               "request": {"service": "first"}, "take": {"state": "status"}},
              {"method": "grpc.health.v1.Health/Check", "request": {"service": "${state}-${run}"},
               "take": {"other": "status"}}]}
          ],
          "steps": [
            {"name": "drawn", "weight": 3, "method": "grpc.health.v1.Health/Check",
             "request": {"service": "${names.state}/${names.other}/${sequence}"},
             "take": {"state": "status", "other": "status"}, "pool": "names"},
            {"name": "random", "method": "grpc.health.v1.Health/Check",
             "request": {"service": "${random:7:7}${pick:a|a}"}}
          ]
        }
        """#

    private func run(_ ledger: Ledger, times: Int? = nil, calls: Int) async throws -> LoadReport {
        let server = InProcessServer(services: [ledger])
        let channel = server.makeChannel()
        let plan = try LoadPlan(try Scenario(name: "x", text: Self.text), times: times)
        let runner = LoadRunner(
            plan,
            LoadSettings(
                pace: .open(perSecond: 1000, .constant), duration: .milliseconds(calls), seed: 3),
            run: "R", over: channel, clock: ContinuousClock(), options: { _ in CallOptions() },
            retries: { channel.retryCounts },
            onInterval: { _ in })
        try await runner.prepare()
        let report = await runner.run()
        await channel.close()
        return report
    }

    @Test func flowsFillPoolsAndStepsDrawFromThem() async throws {
        let ledger = Ledger(refusals: 2)
        let report = try await run(ledger, calls: 200)
        #expect(report.total.failures.count == 0, "\(report.table)")
        let asked = ledger.asked.withLock { $0 }
        #expect(asked.count { $0 == "first" } == 5)
        #expect(asked.count { $0 == "SERVING-R" } == 5)
        #expect(report.steps.map(\.name) == ["drawn", "random"])
        #expect(asked.count { $0 == "7a" } == report.steps[1].calls)
        let drawn = asked.filter { $0.hasPrefix("SERVING/SERVING/") }
        #expect(drawn.count == report.steps[0].calls)
        #expect(Set(drawn).count == drawn.count)
        #expect(report.total.calls == 200)
        // Drawn three to one: 150 of 200, and six standard deviations of 6.1.
        #expect((113...187).contains(drawn.count), "seed 3 draws \(drawn.count)")
    }

    @Test func howOftenFlowsAreDoneCanBeSaid() async throws {
        let ledger = Ledger()
        _ = try await run(ledger, times: 2, calls: 1)
        #expect(ledger.asked.withLock { $0.count { $0 == "first" } } == 2)
    }

    @Test func aPreparationThatFailsForGoodSaysWhere() async throws {
        let server = InProcessServer(services: [EchoService()])
        let channel = server.makeChannel()
        let runner = LoadRunner(
            try LoadPlan(try Scenario(name: "x", text: Self.text)),
            LoadSettings(pace: .closed(callers: 1), duration: .zero, seed: 1), run: "R",
            over: channel, clock: ContinuousClock(), options: { _ in CallOptions() },
            retries: { channel.retryCounts },
            onInterval: { _ in })
        let error = await #expect(throws: ScenarioError.self) { try await runner.prepare() }
        #expect(error?.message.contains("preparing, Check: UNIMPLEMENTED") == true)
        await channel.close()
    }
}
