import Glibc
import Synchronization
import Wire

/// One thread's work: the connections it owns, and the tasks that run on it.
///
/// A driver (sockets, or a test's pipes) owns the thread, waits for input and calls ``turn()``. Tasks with
/// this executor run on the thread, so code on it touches its connections without locks; others reach it
/// through ``submit(_:)``.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    // Unchecked: what is neither atomic nor in the mutex is touched by the owning thread alone.

    private enum ForeignItem {
        case job(UnownedJob)
        case action(@Sendable () -> Void)
    }

    private struct Timer {
        var point: ContinuousClock.Instant
        var id: UInt64
        var action: () -> Void
    }

    /// Deadlines are looked at no more often; so late an expiry may be.
    package static let deadlineResolution: Duration = .milliseconds(1)

    /// Calls after which what they wrote is sent, though the turn is not over: the peer works on those while
    /// this side works on the next.
    package static let callsPerFlush = 16

    private let wake: @Sendable () -> Void
    private let clock: @Sendable () -> ContinuousClock.Instant

    private let owner = Atomic<UInt>(0)
    private let foreign = Mutex<[ForeignItem]>([])
    private let hasForeign = Atomic(false)
    private let isSleeping = Atomic(false)
    private let isStopped = Atomic(false)
    private let late = Mutex(())

    /// The time, as of the last look at the clock in this turn.
    @exclusivity(unchecked) package private(set) var now: ContinuousClock.Instant
    /// Where the recorder's time begins.
    private let origin: ContinuousClock.Instant
    @exclusivity(unchecked) private(set) var turnNumber: UInt64 = 0
    @exclusivity(unchecked) private var jobs: [UnownedJob] = []
    @exclusivity(unchecked) private var runningJobs: [UnownedJob] = []
    @exclusivity(unchecked) private var isCapturing = false
    @exclusivity(unchecked) private var captured: UnownedJob?
    @exclusivity(unchecked) private var timers: [Timer] = []
    private var lastTimerID: UInt64 = 0
    private var deadlineHolders: [ObjectIdentifier: any DeadlineHolder] = [:]
    @exclusivity(unchecked) private var earliestDeadline: ContinuousClock.Instant?
    private var lastSweep: ContinuousClock.Instant
    @exclusivity(unchecked) private var dirtyConnections: [Connection] = []
    @exclusivity(unchecked) private var runnableConnections: [Connection] = []
    private var yieldingConnections: [Connection] = []
    package private(set) lazy var lanes = LanePool(self)
    package let limitHits = LimitHits()
    let callRecorder = CallRecorder()

    /// - Parameter wake: Called on any thread when the driver must stop waiting.
    package init(
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        wake: @escaping @Sendable () -> Void
    ) {
        self.clock = clock
        self.wake = wake
        now = clock()
        origin = now
        lastSweep = now
        jobs.reserveCapacity(256)
        runningJobs.reserveCapacity(256)
    }

    // For any thread

    package var isCurrent: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// The time by the loop's clock, on any thread.
    package func currentTime() -> ContinuousClock.Instant { isCurrent ? now : clock() }

    /// Runs `action` on the owning thread: at once when this is it, else in one of its next turns.
    package func submit(_ action: @escaping @Sendable () -> Void) {
        if isCurrent { action() } else { addForeign(.action(action)) }
    }

    /// As ``submit(_:)``, and returns what came of it.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) async -> Result {
        if isCurrent { return body() }
        return await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: body()) }
        }
    }

    /// - Throws: `CANCELLED` as soon as the task is cancelled.
    package func sleep(until point: ContinuousClock.Instant) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation {
                (continuation: UnsafeContinuation<Void, any Error>) in
                submit {
                    guard !sleeper.isOver else {
                        return continuation.resume(throwing: Status.taskCancelled)
                    }
                    sleeper.continuation = continuation
                    sleeper.timer = self.schedule(at: point) { sleeper.end(nil) }
                }
            }
        } onCancel: {
            submit {
                if let timer = sleeper.timer { self.cancelTimer(timer) }
                sleeper.end(.taskCancelled)
            }
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard isCurrent else { return addForeign(.job(job)) }
        if isCapturing {
            isCapturing = false
            captured = job
        } else {
            jobs.append(job)
        }
    }

    private func addForeign(_ item: ForeignItem) {
        let isLate = foreign.withLock { items in
            if isStopped.load(ordering: .relaxed) { return true }
            items.append(item)
            return false
        }
        if isLate { return runLate(item) }
        hasForeign.store(true, ordering: .sequentiallyConsistent)
        if isSleeping.exchange(false, ordering: .sequentiallyConsistent) { wake() }
    }

    /// After the thread has ended. Tasks still must finish, and who waits must be told: one thread at a
    /// time stands in for the owner.
    private func runLate(_ item: ForeignItem) {
        switch item {
        case .job(let job): globalConcurrentExecutor.enqueue(job)
        case .action(let action):
            late.withLock { _ in
                adoptCurrentThread()
                action()
                let ready = jobs
                jobs = []
                owner.store(0, ordering: .relaxed)
                // The thread that ran them has ended.
                for job in ready { globalConcurrentExecutor.enqueue(job) }
            }
        }
    }

    // For the driver

    /// The calling thread owns the loop from now on.
    package func adoptCurrentThread() { owner.store(UInt(pthread_self()), ordering: .relaxed) }

    /// Whether the owning thread may end: no handler runs that would come back to it.
    package var mayBeAbandoned: Bool { lanes.busyCount == 0 }

    /// The calling thread gives the loop up. What comes later runs elsewhere.
    package func abandon() {
        lanes.close()
        let left = foreign.withLock { items in
            isStopped.store(true, ordering: .relaxed)
            let left = items
            items = []
            return left
        }
        for item in left {
            switch item {
            case .job(let job): jobs.append(job)
            case .action(let action): action()
            }
        }
        while !jobs.isEmpty { runJobs() }
        settle()
        owner.store(0, ordering: .relaxed)
    }

    /// Before the driver hands in what arrived.
    package func beginTurn() {
        readClock()
        turnNumber &+= 1
    }

    /// After the driver handed in what arrived: runs what became due and writes what came of it.
    package func turn() {
        takeForeign()
        fireTimers()
        sweepDeadlines()
        settle()
        runJobs()
        resumePumping()
        resumeYielding()
        settle()
        flush()
        settle()
    }

    /// Whether there is work before any input arrives.
    package var hasWork: Bool {
        !jobs.isEmpty || !runnableConnections.isEmpty || !dirtyConnections.isEmpty
            || !yieldingConnections.isEmpty
            || hasForeign.load(ordering: .relaxed)
    }

    /// When the driver must take a turn even if nothing arrives; nil is never.
    package var nextPoint: ContinuousClock.Instant? {
        let timer = timers.last?.point
        let deadline = earliestDeadline.map { max($0, lastSweep + EventLoop.deadlineResolution) }
        guard let timer else { return deadline }
        guard let deadline else { return timer }
        return min(timer, deadline)
    }

    /// The driver is about to wait.
    ///
    /// - Returns: False when work came in meanwhile and it must not.
    package func prepareToSleep() -> Bool {
        isSleeping.store(true, ordering: .sequentiallyConsistent)
        guard hasForeign.load(ordering: .sequentiallyConsistent) else { return true }
        isSleeping.store(false, ordering: .sequentiallyConsistent)
        return false
    }

    package func didWake() { isSleeping.store(false, ordering: .relaxed) }

    // For the owning thread

    /// - Returns: A name for ``cancelTimer(_:)``.
    package func schedule(
        at point: ContinuousClock.Instant, _ action: @escaping () -> Void
    ) -> UInt64 {
        lastTimerID += 1
        let index = timers.firstIndex { $0.point < point } ?? timers.endIndex
        timers.insert(Timer(point: point, id: lastTimerID, action: action), at: index)
        return lastTimerID
    }

    package func cancelTimer(_ id: UInt64) { timers.removeAll { $0.id == id } }

    func add(_ holder: any DeadlineHolder) { deadlineHolders[ObjectIdentifier(holder)] = holder }
    func remove(_ holder: any DeadlineHolder) { deadlineHolders[ObjectIdentifier(holder)] = nil }

    /// A holder has a deadline that may be earlier than all others.
    func noteDeadline(_ deadline: ContinuousClock.Instant) {
        if let earliestDeadline, earliestDeadline <= deadline { return }
        earliestDeadline = deadline
    }

    func addDirty(_ connection: Connection) { dirtyConnections.append(connection) }
    func addYielding(_ connection: Connection) { yieldingConnections.append(connection) }
    func addRunnable(_ connection: Connection) { runnableConnections.append(connection) }

    /// Runs the one job that `body` makes ready, before all others.
    func runAhead(_ body: () -> Void) {
        isCapturing = true
        body()
        isCapturing = false
        guard let job = captured else { return }
        captured = nil
        job.runSynchronously(on: asUnownedTaskExecutor())
    }

    private func readClock() {
        now = clock()
        callRecorder.settle(at: (now - origin).nanoseconds)
    }

    private func settle() {
        if callRecorder.isWaiting { readClock() }
    }

    private func takeForeign() {
        guard hasForeign.load(ordering: .relaxed) else { return }
        hasForeign.store(false, ordering: .sequentiallyConsistent)
        let items = foreign.withLock { items in
            let taken = items
            items = []
            return taken
        }
        for item in items {
            switch item {
            case .job(let job): jobs.append(job)
            case .action(let action): action()
            }
        }
    }

    private func fireTimers() {
        while let next = timers.last, next.point <= now {
            timers.removeLast()
            next.action()
        }
    }

    /// A bound of the earliest deadline is kept, not a timer for each call: a call that ends in time
    /// costs one comparison, and a bound that has become stale costs one look at the calls in flight.
    private func sweepDeadlines() {
        guard let earliestDeadline, earliestDeadline <= now,
            now - lastSweep >= EventLoop.deadlineResolution
        else { return }
        lastSweep = now
        self.earliestDeadline = nil
        for holder in Array(deadlineHolders.values) {
            if let next = holder.expire(at: now) { noteDeadline(next) }
        }
    }

    private func runJobs() {
        guard !jobs.isEmpty else { return }
        swap(&jobs, &runningJobs)
        var left = EventLoop.callsPerFlush
        for job in runningJobs {
            job.runSynchronously(on: asUnownedTaskExecutor())
            left -= 1
            guard left == 0 else { continue }
            left = EventLoop.callsPerFlush
            flushEarly()
        }
        runningJobs.removeAll(keepingCapacity: true)
    }

    /// A connection that has more than its share comes again in the next turn.
    private func resumePumping() {
        guard !runnableConnections.isEmpty else { return }
        let runnable = runnableConnections
        runnableConnections = []
        for connection in runnable { connection.resumePumping() }
    }

    private func resumeYielding() {
        guard !yieldingConnections.isEmpty else { return }
        let yielding = yieldingConnections
        yieldingConnections = []
        for connection in yielding { connection.resumeYielding() }
    }

    private func flush() {
        while let connection = dirtyConnections.popLast() { connection.flush() }
    }

    /// Before the turn is over. A connection that may close with its last answer waits for the end.
    func flushEarly() {
        settle()
        var waiting: [Connection] = []
        while let connection = dirtyConnections.popLast() {
            if connection.mayFlushEarly {
                connection.flush()
            } else {
                waiting.append(connection)
            }
        }
        dirtyConnections.append(contentsOf: waiting)
    }
}

private final class Sleeper: @unchecked Sendable {
    // Unchecked: touched by the loop's thread alone.
    var continuation: UnsafeContinuation<Void, any Error>?
    var timer: UInt64?
    var isOver = false

    func end(_ failure: Status?) {
        isOver = true
        let continuation = continuation
        self.continuation = nil
        if let failure {
            continuation?.resume(throwing: failure)
        } else {
            continuation?.resume()
        }
    }
}

/// Has calls that end at their deadlines.
protocol DeadlineHolder: AnyObject {
    /// Ends what is due.
    ///
    /// - Returns: The earliest deadline that is left.
    func expire(at now: ContinuousClock.Instant) -> ContinuousClock.Instant?
}
