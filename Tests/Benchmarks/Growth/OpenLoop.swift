import Load
import Messages
import RPC
import Synchronization

/// Calls that start when they are due, whether or not earlier ones were answered; latency is counted from then.
struct OpenLoop: Sendable {
    /// Arrivals that are due at once start without a pause up to this many, then answers have their turn.
    private static let burstMax = 64
    /// Calls in flight; a system that has so many open has failed the measurement.
    static let outstandingMax = 5_000

    var perSecond: Double
    var seed: UInt64

    /// Runs until `isOver`, asked before each arrival, and the last call has ended.
    ///
    /// - Throws: when the system falls behind by ``outstandingMax`` calls, or no thread is left.
    func run(
        until isOver: @Sendable (ContinuousClock.Instant) -> Bool,
        _ call: @escaping @Sendable (_ due: ContinuousClock.Instant) async -> Void
    ) async throws {
        guard let clock = PacingClock() else { throw GrowthError("no thread for the clock") }
        let outstanding = Outstanding()
        let start = clock.now
        var schedule = ArrivalSchedule(perSecond: perSecond, spacing: .poisson, seed: seed)
        var burst = 0
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                let due = start + schedule.next()
                if isOver(due) { return }
                if due > clock.now {
                    burst = 0
                    try await clock.sleep(until: due, tolerance: nil)
                } else {
                    burst += 1
                    if burst.isMultiple(of: Self.burstMax) { await Task.yield() }
                }
                guard outstanding.add(1) <= Self.outstandingMax else {
                    throw GrowthError(
                        "\(Self.outstandingMax) calls are in flight: choose a lower rate")
                }
                group.addTask {
                    await call(due)
                    outstanding.add(-1)
                }
            }
        }
    }

    private final class Outstanding: Sendable {
        private let count = Atomic(0)

        @discardableResult
        func add(_ change: Int) -> Int { count.add(change, ordering: .relaxed).newValue }
    }
}

/// Latencies and failures by name.
final class Figures: Sendable {
    private struct One {
        var latencies = LatencyHistogram()
        var failures = Failures()
    }

    private let figures = Mutex<[String: One]>([:])

    func record(_ name: String, _ latency: Duration) {
        figures.withLock { $0[name, default: One()].latencies.record(latency) }
    }

    func fail(_ name: String, _ status: Status) {
        figures.withLock { $0[name, default: One()].failures.add(status) }
    }

    /// Counts a call that was due at a point, or its failure.
    func time(
        _ name: String, from due: ContinuousClock.Instant, isMeasured: Bool = true,
        _ call: () async throws -> Void
    ) async {
        do {
            try await call()
            if isMeasured { record(name, .now - due) }
        } catch let status as Status {
            fail(name, status)
        } catch {
            fail(name, Status(.unknown, "\(error)"))
        }
    }

    /// - Throws: when any call failed: a figure of refusals says nothing.
    func json() throws -> JSONValue {
        let all = figures.withLock(\.self)
        for (name, one) in all.sorted(by: { $0.key < $1.key }) where one.failures.count > 0 {
            let first = one.failures.sorted[0]
            throw GrowthError(
                "\(name): \(one.failures.text) of \(one.latencies.totalCount), such as: \(first.kind.message)"
            )
        }
        return .object(
            all.sorted { $0.key < $1.key }.map { name, one in
                let milliseconds = { (percentile: Double) -> JSONValue in
                    .number(String(Double(one.latencies.valueAtPercentile(percentile)) / 1e6))
                }
                return .init(
                    key: name,
                    value: .object([
                        .init(key: "calls", value: .number(String(one.latencies.totalCount))),
                        .init(key: "p50_ms", value: milliseconds(50)),
                        .init(key: "p99_ms", value: milliseconds(99)),
                    ]))
            })
    }
}
