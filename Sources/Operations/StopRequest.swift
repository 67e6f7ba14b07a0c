import Foundation
import Glibc
import Logging
import Synchronization
import UnixSignals

/// What tells a process to stop, from its first moment on: SIGTERM, SIGINT, or the end of the lifeline.
///
/// Before it serves it has acknowledged nothing, so it ends at once. Afterwards it has ``stopTimeout`` to end in
/// order, and is ended then whatever hangs.
final class StopRequest: Sendable {
    private enum Phase { case opening, serving, stopping }

    private let phase = Mutex(Phase.opening)
    private let isSupervised: Bool
    private let logger: Logger

    init(isSupervised: Bool, logger: Logger) {
        self.isSupervised = isSupervised
        self.logger = logger
        // Ctrl-C in a terminal reaches every process; a supervised one leaves it to the supervisor.
        if isSupervised { signal(SIGINT, SIG_IGN) }
    }

    /// From here on a stop is orderly.
    func beginServing() { phase.withLock { $0 = .serving } }

    /// Why the process is to stop. Returns once it is told to, or when the task is cancelled.
    func reason() async -> String {
        await withTaskGroup(of: String.self) { group in
            group.addTask { [self] in
                let signals =
                    isSupervised
                    ? await UnixSignalsSequence(trapping: .sigterm)
                    : await UnixSignalsSequence(trapping: .sigterm, .sigint)
                for await signal in signals {
                    told(because: "\(signal)")
                    return "\(signal)"
                }
                return "no more signals"
            }
            if isSupervised {
                group.addTask { [self] in
                    let reason = "the supervisor has gone"
                    await Lifeline.ended { self.told(because: reason) }
                    return reason
                }
            }
            defer { group.cancelAll() }
            return await group.next()!
        }
    }

    private func told(because reason: String) {
        let before = phase.withLock { phase in
            defer { if phase == .serving { phase = .stopping } }
            return phase
        }
        switch before {
        case .opening:
            logger.notice("stopped before it served", metadata: ["because": "\(reason)"])
            _exit(0)
        case .serving:
            let logger = logger
            // A thread of its own: what hangs may hold every other.
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: ServiceProcess.stopTimeout / .seconds(1))
                logger.critical("ended by force: it hung after it was told to stop")
                _exit(1)
            }
        case .stopping: break
        }
    }
}
