import Glibc
import RPC
import Synchronization

/// A thread that owns the connections of a test and moves their bytes through pipes.
package final class InProcessLoop: Sendable {
    package let core: EventLoop
    private let driver: Driver

    /// - Parameter clock: Of the deadlines and backoffs; real time by default.
    package init(clock: ManualClock? = nil) {
        driver = Driver(clock: clock)
        core = driver.core
        let driver = driver
        clock?.onAdvance { driver.wake() }
        driver.startThread()
    }

    deinit {
        let driver = driver
        core.submit { driver.isStopping = true }
    }

    /// On the loop.
    func add(_ pipe: Pipe) { driver.pipes.append(pipe) }
}

private final class Driver: @unchecked Sendable {
    // Unchecked: what is not constant is touched by the thread alone; the semaphore is made for many.

    let core: EventLoop
    var pipes: [Pipe] = []
    var isStopping = false
    private let semaphore: Semaphore
    private let isManual: Bool

    init(clock: ManualClock?) {
        let semaphore = Semaphore()
        self.semaphore = semaphore
        isManual = clock != nil
        core = EventLoop(clock: { clock?.now ?? .now }, wake: { semaphore.signal() })
    }

    func wake() { semaphore.signal() }

    func startThread() {
        let failure = DetachedThread.start { self.run() }
        precondition(failure == 0, "no thread for a test's loop")
    }

    private func run() {
        core.adoptCurrentThread()
        while !(isStopping && core.mayBeAbandoned) {
            core.beginTurn()
            for pipe in pipes { pipe.step() }
            pipes.removeAll(where: \.isClosed)
            core.turn()
            guard !core.hasWork, !pipes.contains(where: \.isReady) else { continue }
            guard core.prepareToSleep() else { continue }
            semaphore.wait(atMost: isManual ? nil : core.nextPoint.map { $0 - .now })
            core.didWake()
        }
        core.abandon()
    }
}

private final class Semaphore: @unchecked Sendable {
    // Unchecked: a POSIX semaphore may be used by any thread, at an address that does not move.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait(atMost limit: Duration?) {
        guard let limit else {
            while sem_wait(semaphore) != 0, errno == EINTR {}
            return
        }
        guard limit > .zero else { return }
        var point = timespec()
        clock_gettime(CLOCK_REALTIME, &point)
        let (seconds, attoseconds) = limit.components
        let nanoseconds = point.tv_nsec + Int(attoseconds / 1_000_000_000)
        point.tv_sec += Int(min(seconds, 3600)) + nanoseconds / 1_000_000_000
        point.tv_nsec = nanoseconds % 1_000_000_000
        while sem_timedwait(semaphore, &point) != 0, errno == EINTR {}
    }
}
