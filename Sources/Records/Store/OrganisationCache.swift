import GRDB
import Storage
import Synchronization

/// The organisation as it was read last, so that a hand-in is checked against it without reading it.
///
/// A version never changes, so what is here is true for ever; whether it is the latest, each
/// transaction asks. Holds one snapshot.
package final class OrganisationCache: Sendable {
    private let kept = Mutex(Organisation.empty)

    package init() {}

    /// The newest that was kept: for work ahead of a transaction, which compares the version.
    package var newest: Organisation { kept.withLock(\.self) }

    /// The organisation as this read or command sees it. Costs one row while it stands.
    func current(in database: Database) throws -> Organisation {
        let table = OrganisationTable(database: database)
        let newest = newest
        if try table.version() == newest.version { return newest }
        return try table.organisation()
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
