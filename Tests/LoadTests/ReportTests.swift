import Load
import Messages
import RPC
import Testing

/// The two forms of one report, as people and programs get it.
@Suite struct ReportTests {
    static func report(_ pace: LoadSettings.Pace, retries: RetryCounts = .init()) -> LoadReport {
        var latencies = LatencyHistogram()
        for milliseconds in 1...100 { latencies.record(Duration.milliseconds(milliseconds)) }
        var failures = Failures()
        failures.add(Status(.unavailable, "records is away"))
        var lags = LatencyHistogram()
        lags.record(Duration.microseconds(20))
        var total = latencies
        total.add(latencies)
        return LoadReport(
            scenario: "track",
            settings: LoadSettings(
                pace: pace, duration: .seconds(10), warmUp: .milliseconds(500), seed: 42),
            elapsed: .seconds(10),
            steps: [
                .init(name: "Track", method: "a.B/Track", latencies, failures, in: .seconds(10)),
                .init(name: "Read", method: "a.B/Read", latencies, .init(), in: .seconds(10)),
            ],
            total: .init(name: "total", method: "", total, failures, in: .seconds(10)),
            arrivals: 203, dropped: 3, startLags: lags, outstandingPeak: 12, retries: retries,
            isCutShort: false)
    }

    @Test func aTableIsForPeople() {
        let table = Self.report(
            .open(perSecond: 20.5, .constant),
            retries: RetryCounts(retries: 4, refusedByBudget: 1, sentAgain: 2)
        ).table
        #expect(
            table == """
                track: open loop, 20.5/s constant, 10 s after 0.5 s of warm-up, seed 42

                step   calls  calls/s  failed      p50      p90      p99   p99.9     max
                Track    100     10.0       1  50.0 ms  90.0 ms  99.0 ms  100 ms  100 ms
                Read     100     10.0       0  50.0 ms  90.0 ms  99.0 ms  100 ms  100 ms
                total    200     20.0       1  50.0 ms  90.0 ms  99.0 ms  100 ms  100 ms

                Track: UNAVAILABLE 1, such as: records is away
                sent again after a loss: 4; refused that by the retry budget: 1; sent again because a server had not begun: 2
                arrivals: 203, dropped: 3 (with 10000 calls in flight); most in flight: 12
                latency is counted from when a call was due; the generator's own part: p99 20.0 us, max 20.0 us
                """)
    }

    @Test func jsonIsForPrograms() throws {
        let json = Self.report(.open(perSecond: 20.5, .constant)).json.text()
        let line =
            #""latencyNanoseconds":{"p50":50003967,"p90":90046463,"p99":99024895,"p99.9":100000000,"max":100000000}}"#
        #expect(
            json
                == #"{"scenario":"track","loop":"open","arrivalsPerSecond":20.5,"spacing":"constant","#
                + #""seed":"42","durationSeconds":10,"warmUpSeconds":0.5,"elapsedSeconds":10,"cutShort":false,"#
                + #""arrivals":203,"dropped":3,"outstandingMax":10000,"outstandingPeak":12,"retries":0,"retriesRefused":0,"sentAgain":0,"#
                + #""startLagNanoseconds":{"p99":20000,"max":20000},"#
                + #""total":{"name":"total","calls":200,"callsPerSecond":20,"failed":1,"failures":{"UNAVAILABLE":"#
                + #"{"count":1,"message":"records is away"}},"# + line
                + #","steps":[{"name":"Track","method":"a.B/Track","calls":100,"callsPerSecond":10,"failed":1,"#
                + #""failures":{"UNAVAILABLE":{"count":1,"message":"records is away"}},"# + line
                + #",{"name":"Read","method":"a.B/Read","calls":100,"callsPerSecond":10,"failed":0,"failures":{},"#
                + line + "]}")
        // What was written is JSON.
        _ = try JSONParser.parse(json)
    }

    @Test func aClosedLoopHasNoArrivals() {
        let report = Self.report(.closed(callers: 64))
        #expect(
            report.table.hasPrefix("track: closed loop, 64 callers, 10 s after 0.5 s of warm-up"))
        #expect(!report.table.contains("arrivals"))
        #expect(report.json.text().contains(#""loop":"closed","callers":64,"#))
    }

    @Test func anIntervalIsALine() {
        var interval = ResultsTests.interval()
        #expect(
            interval.line
                == "  3.5 s  149/s  in flight 7  p50 123 ms  p99 123 ms  failed 0")
        var next = interval
        next.from = .milliseconds(3500)
        next.to = .seconds(5)
        next.outstanding = 1
        next.failures.add(Status(.unavailable, "x"))
        interval.add(next)
        #expect(
            interval.line
                == "  5.0 s  149/s  in flight 1  p50 123 ms  p99 123 ms  failed UNAVAILABLE 1")
    }
}
