import Identity
import Logging
import Messages
import Operations
import RPC
import Storage
import WorkingTime

/// The gateway's rooms put together: what callers reach, and the followers behind it.
package struct GatewayHost: Sendable {
    package let services: [any Service]
    package let store: Store
    private let followers: [Follower]
    private let journeys: GatewayStore

    /// Opens the gateway's own database in `directory`.
    package static func open(
        directory: String, upstreams: Upstreams, clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) throws -> GatewayHost {
        var options = Store.Options()
        options.report = { error in logger.error("storage", metadata: ["error": "\(error)"]) }
        let store = try Store(
            path: directory + "/gateway.sqlite", migrations: GatewayStore.migrations,
            options: options)
        let journeys = GatewayStore(store: store)
        let followers = Upstream.allCases.reduce(into: [Upstream: Follower]()) {
            followers, upstream in
            followers[upstream] = Follower(
                of: upstream, upstreams: upstreams, store: journeys, clock: clock, logger: logger)
        }
        return GatewayHost(
            services: [
                Forwarding(upstreams: upstreams), TrackingEndpoint(upstreams: upstreams),
                DescriptorsEndpoint(),
                JourneysEndpoint(
                    followers: followers, upstreams: upstreams, store: journeys, clock: clock),
            ], store: store, followers: Array(followers.values), journeys: journeys)
    }

    /// Follows every journal until the task is cancelled.
    package func follow() async {
        await withTaskGroup(of: Void.self) { group in
            for follower in followers { group.addTask { await follower.run() } }
        }
    }

    /// How far the journals are followed, and what was refused on the way.
    package func metrics() async -> [OperationsV1.MetricFamily] {
        await FollowerMetrics(followers: followers, journeys: journeys).families()
    }

    package func close() async { await store.close() }
}
