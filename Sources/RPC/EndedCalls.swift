/// Calls that ended since the loop last looked at the clock, which it does once for all of them. The loop's.
///
/// Their durations reach to that moment: before anything else runs on the loop, or before the answers that
/// the turn wrote are sent.
struct EndedCalls {
    private var calls: [(tally: CallTally, start: ContinuousClock.Instant)] = []
    private var observed: [(start: ContinuousClock.Instant, tell: (Duration) -> Void)] = []

    var isEmpty: Bool { calls.isEmpty && observed.isEmpty }

    mutating func append(_ tally: CallTally, start: ContinuousClock.Instant) {
        calls.append((tally, start))
    }

    /// - Parameter tell: Called with the call's duration.
    mutating func append(
        start: ContinuousClock.Instant, tell: @escaping (Duration) -> Void
    ) {
        observed.append((start, tell))
    }

    mutating func settle(at now: ContinuousClock.Instant) {
        for call in calls { call.tally.add(now - call.start) }
        calls.removeAll(keepingCapacity: true)
        guard !observed.isEmpty else { return }
        let observed = observed
        self.observed = []
        for call in observed { call.tell(now - call.start) }
    }
}
