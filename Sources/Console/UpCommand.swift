import ArgumentParser
import Foundation
import Logging
import Operations
import UnixSocket
import WorkingTime

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run the five processes until Ctrl-C.",
        discussion: """
            Starts records, payments, digitization, surveys and the gateway, starts again whichever ends, and \
            lets calls in flight finish when told to stop. What is acknowledged is on disk.
            """)

    @Option(help: "Where the system's data lives; made if missing.")
    var data = GatewayOptions.dataDefault

    @Option(
        help:
            "Where sockets go; a short directory of this user's alone. Clients find it by --data, chosen here or not."
    )
    var runtime: String?

    @Option(
        help: "Where the programs motcua-records and the others are; beside this one when left out."
    )
    var binaries: String?

    @Option(help: "Log from this level up: trace, debug, info, notice, warning, error, critical.")
    var logLevel: Logger.Level = .info

    @Option(help: "The log's lines: text for people, json for programs; text where a terminal is.")
    var logFormat = LogFormat.suited

    @Option(
        help: ArgumentHelp(
            "What the processes' socket threads do when they have nothing to do: off or adaptive.",
            discussion:
                "adaptive asks for input instead of sleeping while calls come within 50 us: less time to wake up, more processor time."
        ))
    var polling = Polling.off

    @Option(
        help: ArgumentHelp(
            "A sandbox whose clock starts at this instant, such as 2026-12-31T16:00+07:00.",
            discussion:
                "Later starts on the same data go on from there; the clock only goes forward."
        ))
    var sandboxTime: Instant?

    @Option(
        help: ArgumentHelp(
            "The permissions of the gateway's socket, in octal.",
            discussion:
                "0666 lets every user of this host call, as far as the principals file or a token goes."
        ))
    var socketMode = SocketMode.owner

    func run() async throws {
        logFormat.bootstrap(level: logLevel)
        do {
            try await Supervisor(
                layout: Layout(data: data, runtime: runtime),
                binaries: binaries ?? Self.ownDirectory(),
                logLevel: logLevel, logFormat: logFormat, polling: polling,
                sandboxTime: sandboxTime, socketMode: socketMode
            ).run()
        } catch let error as OperationsError {
            printError(error.message)
            throw ExitCode(1)
        }
    }

    private static func ownDirectory() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return (own as NSString).deletingLastPathComponent
    }
}
