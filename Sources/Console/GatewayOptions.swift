import ArgumentParser
import Operations
import RPC
import UnixSocket

/// Which system a command talks to, and as whom.
struct GatewayOptions: ParsableArguments {
    static let dataDefault = "var/motcua"

    @Option(help: "The system's data directory, as given to `motcua up`.")
    var data = GatewayOptions.dataDefault

    @Option(help: "The gateway's socket; found from --data when left out.")
    var socket: String?

    @Option(help: "Call as the official of this token (`motcua token`), not as this user.")
    var token: String?

    /// - Throws: `.notReady` when there is no such socket.
    func channel() throws -> UnixSocketChannel {
        try UnixSocketChannel(path: socket ?? Layout(data: data).socket(of: .gateway))
    }

    func callOptions(timeout: Duration? = nil) -> CallOptions {
        var metadata = Metadata()
        if let token { metadata.add("Bearer \(token)", for: "authorization") }
        return CallOptions(timeout: timeout, metadata: metadata)
    }
}

extension Status {
    /// What an operator reads on a terminal: the sentence first, then what each field lacks.
    var terminalText: String {
        var lines = ["\(code.name): \(message)"]
        for violation in badRequest?.fieldViolations ?? [] {
            lines.append("  \(violation.field): \(violation.description)")
        }
        if let reason = errorInfo?.reason, !reason.isEmpty { lines.append("  reason: \(reason)") }
        return lines.joined(separator: "\n")
    }
}

/// Runs a command's body and turns a status into an exit code and a text for people.
func reportingStatus(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let status as Status {
        printError(status.terminalText)
        if status.code == .unavailable {
            printError("Is the system up? Start it with `motcua up`.")
        }
        throw ExitCode(1)
    }
}
