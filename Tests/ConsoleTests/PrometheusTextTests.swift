import Console
import Messages
import Operations
import Testing

/// The text exposition format, version 0.0.4, held to a golden text and to a strict reading of its grammar.
@Suite struct PrometheusTextTests {
    private static func histogram() -> OperationsV1.MetricHistogram {
        var histogram = OperationsV1.MetricHistogram()
        for (bound, count) in [(0.00005, 1), (0.0025, 3), (30, 3)] as [(Double, UInt64)] {
            var bucket = OperationsV1.MetricHistogram.Bucket()
            bucket.upperBound = bound
            bucket.cumulativeCount = count
            histogram.buckets.append(bucket)
        }
        histogram.count = 4
        histogram.sum = 45.25
        return histogram
    }

    private static var snapshot: OperationsV1.MetricsSnapshot {
        var snapshot = OperationsV1.MetricsSnapshot()
        snapshot.families = [
            .init(
                "motcua_calls_total", .counter, "Calls, by \\ and\nby \"name\".",
                [
                    .init(["name": "a\"b\\c\nd", "code": "OK"], 12),
                    .init(["name": "một cửa", "code": "NOT_FOUND"], 0),
                ]),
            .init("motcua_nothing", .gauge, "Has no sample.", []),
            .init("motcua_level", .gauge, "Up and down.", -0.125),
            .init("motcua_large", .gauge, "Large.", 1e18),
            .init(
                "motcua_odd", .gauge, "Odd.",
                [.init(["v": "inf"], .infinity), .init(["v": "nan"], .nan)]),
            .init(
                "motcua_duration_seconds", .histogram, "How long.",
                [.init(["method": "Echo"], histogram())]),
        ]
        return snapshot
    }

    @Test func aSnapshotIsThisText() {
        let golden = #"""
            # HELP motcua_calls_total Calls, by \\ and\nby "name".
            # TYPE motcua_calls_total counter
            motcua_calls_total{name="a\"b\\c\nd",code="OK"} 12
            motcua_calls_total{name="một cửa",code="NOT_FOUND"} 0
            # HELP motcua_level Up and down.
            # TYPE motcua_level gauge
            motcua_level -0.125
            # HELP motcua_large Large.
            # TYPE motcua_large gauge
            motcua_large 1e+18
            # HELP motcua_odd Odd.
            # TYPE motcua_odd gauge
            motcua_odd{v="inf"} +Inf
            motcua_odd{v="nan"} NaN
            # HELP motcua_duration_seconds How long.
            # TYPE motcua_duration_seconds histogram
            motcua_duration_seconds_bucket{method="Echo",le="5e-05"} 1
            motcua_duration_seconds_bucket{method="Echo",le="0.0025"} 3
            motcua_duration_seconds_bucket{method="Echo",le="30"} 3
            motcua_duration_seconds_bucket{method="Echo",le="+Inf"} 4
            motcua_duration_seconds_sum{method="Echo"} 45.25
            motcua_duration_seconds_count{method="Echo"} 4
            """#
        #expect(PrometheusText.lines(of: Self.snapshot).joined(separator: "\n") == golden)
    }

    @Test func everyLineFollowsTheGrammar() throws {
        let name = "[a-zA-Z_:][a-zA-Z0-9_:]*"
        let label = #"[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*""#
        let value = #"(?:[+-]Inf|NaN|-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)"#
        let line = try Regex(
            "# HELP \(name) (?:[^\\\\\\n]|\\\\[\\\\n])*|# TYPE \(name) (?:counter|gauge|histogram|untyped)"
                + "|\(name)(?:\\{\(label)(?:,\(label))*\\})? \(value)")
        for text in PrometheusText.lines(of: Self.snapshot) {
            #expect(text.wholeMatch(of: line) != nil, "\(text)")
        }
        for broken in ["motcua-x 1", "x{a=\"b} 1", "x 1,5", "# TYPE x summary2"] {
            #expect(broken.wholeMatch(of: line) == nil, "\(broken)")
        }
    }
}
