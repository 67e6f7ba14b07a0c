import GRDB
import Storage
import Synchronization

/// The organisation as it was read last, so that a hand-in is checked against it without reading it.
///
/// A version never changes, so what is here is true for ever; whether it is the latest, each
/// transaction asks. Holds one snapshot, and one that is on
/// its way to be committed.
package final class OrganisationCache: Sendable {
    private let kept = Mutex(Organisation.empty)
    /// What a transaction made or read whose commit nobody has seen yet: so that of the commands
    /// that wait behind it none reads everything again. Known by its stamp, which is not drawn twice
    /// if it is lost.
    private let made = Mutex<(edition: OrganisationTable.Edition, Organisation)?>(nil)

    package init() {}

    /// The newest that was kept: for work ahead of a transaction, which compares the version.
    package var newest: Organisation { kept.withLock(\.self) }

    /// The organisation as this read or command sees it. Costs one row while it stands.
    func current(in database: Database) throws -> Organisation {
        let table = OrganisationTable(database: database)
        let newest = newest
        let edition = try table.edition()
        if edition.version == newest.version { return newest }
        if let made = made.withLock(\.self), made.edition == edition { return made.1 }
        let organisation = try table.organisation()
        made.withLock { $0 = (edition, organisation) }
        return organisation
    }

    /// Notes what a transaction has just made, which its rows say.
    func note(_ organisation: Organisation, in database: Database) throws {
        let edition = try OrganisationTable(database: database).edition()
        precondition(edition.version == organisation.version, "another version was made")
        made.withLock { $0 = (edition, organisation) }
    }

    /// The same for a read, whose snapshot is committed: keeps it.
    func read(in database: Database) throws -> Organisation {
        let organisation = try current(in: database)
        keep(organisation)
        return organisation
    }

    /// The newest as this process knows it, for work outside a transaction. Reads it once after a
    /// start; whoever changes it keeps what is next.
    func latest(from store: Store) async throws -> Organisation {
        let newest = newest
        if newest.version > 0 { return newest }
        return try await store.read { try read(in: $0) }
    }

    /// - Parameter organisation: Committed: what a transaction read that was lost must not be kept.
    func keep(_ organisation: Organisation) {
        kept.withLock { kept in
            if kept.version < organisation.version { kept = organisation }
        }
    }
}
