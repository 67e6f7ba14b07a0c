import Messages
import RPC

/// What this process counts and measures, put together when it is asked.
package struct ProcessMetricsEndpoint: OperationsV1.MetricsService {
    private let collect: @Sendable () async -> [OperationsV1.MetricFamily]

    package init(collect: @escaping @Sendable () async -> [OperationsV1.MetricFamily]) {
        self.collect = collect
    }

    package func getMetrics(
        _ request: OperationsV1.GetMetricsRequest, context: CallContext
    ) async throws -> OperationsV1.MetricsSnapshot {
        await snapshot()
    }

    package func snapshot() async -> OperationsV1.MetricsSnapshot {
        var snapshot = OperationsV1.MetricsSnapshot()
        snapshot.families = await collect()
        return snapshot
    }
}
