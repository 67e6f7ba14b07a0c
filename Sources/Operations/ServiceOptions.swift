import ArgumentParser
import Logging
import UnixSocket
import WorkingTime

/// What every process of the system is told on its command line.
package struct ServiceOptions: ParsableArguments, Sendable {
    @Option(help: "The directory that holds this process's data; made if missing.")
    package var data: String

    @Option(help: "The Unix socket to serve on; its path has at most 107 bytes.")
    package var socket: String

    @Option(
        help:
            "The file with the start secret that the supervisor shares with the gateway and the services."
    )
    package var secretFile: String

    @Flag(help: "Stop when standard input ends: the supervisor holds the other end.")
    package var supervised = false

    @Option(help: "Log from this level up: trace, debug, info, notice, warning, error, critical.")
    package var logLevel: Logger.Level = .info

    @Option(help: "The log's lines: text for people, json for programs; text where a terminal is.")
    package var logFormat = LogFormat.suited

    @Option(
        help:
            "What the socket's thread does when it has nothing to do: off sleeps; adaptive asks again while calls come within 50 us."
    )
    package var polling = Polling.off

    @Option(help: "A sandbox: the clock is this many milliseconds ahead of the real one.")
    package var clockAhead: Int64 = 0

    @Option(help: "The permissions of the socket's file, in octal.")
    package var socketMode = SocketMode.owner

    package init() {}
}

extension Polling: ExpressibleByArgument {}

extension Logger.Level: @retroactive ExpressibleByArgument {}

extension Instant: ExpressibleByArgument {
    /// ISO 8601 with an offset.
    public init?(argument: String) {
        do { try self.init(parsing: argument) } catch { return nil }
    }

    public var defaultValueDescription: String { formatted(in: .vietnam) }
}
