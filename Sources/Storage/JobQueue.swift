import Dispatch
import RPC
import Synchronization

/// The line in front of the writer's thread.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [any Job] = []
        var acceptsJobs = true
        /// The thread has no more work and has closed the database.
        var isFinished = false
        var threadIsIdle = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let jobsWaitingMax: Int
    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    init(jobsWaitingMax: Int) {
        self.jobsWaitingMax = jobsWaitingMax
    }

    var count: Int { state.withLock { $0.jobs.count } }

    /// Returns why the job was not taken, or `nil`.
    func enqueue(_ job: any Job) -> Status? {
        let (refusal, mustWake) = state.withLock { state -> (Status?, Bool) in
            guard state.acceptsJobs else { return (.storageClosed, false) }
            guard state.jobs.count < jobsWaitingMax else {
                return (
                    Status(
                        .resourceExhausted,
                        "More writes are waiting than the store takes. Nothing was changed; "
                            + "send the same request again later."), false
                )
            }
            state.jobs.append(job)
            defer { state.threadIsIdle = false }
            return (nil, state.threadIsIdle)
        }
        if mustWake { wakeUp.signal() }
        return refusal
    }

    /// Blocks until there is work; `nil` once the queue is closed and empty.
    func next(_ countMax: Int) -> [any Job]? {
        while true {
            let taken = state.withLock { state -> [any Job]? in
                guard state.jobs.isEmpty else {
                    let batch = Array(state.jobs.prefix(countMax))
                    state.jobs.removeFirst(batch.count)
                    return batch
                }
                guard state.acceptsJobs else { return nil }
                state.threadIsIdle = true
                return []
            }
            guard let taken else { return nil }
            if !taken.isEmpty { return taken }
            wakeUp.wait()
        }
    }

    /// Takes no more jobs; those that wait are still done.
    func stopAccepting() {
        let mustWake = state.withLock { state in
            state.acceptsJobs = false
            defer { state.threadIsIdle = false }
            return state.threadIsIdle
        }
        if mustWake { wakeUp.signal() }
    }

    func finish() {
        let closers = state.withLock { state in
            state.isFinished = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    func waitUntilFinished() async {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if !state.isFinished { state.closers.append(continuation) }
                return state.isFinished
            }
            if isFinished { continuation.resume() }
        }
    }
}
