import Messages
import RPC
import Synchronization

/// Prepares and runs a plan over a channel.
///
/// Run it where the channel's connections are (`withTaskExecutorPreference`): calls then take no lock and wake
/// no thread.
package final class LoadRunner<Pacer: Clock & Sendable>: Sendable
where Pacer.Instant == ContinuousClock.Instant {
    /// How long a call of the preparation is sent again while what it waits for has not come.
    static var patience: Duration { .seconds(60) }
    /// Arrivals that are due are started without a pause up to this many, then others have their turn.
    static var burstMax: Int { 64 }
    /// The longest sleep between arrivals, so that ``stop()`` is seen.
    static var napMax: Duration { .milliseconds(100) }

    package typealias Options = @Sendable (Scenario.Caller) -> CallOptions

    private struct State: Sendable {
        var workload: Workload
        var recorder: Recorder
    }

    private let plan: LoadPlan
    private let settings: LoadSettings
    private let channel: any Channel
    private let clock: Pacer
    private let interval: Duration
    private let onInterval: @Sendable (IntervalReport) -> Void
    private let retries: @Sendable () -> RetryCounts
    private let userOptions: CallOptions
    private let officialOptions: CallOptions
    private let stepNames: [String]
    private let state: Mutex<State>
    private let isStopped = Atomic(false)
    private let stopPoint = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameters:
    ///   - run: A name that no other run has: request ids are made of it.
    ///   - options: Of a call in a caller's name; the timeout is set here.
    ///   - retries: What the channel has sent again so far.
    ///   - onInterval: Told after each `interval`, and at the end; never by two tasks at once, and on the
    ///     global executor.
    package init(
        _ plan: LoadPlan, _ settings: LoadSettings, run: String, over channel: any Channel,
        clock: Pacer, options: Options,
        retries: @escaping @Sendable () -> RetryCounts, interval: Duration = .seconds(1),
        onInterval: @escaping @Sendable (IntervalReport) -> Void
    ) {
        self.plan = plan
        self.settings = settings
        self.channel = channel
        self.clock = clock
        self.interval = interval
        self.onInterval = onInterval
        self.retries = retries
        var userOptions = options(.user)
        userOptions.timeout = settings.timeout
        self.userOptions = userOptions
        var officialOptions = options(.official)
        officialOptions.timeout = settings.timeout
        self.officialOptions = officialOptions
        stepNames = plan.steps.map(\.call.name)
        state = Mutex(
            State(
                workload: Workload(plan, run: run, seed: settings.seed),
                recorder: Recorder(stepCount: plan.steps.count)))
    }

    /// Starts no more calls; ``run()`` returns when those in flight have ended.
    package func stop() {
        stopPoint.withLock { $0 = $0 ?? clock.now }
        isStopped.store(true, ordering: .relaxed)
    }

    /// Calls that have begun and that have ended, the warm-up's too.
    package var counts: (begun: Int, ended: Int) {
        state.withLock { ($0.recorder.begun, $0.recorder.ended) }
    }

    // Preparation

    /// Does the plan's flows, one after the other.
    ///
    /// - Throws: `ScenarioError` on the first call that fails for good, `CancellationError`.
    package func prepare() async throws {
        for flow in plan.flows {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<flow.times {
                    if number >= flow.atOnce { try await group.next() }
                    group.addTask { try await self.perform(flow) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func perform(_ flow: LoadPlan.Flow) async throws {
        var taken: [String: String] = [:]
        for call in flow.calls {
            let response = try await persistently(call, taken)
            do throws(MessageError) {
                taken.merge(try call.taken(from: response)) { $1 }
            } catch {
                throw ScenarioError("preparing, \(call.name): \(error.message)")
            }
        }
        if let pool = flow.pool { state.withLock { $0.workload.add(taken, to: pool) } }
    }

    private func persistently(
        _ call: LoadPlan.Call, _ taken: [String: String]
    ) async throws -> RawMessage {
        let deadline = clock.now + Self.patience
        while true {
            try Task.checkCancellation()
            if isStopped.load(ordering: .relaxed) { throw CancellationError() }
            let request: RawMessage
            do throws(MessageError) {
                request = try state.withLock { state throws(MessageError) in
                    try state.workload.request(for: call, taken: taken)
                }
            } catch {
                throw ScenarioError("preparing, \(call.name): \(error.message)")
            }
            do {
                return try await channel.unary(call.method, request, options: options(of: call))
            } catch let status as Status {
                let mayCome =
                    status.code == .unavailable || status.code == .resourceExhausted
                    || (call.untilOK
                        && (status.code == .notFound || status.code == .failedPrecondition))
                guard mayCome, clock.now < deadline else {
                    throw ScenarioError("preparing, \(call.name): \(status)")
                }
                try await clock.sleep(until: clock.now + .milliseconds(20), tolerance: nil)
            }
        }
    }

    private func options(of call: LoadPlan.Call) -> CallOptions {
        call.caller == .official ? officialOptions : userOptions
    }

    // The run

    /// Runs for the warm-up and the duration, and until the last call has ended: each has its timeout.
    package func run() async -> LoadReport {
        let retriesBefore = retries()
        let start = clock.now
        let measuredFrom = start + settings.warmUp
        let end = measuredFrom + settings.duration
        await withTaskGroup(of: Void.self) { group in
            // Elsewhere: what is made of an interval must not hold up the calls.
            group.addTask(executorPreference: globalConcurrentExecutor) {
                await self.reportIntervals(from: start, measuredFrom: measuredFrom)
            }
            switch settings.pace {
            case .open(let perSecond, let spacing):
                let schedule = ArrivalSchedule(
                    perSecond: perSecond, spacing: spacing, seed: settings.seed)
                await openLoop(schedule, from: start, measuredFrom: measuredFrom, to: end)
            case .closed(let callers):
                await closedLoop(callers, measuredFrom: measuredFrom, to: end)
            }
            group.cancelAll()
        }
        let stopped = min(end, stopPoint.withLock { $0 } ?? end)
        return state.withLock {
            $0.recorder.report(
                of: plan, settings, window: max(stopped - measuredFrom, .zero), from: measuredFrom,
                retries: retries() - retriesBefore)
        }
    }

    private func openLoop(
        _ arrivals: ArrivalSchedule, from start: ContinuousClock.Instant,
        measuredFrom: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) async {
        await withDiscardingTaskGroup { group in
            var schedule = arrivals
            var burst = 0
            while true {
                let due = start + schedule.next()
                guard due < end else {
                    // The last gap is as much of the load as the others.
                    _ = await wait(until: end, &burst)
                    return
                }
                guard await wait(until: due, &burst) else { return }
                let isMeasured = due >= measuredFrom
                let isAdmitted = state.withLock {
                    $0.recorder.admit(
                        atMost: settings.outstandingMax, isMeasured: isMeasured)
                }
                guard isAdmitted else { continue }
                group.addTask { await self.call(due: due, isMeasured: isMeasured) }
            }
        }
    }

    /// - Returns: False when the run was stopped.
    private func wait(until due: ContinuousClock.Instant, _ burst: inout Int) async -> Bool {
        while !isStopped.load(ordering: .relaxed) {
            let now = clock.now
            if due <= now {
                burst += 1
                // Behind: the calls that were started, and the answers, need the thread too.
                if burst.isMultiple(of: Self.burstMax) { await Task.yield() }
                return true
            }
            burst = 0
            do {
                try await clock.sleep(until: min(due, now + Self.napMax), tolerance: nil)
            } catch {
                // Cancelled, which is a stop.
                stop()
            }
        }
        return false
    }

    private func closedLoop(
        _ callers: Int, measuredFrom: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<callers {
                group.addTask {
                    while true {
                        let now = self.clock.now
                        guard now < end else { return }
                        if Task.isCancelled { self.stop() }
                        if self.isStopped.load(ordering: .relaxed) { return }
                        self.state.withLock { $0.recorder.begin() }
                        await self.call(due: now, isMeasured: now >= measuredFrom)
                    }
                }
            }
        }
    }

    private func call(due: ContinuousClock.Instant, isMeasured: Bool) async {
        let started = clock.now
        let (index, request) = state.withLock { state in
            state.recorder.start(lag: started - due)
            let index = state.workload.draw()
            return (
                index,
                Result { () throws(MessageError) in
                    try state.workload.request(for: plan.steps[index].call)
                }
            )
        }
        let step = plan.steps[index]
        var failure: Status?
        do {
            let response: RawMessage = try await channel.unary(
                step.call.method, try request.get(), options: options(of: step.call))
            if let pool = step.pool {
                let taken = try step.call.taken(from: response)
                state.withLock { $0.workload.add(taken, to: pool) }
            }
        } catch let status as Status {
            failure = status
        } catch {
            // The scenario does not fit the messages: told like any other failure.
            failure = Status(.invalidArgument, "the scenario's \(step.call.name): \(error)")
        }
        let now = clock.now
        state.withLock {
            $0.recorder.end(
                step: index, latency: now - due, failure: failure, isMeasured: isMeasured, at: now)
        }
    }

    private func reportIntervals(
        from start: ContinuousClock.Instant, measuredFrom: ContinuousClock.Instant
    ) async {
        var from = start
        var isOver = false
        while !isOver {
            var to = from + interval
            // An interval is of the warm-up or of what is measured, never of both.
            if from < measuredFrom { to = min(to, measuredFrom) }
            do {
                try await clock.sleep(until: to, tolerance: nil)
            } catch {
                // Cancelled: every call has ended.
                to = max(from, clock.now)
                isOver = true
            }
            let report = state.withLock {
                $0.recorder.takeInterval(
                    from: from - start, to: to - start, isWarmUp: from < measuredFrom,
                    names: stepNames)
            }
            onInterval(report)
            from = to
        }
    }
}
