import ArgumentParser
import Messages
import Operations
import RPC

struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print what all five processes count and measure, in Prometheus text.",
        discussion: """
            For a scraper: a timer that writes the output where node_exporter's textfile collector reads it. \
            A process that does not answer has motcua_up 0.
            """)

    /// Longer than the gateway takes to hear from every service.
    static let answerTimeout = Duration.seconds(10)

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        try await reportingStatus {
            let channel = try gateway.channel()
            let snapshot = try await OperationsV1.MetricsClient(channel)
                .getMetrics(.init(), options: try gateway.callOptions(timeout: Self.answerTimeout))
            printNow(PrometheusText.lines(of: snapshot).joined(separator: "\n"))
            await channel.close()
        }
    }
}
