import Histogram
import RPC

/// Latencies in nanoseconds, to three significant digits.
package typealias LatencyHistogram = Histogram<UInt32>

extension Histogram where Count == UInt32 {
    /// What is slower is counted as this.
    static let latencyMax = Duration.seconds(3600)

    package init() {
        self.init(
            lowestDiscernibleValue: 1,
            highestTrackableValue: UInt64(Self.latencyMax.nanoseconds),
            numberOfSignificantValueDigits: .three)
    }

    package mutating func record(_ latency: Duration) {
        record(UInt64(Swift.min(Swift.max(latency, .zero), Self.latencyMax).nanoseconds))
    }
}

/// How calls failed: how many with each code, and the first one's words.
package struct Failures: Sendable, Hashable {
    package struct Kind: Sendable, Hashable {
        package var count: Int
        /// Of the first.
        package var message: String
    }

    package private(set) var kinds: [StatusCode: Kind] = [:]

    package init() {}

    package mutating func add(_ status: Status) {
        kinds[status.code, default: Kind(count: 0, message: status.message)].count += 1
    }

    package mutating func add(_ other: Failures) {
        for (code, kind) in other.kinds {
            kinds[code, default: Kind(count: 0, message: kind.message)].count += kind.count
        }
    }

    package var count: Int { kinds.values.reduce(0) { $0 + $1.count } }

    /// `UNAVAILABLE 3, INTERNAL 1`, the most frequent first.
    package var text: String {
        sorted.map { "\($0.code.name) \($0.kind.count)" }.joined(separator: ", ")
    }

    package var sorted: [(code: StatusCode, kind: Kind)] {
        kinds.map { (code: $0, kind: $1) }.sorted {
            ($1.kind.count, $0.code.rawValue) < ($0.kind.count, $1.code.rawValue)
        }
    }
}

/// Counts what comes of a run's calls, for its report and for each interval.
struct Recorder: Sendable {
    private struct Step {
        var latencies = LatencyHistogram()
        var failures = Failures()
        /// Since the last interval ended.
        var intervalLatencies = LatencyHistogram()
    }

    private var steps: [Step]
    private var intervalLatencies = LatencyHistogram()
    private var intervalFailures = Failures()
    private var startLags = LatencyHistogram()
    private(set) var begun = 0
    private(set) var ended = 0
    private var outstandingPeak = 0
    private var dropped = 0
    private var arrivals = 0
    private var lastEnd: ContinuousClock.Instant?

    init(stepCount: Int) { steps = Array(repeating: Step(), count: stepCount) }

    /// An arrival of an open loop.
    ///
    /// - Returns: Whether a call may start; else the arrival was dropped, and is counted as that.
    mutating func admit(atMost outstandingMax: Int, isMeasured: Bool) -> Bool {
        if isMeasured { arrivals += 1 }
        guard outstanding < outstandingMax else {
            if isMeasured { dropped += 1 }
            return false
        }
        begin()
        return true
    }

    private var outstanding: Int { begun - ended }

    mutating func begin() {
        begun += 1
        outstandingPeak = max(outstandingPeak, outstanding)
    }

    /// - Parameter lag: How much later than intended the call was started.
    mutating func start(lag: Duration) { startLags.record(lag) }

    mutating func end(
        step: Int, latency: Duration, failure: Status?, isMeasured: Bool,
        at now: ContinuousClock.Instant
    ) {
        ended += 1
        intervalLatencies.record(latency)
        if let failure { intervalFailures.add(failure) }
        guard isMeasured else { return }
        steps[step].latencies.record(latency)
        steps[step].intervalLatencies.record(latency)
        if let failure { steps[step].failures.add(failure) }
        lastEnd = now
    }

    /// Ends an interval: the counts of the next one begin at zero.
    mutating func takeInterval(
        from: Duration, to: Duration, isWarmUp: Bool, names: [String]
    ) -> IntervalReport {
        var measured: [(step: String, latencies: LatencyHistogram)] = []
        for index in steps.indices where steps[index].intervalLatencies.totalCount > 0 {
            measured.append((names[index], steps[index].intervalLatencies))
            steps[index].intervalLatencies.reset()
        }
        defer {
            intervalLatencies.reset()
            intervalFailures = Failures()
        }
        return IntervalReport(
            from: from, to: to, isWarmUp: isWarmUp, outstanding: outstanding,
            latencies: intervalLatencies, failures: intervalFailures, measured: measured)
    }

    /// - Parameter window: From the first to the last point at which a measured call could start.
    func report(
        of plan: LoadPlan, _ settings: LoadSettings, window: Duration,
        from start: ContinuousClock.Instant, retries: RetryCounts
    ) -> LoadReport {
        let elapsed = max(window, lastEnd.map { $0 - start } ?? .zero)
        var total = LoadReport.Line(name: "total", method: "", .init(), .init(), in: elapsed)
        let lines = zip(plan.steps, steps).map { step, counts in
            total.latencies.add(counts.latencies)
            total.failures.add(counts.failures)
            return LoadReport.Line(
                name: step.call.name, method: step.call.method.path, counts.latencies,
                counts.failures, in: elapsed)
        }
        return LoadReport(
            scenario: plan.name, settings: settings, elapsed: elapsed, steps: lines, total: total,
            arrivals: arrivals, dropped: dropped, startLags: startLags,
            outstandingPeak: outstandingPeak, retries: retries,
            isCutShort: window < settings.duration)
    }
}
