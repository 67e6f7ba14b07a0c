import Foundation

/// A child process that cannot hurt: bounded in time, memory and output, without descriptors of
/// ours, writing no file, killed with the thread that started it.
///
/// The limits are set in the child before the tool is started, by `setpriv` and `prlimit` of
/// util-linux, which every Debian has.
package struct LimitedProcess: Sendable {
    package struct Limits: Sendable {
        /// From start to end, waiting included.
        package var wallClock: Duration
        package var processorSeconds: Int
        /// Of address space.
        package var memoryBytes: Int
        /// Of standard output; standard error is not read.
        package var outputBytesMax: Int

        package init(
            wallClock: Duration, processorSeconds: Int, memoryBytes: Int, outputBytesMax: Int
        ) {
            self.wallClock = wallClock
            self.processorSeconds = processorSeconds
            self.memoryBytes = memoryBytes
            self.outputBytesMax = outputBytesMax
        }
    }

    package enum Outcome: Hashable, Sendable {
        case exited(code: CInt, output: [UInt8])
        /// Ended by a signal that we did not send: it crashed or came to a limit of the kernel's.
        case signalled(CInt)
        case tooSlow
        case tooTalkative
        /// The tool that sets the limits is not there.
        case notStarted
    }

    private static let setpriv = "/usr/bin/setpriv"
    private static let prlimit = "/usr/bin/prlimit"
    private static let descriptorsMax = 64
    private static let pauseBetweenLooks: Duration = .milliseconds(2)

    private let limits: Limits

    package init(limits: Limits) {
        self.limits = limits
    }

    /// Runs a tool to its end and returns when nothing of it is left. Blocks: belongs on a
    /// ``WorkerPool``.
    ///
    /// - Parameter tool: An absolute path. When it is not there the outcome is `.exited` with code
    ///   127.
    package func run(_ tool: String, _ arguments: [String]) throws -> Outcome {
        let deadline = ContinuousClock.now + limits.wallClock
        let output = try Pipe.make()
        defer { output.close() }
        guard let child = try spawn(command(tool, arguments), output: output) else {
            return .notStarted
        }
        output.closeWriting()
        let reading = output.read(until: deadline, bytesMax: limits.outputBytesMax)
        switch reading {
        case .ended(let bytes):
            guard let status = Self.wait(for: child, until: deadline) else {
                Self.kill(child)
                return .tooSlow
            }
            // Whatever the tool left behind in its group ends with it.
            Glibc.kill(-child, SIGKILL)
            let signal = status & 0x7F
            return signal == 0
                ? .exited(code: status >> 8 & 0xFF, output: bytes) : .signalled(signal)
        case .tooSlow:
            Self.kill(child)
            return .tooSlow
        case .tooTalkative:
            Self.kill(child)
            return .tooTalkative
        }
    }

    private func command(_ tool: String, _ arguments: [String]) -> [String] {
        [
            Self.setpriv, "--no-new-privs", "--pdeathsig", "KILL",
            Self.prlimit, "--as=\(limits.memoryBytes)", "--cpu=\(limits.processorSeconds)",
            "--fsize=0",
            "--core=0", "--nofile=\(Self.descriptorsMax)", tool,
        ] + arguments
    }

    /// - Returns: `nil` when the first program of the command is not there.
    private func spawn(_ command: [String], output: Pipe) throws -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Whatever a library opened without O_CLOEXEC stays here. Closing a closed one is no error.
        for descriptor in try Self.openDescriptors() where descriptor > STDERR_FILENO {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var everySignal = sigset_t()
        sigfillset(&everySignal)
        var noSignal = sigset_t()
        sigemptyset(&noSignal)
        posix_spawnattr_setsigdefault(&attributes, &everySignal)
        posix_spawnattr_setsigmask(&attributes, &noSignal)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        let variables = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"]
        let words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for word in words + environment { free(word) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, command[0], &actions, &attributes, words, environment)
        switch failure {
        case 0: return child
        case ENOENT: return nil
        default: throw DigitizationError.system("start \(command[0])", failure)
        }
    }

    private static func openDescriptors() throws -> [CInt] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { CInt($0) }
    }

    /// The wait status, or `nil` when the deadline came first.
    private static func wait(for child: pid_t, until deadline: ContinuousClock.Instant) -> CInt? {
        var status: CInt = 0
        while waitpid(child, &status, WNOHANG) == 0 {
            guard ContinuousClock.now < deadline else { return nil }
            usleep(useconds_t(pauseBetweenLooks / .microseconds(1)))
        }
        return status
    }

    private static func kill(_ child: pid_t) {
        Glibc.kill(-child, SIGKILL)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
    }
}

private final class Pipe {
    enum Reading {
        case ended([UInt8])
        case tooSlow
        case tooTalkative
    }

    let reading: CInt
    private(set) var writing: CInt

    private init(reading: CInt, writing: CInt) {
        self.reading = reading
        self.writing = writing
    }

    static func make() throws -> Pipe {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw DigitizationError.system("make a pipe", errno) }
        for end in ends {
            guard fcntl(end, F_SETFD, FD_CLOEXEC) == 0 else {
                preconditionFailure("an open descriptor takes FD_CLOEXEC")
            }
        }
        return Pipe(reading: ends[0], writing: ends[1])
    }

    func closeWriting() {
        guard writing >= 0 else { return }
        Glibc.close(writing)
        writing = -1
    }

    func close() {
        closeWriting()
        Glibc.close(reading)
    }

    func read(until deadline: ContinuousClock.Instant, bytesMax: Int) -> Reading {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return .tooSlow }
            var wanted = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wanted, 1, CInt(left / .milliseconds(1)) + 1)
            guard ready > 0 else { continue }
            let count = Glibc.read(reading, &buffer, buffer.count)
            if count == 0 { return .ended(bytes) }
            guard count > 0 else { continue }
            guard bytes.count + count <= bytesMax else { return .tooTalkative }
            bytes += buffer[..<count]
        }
    }
}
