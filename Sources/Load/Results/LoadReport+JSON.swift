import Messages

extension LoadReport {
    /// The report for programs; latencies in nanoseconds.
    package var json: JSONValue {
        var pace: [JSONValue.Member]
        switch settings.pace {
        case .open(let perSecond, let spacing):
            pace = [
                .init(key: "loop", value: .string("open")),
                .init(key: "arrivalsPerSecond", value: .of(perSecond)),
                .init(key: "spacing", value: .string(spacing.rawValue)),
            ]
        case .closed(let callers):
            pace = [
                .init(key: "loop", value: .string("closed")),
                .init(key: "callers", value: .of(callers)),
            ]
        }
        return .object(
            [.init(key: "scenario", value: .string(scenario))] + pace + [
                .init(key: "seed", value: .string(String(settings.seed))),
                .init(key: "durationSeconds", value: .of(settings.duration / .seconds(1))),
                .init(key: "warmUpSeconds", value: .of(settings.warmUp / .seconds(1))),
                .init(key: "elapsedSeconds", value: .of(elapsed / .seconds(1))),
                .init(key: "cutShort", value: .bool(isCutShort)),
                .init(key: "arrivals", value: .of(arrivals)),
                .init(key: "dropped", value: .of(dropped)),
                .init(key: "outstandingMax", value: .of(settings.outstandingMax)),
                .init(key: "outstandingPeak", value: .of(outstandingPeak)),
                .init(key: "retries", value: .of(Int(retries.retries))),
                .init(key: "retriesRefused", value: .of(Int(retries.refusedByBudget))),
                .init(key: "sentAgain", value: .of(Int(retries.sentAgain))),
                .init(
                    key: "startLagNanoseconds",
                    value: .object([
                        .init(key: "p99", value: .of(nanoseconds: startLag99)),
                        .init(key: "max", value: .of(nanoseconds: startLagMax)),
                    ])),
                .init(key: "total", value: total.json),
                .init(key: "steps", value: .array(steps.map(\.json))),
            ])
    }
}

extension LoadReport.Line {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [.init(key: "name", value: .string(name))]
        if !method.isEmpty { members.append(.init(key: "method", value: .string(method))) }
        members += [
            .init(key: "calls", value: .of(calls)),
            .init(key: "callsPerSecond", value: .of(callsPerSecond)),
            .init(key: "failed", value: .of(failures.count)),
            .init(
                key: "failures",
                value: .object(
                    failures.sorted.map { code, kind in
                        .init(
                            key: code.name,
                            value: .object([
                                .init(key: "count", value: .of(kind.count)),
                                .init(key: "message", value: .string(kind.message)),
                            ]))
                    })),
        ]
        let percentiles: [(String, Duration)] = [
            ("p50", latency(at: 50)), ("p90", latency(at: 90)), ("p99", latency(at: 99)),
            ("p99.9", latency(at: 99.9)), ("max", latencyMax),
        ]
        members.append(
            .init(
                key: "latencyNanoseconds",
                value: .object(
                    percentiles.map { .init(key: $0, value: .of(nanoseconds: $1)) })))
        return .object(members)
    }
}

extension JSONValue {
    fileprivate static func of(_ number: Int) -> JSONValue { .number(String(number)) }

    /// To the thousandth, without a fraction where there is none.
    fileprivate static func of(_ number: Double) -> JSONValue {
        let rounded = (number * 1000).rounded() / 1000
        return .number(
            rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded))
    }

    fileprivate static func of(nanoseconds duration: Duration) -> JSONValue {
        .number(String(Int64(duration / .nanoseconds(1))))
    }
}
