import Foundation
import RPC

extension LoadReport {
    /// The report as a terminal shows it, without a line feed at its end.
    package var table: String {
        var rows = [["step", "calls", "calls/s", "failed", "p50", "p90", "p99", "p99.9", "max"]]
        rows += (steps.count > 1 ? steps + [total] : [total]).map { line in
            [
                steps.count > 1 ? line.name : steps[0].name, String(line.calls),
                String(format: "%.1f", line.callsPerSecond), String(line.failures.count),
                Self.text(line.latency(at: 50)), Self.text(line.latency(at: 90)),
                Self.text(line.latency(at: 99)), Self.text(line.latency(at: 99.9)),
                Self.text(line.latencyMax),
            ]
        }
        var lines = [headline, ""] + Self.aligned(rows) + [""]
        for line in steps {
            for (code, kind) in line.failures.sorted {
                lines.append("\(line.name): \(code.name) \(kind.count), such as: \(kind.message)")
            }
        }
        lines += remarks
        return lines.joined(separator: "\n")
    }

    private var headline: String {
        var text = "\(scenario): "
        switch settings.pace {
        case .open(let perSecond, let spacing):
            text += "open loop, \(Self.text(perSecond))/s \(spacing.rawValue)"
        case .closed(let callers): text += "closed loop, \(callers) callers"
        }
        text += ", \(Self.text(settings.duration / .seconds(1))) s"
        if settings.warmUp > .zero {
            text += " after \(Self.text(settings.warmUp / .seconds(1))) s of warm-up"
        }
        return text + ", seed \(settings.seed)" + (isCutShort ? " (stopped before its time)" : "")
    }

    private var remarks: [String] {
        var lines: [String] = []
        if retries != RetryCounts() {
            lines.append(
                "sent again after a loss: \(retries.retries); refused that by the retry budget: "
                    + "\(retries.refusedByBudget); sent again because a server had not begun: "
                    + "\(retries.sentAgain)")
        }
        if case .open = settings.pace {
            lines.append(
                "arrivals: \(arrivals), dropped: \(dropped) (with \(settings.outstandingMax) calls in flight); "
                    + "most in flight: \(outstandingPeak)")
            lines.append(
                "latency is counted from when a call was due; the generator's own part: "
                    + "p99 \(Self.text(startLag99)), max \(Self.text(startLagMax))")
        }
        return lines
    }

    /// Words to the left, figures to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let blanks = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + blanks : blanks + text
            }.joined(separator: "  ")
        }
    }

    /// Three digits and a unit: `87.3 us`, `1.25 ms`, `12 s`.
    package static func text(_ latency: Duration) -> String {
        let nanoseconds = latency / .nanoseconds(1)
        let (value, unit) =
            nanoseconds < 999_500
            ? (nanoseconds / 1e3, "us")
            : nanoseconds < 999_500_000 ? (nanoseconds / 1e6, "ms") : (nanoseconds / 1e9, "s")
        let digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
        return String(format: "%.\(digits)f %@", value, unit)
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}

extension IntervalReport {
    /// One line for people who watch: how far, how fast, how well.
    package var line: String {
        let end = String(format: "%5.1f s", to / .seconds(1))
        var text =
            "\(end)\(isWarmUp ? " (warm-up)" : "")  \(String(format: "%.0f", endedPerSecond))/s"
            + "  in flight \(outstanding)"
        if latencies.totalCount > 0 {
            let p50 = Duration.nanoseconds(Int64(latencies.valueAtPercentile(50)))
            let p99 = Duration.nanoseconds(Int64(latencies.valueAtPercentile(99)))
            text += "  p50 \(LoadReport.text(p50))  p99 \(LoadReport.text(p99))"
        }
        return text + "  failed " + (failures.count == 0 ? "0" : failures.text)
    }

    /// As one interval: what several were like together.
    package mutating func add(_ next: IntervalReport) {
        to = next.to
        isWarmUp = next.isWarmUp
        outstanding = next.outstanding
        latencies.add(next.latencies)
        failures.add(next.failures)
    }
}
