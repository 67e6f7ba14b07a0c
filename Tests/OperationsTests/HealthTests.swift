import Messages
import Operations
import RPC
import RPCTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct HealthTests {
    private let health = Health(services: ["test.v1.Counter"])
    private let client: HealthV1.HealthClient

    init() {
        client = HealthV1.HealthClient(InProcessServer(services: [health]).makeChannel())
    }

    @Test func aWatcherHearsEveryTurnAndEndsWithTheLast() async throws {
        var heard: [HealthV1.HealthCheckResponse.ServingStatus] = []
        heard = try await client.watch(.init(), options: .init()) { responses in
            var heard: [HealthV1.HealthCheckResponse.ServingStatus] = []
            for try await response in responses {
                heard.append(response.status)
                health.set(serving: heard.count == 1)
            }
            return heard
        }
        #expect(heard == [.notServing, .serving, .notServing])
    }

    @Test func whoWatchesAProcessThatStopsHearsThatAndNoMore() async throws {
        health.set(serving: true)
        health.set(serving: false)
        let heard = try await client.watch(.init(), options: .init()) { responses in
            try await responses.reduce(into: []) { $0.append($1.status) }
        }
        #expect(heard == [.notServing])
    }

    @Test func oneWatcherBeyondTheLimitIsRefusedUntilAnotherEnds() async throws {
        health.set(serving: true)
        var watchers = try (0..<Health.watchersMax).map { _ in try health.changes() }
        #expect { try health.changes() } throws: { ($0 as? Status)?.code == .resourceExhausted }
        await #expect {
            try await client.watch(.init(), options: .init()) { responses in
                for try await _ in responses {}
            }
        } throws: { ($0 as? Status)?.code == .resourceExhausted }
        watchers.removeLast()
        _ = try health.changes()
    }

    @Test func aWatcherThatGoesAwayGivesUpItsPlace() async throws {
        health.set(serving: true)
        for _ in 0..<2 * Health.watchersMax {
            try await client.watch(.init(), options: .init()) { responses in
                for try await _ in responses { break }
            }
        }
    }

    @Test func onlyNamesThatAreServedHereAreKnown() async throws {
        health.set(serving: true)
        let known = try await client.check(
            .with { $0.service = "test.v1.Counter" }, options: .init())
        #expect(known.status == .serving)
        await #expect {
            try await client.check(.with { $0.service = "test.v1.Other" }, options: .init())
        } throws: { ($0 as? Status)?.code == .notFound }
    }
}
