import Foundation
import Load
import Messages
import Operations
import RPC
import UnixSignals
import UnixSocket

extension LoadCommand {
    /// Prepares and runs the plan. The first SIGINT or SIGTERM ends the run early, and its report comes.
    ///
    /// - Throws: `Status` when nobody listens, `ScenarioError`, `OperationsError`, `UnixSocketError`.
    func measure(_ plan: LoadPlan) async throws -> LoadReport {
        guard let clock = PacingClock() else {
            throw OperationsError(.system, "the process has no thread left for its clock")
        }
        let loop = try IOLoop()
        let channel = try UnixSocketChannel(
            path: try gateway.socketPath(), loops: [loop], connections: connections)
        try await expectAnAnswer(channel)
        let official = plan.needsOfficial ? try officialOptions() : CallOptions()
        let seed = seed ?? .random(in: 0..<1_000_000)
        let output = try LoadOutput(histogramLog: histogramLog)
        let runner = LoadRunner(
            plan, settings(seed: seed), run: Self.newRunName(), over: channel, clock: clock,
            options: { $0 == .official ? official : CallOptions() },
            retries: { channel.retryCounts },
            onInterval: { output.add($0) })
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let stopping = Task { for await _ in signals { runner.stop() } }
        defer { stopping.cancel() }
        defer { output.endLine() }
        let report = try await withTaskExecutorPreference(loop.executor) {
            output.say("preparing \(plan.name) …")
            try await runner.prepare()
            output.begin()
            return await runner.run()
        }
        try output.finish()
        await channel.close()
        return report
    }

    private func settings(seed: UInt64) -> LoadSettings {
        LoadSettings(
            pace: concurrency.map { .closed(callers: $0) }
                ?? .open(perSecond: rate ?? 2000, arrivals),
            duration: duration.duration, warmUp: warmUp.duration, seed: seed,
            outstandingMax: inFlightMax, timeout: timeout.duration)
    }

    /// Tells at once where nobody listens. What a server answers to the question does not matter: it may be
    /// another's, without health.
    private func expectAnAnswer(_ channel: UnixSocketChannel) async throws {
        do {
            _ = try await HealthV1.HealthClient(channel).check(
                .init(), options: CallOptions(timeout: .seconds(5), waitForReady: false))
        } catch let status as Status where status.code != .unavailable {}
    }

    /// With the token that was given, or one for this run by whoever may sign.
    private func officialOptions() throws -> CallOptions {
        let token =
            try gateway.bearer()
            ?? TokenCommand.issue(
                layout: try Layout.running(data: gateway.data), official: "motcua-load",
                roles: [.official, .cashier], agency: "", lifetime: .seconds(8 * 3600))
        return CallOptions(metadata: ["authorization": "Bearer \(token)"])
    }

    /// Twelve letters and digits, of which no other run has the same.
    private static func newRunName() -> String {
        String(UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12))
    }
}
