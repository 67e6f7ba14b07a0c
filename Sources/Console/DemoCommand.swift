import ArgumentParser
import Foundation
import Messages
import Operations
import RPC
import UnixSocket

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Take three real procedures' dossiers through all five processes.",
        discussion: """
            One with a fee, paid by a transfer with noisy content; one free of charge; one whose fee an official \
            sets and that needs a supplement. Import the sample catalogue and organisation first. Exits 0 only if every step held.
            """)

    @Option(help: "The system's data directory, as given to `motcua up`.")
    var data = GatewayOptions.dataDefault

    @Option(
        help:
            "A name for this run, at most 24 letters, digits and hyphens. The same name again repeats nothing."
    )
    var run: String?

    func validate() throws {
        guard let run else { return }
        let isName =
            (1...24).contains(run.utf8.count)
            && run.utf8.allSatisfy {
                $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
            }
        if !isName { throw ValidationError("--run wants 1 to 24 letters, digits and hyphens.") }
    }

    func run() async throws {
        let run = run ?? String(UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12))
        do {
            try await reportingStatus {
                let layout = try Layout.running(data: data)
                let channel = try UnixSocketChannel(path: layout.socket(of: .gateway))
                // Nothing there is told at once; later, what is not there is on its way back.
                _ = try await HealthV1.HealthClient(channel).check(
                    .init(), options: CallOptions(waitForReady: false))
                var tokens: [String: String] = [:]
                for (name, roles) in Demonstration.staff {
                    tokens[name] = try TokenCommand.issue(
                        layout: layout, official: name, roles: roles,
                        agency: Demonstration.unit, lifetime: .seconds(3600))
                }
                let output = layout.data + "/demonstration"
                try makeDirectories(output)
                try await Demonstration(
                    channel: channel, tokens: tokens, run: run, output: output
                ).perform()
                await channel.close()
            }
        } catch let failure as DemonstrationFailure {
            printError("The demonstration did not hold: \(failure.message)")
            throw ExitCode(1)
        }
    }
}
