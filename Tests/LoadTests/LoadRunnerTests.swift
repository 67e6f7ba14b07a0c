import Load
import Messages
import RPC
import RPCTesting
import Synchronization
import Testing

@Suite struct LoadRunnerTests {
    static let method = Method(service: "motcua.testing.v1.Stall", name: "Call")

    /// One method that does as `body` says.
    struct Stall: Service {
        let body: @Sendable () async throws -> Void

        var handlers: [Handler] {
            [
                .unary(LoadRunnerTests.method) { (request: RawMessage, _) in
                    try await body()
                    return request
                }
            ]
        }
    }

    static func plan() throws -> LoadPlan {
        try LoadPlan(
            Scenario(calling: method.path, .bytes([0x0A, 0x01, 0x78]), as: .user))
    }

    static func settings(
        _ pace: LoadSettings.Pace, _ duration: Duration, warmUp: Duration = .zero,
        outstandingMax: Int = LoadSettings.outstandingMaxDefault
    ) -> LoadSettings {
        LoadSettings(
            pace: pace, duration: duration, warmUp: warmUp, seed: 1, outstandingMax: outstandingMax)
    }

    /// Runs over a server whose clock moves only when everything that was due has happened.
    static func run(
        _ settings: LoadSettings, step: Duration = .milliseconds(5), clock: ManualClock,
        _ body: @escaping @Sendable () async throws -> Void,
        isStill: (_ begun: Int, _ ended: Int, _ elapsed: Duration) -> Bool,
        until end: Duration, onInterval: @escaping @Sendable (IntervalReport) -> Void = { _ in }
    ) async throws -> LoadReport {
        let server = InProcessServer(services: [Stall(body: body)], clock: clock)
        let channel = server.makeChannel()
        let runner = LoadRunner(
            try plan(), settings, run: "test", over: channel, clock: clock,
            options: { _ in CallOptions() }, retries: { channel.retryCounts },
            onInterval: onInterval)
        async let report = runner.run()
        var elapsed = Duration.zero
        while true {
            let isSettled = await eventually {
                let (begun, ended) = runner.counts
                return isStill(begun, ended, elapsed)
            }
            #expect(isSettled, "at \(elapsed): \(runner.counts)")
            guard isSettled, elapsed < end else { break }
            clock.advance(by: step)
            elapsed += step
        }
        runner.stop()
        // Whoever still sleeps wakes and sees that it is over.
        clock.advance(by: .seconds(60))
        let result = await report
        await channel.close()
        return result
    }

    /// What coordinated omission hides: a thousand arrivals a second go on while the server stands still.
    @Test func aStallOfASecondIsInTheLatencyOfEveryCallThatWasDue() async throws {
        let clock = ManualClock()
        let start = clock.now
        let (from, to) = (start + .seconds(1), start + .seconds(2))
        let report = try await Self.run(
            Self.settings(.open(perSecond: 1000, .constant), .seconds(3)), clock: clock,
            {
                if clock.now >= from, clock.now < to {
                    try await clock.sleep(until: to, tolerance: nil)
                }
            },
            isStill: { begun, ended, elapsed in
                let due = min(Int(elapsed / .milliseconds(1)) + 1, 3000)
                let isStalled = elapsed >= .seconds(1) && elapsed < .seconds(2)
                // Those due at 996 to 1,000 ms begin at 1,000 ms: the clock moves 5 ms at a time.
                return begun == due && ended == (isStalled ? 996 : due)
            }, until: .seconds(3))
        #expect(report.total.calls == 3000)
        #expect(report.total.failures.count == 0)
        #expect(report.dropped == 0)
        let latencies = report.total.latencies
        // 1,000 calls waited, the first 1,004 ms and each next one 1 ms less.
        #expect((990...1_005).contains(latencies.count(within: 6_000_000...2_000_000_000)))
        #expect((500...510).contains(latencies.count(within: 500_000_000...2_000_000_000)))
        #expect((1_003...1_005).contains(report.total.latencyMax / .milliseconds(1)))
        // With those that were due when the stall ended.
        #expect((1_000...1_005).contains(report.outstandingPeak))
    }

    /// The same stall, seen by a caller who waits for his answer: one slow call, and all looks well.
    @Test func aClosedLoopSeesTheStallOncePerCaller() async throws {
        let clock = ManualClock()
        let ticks = Mutex(0)
        let report = try await Self.run(
            Self.settings(.closed(callers: 2), .seconds(3)), clock: clock,
            {
                // Every call takes 100 ms; one round of the two callers takes a second.
                let end = ticks.withLock { ticks in
                    ticks += 1
                    let isSlow = ticks == 9 || ticks == 10
                    return clock.now + (isSlow ? .seconds(1) : .milliseconds(100))
                }
                try await clock.sleep(until: end, tolerance: nil)
            },
            isStill: { begun, ended, elapsed in
                // Rounds begin at 0, 100, 200, 300, 400 (a second long), 1,400, 1,500 …
                let milliseconds = Int(elapsed / .milliseconds(1))
                let rounds =
                    milliseconds < 1_400
                    ? min(milliseconds / 100, 4) + 1 : (min(milliseconds, 2_999) - 1_400) / 100 + 6
                return begun == rounds * 2 && ticks.withLock { $0 } == begun
                    && (milliseconds < 3_000 || ended == begun)
            }, until: .seconds(3))
        #expect(report.total.calls == 42)
        #expect(report.total.latencies.count(within: 900_000_000...1_100_000_000) == 2)
        #expect(report.total.latencies.count(within: 99_000_000...101_000_000) == 40)
    }

    @Test func arrivalsBeyondTheBoundAreDroppedAndTold() async throws {
        let gate = Gate()
        let clock = ManualClock()
        let report = try await Self.run(
            Self.settings(
                .open(perSecond: 100, .constant), .seconds(1), outstandingMax: 30), clock: clock,
            {
                if gate.arrivals < 30 { try await gate.pass() }
            },
            isStill: { begun, ended, elapsed in
                let due = min(Int(elapsed / .milliseconds(10)) + 1, 100)
                if elapsed == .milliseconds(800) { gate.open() }
                return elapsed < .milliseconds(800)
                    ? begun == min(due, 30) && ended == 0 : ended == begun && begun >= 30 + due - 81
            }, until: .seconds(1))
        #expect(report.arrivals == 100)
        // Due at 0 to 290 ms: 30 calls; at 300 to 800 ms: dropped; later ones go on.
        #expect(report.dropped == 51)
        #expect(report.total.calls == 49)
        #expect(report.outstandingPeak == 30)
        #expect(report.table.contains("dropped: 51 (with 30 calls in flight)"))
    }

    @Test func failuresAreCountedByCodeAndTheWarmUpByNobody() async throws {
        let clock = ManualClock()
        let start = clock.now
        let intervals = Mutex<[IntervalReport]>([])
        let report = try await Self.run(
            Self.settings(
                .open(perSecond: 10, .constant), .seconds(2), warmUp: .milliseconds(1500)),
            step: .milliseconds(100), clock: clock,
            {
                let elapsed = clock.now - start
                if elapsed < .milliseconds(1500) { throw Status(.internal, "cold") }
                if elapsed < .milliseconds(1700) { throw Status(.unavailable, "not yet") }
                if elapsed > .milliseconds(3300) { throw Status(.notFound, "gone") }
            },
            isStill: { begun, ended, elapsed in
                let due = min(Int(elapsed / .milliseconds(100)) + 1, 35)
                return begun == due && ended == due
            }, until: .milliseconds(3500),
            onInterval: { report in intervals.withLock { $0.append(report) } })
        #expect(report.total.calls == 20)
        #expect(report.total.failures.text == "UNAVAILABLE 2, NOT_FOUND 1")
        #expect(report.total.failures.kinds[.unavailable]?.message == "not yet")
        let reports = intervals.withLock { $0 }
        // An interval is of the warm-up or of what is measured.
        #expect(
            reports.prefix(4).map(\.to) == [
                .seconds(1), .milliseconds(1500), .milliseconds(2500), .milliseconds(3500),
            ])
        #expect(reports.prefix(4).map(\.isWarmUp) == [true, true, false, false])
        let logged = reports.flatMap(\.measured).reduce(0) { $0 + $1.latencies.totalCount }
        #expect(logged == 20)
    }

    @Test func aRunThatIsStoppedTellsWhatItHas() async throws {
        let clock = ManualClock()
        let report = try await Self.run(
            Self.settings(.open(perSecond: 10, .constant), .seconds(60)),
            step: .milliseconds(100), clock: clock, {},
            isStill: { begun, ended, elapsed in
                let due = Int(elapsed / .milliseconds(100)) + 1
                return begun == due && ended == due
            }, until: .seconds(1))
        #expect(report.isCutShort)
        #expect(report.total.calls == 11)
    }
}
