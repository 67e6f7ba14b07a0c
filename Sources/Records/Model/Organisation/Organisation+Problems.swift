import WorkingTime

/// Why an organisation cannot stand.
package struct OrganisationProblem: Hashable, Sendable {
    /// The rows that may be at fault, the likeliest first. Those that stood before are true, so the
    /// first that is new or changed is the one to refuse.
    package var rows: [OrganisationRow]
    /// Of the first row, such as `parent`.
    package var field: String
    package var reason: FieldViolation.Reason
    /// What is wrong and what puts it right.
    package var remedy: String
}

extension Organisation {
    /// Everything that contradicts itself. Costs the size of the organisation.
    ///
    /// An identifier's form, and that a last day does not come before the first, whoever reads the
    /// rows has checked before.
    package func problems() -> [OrganisationProblem] {
        var problems: [OrganisationProblem] = []
        for agency in agencies.values.sorted(by: { $0.id < $1.id }) {
            for (index, period) in agency.periods.enumerated() {
                let next = agency.periods.dropFirst(index + 1).first
                problems += self.problems(of: period, of: agency, before: next)
            }
            problems += successorProblem(of: agency)
        }
        for counter in counters.values.joined() {
            if let problem = problem(of: counter.days, in: counter.agency) {
                problems.append(problem.about(counter.row))
            }
        }
        for official in officials.values.sorted(by: { $0.principal < $1.principal }) {
            problems += self.problems(of: official)
        }
        return problems + headProblems()
    }

    private func problems(
        of period: AgencyPeriod, of agency: Agency, before next: AgencyPeriod?
    ) -> [OrganisationProblem] {
        let row = OrganisationRow.period(agency: agency.id, from: period.days.from)
        func problem(
            _ field: String, _ reason: FieldViolation.Reason, _ remedy: String,
            or rows: [OrganisationRow] = []
        ) -> OrganisationProblem {
            OrganisationProblem(rows: [row] + rows, field: field, reason: reason, remedy: remedy)
        }
        var problems: [OrganisationProblem] = []
        if let next, period.days.lastDay?.adding(days: 1) != next.days.from {
            let rows = [OrganisationRow.period(agency: agency.id, from: next.days.from)]
            let lastDay = next.days.from.adding(days: -1)
            problems.append(
                problem(
                    "last_day", .overlapping,
                    "a period from \(next.days.from) follows, so this one ends on \(lastDay)",
                    or: rows))
        }
        let pattern = Regime.inForce(on: period.days.from).unitPattern
        if period.takesDossiers, !pattern.matches(agency.id) {
            problems.append(
                problem(
                    "agency", .otherRegime,
                    "dossiers' codes begin with it: write a unit that takes them as "
                        + pattern.sample + ", or let it take none"))
        }
        guard !period.parent.isEmpty else {
            if period.level != .city {
                problems.append(
                    problem("parent", .required, "only a city has none: name the agency above"))
            }
            return problems
        }
        guard let parent = agencies[period.parent] else {
            return problems + [problem("parent", .unknown, "there is no agency \(period.parent)")]
        }
        if !parent.covers(period.days) {
            problems.append(
                problem(
                    "parent", .notInForce, "\(parent.id) is not in force on all of these days",
                    or: parent.rows))
        }
        let above = parent.periods.filter { $0.days.overlaps(period.days) }
        if let wrong = above.first(where: { $0.level.depth >= period.level.depth }) {
            problems.append(
                problem(
                    "parent", .wrongLevel,
                    "\(parent.id) is a \(wrong.level.word), which stands no higher than a "
                        + period.level.word, or: parent.rows))
        }
        return problems
    }

    private func successorProblem(of agency: Agency) -> [OrganisationProblem] {
        let rows = [agency.rows.last!]
        guard let lastDay = agency.lastDay else {
            if agency.successor.isEmpty { return [] }
            return [
                OrganisationProblem(
                    rows: rows, field: "successor", reason: .implausible,
                    remedy: "only an agency that has a last day has one: leave it out")
            ]
        }
        guard !agency.successor.isEmpty else {
            return [
                OrganisationProblem(
                    rows: rows, field: "successor", reason: .required,
                    remedy: "name who answers for its dossiers after \(lastDay)")
            ]
        }
        // Whoever succeeds was there when the other went: so no circle closes.
        if self.agency(agency.successor, on: lastDay.adding(days: 1)) != nil { return [] }
        return [
            OrganisationProblem(
                rows: rows + (agencies[agency.successor]?.rows ?? []), field: "successor",
                reason: .notInForce,
                remedy: "\(agency.successor) is not in force on \(lastDay.adding(days: 1)): name "
                    + "an agency that is")
        ]
    }

    private func problems(of official: Official) -> [OrganisationProblem] {
        let row = OrganisationRow.official(official.principal)
        if official.posts.isEmpty {
            return [
                OrganisationProblem(
                    rows: [row], field: "posts", reason: .required,
                    remedy: "an official has at least one post")
            ]
        }
        var problems: [OrganisationProblem] = []
        for (index, post) in official.posts.enumerated() {
            let field = "posts[\(index)]"
            if let problem = problem(of: post.days, in: post.agency) {
                problems.append(problem.about(row, in: "\(field)."))
            }
            let others = official.posts[..<index]
            if others.contains(where: { $0.isSamePost(as: post) && $0.days.overlaps(post.days) }) {
                problems.append(
                    OrganisationProblem(
                        rows: [row], field: "\(field).from", reason: .overlapping,
                        remedy: "he holds this post already on some of these days: end that first"))
            }
        }
        return problems
    }

    private func headProblems() -> [OrganisationProblem] {
        var heads: [String: [Post]] = [:]
        for official in officials.values {
            for post in official.posts where post.role == .head {
                heads[post.agency, default: []].append(post)
            }
        }
        return heads.keys.sorted().flatMap { agency -> [OrganisationProblem] in
            let posts = heads[agency]!.sorted {
                ($0.days.from, $0.official) < ($1.days.from, $1.official)
            }
            return zip(posts, posts.dropFirst()).compactMap { earlier, later in
                guard earlier.days.overlaps(later.days), earlier.official != later.official else {
                    return nil
                }
                return OrganisationProblem(
                    rows: [.official(later.official), .official(earlier.official)],
                    field: "posts", reason: .overlapping,
                    remedy: "\(agency) has one head at a time, and on some of these days it has "
                        + "\(earlier.official): end that post first")
            }
        }
    }

    /// What is wrong with a row that belongs to an agency for some days; its own row is put in
    /// front.
    private func problem(of days: DayRange, in id: String) -> OrganisationProblem? {
        guard let agency = agencies[id] else {
            return OrganisationProblem(
                rows: [], field: "agency", reason: .unknown, remedy: "there is no agency \(id)")
        }
        if agency.covers(days) { return nil }
        let end = agency.lastDay.map { " (it was closed on \($0))" } ?? ""
        return OrganisationProblem(
            rows: agency.rows, field: "agency", reason: .notInForce,
            remedy: "\(id) is not in force on all of these days\(end)")
    }
}

extension OrganisationProblem {
    fileprivate func about(_ row: OrganisationRow, in prefix: String = "") -> OrganisationProblem {
        OrganisationProblem(
            rows: [row] + rows, field: prefix + field, reason: reason, remedy: remedy)
    }
}

extension Agency {
    package var rows: [OrganisationRow] {
        periods.map { .period(agency: id, from: $0.days.from) }
    }
}

extension Post {
    func isSamePost(as other: Post) -> Bool {
        agency == other.agency && role == other.role && official == other.official
    }
}
