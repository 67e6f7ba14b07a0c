import ArgumentParser
import Foundation
import Identity
import Messages
import RPC
import UnixSocket

/// What the gateway's hop costs: the real gateway before services that only echo, beside the same call without it.
///
/// The call is `motcua.records.v1.Procedures/GetProcedure`; its answer holds the id that was asked for. Both ways the
/// service checks that the gateway sealed the caller; without the gateway, the benchmark holds its secret.
@main
struct HopBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hop-benchmark", abstract: "The gateway's part of Scripts/bench.",
        subcommands: [Serve.self, Load.self])
}

/// In the place of the four services.
struct Serve: AsyncParsableCommand {
    @Option(help: "The start secret that the gateway has too.") var secretFile: String
    @Argument(help: "Where the services' sockets go.") var folder: String

    func run() async throws {
        let admission = SealedCallerAdmission(
            seal: try CallerSeal(secretFile: secretFile), gatewayUID: geteuid())
        let loop = try IOLoop()
        var servers: [UnixSocketServer] = []
        defer { withExtendedLifetime(servers) {} }
        for (name, service) in Serve.services {
            let server = try UnixSocketServer(
                path: "\(folder)/\(name).sock",
                router: Router(services: [service], interceptors: [admission]), loops: [loop])
            try await server.start()
            servers.append(server)
        }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private static let services: [(name: String, service: HandlerList)] = [
        ("payments", HandlerList([journal(PaymentsV1.Journal.follow)])),
        ("digitization", HandlerList([journal(DigitizationV1.Journal.follow)])),
        ("surveys", HandlerList([journal(SurveysV1.Journal.follow)])),
        ("records", HandlerList([journal(RecordsV1.Journal.follow), echo])),
    ]

    private static let echo = Handler.unary(RecordsV1.Procedures.getProcedure) {
        (request: RecordsV1.GetProcedureRequest, _) -> RecordsV1.Procedure in
        .with { $0.procedureID = request.procedureID }
    }

    /// In which nothing ever happens.
    private static func journal(_ method: Method) -> Handler {
        .serverStreaming(method) {
            (request: CommonV1.FollowRequest, _: ResponseWriter<CommonV1.JournalEntry>, _) in
            if !request.untilHead { try await Task.sleep(for: .seconds(86_400)) }
        }
    }
}

private struct HandlerList: Service {
    let handlers: [Handler]

    init(_ handlers: [Handler]) { self.handlers = handlers }
}

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calls, one at a time; prints one line of JSON.")

    private static let warmUp = Duration.milliseconds(300)

    @Option(help: "Seals the caller itself, for a service asked directly.") var secretFile: String?
    @Option(help: "Shows the gateway a token; else it goes by the uid.") var tokenFile: String?
    @Option(help: "Of the procedure asked for.")
    var procedure = String(repeating: "x", count: 64)
    @Argument(help: "The gateway's, or that of records.") var socket: String
    @Argument(help: "Of the measurement, after a warm-up.") var seconds: Double

    func run() async throws {
        let loop = try IOLoop()
        let client = RecordsV1.ProceduresClient(
            try UnixSocketChannel(path: socket, loops: [loop]))
        let options = try options()
        let request = RecordsV1.GetProcedureRequest.with { $0.procedureID = procedure }
        let seconds = seconds
        let latencies = try await Task(executorPreference: loop.executor) {
            var latencies: [Double] = []
            var last = ContinuousClock.now
            let start = last + Load.warmUp
            let end = start + .seconds(seconds)
            while last < end {
                let reply = try await client.getProcedure(request, options: options)
                precondition(
                    reply.procedureID == request.procedureID, "an echo says what was said")
                let now = ContinuousClock.now
                if last >= start { latencies.append((now - last) / .microseconds(1)) }
                last = now
            }
            return latencies.sorted()
        }.value
        let p50 = latencies[latencies.count / 2]
        let p99 = latencies[latencies.count * 99 / 100]
        print("{\"calls\": \(latencies.count), \"p50_us\": \(p50), \"p99_us\": \(p99)}")
    }

    private func options() throws -> CallOptions {
        if let tokenFile {
            let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            return CallOptions(metadata: ["authorization": "Bearer \(token)"])
        }
        guard let secretFile else { return CallOptions() }
        return try CallerSeal(secretFile: secretFile).stamp(CallOptions(), caller: .anonymous)
    }
}
