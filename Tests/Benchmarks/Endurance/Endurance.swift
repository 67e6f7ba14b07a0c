import ArgumentParser
import Glibc
import RPC
import UnixSocket

/// What a server stands, shown with processes of its own: `Scripts/prove` runs it.
@main
struct Endurance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "endurance",
        abstract: "Shows what a server stands.",
        subcommands: [SlowReader.self, Descriptors.self, Serve.self, Forward.self])
}

/// Ends when its standard input does: with the process that started it.
struct Serve: AsyncParsableCommand {
    @Argument(help: "Where to listen.") var socket: String
    @Option(help: "How many descriptors the process may have open.") var descriptors: UInt?

    func run() async throws {
        if let descriptors {
            var limit = rlimit(rlim_cur: descriptors, rlim_max: descriptors)
            guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
                throw Child.Failure(description: "no limit of \(descriptors) descriptors")
            }
        }
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
