import ArgumentParser
import Foundation
import Messages
import RPC
import UnixSocket

/// Unary echo of a 64-byte message through the runtime: a server process, a client process, one connection.
@main
struct EchoBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo-benchmark",
        abstract: "Calls/s with 64 in flight, p50 and p99 with one; medians of the runs.")

    @Option(help: "Serve on this socket instead of measuring.")
    var serve: String?

    @Option(help: "Seconds a run.")
    var seconds = 2.0

    @Option(help: "Runs; the medians are printed.")
    var runs = 5

    static let method = Method(service: "motcua.benchmark.v1.Echo", name: "Echo")
    static let inFlight = 64

    private struct EchoService: Service {
        let handlers = [
            Handler.unary(EchoBenchmark.method) {
                (request: RecordsV1.SearchProceduresRequest, _) async throws in request
            }
        ]
    }

    func run() async throws {
        if let serve {
            let server = try UnixSocketServer(
                path: serve, router: Router(services: [EchoService()]))
            try await server.start()
            // The parent holds the other end of standard input.
            _ = FileHandle.standardInput.readDataToEndOfFile()
            return
        }
        let socket = NSTemporaryDirectory() + "motcua-echo-\(getpid()).sock"
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        server.arguments = ["--serve", socket]
        let lifeline = Pipe()
        server.standardInput = lifeline
        try server.run()
        let channel = try UnixSocketChannel(path: socket)
        var rates: [Double] = []
        var latencies: [(p50: Double, p99: Double)] = []
        _ = try await latency(channel, seconds: 0.5)
        for _ in 0..<runs {
            rates.append(try await throughput(channel))
            latencies.append(try await latency(channel, seconds: seconds))
        }
        print("unary echo, 64 B, \(runs) runs of \(seconds) s")
        print(
            String(format: "  %d in flight: %10.0f calls/s (median)", Self.inFlight, median(rates)))
        print(
            String(
                format: "  one in flight: p50 %.1f us, p99 %.1f us (medians)",
                median(latencies.map(\.p50)),
                median(latencies.map(\.p99))))
        await channel.close()
        try lifeline.fileHandleForWriting.close()
        server.waitUntilExit()
    }

    private static let request: RecordsV1.SearchProceduresRequest = {
        var request = RecordsV1.SearchProceduresRequest()
        request.query = String(repeating: "x", count: 62)
        return request
    }()

    private static func echo(_ channel: UnixSocketChannel) async throws {
        let reply: RecordsV1.SearchProceduresRequest = try await channel.unary(
            method, request, options: CallOptions())
        precondition(reply == request, "an echo says what was said")
    }

    private func throughput(_ channel: UnixSocketChannel) async throws -> Double {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let calls = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.inFlight {
                group.addTask {
                    var calls = 0
                    while ContinuousClock.now < end {
                        try await Self.echo(channel)
                        calls += 1
                    }
                    return calls
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(calls) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private func latency(
        _ channel: UnixSocketChannel, seconds: Double
    ) async throws -> (p50: Double, p99: Double) {
        var micros: [Double] = []
        let end = ContinuousClock.now + .seconds(seconds)
        var last = ContinuousClock.now
        while last < end {
            try await Self.echo(channel)
            let now = ContinuousClock.now
            micros.append((now - last) / .microseconds(1))
            last = now
        }
        micros.sort()
        return (micros[micros.count / 2], micros[micros.count * 99 / 100])
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
