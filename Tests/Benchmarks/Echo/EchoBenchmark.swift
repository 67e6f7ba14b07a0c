import ArgumentParser
import GoldenMessages
import RPC
import UnixSocket

/// The runtime's own part of `Scripts/bench`: unary echo over one Unix stream connection, and the coding of messages.
///
/// Server and client are two processes. Every call carries a deadline and two metadata entries.
@main
struct EchoBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo-benchmark",
        abstract: "The project's side of Scripts/bench, which compares it with the others.",
        subcommands: [Serve.self, Load.self, Coding.self, WriteRecord.self])
}

struct Serve: AsyncParsableCommand {
    @OptionGroup var loop: LoopOptions
    @Argument(help: "Where to listen.") var socket: String

    func run() async throws {
        let server = try UnixSocketServer(
            path: socket, router: Router(services: [Echo()]), loops: [loop.make()])
        defer { withExtendedLifetime(server) {} }
        try await server.start()
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}

private struct Echo: TestingV1.EchoService {
    func echo(
        _ request: TestingV1.EchoMessage, context: CallContext
    ) async throws -> TestingV1.EchoMessage { request }
}

/// How both sides' loops wait for input.
struct LoopOptions: ParsableArguments {
    @Option(help: "Whether loops ask for input instead of sleeping: off or adaptive.")
    var polling = Polling.off

    func make() throws -> IOLoop { try IOLoop(polling: polling) }
}

extension Polling: ExpressibleByArgument {}
