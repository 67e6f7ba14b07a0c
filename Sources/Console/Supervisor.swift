import Foundation
import Identity
import Logging
import Messages
import Operations
import RPC
import Subprocess
import SystemPackage
import Synchronization
import UnixSocket
import UnixSignals
import WorkingTime

/// Starts the processes in order, starts again whichever ends, and stops them in reverse.
///
/// The processes end with it, however it ends: each reads from a pipe whose other end only the supervisor holds.
struct Supervisor {
    static let readyTimeout = Duration.seconds(30)
    /// Longer than a process's own drain, so that SIGKILL is for one that hangs.
    static let stopTimeout = ServiceProcess.drainTimeout + .seconds(5)
    static let firstBackoff = Duration.milliseconds(100)
    static let backoffMax = Duration.seconds(10)
    /// A process that ran this long has its backoff forgiven.
    static let steadyAfter = Duration.seconds(30)

    let layout: Layout
    let binaries: String
    let logLevel: Logger.Level
    let sandboxTime: Instant?
    let logger = Logger(label: "motcua.up")

    /// Runs until SIGTERM or SIGINT. A second supervisor on the same data is refused.
    func run() async throws {
        let directory = try DataDirectory(locking: layout.data)
        let seal = try prepare()
        let lifeline = try FileDescriptor.pipe()
        // Only the reading end is inherited.
        _ = fcntl(lifeline.writeEnd.rawValue, F_SETFD, FD_CLOEXEC)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        var running: [Task<Void, Never>] = []
        do {
            for process in ProcessName.allCases {
                running.append(Task { await keepRunning(process, lifeline: lifeline.readEnd) })
                try await untilReady(process, seal: seal)
            }
            printNow("motcua is up: \(layout.socket(of: .gateway))")
            for await signal in signals {
                logger.notice("stopping", metadata: ["because": "\(signal)"])
                break
            }
        } catch {
            await stop(running)
            throw error
        }
        await stop(running)
        try? lifeline.writeEnd.close()  // Everybody has gone; nobody is left to notice.
        withExtendedLifetime(directory) {}
    }

    /// Last started, first stopped: the gateway lets callers finish while the services are still there.
    private func stop(_ running: [Task<Void, Never>]) async {
        for task in running.reversed() {
            task.cancel()
            await task.value
        }
    }

    private func prepare() throws -> CallerSeal {
        try layout.makeRuntimeDirectory()
        for process in ProcessName.allCases { try makeDirectories(layout.data(of: process)) }
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<CallerSeal.secretBytes).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        try PrivateFile.write(secret, to: layout.startSecretFile)
        try Keys.makeIfMissing(layout)
        try DefaultPrincipals.writeIfMissing(layout)
        try TrialReceivingAccount.writeIfMissing(layout)
        return try CallerSeal(secret: secret)
    }

    private func keepRunning(_ process: ProcessName, lifeline: FileDescriptor) async {
        var backoff = Self.firstBackoff
        while !Task.isCancelled {
            let started = ContinuousClock.now
            do {
                let status = try await runOnce(process, lifeline: lifeline)
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

    private func runOnce(_ process: ProcessName, lifeline: FileDescriptor) async throws
        -> TerminationStatus
    {
        var arguments = [
            "--data", layout.data(of: process), "--socket", layout.socket(of: process),
            "--secret-file", layout.startSecretFile, "--supervised", "--log-level", "\(logLevel)",
        ]
        if let sandboxTime { arguments += ["--sandbox-time", sandboxTime.formatted(in: .vietnam)] }
        if process == .gateway {
            arguments += ["--upstreams", layout.runtime]
        }
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.stopTimeout)]
        let pidFile = layout.processIDFile(of: process)
        return try await Subprocess.run(
            .path(FilePath("\(binaries)/motcua-\(process.rawValue)")),
            arguments: Arguments(arguments),
            platformOptions: platform,
            input: .fileDescriptor(lifeline, closeAfterSpawningProcess: false),
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
