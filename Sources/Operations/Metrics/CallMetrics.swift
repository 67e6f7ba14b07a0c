import Messages
import RPC

/// What was counted of calls, as metrics.
package enum CallMetrics {
    /// Of the calls that a process serves.
    package static func server(_ counts: [CallCounts]) -> [OperationsV1.MetricFamily] {
        families(of: counts, prefix: "motcua_rpc_server", what: "calls served")
    }

    /// Of the attempts at calls that a process makes.
    ///
    /// - Parameter counts: Of all its channels.
    package static func client(_ counts: [CallCounts]) -> [OperationsV1.MetricFamily] {
        families(
            of: CallCounts.sum(counts), prefix: "motcua_rpc_client", what: "attempts at calls made")
    }

    package static func limits(_ hits: [LimitHits]) -> OperationsV1.MetricFamily {
        OperationsV1.MetricFamily(
            "motcua_rpc_limit_hits_total", .counter, "How often each limit of the runtime was hit.",
            LimitKind.allCases.map { kind in
                OperationsV1.MetricSample(
                    ["limit": kind.name], Double(hits.reduce(0) { $0 + $1[kind] }))
            })
    }

    private static func families(
        of counts: [CallCounts], prefix: String, what: String
    ) -> [OperationsV1.MetricFamily] {
        func family(
            _ name: String, _ kind: OperationsV1.MetricFamily.Kind, _ help: String,
            _ value: (CallCounts) -> Double
        ) -> OperationsV1.MetricFamily {
            OperationsV1.MetricFamily(
                "\(prefix)_\(name)", kind, help,
                counts.map {
                    .init(["service": $0.method.service, "method": $0.method.name], value($0))
                })
        }
        return [
            family("started_total", .counter, "The \(what) that began.") { Double($0.started) },
            OperationsV1.MetricFamily(
                "\(prefix)_handled_total", .counter, "The \(what) that ended, by status code.",
                counts.flatMap(handled)),
            family("in_flight", .gauge, "The \(what) that have not ended.") {
                Double($0.inFlight)
            },
            OperationsV1.MetricFamily(
                "\(prefix)_duration_seconds", .histogram, "How long the \(what) took.",
                counts.map {
                    .init(
                        ["service": $0.method.service, "method": $0.method.name], histogram(of: $0))
                }),
            family("request_bytes_total", .counter, "The requests of the \(what), serialized.") {
                Double($0.requestBytes)
            },
            family("response_bytes_total", .counter, "The responses to the \(what), serialized.") {
                Double($0.responseBytes)
            },
        ]
    }

    /// Codes that never came have no sample.
    private static func handled(_ counts: CallCounts) -> [OperationsV1.MetricSample] {
        StatusCode.allCases.filter { counts[$0] > 0 }.map { code in
            .init(
                [
                    "service": counts.method.service, "method": counts.method.name,
                    "code": code.name,
                ], Double(counts[code]))
        }
    }

    private static func histogram(of counts: CallCounts) -> OperationsV1.MetricHistogram {
        var histogram = OperationsV1.MetricHistogram()
        var cumulative: UInt64 = 0
        for (bound, count) in zip(CallCounts.durationBounds, counts.durations) {
            cumulative += count
            var bucket = OperationsV1.MetricHistogram.Bucket()
            bucket.upperBound = bound / .seconds(1)
            bucket.cumulativeCount = cumulative
            histogram.buckets.append(bucket)
        }
        histogram.count = counts.durations.reduce(0, +)
        histogram.sum = counts.durationSum / .seconds(1)
        return histogram
    }
}
