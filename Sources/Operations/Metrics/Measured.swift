import Messages
import RPC
import Synchronization
import UnixSocket

/// What a process's metrics are read from. The router is told last, for it serves them itself.
final class Measured: Sendable {
    private struct Served {
        let router: Router
        let server: UnixSocketServer
    }

    private let loops: [EventLoop]
    private let served = Mutex<Served?>(nil)

    init(loops: [EventLoop]) { self.loops = loops }

    func set(_ router: Router, _ server: UnixSocketServer) {
        served.withLock { $0 = Served(router: router, server: server) }
    }

    func families(_ serving: ServiceProcess.Serving) async -> [OperationsV1.MetricFamily] {
        var families = ProcessMetrics.families()
        if let served = served.withLock({ $0 }) {
            families += CallMetrics.server(served.router.callCounts)
            families.append(
                OperationsV1.MetricFamily(
                    "motcua_rpc_server_connections", .gauge, "Connections that are open.",
                    Double(served.server.connectionCount)))
        }
        families.append(CallMetrics.limits(loops.map(\.limitHits)))
        families += StoreMetrics.families(of: serving.store)
        return families + (await serving.ownMetrics())
    }
}
