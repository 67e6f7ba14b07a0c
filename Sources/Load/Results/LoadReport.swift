import RPC

/// What a second of a run was like, warm-up included.
package struct IntervalReport: Sendable {
    /// Since the run's start.
    package var from: Duration
    package var to: Duration
    package var isWarmUp: Bool
    /// Calls in flight at its end.
    package var outstanding: Int
    /// Of all calls that ended in it.
    package var latencies: LatencyHistogram
    package var failures: Failures
    /// Of the measured calls that ended in it, by step; steps without any are left out.
    package var measured: [(step: String, latencies: LatencyHistogram)]

    package init(
        from: Duration, to: Duration, isWarmUp: Bool, outstanding: Int,
        latencies: LatencyHistogram, failures: Failures,
        measured: [(step: String, latencies: LatencyHistogram)]
    ) {
        self.from = from
        self.to = to
        self.isWarmUp = isWarmUp
        self.outstanding = outstanding
        self.latencies = latencies
        self.failures = failures
        self.measured = measured
    }

    package var endedPerSecond: Double {
        let length = (to - from) / .seconds(1)
        return length > 0 ? Double(latencies.totalCount) / length : 0
    }
}

/// What came of a run. Calls of the warm-up are in none of its counts.
package struct LoadReport: Sendable {
    package struct Line: Sendable {
        package var name: String
        package var method: String
        /// Of all calls that ended, also of those that failed.
        package var latencies: LatencyHistogram
        package var failures: Failures
        private let elapsed: Duration

        package init(
            name: String, method: String, _ latencies: LatencyHistogram, _ failures: Failures,
            in elapsed: Duration
        ) {
            self.name = name
            self.method = method
            self.latencies = latencies
            self.failures = failures
            self.elapsed = elapsed
        }

        package var calls: Int { Int(latencies.totalCount) }
        package var callsPerSecond: Double {
            elapsed > .zero ? Double(calls) / (elapsed / .seconds(1)) : 0
        }
        package func latency(at percentile: Double) -> Duration {
            .nanoseconds(Int64(latencies.valueAtPercentile(percentile)))
        }
        package var latencyMax: Duration { .nanoseconds(Int64(latencies.maxRecorded)) }
    }

    package var scenario: String
    package var settings: LoadSettings
    /// From the end of the warm-up to the end of the last call, at least the run's duration.
    package var elapsed: Duration
    package var steps: [Line]
    package var total: Line
    /// Of an open loop, dropped ones included.
    package var arrivals: Int
    /// Arrivals that found `LoadSettings.outstandingMax` calls in flight: no call was made.
    package var dropped: Int
    /// How much later than intended the generator itself started calls, the warm-up's too.
    package var startLags: LatencyHistogram
    package var outstandingPeak: Int
    /// What the channel sent again, the warm-up's too.
    package var retries: RetryCounts
    /// The run was stopped before its time.
    package var isCutShort: Bool

    package init(
        scenario: String, settings: LoadSettings, elapsed: Duration, steps: [Line], total: Line,
        arrivals: Int, dropped: Int, startLags: LatencyHistogram, outstandingPeak: Int,
        retries: RetryCounts, isCutShort: Bool
    ) {
        self.scenario = scenario
        self.settings = settings
        self.elapsed = elapsed
        self.steps = steps
        self.total = total
        self.arrivals = arrivals
        self.dropped = dropped
        self.startLags = startLags
        self.outstandingPeak = outstandingPeak
        self.retries = retries
        self.isCutShort = isCutShort
    }

    package var startLag99: Duration { .nanoseconds(Int64(startLags.valueAtPercentile(99))) }
    package var startLagMax: Duration { .nanoseconds(Int64(startLags.maxRecorded)) }
}

extension RetryCounts {
    static func - (later: RetryCounts, earlier: RetryCounts) -> RetryCounts {
        RetryCounts(
            retries: later.retries - earlier.retries,
            refusedByBudget: later.refusedByBudget - earlier.refusedByBudget,
            sentAgain: later.sentAgain - earlier.sentAgain)
    }
}
