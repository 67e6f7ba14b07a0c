import WorkingTime

/// One row that an organisation is made of: what a problem is about, and what an import line says.
package enum OrganisationRow: Hashable, Sendable {
    case period(agency: String, from: CivilDate)
    case counter(agency: String, id: String)
    case official(String)
}

/// What is to stand from now on: rows that are new or differ. Nothing is ever taken away.
package struct OrganisationChange: Hashable, Sendable {
    /// Whole agencies, with the periods that stay as they are.
    package var agencies: [String: Agency] = [:]
    package var counters: [Counter] = []
    /// With all their posts.
    package var officials: [Official] = []

    package init() {}

    package var isEmpty: Bool { agencies.isEmpty && counters.isEmpty && officials.isEmpty }

    /// The agencies whose rows, counters or posts change, in the order of their identifiers.
    package func agencyIDs(since before: Organisation) -> [String] {
        let posts = officials.flatMap { official in
            official.posts.filter {
                before.officials[official.principal]?.posts.contains($0) != true
            }
        }
        return Set(agencies.keys).union(counters.map(\.agency)).union(posts.map(\.agency)).sorted()
    }
}

extension Counter {
    package var row: OrganisationRow { .counter(agency: agency, id: id) }
}
