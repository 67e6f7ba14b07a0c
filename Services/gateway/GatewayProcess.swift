import ArgumentParser
import Foundation
import Gateway
import Identity
import Operations
import UnixSocket

@main
struct GatewayProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motcua-gateway",
        abstract:
            "The one socket for callers: proves who calls, routes, and carries facts between services."
    )

    @OptionGroup var options: ServiceOptions

    @Option(help: "The directory with the sockets of the services behind the gateway.")
    var upstreams: String

    @Option(help: "The principals file; DATA/principals.json when left out.")
    var principals: String?

    @Option(
        help:
            "The key that officials' tokens are checked with; DATA/token-verifying.key when left out."
    )
    var verifyingKey: String?

    func run() async throws {
        try await ServiceProcess(name: "gateway", options: options).run { surroundings in
            let channels = try Dictionary(
                uniqueKeysWithValues: Upstream.allCases.map { upstream in
                    (
                        upstream,
                        try UnixSocketChannel(path: "\(upstreams)/\(upstream.rawValue).sock")
                    )
                })
            let behind = Upstreams(channels: channels, seal: surroundings.seal)
            let host = try GatewayHost.open(
                directory: surroundings.directory, upstreams: behind, clock: surroundings.clock,
                logger: surroundings.logger)
            // Tokens are checked by the real time, in a sandbox too.
            let wall = ProcessClock()
            let proof = CallerProof(
                principals: try Principals(
                    json: try contents(options.data + "/principals.json")),
                verifier: try AccessToken.Verifier(
                    rawKey: try contents(options.data + "/token-verifying.key")),
                clock: { wall.now })
            return .init(
                services: host.services, store: host.store,
                interceptors: [CallerAdmission(proof: proof)],
                health: { AggregateHealth(own: $0, upstreams: behind) },
                background: { await host.follow() },
                close: {
                    await host.close()
                    for channel in channels.values { await channel.close() }
                })
        }
    }

    private func contents(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("Cannot read \(path); `motcua up` makes it.")
        }
        return [UInt8](data)
    }
}
