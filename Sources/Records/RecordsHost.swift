import Logging
import RPC
import Storage
import WorkingTime

package struct RecordsConfiguration: Sendable {
    /// The calendar and the shifts by which limits run.
    package var workClock = WorkClock()
    package var deadlineWork = DeadlineWork.Limits()

    package init() {}
}

/// The records service in one process: its database and what it serves.
package struct RecordsHost: Sendable {
    package let store: Store
    package let services: [any Service]
    /// What time itself does.
    package let deadlineWork: DeadlineWork
    /// What a reorganisation does to the queues.
    package let queueWork: QueueWork

    /// Opens the database in a directory, which the caller has locked. Blocks.
    package static func open(
        directory: String, configuration: RecordsConfiguration = .init(),
        clock: @escaping @Sendable () -> Instant, logger: Logger
    ) throws -> RecordsHost {
        var options = Store.Options()
        options.report = { logger.error("the store failed", metadata: ["error": "\($0)"]) }
        let store = try Store(
            path: "\(directory)/records.sqlite", migrations: RecordsSchema.migrations,
            options: options)
        let organisations = OrganisationCache()
        let clocks = ClockBookCache(
            standard: configuration.workClock, organisations: organisations)
        let dossiers = DossiersEndpoint(
            store: store, procedures: ProcedureCache(), organisations: organisations,
            clocks: clocks, clock: clock)
        return RecordsHost(
            store: store,
            services: [
                ProceduresEndpoint(store: store, organisations: organisations, clock: clock),
                dossiers,
                AssignmentsEndpoint(dossiers: dossiers),
                OrganisationEndpoint(store: store, organisations: organisations, clock: clock),
                DeadlinesEndpoint(
                    store: store, clocks: clocks, dossiers: dossiers, clock: clock),
                QueuesEndpoint(
                    store: store, clocks: clocks, organisations: organisations, clock: clock),
                JournalEndpoint(store: store),
            ],
            deadlineWork: DeadlineWork(
                store: store, clocks: clocks, clock: clock, logger: logger,
                limits: configuration.deadlineWork),
            queueWork: QueueWork(
                store: store, organisations: organisations, clock: clock, logger: logger))
    }

    /// Works beside the calls until the task is cancelled.
    package func background() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await deadlineWork.run() }
            group.addTask { await queueWork.run() }
        }
    }

    /// Does the writes that wait and closes the database.
    package func close() async { await store.close() }
}
