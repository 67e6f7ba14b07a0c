/// What an import would make of an organisation: the lines that can stand together, and why the
/// others cannot. Pure, so that a dry run tells what the import does.
package struct OrganisationPlan: Sendable {
    package private(set) var change = OrganisationChange()
    package private(set) var imported = 0
    /// Lines that say what stands already.
    package private(set) var unchanged = 0
    package private(set) var refused: [OrganisationReader.Refused] = []

    /// Refusing a line may leave others without what they refer to. After so many rounds the rest
    /// is refused together.
    static let roundsMax = 16

    /// - Parameter organisation: One that stands, so that whatever is wrong is some line's fault.
    package init(_ lines: [OrganisationLine], onto organisation: Organisation) {
        var live = lines
        for round in 0...Self.roundsMax {
            let draft = Draft(live, onto: organisation)
            var reasons = draft.misplaced
            let changed = draft.changed
            for problem in organisation.applying(draft.change, version: organisation.version)
                .problems()
            {
                guard let row = problem.rows.first(where: changed.contains) else { continue }
                let told = problem.rows[0] == row ? "" : "\(problem.rows[0].label): "
                if reasons[row] == nil {
                    reasons[row] = "\(told)\(problem.field): \(problem.remedy)"
                }
            }
            if reasons.isEmpty {
                change = draft.change
                imported = changed.count
                unchanged = live.count - changed.count
                break
            }
            if round == Self.roundsMax {
                for row in changed where reasons[row] == nil {
                    reasons[row] = "leans on lines that are refused: put those right first"
                }
            }
            live.removeAll { line in
                guard let reason = reasons[line.row] else { return false }
                refused.append(.init(line: line.number, problem: LineProblem(reason: reason)))
                return true
            }
            if round == Self.roundsMax { unchanged = live.count }
        }
        refused.sort { $0.line < $1.line }
    }
}

extension OrganisationPlan {
    /// The lines put onto an organisation, whether or not it can stand.
    private struct Draft {
        var change = OrganisationChange()
        /// The rows that the lines make other than they were.
        var changed: Set<OrganisationRow> = []
        /// A successor that stands on a line whose period is not the agency's last.
        var misplaced: [OrganisationRow: String] = [:]

        init(_ lines: [OrganisationLine], onto organisation: Organisation) {
            var successors: [OrganisationRow: String] = [:]
            for line in lines {
                switch line.content {
                case .agency(let id, let period, let successor):
                    successors[line.row] = successor
                    put(period, of: id, onto: organisation)
                case .counter(let counter):
                    let standing = organisation.counters[counter.agency]?.first {
                        $0.id == counter.id
                    }
                    if standing != counter {
                        change.counters.append(counter)
                        changed.insert(line.row)
                    }
                case .official(let official):
                    put(official, onto: organisation)
                }
            }
            for (id, agency) in change.agencies {
                let rows = agency.rows
                for row in rows.dropLast() where successors[row]?.isEmpty == false {
                    misplaced[row] =
                        "successor: another period of the agency follows, so nobody succeeds it yet"
                }
                if let successor = successors[rows[rows.count - 1]] {
                    change.agencies[id]!.successor = successor
                    if successor != organisation.agencies[id]?.successor ?? "" {
                        changed.insert(rows[rows.count - 1])
                    }
                }
                if change.agencies[id] == organisation.agencies[id] { change.agencies[id] = nil }
            }
        }

        private mutating func put(
            _ period: AgencyPeriod, of id: String, onto organisation: Organisation
        ) {
            var agency =
                change.agencies[id] ?? organisation.agencies[id]
                ?? Agency(id: id, periods: [], successor: "")
            if let index = agency.periods.firstIndex(where: { $0.days.from == period.days.from }) {
                if agency.periods[index] != period {
                    changed.insert(.period(agency: id, from: period.days.from))
                    agency.periods[index] = period
                }
            } else {
                changed.insert(.period(agency: id, from: period.days.from))
                agency.periods.append(period)
                agency.periods.sort { $0.days.from < $1.days.from }
            }
            change.agencies[id] = agency
        }

        /// Posts that the line leaves out stay: what ends gets a last day.
        private mutating func put(_ official: Official, onto organisation: Organisation) {
            let standing = organisation.officials[official.principal]
            var merged = official
            merged.posts = standing?.posts ?? []
            for post in official.posts {
                let same = merged.posts.firstIndex {
                    $0.isSamePost(as: post) && $0.days.from == post.days.from
                }
                if let same { merged.posts[same] = post } else { merged.posts.append(post) }
            }
            merged.posts.sort { $0.key < $1.key }
            guard merged != standing else { return }
            change.officials.append(merged)
            changed.insert(.official(official.principal))
        }
    }
}

extension OrganisationRow {
    /// As a reason names a row that the line is not about.
    var label: String {
        switch self {
        case .period(let agency, let from): "agency \(agency) from \(from)"
        case .counter(let agency, let id): "counter \(id) of \(agency)"
        case .official(let principal): "official \(LineProblem.shown(principal))"
        }
    }
}

extension Post {
    /// The order in which rows are read back.
    fileprivate var key: (Int, String, Int) { (days.from.daysSinceEpoch, agency, role.rawValue) }
}
