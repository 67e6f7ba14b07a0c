import ArgumentParser
import Foundation
import Operations
import RPC
import UnixSocket

/// Which system a command talks to, and as whom.
struct GatewayOptions: ParsableArguments {
    static let dataDefault = "var/motcua"
    static let tokenVariable = "MOTCUA_TOKEN"

    @Option(help: "The system's data directory, as given to `motcua up`.")
    var data = GatewayOptions.dataDefault

    @Option(help: "The gateway's socket; found from --data when left out.")
    var socket: String?

    @Option(
        help:
            "Call as the official of the token in this file (`motcua token --out FILE`), not as this user."
    )
    var tokenFile: String?

    @Option(
        help:
            "The token itself; every user of this host can read a command line: better --token-file or \(GatewayOptions.tokenVariable)."
    )
    var token: String?

    func validate() throws {
        if token != nil && tokenFile != nil {
            throw ValidationError("Give --token or --token-file, not both.")
        }
    }

    /// - Throws: `.notReady` when no system was started on the data.
    func channel() throws -> UnixSocketChannel { try UnixSocketChannel(path: socketPath()) }

    /// - Throws: `.notReady` when no system was started on the data.
    func socketPath() throws -> String {
        try socket ?? Layout.running(data: data).socket(of: .gateway)
    }

    /// Fails at once where nothing listens, rather than wait for somebody to start the system.
    func callOptions(timeout: Duration? = nil) throws -> CallOptions {
        var metadata = Metadata()
        if let token = try bearer() { metadata.add("Bearer \(token)", for: "authorization") }
        return CallOptions(timeout: timeout, metadata: metadata, waitForReady: false)
    }

    func bearer() throws -> String? {
        if let token { return token }
        if let tokenFile {
            guard let text = try PrivateFile.readText(tokenFile), !text.isEmpty else {
                throw OperationsError(
                    .unusableSetting,
                    "\(tokenFile) holds no token; `motcua token --out FILE` writes one")
            }
            return text
        }
        let inherited = ProcessInfo.processInfo.environment[Self.tokenVariable] ?? ""
        return inherited.isEmpty ? nil : inherited
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
        if let request = requestInfo?.requestID { lines.append("  request: \(request)") }
        return lines.joined(separator: "\n")
    }
}

/// Runs a command's body and turns what it throws into an exit code and a text for people.
func reportingStatus(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let status as Status {
        printError(status.terminalText)
        if status.code == .unavailable {
            printError("Is the system up? Start it with `motcua up`.")
        }
        throw ExitCode(1)
    } catch let error as OperationsError {
        printError(error.message)
        throw ExitCode(1)
    } catch let error as UnixSocketError {
        printError(error.message)
        throw ExitCode(1)
    }
}
