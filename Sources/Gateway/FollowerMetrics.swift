import Messages
import Operations

/// What is told of the journals that the gateway follows, by the label `upstream`.
struct FollowerMetrics {
    static let cursorName = "motcua_follower_cursor"

    let followers: [Follower]
    let journeys: GatewayStore

    /// What the store cannot tell at the moment is left out.
    func families() async -> [OperationsV1.MetricFamily] {
        var families = [
            OperationsV1.MetricFamily(
                "motcua_follower_stalled", .gauge, "Whether the follower stands still.",
                followers.map { .init(["upstream": $0.name], $0.stall.isEmpty ? 0 : 1) })
        ]
        do {
            let parked = try await journeys.openParkedCounts()
            families.append(
                OperationsV1.MetricFamily(
                    "motcua_parked_facts", .gauge, "Facts that a service refused for good.",
                    Upstream.allCases.map {
                        .init(["upstream": $0.rawValue], Double(parked[$0.rawValue] ?? 0))
                    }))
            var cursors: [OperationsV1.MetricSample] = []
            for upstream in Upstream.allCases {
                let sequence = try await journeys.cursor(of: upstream)?.sequence ?? 0
                cursors.append(.init(["upstream": upstream.rawValue], Double(sequence)))
            }
            families.append(
                OperationsV1.MetricFamily(
                    Self.cursorName, .gauge, "The sequence of the last event that was dealt with.",
                    cursors))
        } catch {
            return families
        }
        return families
    }

    /// Events that wait for the gateway: the journals' heads, as the services told them, less its cursors.
    static func lag(
        own: [OperationsV1.MetricFamily], heads: [Upstream: Double]
    ) -> OperationsV1.MetricFamily? {
        guard let cursors = own.first(where: { $0.name == cursorName }) else { return nil }
        let samples = cursors.samples.compactMap { cursor -> OperationsV1.MetricSample? in
            guard let name = cursor.labels.first?.value, let upstream = Upstream(rawValue: name),
                let head = heads[upstream]
            else { return nil }
            return .init(["upstream": name], max(0, head - cursor.value))
        }
        return OperationsV1.MetricFamily(
            "motcua_follower_lag_events", .gauge, "Events of the journal not yet dealt with.",
            samples)
    }
}
