import WorkingTime

/// The agencies, their counters and who holds which post, at one version: what every rule asks,
/// always about a day. Immutable; made from the rows or from an import that was checked.
///
/// Queries walk the tree: they cost its depth, whatever its size.
package struct Organisation: Hashable, Sendable {
    /// Grows by one with every change; 0 for the organisation that nothing was imported into.
    package let version: Int64
    package let agencies: [String: Agency]
    /// By agency, in the order of their ids.
    package let counters: [String: [Counter]]
    /// By principal.
    package let officials: [String: Official]
    private let posts: [String: [PostRole: [Post]]]

    /// Between an agency and who answers for it now lie at most so many reorganisations.
    package static let successionsMax = 64

    package static let empty = Organisation(
        version: 0, agencies: [:], counters: [], officials: [:])

    package init(
        version: Int64, agencies: [String: Agency], counters: [Counter],
        officials: [String: Official]
    ) {
        self.version = version
        self.agencies = agencies
        self.counters = Dictionary(grouping: counters, by: \.agency).mapValues { counters in
            counters.sorted { $0.id < $1.id }
        }
        self.officials = officials
        var posts: [String: [PostRole: [Post]]] = [:]
        for official in officials.values {
            for post in official.posts {
                posts[post.agency, default: [:]][post.role, default: []].append(post)
            }
        }
        self.posts = posts.mapValues { roles in
            roles.mapValues { posts in posts.sorted { $0.order < $1.order } }
        }
    }

    /// The organisation after a change. Costs what changes, so that a large import may go in many
    /// turns.
    package func applying(_ change: OrganisationChange, version: Int64) -> Organisation {
        var counters = counters
        for counter in change.counters {
            counters[counter.agency, default: []].removeAll { $0.id == counter.id }
            counters[counter.agency, default: []].append(counter)
            counters[counter.agency]?.sort { $0.id < $1.id }
        }
        var (officials, posts) = (officials, posts)
        for official in change.officials {
            for post in officials[official.principal]?.posts ?? [] {
                posts[post.agency]?[post.role]?.removeAll { $0 == post }
            }
            for post in official.posts {
                posts[post.agency, default: [:]][post.role, default: []].append(post)
            }
            let touched = (officials[official.principal]?.posts ?? []) + official.posts
            for post in touched {
                posts[post.agency]?[post.role]?.sort { $0.order < $1.order }
                if posts[post.agency]?[post.role]?.isEmpty == true {
                    posts[post.agency]?[post.role] = nil
                }
                if posts[post.agency]?.isEmpty == true { posts[post.agency] = nil }
            }
            officials[official.principal] = official
        }
        return Organisation(
            version: version, agencies: agencies.merging(change.agencies) { $1 },
            counters: counters, officials: officials, posts: posts)
    }

    private init(
        version: Int64, agencies: [String: Agency], counters: [String: [Counter]],
        officials: [String: Official], posts: [String: [PostRole: [Post]]]
    ) {
        self.version = version
        self.agencies = agencies
        self.counters = counters
        self.officials = officials
        self.posts = posts
    }

    /// What an agency was on a day; `nil` when there was none in force under this identifier.
    package func agency(_ id: String, on day: CivilDate) -> AgencyPeriod? {
        agencies[id]?.period(on: day)
    }

    /// Who answers for an agency's dossiers on a day: itself while it is in force, then its
    /// successor, or that one's; `nil` when nobody does.
    package func answering(for id: String, on day: CivilDate) -> String? {
        var id = id
        for _ in 0...Self.successionsMax {
            guard let agency = agencies[id] else { return nil }
            if agency.period(on: day) != nil { return id }
            guard let last = agency.lastDay, last < day, !agency.successor.isEmpty else {
                return nil
            }
            id = agency.successor
        }
        return nil
    }

    /// The agencies from the root down to this one on a day. For a closed agency, down to the one
    /// that answers for it. Empty when there is none.
    package func path(of id: String, on day: CivilDate) -> [String] {
        guard var next = answering(for: id, on: day) else { return [] }
        var path: [String] = []
        // Levels bound the depth of an organisation that holds; one that does not ends as well.
        while path.count <= AgencyLevel.depthMax, let period = agency(next, on: day) {
            path.append(next)
            next = period.parent
        }
        return path.reversed()
    }

    /// The path by which an agency's work is found: for one that nobody answers for on the day, or
    /// that the organisation does not know, by the identifier alone. Queues, clocks and who may act
    /// all go by this one.
    package func path(of id: String, orByIdentifierOn day: CivilDate) -> [String] {
        let path = path(of: id, on: day)
        return path.isEmpty ? pathByIdentifier(id) : path
    }

    /// Whether an agency, or the one that answers for it, is `scope` or lies below it on a day.
    ///
    /// - Parameter scope: Itself not followed to a successor: an official of a closed agency sees
    ///   nothing more there.
    package func isWithin(_ id: String, _ scope: String, on day: CivilDate) -> Bool {
        path(of: id, orByIdentifierOn: day).contains(scope)
    }

    /// Who answers for an agency on a day: its own head, else that of the nearest agency above it.
    package func head(of id: String, on day: CivilDate) -> Post? {
        for agency in path(of: id, orByIdentifierOn: day).reversed() {
            if let head = holders(of: .head, in: agency, on: day).first { return head }
        }
        return nil
    }

    /// Who holds posts of a role in this very agency on a day, in the order of their names.
    package func officials(holding role: PostRole, in id: String, on day: CivilDate) -> [Post] {
        guard let agency = answering(for: id, on: day) else { return [] }
        return holders(of: role, in: agency, on: day)
    }

    /// The posts of this very agency on a day, by role and then by name.
    package func posts(in id: String, on day: CivilDate) -> [Post] {
        PostRole.allCases.flatMap { holders(of: $0, in: id, on: day) }
    }

    /// The posts that an official holds on a day.
    package func posts(of principal: String, on day: CivilDate) -> [Post] {
        officials[principal]?.posts.filter { $0.days.contains(day) } ?? []
    }

    /// Whether an official holds a post in an agency, or one below it, on a day.
    package func isOfficial(_ principal: String, within scope: String, on day: CivilDate) -> Bool {
        posts(of: principal, on: day).contains { isWithin($0.agency, scope, on: day) }
    }

    package func counters(of id: String, on day: CivilDate) -> [Counter] {
        counters[id]?.filter { $0.days.contains(day) } ?? []
    }

    package func counter(_ counter: String, of id: String, on day: CivilDate) -> Counter? {
        counters[id]?.first { $0.id == counter && $0.days.contains(day) }
    }

    /// The agencies that `scope` answers for on a day: itself, those below it, and the closed ones
    /// that came to them. Costs the size of the organisation.
    ///
    /// - Parameter units: That took dossiers in; the organisation need not know them.
    package func agencies(
        within scope: String, or units: [String] = [], on day: CivilDate
    ) -> [String] {
        Set(agencies.keys).union(units).filter { isWithin($0, scope, on: day) }.sorted()
    }

    private func holders(of role: PostRole, in id: String, on day: CivilDate) -> [Post] {
        posts[id]?[role]?.filter { $0.days.contains(day) } ?? []
    }
}

extension Post {
    fileprivate var order: (String, CivilDate) { (official, days.from) }
}
