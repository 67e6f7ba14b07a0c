import Messages
import Operations
import RPC

/// The metrics of all processes: the gateway's own, and what each service says of itself, asked side by
/// side on the caller's behalf. A service that does not answer is down: `motcua_up` says so.
package struct AggregateMetrics: OperationsV1.MetricsService {
    /// How long a service may take to answer.
    static let answerTimeout = Duration.seconds(2)
    static let upName = "motcua_up"

    private let own: ProcessMetricsEndpoint
    private let upstreams: Upstreams

    package init(own: ProcessMetricsEndpoint, upstreams: Upstreams) {
        self.own = own
        self.upstreams = upstreams
    }

    package func getMetrics(
        _ request: OperationsV1.GetMetricsRequest, context: CallContext
    ) async throws -> OperationsV1.MetricsSnapshot {
        let answers = await withTaskGroup(
            of: (Upstream, OperationsV1.MetricsSnapshot?).self
        ) { group in
            for upstream in Upstream.allCases {
                group.addTask { (upstream, await snapshot(of: upstream, for: context)) }
            }
            return await group.reduce(into: [Upstream: OperationsV1.MetricsSnapshot]()) {
                answers, answer in answers[answer.0] = answer.1
            }
        }
        var own = await own.snapshot()
        let heads = answers.compactMapValues { answer in
            answer.families.first { $0.name == StoreMetrics.journalHeadName }?.samples.first?.value
        }
        if let lag = FollowerMetrics.lag(own: own.families, heads: heads) {
            own.families.append(lag)
        }
        let processes =
            Upstream.allCases.map { ($0.rawValue, answers[$0]) }
            + [(ProcessName.gateway.rawValue, own)]
        var all = OperationsV1.MetricsSnapshot()
        for (process, answer) in processes {
            let isUp = OperationsV1.MetricFamily(
                Self.upName, .gauge, "Whether the process told its metrics.",
                answer == nil ? 0 : 1)
            all.merge([isUp] + (answer?.families ?? []), of: process)
        }
        return all
    }

    private func snapshot(
        of upstream: Upstream, for context: CallContext
    ) async -> OperationsV1.MetricsSnapshot? {
        do {
            var options = try upstreams.options(forwarding: context)
            options.timeout = Self.answerTimeout
            options.waitForReady = false
            return try await OperationsV1.MetricsClient(upstreams.channel(to: upstream))
                .getMetrics(.init(), options: options)
        } catch {
            // That it did not answer is the answer.
            return nil
        }
    }
}
