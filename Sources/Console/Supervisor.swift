import Foundation
import Identity
import Logging
import Messages
import Operations
import RPC
import Subprocess
import SystemPackage
import UnixSocket
import UnixSignals
import WorkingTime

/// Starts the processes in order, starts again whichever ends, and stops them in reverse.
///
/// The processes end with it, however it ends: each reads from a pipe whose other end only the supervisor holds.
struct Supervisor {
    static let readyTimeout = Duration.seconds(30)
    /// Longer than a process gives itself, so that SIGKILL is for one that cannot even end itself.
    static let stopTimeout = ServiceProcess.stopTimeout + .seconds(1)
    static let firstBackoff = Duration.milliseconds(100)
    static let backoffMax = Duration.seconds(10)
    /// A process that ran this long has its backoff forgiven.
    static let steadyAfter = Duration.seconds(30)

    let layout: Layout
    let binaries: String
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let polling: Polling
    let sandboxTime: Instant?
    let socketMode: SocketMode
    let logger = Logger(label: "motcua.up")

    /// What the processes share for as long as the supervisor runs.
    private struct Shared: Sendable {
        var lifeline: FileDescriptor
        var seal: CallerSeal
        var clockAhead: Int64
    }

    private enum Turn: Sendable {
        case ready
        case failed(any Error)
        case told(String)
    }

    /// Runs until SIGTERM or SIGINT, also while it starts. A second supervisor on the same data or the same runtime
    /// directory is refused.
    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let data = try LockedDirectory(locking: layout.data)
        try layout.makeRuntimeDirectory(isOpen: socketMode.isOpen)
        let runtime = try LockedDirectory(locking: layout.runtime, as: "runtime directory")
        let clockAhead = try Sandbox.aheadMilliseconds(layout, startingAt: sandboxTime)
        try Preparation.prepare(layout)
        let seal = try drawStartSecret()
        let lifeline = try FileDescriptor.pipe()
        // Only the reading end is inherited.
        _ = fcntl(lifeline.writeEnd.rawValue, F_SETFD, FD_CLOEXEC)
        let shared = Shared(lifeline: lifeline.readEnd, seal: seal, clockAhead: clockAhead)
        var running: [Task<Void, Never>] = []
        let failure = await withTaskGroup(of: Turn.self) { group in
            group.addTask {
                for await signal in signals { return .told("\(signal)") }
                return .told("no more signals")
            }
            let failure = await startInOrder(shared, &group, &running)
            group.cancelAll()
            return failure
        }
        await stop(running)
        try? lifeline.writeEnd.close()  // Everybody has gone; nobody is left to notice.
        withExtendedLifetime(runtime) {}
        withExtendedLifetime(data) {}
        if let failure { throw failure }
    }

    /// Starts each process when the one before it serves, and stays until the system is told to stop.
    ///
    /// - Returns: Why the system could not start, or `nil`.
    private func startInOrder(
        _ shared: Shared, _ group: inout TaskGroup<Turn>, _ running: inout [Task<Void, Never>]
    ) async -> (any Error)? {
        var waiting = ProcessName.allCases[...]
        while true {
            if let process = waiting.popFirst() {
                running.append(Task { await keepRunning(process, shared) })
                group.addTask {
                    do {
                        try await untilReady(process, seal: shared.seal)
                        return .ready
                    } catch {
                        return .failed(error)
                    }
                }
            } else {
                printNow("motcua is up: \(layout.socket(of: .gateway))")
            }
            switch await group.next() {
            case .ready: continue
            case .failed(let error): return error
            case .told(let reason):
                logger.notice("stopping", metadata: ["because": "\(reason)"])
                return nil
            case nil: preconditionFailure("the signals' task ends with a turn")
            }
        }
    }

    /// Last started, first stopped: the gateway lets callers finish while the services are still there.
    private func stop(_ running: [Task<Void, Never>]) async {
        for task in running.reversed() {
            task.cancel()
            await task.value
        }
    }

    private func drawStartSecret() throws -> CallerSeal {
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<CallerSeal.secretBytes).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        try PrivateFile.write(secret, to: layout.startSecretFile)
        return try CallerSeal(secret: secret)
    }

    private func keepRunning(_ process: ProcessName, _ shared: Shared) async {
        var backoff = Self.firstBackoff
        while !Task.isCancelled {
            let started = ContinuousClock.now
            do {
                let status = try await runOnce(process, shared)
                if Task.isCancelled { return }
                logger.error(
                    "a process ended", metadata: ["process": "\(process)", "status": "\(status)"])
            } catch {
                if Task.isCancelled { return }
                logger.error(
                    "a process did not start",
                    metadata: ["process": "\(process)", "error": "\(error)"])
            }
            if ContinuousClock.now - started > Self.steadyAfter { backoff = Self.firstBackoff }
            do { try await Task.sleep(for: backoff) } catch { return }
            backoff = min(backoff * 2, Self.backoffMax)
        }
    }

    private func runOnce(
        _ process: ProcessName, _ shared: Shared
    ) async throws -> TerminationStatus {
        var arguments = [
            "--data", layout.data(of: process), "--socket", layout.socket(of: process),
            "--secret-file", layout.startSecretFile, "--supervised", "--log-level", "\(logLevel)",
            "--log-format", logFormat.rawValue, "--polling", polling.rawValue,
        ]
        // In one word: a clock behind the real one has a minus sign.
        if shared.clockAhead != 0 { arguments.append("--clock-ahead=\(shared.clockAhead)") }
        if process == .gateway {
            arguments += ["--upstreams", layout.runtime, "--socket-mode", "\(socketMode)"]
        }
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.stopTimeout)]
        let pidFile = layout.processIDFile(of: process)
        defer { unlink(pidFile) }
        return try await Subprocess.run(
            .path(FilePath("\(binaries)/motcua-\(process.rawValue)")),
            arguments: Arguments(arguments),
            platformOptions: platform,
            input: .fileDescriptor(shared.lifeline, closeAfterSpawningProcess: false),
            output: .currentStandardError, error: .currentStandardError
        ) { execution in
            try PrivateFile.write(Array("\(execution.processIdentifier.value)\n".utf8), to: pidFile)
        }.terminationStatus
    }

    private func untilReady(_ process: ProcessName, seal: CallerSeal) async throws {
        let channel = try UnixSocketChannel(path: layout.socket(of: process))
        let health = HealthV1.HealthClient(channel)
        var supervisor = CommonV1.Caller()
        supervisor.principal = "supervisor"
        var options = CallOptions(timeout: .seconds(1), retries: .none)
        if process != .gateway { options = try seal.stamp(options, caller: supervisor) }
        let deadline = ContinuousClock.now + Self.readyTimeout
        var last = "it does not answer"
        while ContinuousClock.now < deadline {
            do {
                let response = try await health.check(.init(), options: options)
                if response.status == .serving {
                    await channel.close()
                    return
                }
                last = "it does not serve yet"
            } catch let status as Status {
                last = "\(status)"
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        await channel.close()
        throw OperationsError(
            .notReady,
            "\(process) was not ready within \(Self.readyTimeout): \(last); its log above has the reason"
        )
    }
}
