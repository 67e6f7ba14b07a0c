import GRDB
import Synchronization
import WorkingTime

/// The clock as it was read last, so that a command derives its deadlines without reading it.
///
/// A version never changes, so what is here is true for ever; whether it is the latest, each
/// transaction asks. Holds one version.
package final class ClockBookCache: Sendable {
    /// What ships with the program.
    let standard: WorkClock
    let organisations: OrganisationCache
    private let kept: Mutex<ClockBook>

    package init(standard: WorkClock = WorkClock(), organisations: OrganisationCache) {
        self.standard = standard
        self.organisations = organisations
        kept = Mutex(
            ClockBook(
                version: 0, calendar: standard.calendar, standardShifts: standard.shifts))
    }

    /// The newest that was kept: for work ahead of a transaction.
    package var newest: ClockBook { kept.withLock(\.self) }

    /// The clock as this read or command sees it. Costs one row while it stands.
    func current(in database: Database) throws -> ClockBook {
        let table = ClockTable(database: database, standard: standard)
        let version = try table.version()
        let newest = newest
        if version == newest.version { return newest }
        return try table.book(version, organisation: organisations.current(in: database))
    }

    func deadlines(in database: Database) throws -> Deadlines {
        Deadlines(book: try current(in: database))
    }

    /// The same for a read, whose snapshot is committed: keeps it.
    func read(in database: Database) throws -> ClockBook {
        let book = try current(in: database)
        let old = newest
        if book.version > old.version { book.warm(like: old) }
        kept.withLock { kept in
            if kept.version < book.version { kept = book }
        }
        return book
    }

    /// An older one, for what was derived by it last. The organisation is today's.
    func book(_ version: Int64, in database: Database) throws -> ClockBook {
        let newest = newest
        if version == newest.version { return newest }
        return try ClockTable(database: database, standard: standard)
            .book(version, organisation: organisations.current(in: database))
    }
}
