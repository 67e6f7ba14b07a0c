import WorkingTime

extension OrganisationChange {
    /// Rows that one turn in the writer keeps: a large import waits its turn again after each, so
    /// that dossiers are handed in meanwhile.
    package static let rowsPerTurn = 100
    /// How deep new agencies may lean on new ones and still be cut; the rest is kept together.
    private static let depthMax = 16

    /// The change cut into parts of about ``rowsPerTurn``. One after another they make what it
    /// makes, and after each the organisation can stand.
    ///
    /// New agencies come first, those that others lean on before these; then, in one part however
    /// large, what changes together, such as a closing with the end of its posts and one head after
    /// another; then new counters and new posts, which lean on nothing but agencies.
    ///
    /// - Parameter before: What the change was checked against.
    /// - Returns: One at least.
    package func turns(onto before: Organisation) -> [OrganisationChange] {
        var turns = [OrganisationChange()]
        func put(_ part: OrganisationChange) {
            if part.isEmpty { return }
            if turns[turns.count - 1].rowCount + part.rowCount > Self.rowsPerTurn,
                !turns[turns.count - 1].isEmpty
            {
                turns.append(OrganisationChange())
            }
            turns[turns.count - 1].merge(part)
        }
        let free = freeAgencies(before)
        for id in free { put(OrganisationChange(agencies: [id: agencies[id]!])) }
        let apart = Set(free)
        put(
            OrganisationChange(
                agencies: agencies.filter { !apart.contains($0.key) },
                counters: counters.filter { !$0.isNew(beside: before) },
                officials: officials.filter { !$0.onlyGainsPosts(beside: before) }))
        for counter in counters where counter.isNew(beside: before) {
            put(OrganisationChange(counters: [counter]))
        }
        for official in officials where official.onlyGainsPosts(beside: before) {
            put(OrganisationChange(officials: [official]))
        }
        return turns
    }

    private init(
        agencies: [String: Agency] = [:], counters: [Counter] = [], officials: [Official] = []
    ) {
        self.agencies = agencies
        self.counters = counters
        self.officials = officials
    }

    private var rowCount: Int { agencies.count + counters.count + officials.count }

    private mutating func merge(_ other: Self) {
        agencies.merge(other.agencies) { $1 }
        counters += other.counters
        officials += other.officials
    }

    /// New agencies that lean on what stays as it is or on those before them.
    private func freeAgencies(_ before: Organisation) -> [String] {
        var order: [String] = []
        var settled: Set<String> = []
        var pending = agencies.values.filter { before.agencies[$0.id] == nil }
            .sorted { $0.id < $1.id }
        func stands(_ id: String) -> Bool {
            id.isEmpty || settled.contains(id) || agencies[id] == nil
        }
        for _ in 0..<Self.depthMax {
            let ready = pending.filter { agency in
                stands(agency.successor) && agency.periods.allSatisfy { stands($0.parent) }
            }
            if ready.isEmpty { break }
            order += ready.map(\.id)
            settled.formUnion(ready.map(\.id))
            pending.removeAll { settled.contains($0.id) }
        }
        return order
    }
}

extension Counter {
    fileprivate func isNew(beside organisation: Organisation) -> Bool {
        organisation.counters[agency]?.contains { $0.id == id } != true
    }
}

extension Official {
    /// Whether no post of his ends or changes, and he becomes nobody's head: nobody else's post
    /// depends on it.
    fileprivate func onlyGainsPosts(beside organisation: Organisation) -> Bool {
        let standing = organisation.officials[principal]?.posts ?? []
        return standing.allSatisfy(posts.contains)
            && posts.allSatisfy { $0.role != .head || standing.contains($0) }
    }
}
