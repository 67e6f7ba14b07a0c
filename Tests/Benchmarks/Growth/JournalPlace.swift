import Gateway
import Identity
import Logging
import Operations
import RPC
import Storage
import UnixSocket

/// Tells the gateway of a system that does not run that it has seen a journal to its end: payments and the
/// others know nothing of generated dossiers, and are not to hear of them.
enum JournalPlace {
    static func setToEnd(of journal: Journal, _ layout: Layout) async throws {
        let channels = try Dictionary(
            uniqueKeysWithValues: Upstream.allCases.map { upstream in
                (upstream, try UnixSocketChannel(path: "/nowhere/\(upstream.rawValue).sock"))
            })
        let seal = try CallerSeal(secret: [UInt8](repeating: 0, count: CallerSeal.secretBytes))
        let gateway = try GatewayHost.open(
            directory: layout.data(of: .gateway),
            upstreams: Upstreams(channels: channels, seal: seal),
            clock: { ProcessClock().now },
            logger: Logger(label: "growth", factory: { StreamLogHandler.standardError(label: $0) }))
        let (epoch, head) = (journal.epoch, journal.head)
        try await gateway.store.writer.perform { database in
            try database.execute(
                sql: """
                    INSERT INTO cursor (upstream, epoch, sequence) VALUES ('records', ?, ?)
                    ON CONFLICT (upstream) DO UPDATE
                    SET epoch = excluded.epoch, sequence = excluded.sequence
                    """,
                arguments: [epoch, head])
        }
        await gateway.close()
        for channel in channels.values { await channel.close() }
    }
}
