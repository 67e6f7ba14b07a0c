import ArgumentParser
import Glibc
import GoldenMessages
import RPC
import Synchronization
import UnixSocket

enum Callers: String, ExpressibleByArgument {
    /// Tasks that prefer the channel's own executor: no lock, no thread woken.
    case loop
    /// Tasks on the global pool, as in code that knows nothing of executors.
    case pool
}

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calls a server at full speed; prints one line of JSON.")

    private static let warmUp = Duration.milliseconds(300)
    private static let metadata: Metadata = [
        "x-request-id": "0123456789abcdef",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ]

    @OptionGroup var loop: LoopOptions
    @Option(help: "Where the callers run: loop or pool.") var callers = Callers.loop
    @Argument var socket: String
    @Argument(help: "The server's process, for its CPU time.") var server: Int32
    @Argument(help: "Calls at once.") var inFlight: Int
    @Argument(help: "Of the string in the message.") var textBytes: Int
    @Argument(help: "Of the measurement, after a warm-up.") var seconds: Double

    func run() async throws {
        let loop = try loop.make()
        let channel = try UnixSocketChannel(path: socket, loops: [loop])
        let client = TestingV1.EchoClient(channel)
        let request = TestingV1.EchoMessage.with {
            $0.text = String(repeating: "x", count: textBytes)
        }
        let counters = (0..<inFlight).map { _ in CallCounter() }
        let executor: (any TaskExecutor)? = callers == .loop ? loop.executor : nil
        let keepsLatencies = inFlight == 1
        let tasks = counters.map { counter in
            Task(executorPreference: executor) {
                var latencies: [UInt32] = []
                if keepsLatencies { latencies.reserveCapacity(1 << 20) }
                let options = CallOptions(metadata: Load.metadata)
                var last = nanoseconds()
                while true {
                    let reply = try await client.echo(request, options: options)
                    precondition(reply == request, "an echo says what was said")
                    guard counter.count() else { return latencies }
                    if keepsLatencies {
                        let now = nanoseconds()
                        if counter.isMeasured { latencies.append(UInt32(now - last)) }
                        last = now
                    }
                }
            }
        }
        try await Task.sleep(for: Load.warmUp)
        for counter in counters { counter.beginMeasurement() }
        let start = Sample(counters, server)
        try await Task.sleep(for: .seconds(seconds))
        let end = Sample(counters, server)
        for counter in counters { counter.stop() }
        var latencies: [UInt32] = []
        for task in tasks { latencies += try await task.value }
        report(from: start, to: end, latencies.sorted())
        await channel.close()
    }

    private func report(from start: Sample, to end: Sample, _ latencies: [UInt32]) {
        var fields: [(String, Double)] = [
            ("calls", Double(end.calls - start.calls)),
            ("seconds", Double(end.point - start.point) / 1e9),
            ("client_cpu", end.clientCPU - start.clientCPU),
            ("server_cpu", end.serverCPU - start.serverCPU),
        ]
        if !latencies.isEmpty {
            fields.append(("p50_us", Double(latencies[latencies.count / 2]) / 1e3))
            fields.append(("p99_us", Double(latencies[latencies.count * 99 / 100]) / 1e3))
        }
        print("{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
    }
}

/// One caller's: written by its task alone, so that counting costs no locked instruction.
private final class CallCounter: Sendable {
    private static let running = 0
    private static let measured = 1
    private static let stopped = 2

    private let phase = Atomic(CallCounter.running)
    private let calls = Atomic(0)

    var total: Int { calls.load(ordering: .relaxed) }
    var isMeasured: Bool { phase.load(ordering: .relaxed) == CallCounter.measured }

    func beginMeasurement() { phase.store(CallCounter.measured, ordering: .relaxed) }
    func stop() { phase.store(CallCounter.stopped, ordering: .relaxed) }

    /// - Returns: Whether to go on.
    func count() -> Bool {
        calls.store(calls.load(ordering: .relaxed) + 1, ordering: .relaxed)
        return phase.load(ordering: .relaxed) != CallCounter.stopped
    }
}

private struct Sample {
    let calls: Int
    let point: UInt64
    let clientCPU: Double
    let serverCPU: Double

    init(_ counters: [CallCounter], _ server: Int32) {
        calls = counters.reduce(0) { $0 + $1.total }
        point = nanoseconds()
        clientCPU = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID)
        // The kernel's encoding of a process's CPU clock, as clock_getcpuclockid(3) gives it.
        serverCPU = cpuSeconds(~server << 3 | 2)
    }
}

private func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func cpuSeconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    precondition(clock_gettime(clock, &time) == 0, "a clock, of a process that lives")
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
