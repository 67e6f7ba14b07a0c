import Foundation
import Glibc
import MotCuaClient
import Operations

/// A whole system of real processes in a temporary directory, stopped and removed at the end of a test.
final class RunningSystem: Sendable {
    let layout: Layout
    private let supervisor: SpawnedProgram
    let channel: UnixSocketChannel

    static let catalogue = packageRoot + "/Services/records/procedures.jsonl"
    static let organisation = packageRoot + "/Services/records/organisation.jsonl"
    static let rawRows = packageRoot + "/Tests/Fixtures/procedures_dirty.jsonl"

    static var packageRoot: String {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }

    /// Starts the processes and imports the sample catalogue and organisation. Returns when everything serves.
    ///
    /// - Parameter data: Of an earlier system; a new directory when left out.
    static func start(on data: String? = nil, _ options: [String] = []) async throws
        -> RunningSystem
    {
        let data = data ?? newDataDirectory()
        let supervisor = try SpawnedProgram(
            "motcua", ["up", "--data", data, "--log-level", "warning"] + options)
        let status = try await SpawnedProgram("motcua", ["status", "--data", data, "--wait", "60"])
            .outcome()
        guard status.exitCode == 0 else {
            kill(supervisor.processID, SIGTERM)
            throw SystemFailure(text: "status: \(status.output), up: \(supervisor.output)")
        }
        let system = try RunningSystem(
            layout: try Layout.running(data: data), supervisor: supervisor)
        for (command, file) in [("import", catalogue), ("import-organisation", organisation)] {
            let imported = try await system.motcua(command, file)
            guard imported.exitCode == 0 else {
                try await system.stop()
                throw SystemFailure(text: "\(command): " + imported.output)
            }
        }
        return system
    }

    static func newDataDirectory() -> String {
        NSTemporaryDirectory() + "motcua-test-\(UUID().uuidString.prefix(8))"
    }

    private init(layout: Layout, supervisor: SpawnedProgram) throws {
        self.layout = layout
        self.supervisor = supervisor
        channel = try UnixSocketChannel(path: layout.socket(of: .gateway))
    }

    /// Runs `motcua` against this system and waits for its end.
    func motcua(_ command: String, _ arguments: String...) async throws -> SpawnedProgram.Outcome {
        try await SpawnedProgram("motcua", [command, "--data", layout.data] + arguments).outcome()
    }

    func spawn(_ command: String, _ arguments: String...) throws -> SpawnedProgram {
        try SpawnedProgram("motcua", [command, "--data", layout.data] + arguments)
    }

    /// The process's id now; it changes when the supervisor starts it again.
    func processID(of process: ProcessName) -> pid_t? {
        guard
            let text = try? String(
                contentsOfFile: layout.processIDFile(of: process), encoding: .utf8)
        else {
            return nil  // Not started yet.
        }
        return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func killNow(_ process: ProcessName) {
        if let id = processID(of: process) { kill(id, SIGKILL) }
    }
    func killSupervisor() { kill(supervisor.processID, SIGKILL) }

    /// Drains and waits for the end; the data stays. Returns what the supervisor and the processes wrote.
    func end() async throws -> SpawnedProgram.Outcome {
        await channel.close()
        kill(supervisor.processID, SIGTERM)
        return try await supervisor.outcome()
    }

    /// Drains, waits for the end and removes the data.
    func stop() async throws {
        _ = try await end()
        remove()
    }

    func remove() {
        // What cannot be removed is no failure of the test's.
        try? FileManager.default.removeItem(atPath: layout.data)
        try? FileManager.default.removeItem(atPath: layout.runtime)
    }

    /// A channel's options for an official of the demonstration's unit.
    func official() async throws -> CallOptions {
        let token = try await motcua(
            "token", "--official", "tran.thi.b", "--role", "official", "--role", "cashier",
            "--role", "head")
        guard token.exitCode == 0 else { throw SystemFailure(text: "token: " + token.output) }
        let bearer = "Bearer " + token.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return CallOptions(metadata: ["authorization": bearer])
    }
}

struct SystemFailure: Error { let text: String }

/// Runs a test's body on a system of its own, which is stopped however the body ends.
func withSystem(
    _ options: [String] = [], _ body: (RunningSystem) async throws -> Void
) async throws {
    let system = try await RunningSystem.start(on: nil, options)
    do {
        try await body(system)
    } catch {
        try await system.stop()
        throw error
    }
    try await system.stop()
}

/// A running program whose output goes to a file, so that nobody waits for whoever else holds a pipe's end.
final class SpawnedProgram: Sendable {
    struct Outcome: Sendable {
        var exitCode: Int32
        /// Standard output and standard error, as they came.
        var output: String
    }

    private let outputFile = NSTemporaryDirectory() + "motcua-output-\(UUID().uuidString)"
    private let ended: AsyncStream<Int32>
    let processID: pid_t

    /// Where the programs of this package are built, beside the test bundle.
    static var binaries: String {
        get throws {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return (own as NSString).deletingLastPathComponent
        }
    }

    /// A program of this package.
    convenience init(_ program: String, _ arguments: [String]) throws {
        try self.init(path: Self.binaries + "/" + program, arguments)
    }

    init(path: String, _ arguments: [String]) throws {
        try Data().write(to: URL(fileURLWithPath: outputFile))
        guard let output = FileHandle(forWritingAtPath: outputFile) else {
            throw SystemFailure(text: "cannot write \(outputFile)")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        self.ended = ended
        process.terminationHandler = { process in
            end.yield(process.terminationStatus)
            end.finish()
        }
        try process.run()
        processID = process.processIdentifier
        try output.close()
    }

    deinit {
        // A file that is gone already is as good.
        try? FileManager.default.removeItem(atPath: outputFile)
    }

    /// What has come so far.
    var output: String {
        String(decoding: FileManager.default.contents(atPath: outputFile) ?? Data(), as: UTF8.self)
    }

    /// Waits until the program has ended.
    func outcome() async throws -> Outcome {
        for await code in ended { return Outcome(exitCode: code, output: output) }
        throw SystemFailure(text: "the outcome of a program is awaited once")
    }
}

/// Waits for a condition, at most so long.
func eventually(
    within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
