import CLinux
import Glibc
import RPC

/// A clock whose sleepers wake some ten microseconds late, where a task's own sleep wakes sixty: the kernel
/// puts a timer off by up to 50 us (`prctl(2)`, `PR_SET_TIMERSLACK`), and that would stand in every latency.
///
/// One thread waits for the earliest sleeper. It ends after the last reference to the clock is gone.
package final class PacingClock: Clock, Sendable {
    package typealias Instant = ContinuousClock.Instant

    private let thread: PacingThread

    /// - Returns: nil when the process has no thread left.
    package init?() {
        thread = PacingThread()
        guard thread.start() else { return nil }
    }

    deinit { thread.stop() }

    package var now: Instant { .now }
    package var minimumResolution: Duration { .nanoseconds(1) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = thread.nextID()
        await withTaskCancellationHandler {
            await withUnsafeContinuation { thread.add(id: id, until: deadline, $0) }
        } onCancel: {
            thread.cancel(id)
        }
        try Task.checkCancellation()
    }
}

private final class PacingThread: @unchecked Sendable {
    // Unchecked: everything that changes is touched under the mutex alone.

    private struct Sleeper {
        var id: UInt64
        var point: ContinuousClock.Instant
        var continuation: UnsafeContinuation<Void, Never>
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var lastID: UInt64 = 0
    private var sleepers: [Sleeper] = []
    private var cancelled: Set<UInt64> = []
    private var isStopping = false

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func start() -> Bool { DetachedThread.start { self.run() } == 0 }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    func nextID() -> UInt64 {
        locked {
            lastID += 1
            return lastID
        }
    }

    func add(
        id: UInt64, until point: ContinuousClock.Instant,
        _ continuation: UnsafeContinuation<Void, Never>
    ) {
        let isOver = locked {
            if cancelled.remove(id) != nil { return true }
            sleepers.append(Sleeper(id: id, point: point, continuation: continuation))
            pthread_cond_signal(condition)
            return false
        }
        if isOver { continuation.resume() }
    }

    /// The sleeper may have woken already, or not have come yet.
    func cancel(_ id: UInt64) {
        let sleeper = locked { () -> Sleeper? in
            guard let index = sleepers.firstIndex(where: { $0.id == id }) else {
                cancelled.insert(id)
                return nil
            }
            return sleepers.remove(at: index)
        }
        sleeper?.continuation.resume()
    }

    func stop() {
        locked {
            isStopping = true
            pthread_cond_signal(condition)
        }
    }

    private func run() {
        // Without it the clock is as late as any other.
        _ = clinux_set_timer_slack(1)
        while true {
            let due: [Sleeper]? = locked {
                if isStopping { return nil }
                let now = ContinuousClock.now
                let due = sleepers.filter { $0.point <= now }
                if due.isEmpty {
                    wait(until: sleepers.map(\.point).min(), now)
                } else {
                    sleepers.removeAll { $0.point <= now }
                }
                return due
            }
            guard let due else { return }
            for sleeper in due { sleeper.continuation.resume() }
        }
    }

    /// Under the mutex; nil is for ever.
    private func wait(until point: ContinuousClock.Instant?, _ now: ContinuousClock.Instant) {
        guard let point else {
            pthread_cond_wait(condition, mutex)
            return
        }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let (seconds, attoseconds) = (point - now).components
        let nanoseconds = time.tv_nsec + Int(attoseconds / 1_000_000_000)
        time.tv_sec += Int(min(seconds, 3600)) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &time)
    }
}
