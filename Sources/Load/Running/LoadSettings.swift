/// How a run goes, whatever its scenario.
package struct LoadSettings: Sendable, Hashable {
    package enum Pace: Sendable, Hashable {
        /// Calls start when they are due, whether or not earlier ones were answered; each one's latency is
        /// counted from when it was due. So a server that stalls is seen as its users see it.
        case open(perSecond: Double, ArrivalSchedule.Spacing)
        /// So many callers, each of whom calls again when he is answered; latency is counted from the call.
        case closed(callers: Int)
    }

    /// Calls in flight of an open loop; arrivals beyond are dropped, counted and told. Below
    /// `Limits.waitingCallsMax`, so that none waits where nobody counts it.
    package static let outstandingMaxDefault = 10_000

    package var pace: Pace
    /// Of what is measured.
    package var duration: Duration
    /// Before it, with the same load, uncounted.
    package var warmUp: Duration
    /// Of the steps drawn, the pools' rows, the random numbers and Poisson's gaps.
    package var seed: UInt64
    package var outstandingMax: Int
    /// Of one call, its retries included.
    package var timeout: Duration

    package init(
        pace: Pace, duration: Duration, warmUp: Duration = .zero, seed: UInt64,
        outstandingMax: Int = LoadSettings.outstandingMaxDefault, timeout: Duration = .seconds(30)
    ) {
        self.pace = pace
        self.duration = duration
        self.warmUp = warmUp
        self.seed = seed
        self.outstandingMax = outstandingMax
        self.timeout = timeout
    }
}
