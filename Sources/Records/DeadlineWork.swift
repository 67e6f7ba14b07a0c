import Logging
import RPC
import Storage
import Synchronization
import WorkingTime

/// What time itself does, beside the calls: a calendar takes effect, open deadlines are derived anew,
/// and what falls due is told. Each piece is small, is done once however often it is tried, and goes
/// on where it was after the process was killed.
package final class DeadlineWork: Sendable {
    package struct Limits: Sendable {
        /// How long a change or an instant that falls due waits at most to be seen.
        package var tick: Duration = .seconds(1)
        /// How long the work waits after it failed.
        package var tickAfterFailure: Duration = .seconds(30)
        /// Open deadlines in one read.
        package var readMax = 1_000
        /// Deadlines moved in one turn of the writer: about two milliseconds of it.
        package var movesPerTurnMax = 12
        /// Dossiers told about in one turn of the writer: about two milliseconds of it.
        package var noticesPerTurnMax = 24
        /// After each piece, for how many times as long as it took the work rests: the commands that
        /// people wait for come first.
        package var restRatio = 1.0

        package init() {}
    }

    private struct Seen {
        /// The day on which it was last looked whether another calendar takes effect.
        var day: CivilDate?
        var organisationVersion: Int64 = -1
    }

    private let store: Store
    private let clocks: ClockBookCache
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let limits: Limits
    private let seen = Mutex(Seen())

    init(
        store: Store, clocks: ClockBookCache, clock: @escaping @Sendable () -> Instant,
        logger: Logger, limits: Limits
    ) {
        self.store = store
        self.clocks = clocks
        self.clock = clock
        self.logger = logger
        self.limits = limits
    }

    /// Works until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            var pause = limits.tick
            do {
                try await catchUp()
            } catch is CancellationError {
                return
            } catch {
                pause = limits.tickAfterFailure
                logger.warning(
                    "deadlines wait; they are tried again", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// Does all that there is to do at this instant.
    package func catchUp() async throws {
        let timer = ContinuousClock()
        while true {
            let start = timer.now
            guard try await step() else { return }
            try Task.checkCancellation()
            let rest = timer.now - start
            if limits.restRatio > 0 { try await Task.sleep(for: rest * limits.restRatio) }
        }
    }

    /// Does one piece of what there is to do; `false` when there was nothing.
    package func step() async throws -> Bool {
        let now = clock()
        try await renewClock(at: now)
        let hasGiven = try await giveNotices(at: now)
        let hasMoved = try await rederive(at: now)
        return hasGiven || hasMoved
    }
}

// The clock's next version.
extension DeadlineWork {
    private func renewClock(at now: Instant) async throws {
        let day = now.local(in: .vietnam).date
        let seen = seen.withLock(\.self)
        let (cause, organisationVersion) = try await store.read { database in
            let organisation = try self.clocks.organisations.read(in: database)
            guard seen.day != day || seen.organisationVersion != organisation.version else {
                return (nil as ClockTable.Cause?, organisation.version)
            }
            let table = ClockTable(database: database, standard: self.clocks.standard)
            return (
                try table.isBehind(on: day, organisation: organisation), organisation.version
            )
        }
        if cause != nil {
            let clocks = clocks
            try await store.writer.act("clock", at: now) { transaction in
                let database = transaction.database
                let organisation = try clocks.organisations.current(in: database)
                let table = ClockTable(database: database, standard: clocks.standard)
                // Asked again: a command may have been faster.
                guard let cause = try table.isBehind(on: day, organisation: organisation) else {
                    return
                }
                _ = try table.open(
                    for: cause, on: day, organisationVersion: organisation.version, at: now)
            }
        }
        self.seen.withLock { $0 = Seen(day: day, organisationVersion: organisationVersion) }
    }
}

// The rules of the regimes.
extension DeadlineWork {
    /// Goes by rules from now on. Where they are others than before, every open deadline is derived
    /// anew.
    package func adopt(_ rules: RegimeRules) async throws {
        let now = clock()
        let clocks = clocks
        let isNew = try await store.writer.act("rules", at: now) { transaction in
            let database = transaction.database
            let regimes = RegimeTable(database: database)
            guard try regimes.rules() != rules else { return false }
            try regimes.add(rules, at: now)
            let table = ClockTable(database: database, standard: clocks.standard)
            // Before the first version every deadline waits for its pass anyway.
            guard try table.version() > 0 else { return true }
            _ = try table.open(
                for: .rules, on: now.local(in: .vietnam).date,
                organisationVersion: clocks.organisations.current(in: database).version, at: now)
            return true
        }
        logger.info(
            "rules of regimes",
            metadata: ["rules": "\(rules)", "are_new": "\(isNew)"])
    }
}

// Derivation of all open deadlines.
extension DeadlineWork {
    private struct Piece: Sendable {
        var pass: RederivationTable.Pass
        var book: ClockBook
        var doneNumber: Int64
        var examined: Int
        var changes: [DeadlineChange]
    }

    /// One piece of the latest pass.
    private func rederive(at now: Instant) async throws -> Bool {
        let piece = try await store.read { database -> Piece? in
            guard let pass = try RederivationTable(database: database).latest(),
                pass.finishTime == nil
            else { return nil }
            let book = try self.clocks.read(in: database)
            let reading = try OpenDeadlines(database: database).read(
                after: pass.doneNumber, upTo: pass.lastNumber, limit: self.limits.readMax)
            let deadlines = Deadlines(book: book)
            return Piece(
                pass: pass, book: book, doneNumber: reading.doneNumber,
                examined: reading.deadlines.count,
                changes: reading.deadlines.compactMap {
                    DeadlineChange($0, by: deadlines, at: now)
                })
        }
        guard let piece else { return false }
        try await move(piece.changes, by: piece.book, at: now)
        try await store.writer.perform { database in
            try RederivationTable(database: database).advance(
                piece.pass.clockVersion, from: piece.pass.doneNumber, to: piece.doneNumber,
                examined: piece.examined, at: now)
        }
        return true
    }

    private func move(
        _ changes: [DeadlineChange], by book: ClockBook, at now: Instant
    ) async throws {
        let clocks = clocks
        try await inTurns(changes, of: limits.movesPerTurnMax) { turn in
            try await self.store.writer.act("deadlines", at: now) { transaction in
                // A newer version has a pass of its own.
                let table = ClockTable(
                    database: transaction.database, standard: clocks.standard)
                guard try table.version() == book.version else { return }
                var moved = 0
                for change in turn where try change.write(to: transaction.database, at: now) {
                    moved += 1
                    try transaction.append(event: change.event, subject: change.dossierID)
                }
                try RederivationTable(database: transaction.database)
                    .count(moved: moved, by: book.version)
            }
        }
    }

    /// The writer's turns belong to people first: after each one of ours it has a rest.
    private func inTurns<Element: Sendable>(
        _ elements: [Element], of count: Int, _ body: ([Element]) async throws -> Void
    ) async throws {
        let timer = ContinuousClock()
        for start in stride(from: 0, to: elements.count, by: count) {
            try Task.checkCancellation()
            let begin = timer.now
            try await body(Array(elements[start..<min(start + count, elements.count)]))
            if limits.restRatio > 0 {
                try await Task.sleep(for: (timer.now - begin) * limits.restRatio)
            }
        }
    }
}

// What falls due.
extension DeadlineWork {
    /// The earliest of those whose time has come.
    private func giveNotices(at now: Instant) async throws -> Bool {
        let day = now.local(in: .vietnam).date
        let limit = limits.noticesPerTurnMax * 8
        let (book, dues) = try await store.read { database in
            let book = try self.clocks.read(in: database)
            let organisation = try self.clocks.organisations.read(in: database)
            let deadlines = Deadlines(book: book)
            let dues = try OpenDeadlines(database: database)
                .read(noticesUpTo: now, limit: limit)
                .map { DueDossier($0, by: deadlines, in: organisation, on: day, at: now) }
            return (book, dues)
        }
        guard !dues.isEmpty else { return false }
        // Derived by an older clock: they move, and what they are told then is told later.
        try await move(dues.compactMap(\.change), by: book, at: now)
        let given = dues.filter { $0.change == nil }
        try await inTurns(given, of: limits.noticesPerTurnMax) { turn in
            try await self.store.writer.act("notices", at: now) { transaction in
                for due in turn {
                    for event in try due.give(in: transaction.database, at: now) {
                        try transaction.append(event: event, subject: due.dossierID)
                    }
                }
            }
        }
        return true
    }
}
