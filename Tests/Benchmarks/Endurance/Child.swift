import Glibc

/// A process of this same program, which ends with us.
struct Child: ~Copyable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let processID: pid_t
    /// The child's standard input; nothing is written there.
    private let lifeline: Int32

    init(_ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
        // Else the second child would hold the first one's end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        var argv: [UnsafeMutablePointer<CChar>?] = (["endurance"] + arguments).map { strdup($0) }
        defer { for argument in argv { free(argument) } }
        argv.append(nil)
        var started: pid_t = 0
        let failure = posix_spawn(&started, "/proc/self/exe", &actions, nil, argv, environ)
        close(ends[0])
        guard failure == 0 else {
            close(ends[1])
            throw Failure(description: "cannot start \(arguments[0])")
        }
        processID = started
        lifeline = ends[1]
    }

    deinit {
        close(lifeline)
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }
}

/// `VmRSS` of `/proc/PID/status`, in KiB; nil when the process is gone.
func residentKiB(of processID: pid_t) -> Int? {
    guard let file = fopen("/proc/\(processID)/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
        let text = String(
            decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard text.hasPrefix("VmRSS:") else { continue }
        return Int(text.filter(\.isNumber))
    }
    return nil
}

/// For sockets; whoever asks removes it.
func temporaryFolder() throws -> String {
    var template = Array("/tmp/endurance-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Child.Failure(description: "no folder") }
    return String(cString: made)
}

/// User and system time of a process, in seconds, from `/proc/PID/stat`.
func processorSeconds(of processID: pid_t) -> Double? {
    guard let file = fopen("/proc/\(processID)/stat", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1024)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    // The name, in parentheses, may hold spaces.
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[end...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
        return nil
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
}
