import Glibc
import WorkingTime

/// The one place where a process reads the time of day; everything else is handed `now`.
package struct ProcessClock: Sendable {
    /// How far the sandbox's time is ahead of the real one; zero outside a sandbox.
    private let aheadMilliseconds: Int64

    package init(aheadMilliseconds: Int64 = 0) { self.aheadMilliseconds = aheadMilliseconds }

    package var now: Instant {
        Instant(millisecondsSinceEpoch: Self.wall.millisecondsSinceEpoch + aheadMilliseconds)
    }

    private static var wall: Instant {
        var time = timespec()
        let failed = clock_gettime(CLOCK_REALTIME, &time)
        precondition(failed == 0, "CLOCK_REALTIME is always there")
        return Instant(
            millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
