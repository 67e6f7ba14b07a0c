import Glibc
import Identity
import Logging
import Messages
import RPC
import Storage
import UnixSocket
import WorkingTime

/// The life of one process: lock, open, serve, and when told to stop, drain and close.
package struct ServiceProcess {
    /// How long calls in flight may take to end once the process is told to stop.
    package static let drainTimeout = Duration.seconds(10)
    /// How long the process may take to end altogether; one that hangs is ended by force.
    package static let stopTimeout = drainTimeout + .seconds(5)

    /// What a process needs to open its rooms.
    package struct Surroundings: Sendable {
        package let directory: String
        package let seal: CallerSeal
        package let clock: @Sendable () -> Instant
        package let logger: Logger
        /// What the server runs on; a channel on the same loops costs a forwarded call no change of thread.
        package let loops: [IOLoop]

        /// A channel on the process's own loops, whose calls begin a trace where they have none.
        package func channel(to path: String) throws -> UnixSocketChannel {
            try UnixSocketChannel(path: path, loops: loops, interceptors: [TraceBeginning()])
        }

        /// Lets in the gateway, and the supervisor, which run under this process's uid.
        package var admission: SealedCallerAdmission {
            SealedCallerAdmission(seal: seal, gatewayUID: geteuid())
        }
    }

    /// What a process serves.
    package struct Serving: Sendable {
        package var services: [any Service]
        /// The process's database, pruned here and closed by `close`.
        package var store: Store
        package var interceptors: [any ServerInterceptor]
        /// What answers for the process's health; the process's own when left out.
        package var health: @Sendable (Health) -> any Service
        /// What answers for the process's metrics; the process's own when left out.
        package var metrics: @Sendable (ProcessMetricsEndpoint) -> any Service = { $0 }
        /// Families that this process has besides what every process has.
        package var ownMetrics: @Sendable () async -> [OperationsV1.MetricFamily] = { [] }
        /// Whether callers' requests enter the system here, and get a trace and a request id.
        package var isEntrance = false
        /// Work beside the calls, cancelled before the drain.
        package var background: @Sendable () async -> Void
        package var close: @Sendable () async -> Void

        package init(
            services: [any Service], store: Store, interceptors: [any ServerInterceptor],
            health: @escaping @Sendable (Health) -> any Service = { $0 },
            background: @escaping @Sendable () async -> Void = {},
            close: @escaping @Sendable () async -> Void
        ) {
            self.services = services
            self.store = store
            self.interceptors = interceptors
            self.health = health
            self.background = background
            self.close = close
        }
    }

    private static let connectionLimits = ConnectionLimits()

    private let name: String
    private let options: ServiceOptions
    private let logger: Logger

    package init(name: String, options: ServiceOptions) {
        self.name = name
        self.options = options
        options.logFormat.bootstrap(level: options.logLevel)
        logger = Logger(label: "motcua.\(name)")
    }

    /// Runs until SIGTERM, SIGINT or the end of the lifeline. Returns once everything acknowledged is on disk.
    package func run(_ open: (Surroundings) async throws -> Serving) async throws {
        let stop = StopRequest(isSupervised: options.supervised, logger: logger)
        async let stopReason = stop.reason()
        let directory = try LockedDirectory(locking: options.data)
        let clock = ProcessClock(aheadMilliseconds: options.clockAhead)
        raiseDescriptorLimit()
        let loops = [try IOLoop(polling: options.polling)]
        let serving = try await open(
            Surroundings(
                directory: directory.path, seal: try CallerSeal(secretFile: options.secretFile),
                clock: { clock.now }, logger: logger, loops: loops))
        let health = Health(
            services: Set(serving.services.flatMap { $0.handlers.map(\.method.service) }))
        let measured = Measured(loops: loops.map(\.core))
        let own = ProcessMetricsEndpoint { await measured.families(serving) }
        let router = Router(
            services: serving.services + [serving.health(health), serving.metrics(own)],
            interceptors: [TraceAdmission(begins: serving.isEntrance)] + serving.interceptors,
            observer: CallLog(logger: logger),
            onFailure: { [logger] error, context in
                logger.error(
                    "a handler failed",
                    metadata: ["method": "\(context.method.path)", "error": "\(error)"]
                        .merging(context.logFields) { $1 })
            })
        let server = try UnixSocketServer(
            path: options.socket, router: router,
            loops: loops, permissions: options.socketMode.permissions,
            connectionLimits: Self.connectionLimits)
        measured.set(router, server)
        stop.beginServing()
        try await server.start()
        health.set(serving: true)
        logger.notice(
            "serving", metadata: ["socket": "\(options.socket)", "data": "\(directory.path)"])

        let background = Task { [logger] in
            async let pruning: Void = pruneAnswers(
                of: serving.store, clock: { clock.now }, logger: logger)
            await serving.background()
            await pruning
        }
        let reason = await stopReason
        logger.notice("stopping", metadata: ["because": "\(reason)"])
        health.set(serving: false)
        serving.store.journal.stopWaking()
        background.cancel()
        await server.drain(within: Self.drainTimeout)
        await background.value
        await serving.close()
        logger.notice("stopped")
        withExtendedLifetime(directory) {}
    }

    /// So that the limit of connections is reached first, and answered: without a descriptor nobody is told.
    private func raiseDescriptorLimit() {
        let limits = Self.connectionLimits
        let wanted =
            limits.connectionsMax + limits.refusingMax + DescriptorLimit.besidesConnections
        let limit = DescriptorLimit.raise(to: wanted)
        guard limit < wanted else { return }
        logger.warning(
            "few descriptors: clients beyond them wait instead of being refused; raise LimitNOFILE",
            metadata: ["limit": "\(limit)", "wanted": "\(wanted)"])
    }
}
