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

    static var packageRoot: String {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }

    /// Starts the processes and imports the sample catalogue. Returns when everything serves.
    static func start(sandboxTime: String? = nil) async throws -> RunningSystem {
        let data = NSTemporaryDirectory() + "motcua-test-\(UUID().uuidString.prefix(8))"
        let layout = try Layout(data: data)
        var arguments = ["up", "--data", data, "--log-level", "warning"]
        if let sandboxTime { arguments += ["--sandbox-time", sandboxTime] }
        let supervisor = try SpawnedProgram("motcua", arguments)
        let system = try RunningSystem(layout: layout, supervisor: supervisor)
        let status = try await system.motcua("status", "--wait", "60")
        guard status.exitCode == 0 else { throw SystemFailure(text: "status: " + status.output) }
        let imported = try await system.motcua("import", catalogue)
        guard imported.exitCode == 0 else { throw SystemFailure(text: "import: " + imported.output) }
        return system
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
        guard let text = try? String(contentsOfFile: layout.processIDFile(of: process), encoding: .utf8) else {
            return nil  // Not started yet.
        }
        return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func killNow(_ process: ProcessName) { if let id = processID(of: process) { kill(id, SIGKILL) } }
    func killSupervisor() { kill(supervisor.processID, SIGKILL) }

    /// Drains, waits for the end and removes the data. Returns the supervisor's exit code.
    @discardableResult
    func stop() async throws -> Int32 {
        await channel.close()
        kill(supervisor.processID, SIGTERM)
        let outcome = try await supervisor.outcome()
        try? FileManager.default.removeItem(atPath: layout.data)  // What a failed test left is no failure of its own.
        try? FileManager.default.removeItem(atPath: layout.runtime)
        return outcome.exitCode
    }

    /// A channel's options for an official of the demonstration's unit.
    func official() async throws -> CallOptions {
        let token = try await motcua(
            "token", "--official", "tran.thi.b", "--role", "official", "--role", "cashier", "--role", "head")
        guard token.exitCode == 0 else { throw SystemFailure(text: "token: " + token.output) }
        let bearer = "Bearer " + token.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return CallOptions(metadata: ["authorization": bearer])
    }
}

struct SystemFailure: Error { let text: String }

/// Runs a test's body on a system of its own, which is stopped however the body ends.
func withSystem(
    sandboxTime: String? = nil, _ body: (RunningSystem) async throws -> Void
) async throws {
    let system = try await RunningSystem.start(sandboxTime: sandboxTime)
    do {
        try await body(system)
    } catch {
        try await system.stop()
        throw error
    }
    try await system.stop()
}

/// A program of this package, beside the test bundle, with its output gathered as it comes.
final class SpawnedProgram: Sendable {
    struct Outcome: Sendable {
        var exitCode: Int32
        /// Standard output and standard error, as they came.
        var output: String
    }

    private let process: LockedBox<Process>
    private let gathered = LockedBox(Data())
    private let ended: AsyncStream<Void>
    let processID: pid_t

    init(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.binaries).appendingPathComponent(program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        let gathered = gathered
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                end.finish()
            } else {
                gathered.with { $0.append(data) }
            }
        }
        try process.run()
        processID = process.processIdentifier
        self.process = LockedBox(process)
    }

    /// What has come so far.
    var output: String { String(decoding: gathered.with { $0 }, as: UTF8.self) }

    /// Waits until the program and everything that holds its output have ended.
    func outcome() async throws -> Outcome {
        for await _ in ended {}
        let code = process.with { process in
            process.waitUntilExit()
            return process.terminationStatus
        }
        return Outcome(exitCode: code, output: output)
    }

    static var binaries: String {
        // The test bundle is built into the same directory as the programs.
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return ((own ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent
    }
}

/// A value behind a lock.
final class LockedBox<Value>: @unchecked Sendable {
    // Every access goes through the lock.
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
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
