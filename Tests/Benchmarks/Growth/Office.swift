import Foundation
import Identity
import Logging
import Messages
import Operations
import RPC
import RPCTesting
import Records
import Storage
import Synchronization
import WorkingTime

/// The records service in this process, with its real database and a clock that is set: what commands write
/// here is what they write anywhere.
final class Office: Sendable {
    /// Who calls stands in this metadata entry.
    private static let callerKey = "benchmark-caller"

    let host: RecordsHost
    /// For officials; roles as a head's.
    let dossiers: RecordsV1.DossiersClient
    /// For facts of other services.
    let facts: RecordsV1.DossiersClient
    let procedures: RecordsV1.ProceduresClient
    private let clock: SettableClock
    private let server: InProcessServer
    private let gateway: InProcessServer

    private final class SettableClock: Sendable {
        let milliseconds: Atomic<Int64>

        init(_ start: Instant) { milliseconds = Atomic(start.millisecondsSinceEpoch) }
    }

    private struct NamedCaller: ServerInterceptor {
        let roles: [CommonV1.Role]

        func admit(_ context: inout CallContext) throws(Status) {
            var caller = CommonV1.Caller()
            caller.principal = context.metadata[Office.callerKey] ?? "growth"
            caller.roles = roles
            context[CallerKey.self] = caller
        }
    }

    /// Opens the records of a system, locks out its processes meanwhile, and closes.
    static func use(
        _ layout: Layout, from start: Instant, _ body: (Office) async throws -> Void
    ) async throws {
        let directory = try LockedDirectory(locking: layout.data(of: .records))
        let office = try Office(directory: directory.path, start: start)
        do {
            // As the service does before a second has passed: the clock and the organisation are
            // read once, not with each command.
            try await office.catchUp()
            try await body(office)
        } catch {
            await office.host.close()
            throw error
        }
        await office.host.close()
        withExtendedLifetime(directory) {}
    }

    private init(directory: String, start: Instant) throws {
        let clock = SettableClock(start)
        self.clock = clock
        var configuration = RecordsConfiguration()
        // Nobody waits for a turn of the writer here.
        configuration.deadlineWork.restRatio = 0
        configuration.deadlineWork.noticesPerTurnMax = 256
        host = try RecordsHost.open(
            directory: directory, configuration: configuration,
            clock: {
                Instant(millisecondsSinceEpoch: clock.milliseconds.load(ordering: .relaxed))
            },
            logger: Logger(label: "growth", factory: { StreamLogHandler.standardError(label: $0) }))
        server = InProcessServer(
            services: host.services,
            interceptors: [NamedCaller(roles: [.official, .head, .operator])])
        gateway = InProcessServer(
            services: host.services, interceptors: [NamedCaller(roles: [.gateway])])
        dossiers = .init(server.makeChannel())
        procedures = .init(server.makeChannel())
        facts = .init(gateway.makeChannel())
    }

    var now: Instant {
        Instant(millisecondsSinceEpoch: clock.milliseconds.load(ordering: .relaxed))
    }

    /// Never back: what is late is done now.
    func setTime(_ instant: Instant) {
        _ = clock.milliseconds.max(instant.millisecondsSinceEpoch, ordering: .relaxed)
    }

    func options(for official: String) -> CallOptions {
        CallOptions(metadata: [Self.callerKey: official])
    }

    /// As the service would have done by now beside the commands: tells of what fell due, and
    /// forgets old answers.
    func catchUp() async throws {
        try await host.deadlineWork.catchUp()
        let horizon = Idempotency.horizon(at: now)
        while try await host.store.writer.pruneIdempotency(before: horizon)
            == Idempotency.prunedRowsMax
        {}
    }

    func catalogue() async throws -> [RecordsV1.Procedure] {
        try await .all(of: procedures)
    }
}

/// Why a benchmark cannot go on; it ends with these words.
struct GrowthError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
