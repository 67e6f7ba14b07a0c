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
        discussion: """
            Exits 0 only if everything serves, nothing stands still and nothing is parked. With --wait it waits \
            until everything serves, and that is all that its exit tells.
            """)

    /// Longer than the gateway takes to hear from every service.
    static let answerTimeout = Duration.seconds(10)
    static let waitInterval = Duration.milliseconds(200)

    @OptionGroup var gateway: GatewayOptions

    @Option(help: "Wait up to this many seconds until everything serves.")
    var wait = 0

    private struct Picture {
        var lines: [String] = []
        var serves = true
        /// Whether every journal is followed and nothing is parked.
        var flows = true
    }

    func run() async throws {
        try await reportingStatus {
            let picture = try await picture()
            picture.lines.forEach { printNow($0) }
            if !picture.serves || (wait == 0 && !picture.flows) { throw ExitCode(1) }
        }
    }

    /// How things are once everything serves, or when the wait is over.
    private func picture() async throws -> Picture {
        let deadline = ContinuousClock.now + .seconds(wait)
        while true {
            do {
                let picture = try await look()
                if picture.serves || ContinuousClock.now >= deadline { return picture }
            } catch let error where Self.mayPass(error) && ContinuousClock.now < deadline {}
            try await Task.sleep(for: Self.waitInterval)
        }
    }

    /// Whether the system may still be on its way up.
    private static func mayPass(_ error: any Error) -> Bool {
        if let status = error as? Status { return status.code.isTransient }
        return (error as? OperationsError)?.code == .notReady
    }

    private func look() async throws -> Picture {
        // Found anew each time: `up` may be about to choose another place.
        let channel = try gateway.channel()
        do {
            let picture = try await look(over: channel)
            await channel.close()
            return picture
        } catch {
            await channel.close()
            throw error
        }
    }

    private func look(over channel: UnixSocketChannel) async throws -> Picture {
        var picture = Picture()
        var options = try gateway.callOptions(timeout: Self.answerTimeout)
        options.retries = .none
        let health = HealthV1.HealthClient(channel)
        let own = GatewayV1.Journeys.getProgress.service
        var asked = ProcessName.allCases.map { ($0.rawValue, $0 == .gateway ? own : $0.rawValue) }
        asked.append(("system", ""))
        for (name, service) in asked {
            let status = try await health.check(.with { $0.service = service }, options: options)
                .status
            let serves = status == .serving
            picture.serves = picture.serves && serves
            picture.lines.append("\(name.padded(14))\(serves ? "serving" : "not serving")")
        }
        let progress = try await GatewayV1.JourneysClient(channel).getProgress(
            .init(), options: options)
        for journal in progress.journals {
            var line = "\(journal.service.padded(14))journal followed to \(journal.sequence)"
            if journal.parked > 0 { line += ", \(journal.parked) parked" }
            if !journal.stall.isEmpty { line += ", stands still: \(journal.stall)" }
            picture.flows = picture.flows && journal.parked == 0 && journal.stall.isEmpty
            picture.lines.append(line)
        }
        return picture
    }
}

extension String {
    func padded(_ width: Int) -> String {
        padding(toLength: max(width, count + 1), withPad: " ", startingAt: 0)
    }
}
