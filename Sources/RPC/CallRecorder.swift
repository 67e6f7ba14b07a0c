import Synchronization

/// Records the calls of one loop: who they were for, how they ended, how long they took. The loop's.
///
/// A call's duration reaches to the loop's next look at the clock, which it takes once for all calls that
/// ended since the last: before anything else runs on the loop, or before the answers that the turn wrote
/// are sent. Moments are in nanoseconds of the loop's own time.
final class CallRecorder: @unchecked Sendable {
    // Unchecked: what is not in the mutex is touched by the loop's thread alone.

    struct EndedCall {
        let tally: CallTally
        let start: Int64
    }

    struct State {
        var now: Int64 = 0
        var ended: [EndedCall] = []
        fileprivate var observations: [Observation] = []
    }

    fileprivate struct Observation {
        let start: Int64
        let tell: (Duration) -> Void
    }

    // Behind a pointer: the loop alone touches it, and the run-time exclusivity check of a class's property
    // costs more than what it guards.
    private let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    /// Of the tallies; they live as long as this, so that a call needs not hold its own.
    private let rows = Mutex<[CounterRow]>([])

    init() { state.initialize(to: State()) }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// On any thread.
    ///
    /// - Returns: Valid as long as this is; its counters may be read on any thread.
    func makeTally() -> CallTally {
        let row = CounterRow(CallTally.columnCount)
        rows.withLock { $0.append(row) }
        return CallTally(counters: row.start, state: state)
    }

    /// What the calls' durations are to be known for, besides the counting.
    ///
    /// - Parameter tell: Called with the call's duration.
    func observe(from start: Int64, tell: @escaping (Duration) -> Void) {
        state.pointee.observations.append(Observation(start: start, tell: tell))
    }

    /// Tells of a call that has ended, with its duration.
    func tell(_ observer: any ServerObserver, of call: ServedCall, from start: Int64) {
        observe(from: start) { duration in
            var call = call
            call.duration = duration
            observer.served(call)
        }
    }

    /// Whether calls have ended whose durations are not known yet.
    var isWaiting: Bool { !state.pointee.ended.isEmpty || !state.pointee.observations.isEmpty }

    /// The loop has looked at the clock.
    func settle(at now: Int64) {
        state.pointee.now = now
        guard isWaiting else { return }
        for call in state.pointee.ended { call.tally.add(nanoseconds: now - call.start) }
        state.pointee.ended.removeAll(keepingCapacity: true)
        guard !state.pointee.observations.isEmpty else { return }
        let observations = state.pointee.observations
        state.pointee.observations = []
        for call in observations { call.tell(.nanoseconds(now - call.start)) }
    }
}
