import Foundation
import Messages

/// Prometheus's text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
package enum PrometheusText {
    /// A family without samples is left out. A histogram gets its `+Inf` bucket here.
    package static func lines(of snapshot: OperationsV1.MetricsSnapshot) -> [String] {
        snapshot.families.filter { !$0.samples.isEmpty }.flatMap { family in
            [
                "# HELP \(family.name) \(escapedHelp(family.help))",
                "# TYPE \(family.name) \(word(for: family.kind))",
            ]
                + family.samples.flatMap { lines(of: $0, in: family) }
        }
    }

    private static func word(for kind: OperationsV1.MetricFamily.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        case .unspecified, .unrecognized: "untyped"
        }
    }

    private static func lines(
        of sample: OperationsV1.MetricSample, in family: OperationsV1.MetricFamily
    ) -> [String] {
        let labels = sample.labels.map { ($0.name, $0.value) }
        guard family.kind == .histogram, let histogram = sample.histogram else {
            return [line(family.name, labels, number(sample.value))]
        }
        let buckets = histogram.buckets.map { (number($0.upperBound), $0.cumulativeCount) }
        return (buckets + [("+Inf", histogram.count)]).map { bound, count in
            line("\(family.name)_bucket", labels + [("le", bound)], "\(count)")
        } + [
            line("\(family.name)_sum", labels, number(histogram.sum)),
            line("\(family.name)_count", labels, "\(histogram.count)"),
        ]
    }

    private static func line(
        _ name: String, _ labels: [(String, String)], _ value: String
    ) -> String {
        guard !labels.isEmpty else { return "\(name) \(value)" }
        let list = labels.map { "\($0)=\"\(escapedLabel($1))\"" }.joined(separator: ",")
        return "\(name){\(list)} \(value)"
    }

    /// As Go's ParseFloat takes it.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }

    private static func escapedHelp(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func escapedLabel(_ text: String) -> String {
        escapedHelp(text).replacing("\"", with: "\\\"")
    }
}
