import Glibc
import MotCuaClient
import Operations
import Synchronization
import Testing

/// A process that goes and comes back under load costs callers latency, and nothing else.
@Suite(.serialized) struct RestartTests {
    static let callsPerSecond = 300

    @Test(arguments: [ProcessName.records, .gateway])
    func aRestartUnderLoadFailsNoReadAndNoIdempotentCall(victim: ProcessName) async throws {
        try await withSystem { system in
            let load = Load(system: system, options: try await system.official())
            let running = Task { await load.run() }
            for signal in [SIGTERM, SIGKILL] {
                #expect(try await load.answers(150))
                let before = try #require(system.processID(of: victim))
                kill(before, signal)
                let isBack = try await eventually {
                    let now = system.processID(of: victim)
                    return now != nil && now != before
                }
                #expect(isBack, "after signal \(signal)")
            }
            #expect(try await load.answers(150))
            load.stop()
            await running.value
            let tally = load.tally
            #expect(tally.failures.isEmpty, "\(tally.failures.prefix(5))")
            #expect(tally.submitted > 100 && tally.read > 2 * 100, "\(tally)")
            // Each was taken once, however often it was sent.
            let dossiers = try system.count(.records, "SELECT count(*) FROM dossier")
            #expect(dossiers == tally.submitted)
        }
    }
}

/// Calls that come at their time whether or not the earlier ones were answered: two reads, one submission.
private final class Load: Sendable {
    struct Tally: Sendable {
        var read = 0
        var submitted = 0
        var failures: [String] = []
    }

    private let system: RunningSystem
    private let options: CallOptions
    private let counts = Mutex(Tally())
    private let isStopped = Atomic(false)

    init(system: RunningSystem, options: CallOptions) {
        self.system = system
        self.options = options
    }

    var tally: Tally { counts.withLock { $0 } }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Whether so many more calls were answered soon.
    func answers(_ more: Int) async throws -> Bool {
        let before = tally
        return try await eventually {
            let now = tally
            return now.read + now.submitted >= before.read + before.submitted + more
        }
    }

    func run() async {
        let start = ContinuousClock.now
        let interval = Duration.seconds(1) / RestartTests.callsPerSecond
        await withDiscardingTaskGroup { group in
            var number = 0
            while !isStopped.load(ordering: .relaxed) {
                let call = number
                group.addTask { await self.make(call) }
                number += 1
                // The test's task is not cancelled; it stops the load by its flag.
                try? await Task.sleep(until: start + interval * number, clock: .continuous)
            }
        }
    }

    private func make(_ number: Int) async {
        do {
            if number.isMultiple(of: 3) {
                var request = IntakeTests.submission(number)
                request.requestID = "restart-\(number)"
                _ = try await RecordsV1.DossiersClient(system.channel).submitDossier(
                    request, options: options)
                counts.withLock { $0.submitted += 1 }
            } else {
                var query = RecordsV1.SearchProceduresRequest()
                query.query = "khai sinh"
                _ = try await RecordsV1.ProceduresClient(system.channel).searchProcedures(
                    query, options: options)
                counts.withLock { $0.read += 1 }
            }
        } catch {
            counts.withLock { $0.failures.append("\(number): \(error)") }
        }
    }
}
