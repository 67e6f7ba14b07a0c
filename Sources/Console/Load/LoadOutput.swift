import Foundation
import Glibc
import Load
import Synchronization

/// What a run shows while it goes, on standard error, and what it writes to its histogram log.
///
/// On a terminal one line is written over each second; elsewhere a line comes every five.
final class LoadOutput: Sendable {
    static let plainIntervals = 5
    /// A shorter one is not worth a line.
    static let tellingInterval = Duration.milliseconds(100)

    private struct State {
        var log: FileHandle?
        var logFailure: (any Error)?
        var pending: IntervalReport?
        var pendingCount = 0
        var hasLine = false
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let path: String?
    private let state: Mutex<State>

    /// - Throws: `ScenarioError` when the log cannot be written.
    init(histogramLog path: String?) throws {
        self.path = path
        var log: FileHandle?
        if let path {
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { throw ScenarioError("Cannot write \(path).") }
            log = file
        }
        state = Mutex(State(log: log))
    }

    func say(_ text: String) {
        if isTerminal { state.withLock { show(text, &$0) } }
    }

    /// The run starts now.
    func begin() {
        write(HistogramLog.header(start: Date().timeIntervalSince1970))
    }

    func add(_ interval: IntervalReport) {
        write(HistogramLog.lines(of: interval))
        // The rest of a run may be a few milliseconds, whose rate says nothing.
        guard interval.to - interval.from >= Self.tellingInterval else { return }
        state.withLock { state in
            if isTerminal { return show(interval.line, &state) }
            let isNewPhase = state.pending.map { $0.isWarmUp != interval.isWarmUp } ?? false
            if isNewPhase { flush(&state) }
            if state.pending == nil {
                state.pending = interval
            } else {
                state.pending?.add(interval)
            }
            state.pendingCount += 1
            if state.pendingCount >= Self.plainIntervals { flush(&state) }
        }
    }

    /// What is printed next begins a line of its own.
    func endLine() {
        state.withLock { state in
            if state.hasLine { printError("") }
            state.hasLine = false
        }
    }

    /// - Throws: what kept the log from being written.
    func finish() throws {
        endLine()
        try state.withLock { state in
            flush(&state)
            if let failure = state.logFailure {
                throw ScenarioError("Cannot write \(path ?? ""): \(failure)")
            }
            try state.log?.close()
        }
    }

    private func flush(_ state: inout sending State) {
        if let pending = state.pending { printError(pending.line) }
        state.pending = nil
        state.pendingCount = 0
    }

    private func show(_ text: String, _ state: inout sending State) {
        FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
        state.hasLine = true
    }

    private func write(_ text: String) {
        guard !text.isEmpty else { return }
        state.withLock { state in
            do {
                try state.log?.write(contentsOf: Data(text.utf8))
            } catch {
                state.logFailure = state.logFailure ?? error
            }
        }
    }
}
