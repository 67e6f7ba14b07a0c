import Synchronization

/// What a channel may add to the load of a server that is in trouble: a bucket of tokens, as in gRPC's retry
/// throttling. A retry takes one; calls that succeed put them back, ten for one.
///
/// The size comes from a restart that must lose no call: at 2,000 calls/s, answered after up to 150 ms while
/// the server stops, 300 are in flight. Each is struck once when its connection goes, and once more when
/// the repetition meets the end of the new process or of the gateway: 600 tokens of 1,000. Successes
/// then return 200 a second, so the bucket is full again after three seconds.
/// In an outage a channel adds 1,000 calls in all, then a tenth of what succeeds.
final class RetryBudget: Sendable {
    static let tokensMax = 1000
    static let successesPerToken = 10

    /// In tenths of a token: what one success is worth.
    private let level = Atomic(RetryBudget.tokensMax * RetryBudget.successesPerToken)
    private let retries = Atomic<UInt64>(0)
    private let refusals = Atomic<UInt64>(0)
    private let sentAgain = Atomic<UInt64>(0)

    /// While the bucket is full, which is nearly always, this is one load.
    func noteSuccess() {
        guard level.load(ordering: .relaxed) < RetryBudget.tokensMax * RetryBudget.successesPerToken
        else { return }
        // Callers that come here together may overfill it by what they are: a success each.
        level.wrappingAdd(1, ordering: .relaxed)
    }

    /// - Returns: Whether a call may be sent again.
    func withdraw() -> Bool {
        var current = level.load(ordering: .relaxed)
        while current >= RetryBudget.successesPerToken {
            let (exchanged, original) = level.weakCompareExchange(
                expected: current, desired: current - RetryBudget.successesPerToken,
                ordering: .relaxed)
            if exchanged {
                retries.wrappingAdd(1, ordering: .relaxed)
                return true
            }
            current = original
        }
        refusals.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    func countSentAgain() { sentAgain.wrappingAdd(1, ordering: .relaxed) }

    var counts: RetryCounts {
        RetryCounts(
            retries: retries.load(ordering: .relaxed),
            refusedByBudget: refusals.load(ordering: .relaxed),
            sentAgain: sentAgain.load(ordering: .relaxed))
    }
}

/// What a channel did about calls that failed, since it was made.
package struct RetryCounts: Sendable, Hashable {
    /// Calls sent again after `UNAVAILABLE` or a lost connection, each time counted.
    package var retries: UInt64
    /// Calls that would have been, had the budget not been used up.
    package var refusedByBudget: UInt64
    /// Calls sent again because a server that shuts down had not begun them, each time counted.
    package var sentAgain: UInt64

    package init(retries: UInt64 = 0, refusedByBudget: UInt64 = 0, sentAgain: UInt64 = 0) {
        self.retries = retries
        self.refusedByBudget = refusedByBudget
        self.sentAgain = sentAgain
    }
}
