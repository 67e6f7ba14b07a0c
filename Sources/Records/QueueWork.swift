import Logging
import Storage
import Synchronization
import WorkingTime

/// What the queues do beside the calls: they follow a reorganisation on the day that it takes
/// effect. Each piece is small, may be done twice, and goes on where it was after a restart.
package final class QueueWork: Sendable {
    /// How long a reorganisation waits at most to be seen.
    static let tick: Duration = .seconds(5)
    /// After each piece the work rests as long as the piece took: people's commands come first.
    static let restRatio = 1.0

    private let store: Store
    private let organisations: OrganisationCache
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    /// Of the organisation and the day that the paths were last compared with.
    private let seen = Mutex<(version: Int64, day: CivilDate)?>(nil)

    init(
        store: Store, organisations: OrganisationCache,
        clock: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.store = store
        self.organisations = organisations
        self.clock = clock
        self.logger = logger
    }

    /// Works until the task is cancelled.
    package func run() async {
        let timer = ContinuousClock()
        while !Task.isCancelled {
            do {
                let start = timer.now
                let hasMore = try await step()
                try await Task.sleep(
                    for: hasMore ? (timer.now - start) * Self.restRatio : Self.tick)
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "the queues wait for a reorganisation; it is tried again",
                    metadata: ["error": "\(error)"])
                do { try await Task.sleep(for: Self.tick) } catch { return }
            }
        }
    }

    /// Does one piece of what there is to do.
    ///
    /// - Returns: Whether there is more.
    package func step() async throws -> Bool {
        let day = clock().local(in: .vietnam).date
        let (organisation, isDone) = try await store.read { database in
            (
                try self.organisations.read(in: database),
                try QueueTable(database: database).isPassDone()
            )
        }
        if seen.withLock({ $0 == nil || $0! != (organisation.version, day) }) {
            let organisations = organisations
            let version = try await store.writer.perform { database in
                // Asked again: a command may have been faster.
                let organisation = try organisations.current(in: database)
                try QueueTable(database: database).keepPaths(of: organisation, on: day)
                return organisation.version
            }
            seen.withLock { $0 = (version, day) }
            return true
        }
        if isDone { return false }
        return try await store.writer.perform { database in
            try QueueTable(database: database).continuePass()
        }
    }
}
