import ArgumentParser
import Messages
import RPC

/// Hand-ins at a fixed rate.
struct Intake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hands dossiers in at a fixed rate; prints p50 and p99 as JSON.")

    @OptionGroup var target: Target

    @Argument(help: "Seconds that count.")
    var seconds: Double

    func run() async throws {
        let system = try Counterpart(data: target.data, tokenFile: target.tokenFile)
        let (rate, seed, warmUp, seconds) = (target.rate, target.seed, target.warmUp, seconds)
        let figures = try await Task(executorPreference: system.loop.executor) {
            let caller = try await HandIn(system, seed: seed)
            let figures = Figures()
            let measuredFrom = ContinuousClock.now + .seconds(warmUp)
            let end = measuredFrom + .seconds(seconds)
            try await OpenLoop(perSecond: rate, seed: seed).run(until: { $0 >= end }) { due in
                await figures.time("handIn", from: due, isMeasured: due >= measuredFrom) {
                    try await caller.handIn()
                }
            }
            return try figures.json()
        }.value
        await system.close()
        print(figures.text())
    }
}

/// Whom a measurement calls, and how often.
struct Target: ParsableArguments {
    @Option(help: "The data directory of the running system.")
    var data: String

    @Option(help: "A file with a token of an official of the whole city.")
    var tokenFile: String

    @Option(help: "Calls a second.")
    var rate = 300.0

    @Option(help: "Of what is drawn.")
    var seed: UInt64 = 1

    @Option(help: "Seconds of the same load before it counts.")
    var warmUp = 3.0
}
