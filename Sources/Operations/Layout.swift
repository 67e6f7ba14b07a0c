import Glibc
import Identity

/// The processes of the system, in the order in which they start.
package enum ProcessName: String, CaseIterable, Sendable {
    case records
    case payments
    case digitization
    case surveys
    /// Last: it follows the journals of the others.
    case gateway
}

/// Where everything of one system lies: data that stays, and a runtime directory that is made anew.
///
/// The runtime directory is short, whatever the data directory's path, because a socket's path has at most 107
/// bytes. Whoever starts the system chooses it and leaves word in the data directory; see ``running(data:)``.
package struct Layout: Sendable {
    /// Absolute.
    package let data: String
    /// Absolute.
    package let runtime: String

    /// The layout of a system to start.
    ///
    /// - Parameter runtime: Where sockets go; one that follows from the data directory and this user when left out.
    /// - Throws: `.system` when the working directory of a relative path is gone.
    package init(data: String, runtime: String? = nil) throws(OperationsError) {
        let data = try Self.absolute(data)
        self.data = data
        self.runtime =
            try runtime.map { path throws(OperationsError) in try Self.absolute(path) }
            ?? "\(Self.runtimeParent())/motcua-\(Self.fingerprint(data))"
    }

    package func data(of process: ProcessName) -> String { "\(data)/\(process.rawValue)" }
    package func socket(of process: ProcessName) -> String { "\(runtime)/\(process.rawValue).sock" }
    package func processIDFile(of process: ProcessName) -> String {
        "\(runtime)/\(process.rawValue).pid"
    }
    package var startSecretFile: String { "\(runtime)/start-secret" }
    /// Held by whoever runs the processes; the gateway has only the verifying key.
    package var signingKeyFile: String { "\(data)/token-signing.key" }
    package var verifyingKeyFile: String { "\(data(of: .gateway))/\(CallerProof.verifyingKeyFile)" }
    package var receivingAccountFile: String { "\(data(of: .payments))/receiving-account.json" }
    /// How far a sandbox's clock is ahead; missing outside a sandbox.
    package var sandboxFile: String { "\(data)/sandbox" }
    /// Whether a process of the system ever ran on this data.
    package var hasRun: Bool {
        access("\(data(of: .records))/\(LockedDirectory.lockFile)", F_OK) == 0
    }
    package var principalsFile: String { "\(data(of: .gateway))/\(CallerProof.principalsFile)" }

    static func absolute(_ path: String) throws(OperationsError) -> String {
        var whole = path
        if !path.hasPrefix("/") {
            guard let directory = getcwd(nil, 0) else {
                throw OperationsError.system("find the working directory", errno)
            }
            defer { free(directory) }
            whole = String(cString: directory) + "/" + path
        }
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// `/run` is root's and `/run/user/UID` a user's own where there is a login session; elsewhere `/tmp`.
    private static func runtimeParent() -> String {
        let user = geteuid()
        let candidates = user == 0 ? ["/run"] : ["/run/user/\(user)"]
        return candidates.first { access($0, W_OK) == 0 } ?? "/tmp"
    }

    /// FNV-1a, 64 bits: short and the same in every process.
    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}
