import ArgumentParser
import Glibc
import RPC
import UnixSocket

/// Proof that a stream to a reader that sleeps costs no memory and harms no other call.
///
/// Server, gateway and client are three processes. `Scripts/prove` sends a gigabyte each way.
@main
struct SlowReader: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow-reader",
        abstract:
            "Streams to a reader that sleeps, and prints the memory of each process meanwhile.",
        subcommands: [Run.self, Serve.self, Forward.self])
}

/// Ends when its standard input does: with the process that started it.
struct Serve: AsyncParsableCommand {
    @Argument(help: "Where to listen.") var socket: String

    func run() async throws {
        let server = try UnixSocketServer(
            path: socket, router: Router(services: [FlowService()]))
        try await server.start()
        untilInputEnds()
        await server.close()
    }
}

struct Forward: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves by passing every call on.")

    @Argument(help: "Where to listen.") var socket: String
    @Argument(help: "Where the server listens.") var upstream: String

    func run() async throws {
        let loops = [try IOLoop()]
        let channel = try UnixSocketChannel(path: upstream, loops: loops)
        let handlers = Dictionary(
            uniqueKeysWithValues: FlowService.methods.map { method in
                let handler = Handler.forwarding(method, to: channel) {
                    CallOptions(forwarding: $0)
                }
                return (method.name, handler)
            })
        let router = Router(
            services: [],
            fallback: Fallback { service, name in
                service == FlowService.name ? handlers[name] : nil
            })
        let server = try UnixSocketServer(path: socket, router: router, loops: loops)
        try await server.start()
        untilInputEnds()
        await server.close()
        await channel.close()
    }
}

/// Blocks its thread, which has nothing else to do: the loops have threads of their own.
private func untilInputEnds() {
    var byte: UInt8 = 0
    while read(STDIN_FILENO, &byte, 1) > 0 {}
}
