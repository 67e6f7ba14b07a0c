import ArgumentParser
import Gateway
import Identity
import Operations

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

    func run() async throws {
        try await ServiceProcess(name: "gateway", options: options).run { surroundings in
            let channels = try Dictionary(
                uniqueKeysWithValues: Upstream.allCases.map { upstream in
                    let path = "\(upstreams)/\(upstream.rawValue).sock"
                    return (upstream, try surroundings.channel(to: path))
                })
            let behind = Upstreams(channels: channels, seal: surroundings.seal)
            let host = try GatewayHost.open(
                directory: surroundings.directory, upstreams: behind, clock: surroundings.clock,
                logger: surroundings.logger)
            let realTime = ProcessClock()
            let proof = try CallerProof(directory: options.data, clock: { realTime.now })
            var serving = ServiceProcess.Serving(
                services: host.services, store: host.store,
                interceptors: [CallerAdmission(proof: proof)],
                health: { AggregateHealth(own: $0, upstreams: behind) },
                background: { await host.follow() },
                close: {
                    await host.close()
                    for channel in channels.values { await channel.close() }
                })
            serving.isEntrance = true
            serving.metrics = { AggregateMetrics(own: $0, upstreams: behind) }
            serving.ownMetrics = {
                await host.metrics() + CallMetrics.client(channels.values.flatMap(\.callCounts))
            }
            return serving
        }
    }
}
