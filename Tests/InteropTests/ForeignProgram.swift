import Foundation
import RPCTesting
import Synchronization

/// A program in another language, as a child of the test: its standard input stays open as long as it may live.
final class ForeignProgram: Sendable {
    private struct State {
        var output = ""
        var exitCode: Int32?
    }

    private let state = Mutex(State())
    private let lifeline = Pipe()
    private let processID: Int32

    /// - Parameter command: What `env` is to run: the program, a path or a name to be found, and its
    ///   arguments.
    init(_ command: [String], environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardInput = lifeline
        process.standardOutput = output
        process.standardError = output
        try process.run()
        processID = process.processIdentifier
        let reader = Thread { [self] in
            let handle = output.fileHandleForReading
            while case let data = handle.availableData, !data.isEmpty {
                state.withLock { $0.output += String(decoding: data, as: UTF8.self) }
            }
            process.waitUntilExit()
            state.withLock { $0.exitCode = process.terminationStatus }
        }
        reader.start()
    }

    /// Standard output and standard error so far.
    var output: String { state.withLock(\.output) }

    /// - Returns: Nil when it has not ended within `patience`, and is killed.
    func exitCode(within patience: Duration) async -> Int32? {
        let ended = await eventually(within: patience) { state.withLock { $0.exitCode != nil } }
        if !ended { kill(processID, SIGKILL) }
        return state.withLock(\.exitCode)
    }

    /// Ends a program that serves as long as its standard input is open.
    func release() async {
        try? lifeline.fileHandleForWriting.close()  // Closed already: it has been released.
        _ = await exitCode(within: .seconds(10))
    }
}

/// Where the sources are that these tests build and run.
enum Sources {
    static var folder: String {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(2)
        return "/" + parts.joined(separator: "/") + "/Interop"
    }
}

/// A path of its own for a server's socket, short enough for any system.
func temporarySocket() -> String {
    FileManager.default.temporaryDirectory.path + "/motcua-\(UUID().uuidString.prefix(8)).sock"
}
