import Glibc
import RPC
import Synchronization

/// What a loop does when it has nothing to do.
public enum Polling: String, Sendable, CaseIterable {
    /// It sleeps until there is input: no processor time, and some microseconds to wake up.
    case off
    /// It asks for input without sleeping, as long as input has lately come within ``Poller/pollingWindow``.
    case adaptive
}

/// Decides when a loop asks again instead of sleeping. The loop's.
///
/// Asking pays while input comes faster than a sleeping thread wakes up. Whether it does is learnt from the
/// last wait, asked or slept: one wait that was longer than the window, and the loop sleeps until waits are
/// short again. No more loops of a process ask than it has processors beside the one for everybody else.
struct AdaptivePolling {
    private static let pollers = Atomic(0)
    private static let pollersMax = sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1

    /// In nanoseconds.
    private let window: Int64
    private var wasShort = false

    init(window: Duration) { self.window = window.nanoseconds }

    /// Calls `ask` until it returns something else than 0, or for the window.
    ///
    /// - Returns: What `ask` returned last; nil when it is not worth asking.
    mutating func poll(_ ask: () -> Int32) -> Int32? {
        guard wasShort else { return nil }
        let others = AdaptivePolling.pollers.wrappingAdd(1, ordering: .relaxed).oldValue
        defer { AdaptivePolling.pollers.wrappingSubtract(1, ordering: .relaxed) }
        guard others < AdaptivePolling.pollersMax else { return nil }
        let end = AdaptivePolling.now() + window
        repeat {
            let count = ask()
            if count != 0 { return count }
            // The peer may be on this very processor.
            sched_yield()
        } while AdaptivePolling.now() < end
        wasShort = false
        return 0
    }

    /// Learns from a wait that slept.
    mutating func sleep(_ wait: () -> Int32) -> Int32 {
        let start = AdaptivePolling.now()
        let count = wait()
        wasShort = AdaptivePolling.now() - start < window
        return count
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
