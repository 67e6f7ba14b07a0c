import ArgumentParser
import Foundation
import Messages
import Operations
import RPC
import UnixSocket

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether each process serves, and how far the journals are followed.",
        discussion: "Exits 0 only if everything serves, nothing stands still and nothing is parked."
    )

    @OptionGroup var gateway: GatewayOptions

    @Option(help: "Wait up to this many seconds until everything serves.")
    var wait = 0

    func run() async throws {
        try await reportingStatus {
            let channel = try gateway.channel()
            let deadline = ContinuousClock.now + .seconds(wait)
            while true {
                do {
                    try await show(over: channel)
                    break
                } catch let error {
                    if ContinuousClock.now >= deadline { throw error }
                    try await Task.sleep(for: .milliseconds(200))
                }
            }
            await channel.close()
        }
    }

    private func show(over channel: UnixSocketChannel) async throws {
        var isWell = true
        let health = HealthV1.HealthClient(channel)
        var lines: [String] = []
        for process in ProcessName.allCases {
            var request = HealthV1.HealthCheckRequest()
            if process != .gateway { request.service = process.rawValue }
            let options = CallOptions(timeout: .seconds(2), waitForReady: false, retries: .none)
            // A gateway that answers serves, whatever is behind it.
            let status = try await health.check(request, options: options).status
            let serves = status == .serving || process == .gateway
            isWell = isWell && serves
            lines.append("\(process.rawValue.padded(14))\(serves ? "serving" : "not serving")")
        }
        let progress = try await GatewayV1.JourneysClient(channel).getProgress(
            .init(), options: gateway.callOptions(timeout: .seconds(5)))
        for journal in progress.journals {
            var line = "\(journal.service.padded(14))journal followed to \(journal.sequence)"
            if journal.parked > 0 { line += ", \(journal.parked) parked" }
            if !journal.stall.isEmpty { line += ", stands still: \(journal.stall)" }
            isWell = isWell && journal.parked == 0 && journal.stall.isEmpty
            lines.append(line)
        }
        if !isWell && wait > 0 { throw Status(.unavailable, lines.joined(separator: "\n")) }
        lines.forEach { printNow($0) }
        if !isWell { throw ExitCode(1) }
    }
}

extension String {
    func padded(_ width: Int) -> String {
        padding(toLength: max(width, count + 1), withPad: " ", startingAt: 0)
    }
}
