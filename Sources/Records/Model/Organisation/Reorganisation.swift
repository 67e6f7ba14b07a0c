import WorkingTime

/// Agencies that close, open, or become something else from a day on.
package struct Reorganisation: Hashable, Sendable {
    package struct Closing: Hashable, Sendable {
        package var agency: String
        package var successor: String
    }

    package struct Opening: Hashable, Sendable {
        package var agency: String
        package var name: String
        package var level: AgencyLevel
        package var parent: String
        package var takesDossiers: Bool
    }

    /// The first day of the new order.
    package var day: CivilDate
    package var closings: [Closing]
    package var openings: [Opening]

    /// So many contradictions are told at once.
    package static let violationsMax = 100

    /// What it makes of an organisation, all of it or nothing.
    package struct Outcome: Hashable, Sendable {
        package var change = OrganisationChange()
        package var opened = 0
        /// In force before, and something else now.
        package var changed = 0
        package var handOvers: [HandOver] = []
    }

    package struct HandOver: Hashable, Sendable {
        package var agency: String
        package var successor: String
        /// Whose dossiers the agency answered for until now: its own among them.
        package var units: [String]
        package var posts: Int
        package var counters: Int
    }

    /// - Returns: What it makes, or every field that stands in its way.
    package func outcome(onto organisation: Organisation) -> Result<Outcome, InvalidFields> {
        var outcome = Outcome()
        var violations = repeated()
        for (index, closing) in closings.enumerated() {
            let field = "closings[\(index)]"
            if let violation = close(closing, field, in: organisation, &outcome) {
                violations.append(violation)
            }
        }
        for (index, opening) in openings.enumerated() {
            let field = "openings[\(index)]"
            if let violation = open(opening, field, in: organisation, &outcome) {
                violations.append(violation)
            }
        }
        guard violations.isEmpty else { return .failure(InvalidFields(violations: violations)) }
        let after = organisation.applying(outcome.change, version: organisation.version)
        violations = after.problems().prefix(Self.violationsMax).map(violation)
        guard violations.isEmpty else { return .failure(InvalidFields(violations: violations)) }
        return .success(outcome)
    }

    package struct InvalidFields: Error, Hashable, Sendable {
        package var violations: [FieldViolation]
    }

    /// Closes an agency, its posts and its counters.
    private func close(
        _ closing: Closing, _ field: String, in organisation: Organisation,
        _ outcome: inout Outcome
    ) -> FieldViolation? {
        guard var agency = organisation.agencies[closing.agency] else {
            return FieldViolation("\(field).agency", .unknown, "there is no such agency")
        }
        let lastDay = day.adding(days: -1)
        if let violation = settled(agency, "\(field).agency") { return violation }
        guard agency.period(on: lastDay) != nil else {
            return FieldViolation(
                "\(field).agency", .notInForce, "it is not in force on \(lastDay), its last day")
        }
        agency.periods[agency.periods.count - 1].days.lastDay = lastDay
        agency.successor = closing.successor
        outcome.change.agencies[agency.id] = agency
        let counters = organisation.counters(of: agency.id, on: lastDay).filter {
            $0.days.contains(day)
        }
        for var counter in counters {
            counter.days.lastDay = lastDay
            outcome.change.counters.append(counter)
        }
        let posts = organisation.posts(in: agency.id, on: lastDay).filter { $0.days.contains(day) }
        for post in posts { end(post, lastDay, in: organisation, &outcome) }
        outcome.handOvers.append(
            HandOver(
                agency: agency.id, successor: closing.successor,
                units: organisation.agencies.keys.filter {
                    organisation.answering(for: $0, on: lastDay) == agency.id
                }.sorted(), posts: posts.count, counters: counters.count))
        return nil
    }

    private func end(
        _ post: Post, _ lastDay: CivilDate, in organisation: Organisation, _ outcome: inout Outcome
    ) {
        let known = outcome.change.officials.firstIndex { $0.principal == post.official }
        var official =
            known.map { outcome.change.officials[$0] } ?? organisation.officials[post.official]!
        official.posts[official.posts.firstIndex(of: post)!].days.lastDay = lastDay
        if let known {
            outcome.change.officials[known] = official
        } else {
            outcome.change.officials.append(official)
        }
    }

    /// Opens an agency, or begins another period of one in force.
    private func open(
        _ opening: Opening, _ field: String, in organisation: Organisation,
        _ outcome: inout Outcome
    ) -> FieldViolation? {
        let period = AgencyPeriod(
            days: DayRange(from: day, lastDay: nil), name: opening.name, level: opening.level,
            parent: opening.parent, takesDossiers: opening.takesDossiers)
        guard var agency = organisation.agencies[opening.agency] else {
            outcome.change.agencies[opening.agency] = Agency(
                id: opening.agency, periods: [period], successor: "")
            outcome.opened += 1
            return nil
        }
        if let violation = settled(agency, "\(field).agency") { return violation }
        let last = agency.periods.count - 1
        if agency.periods[last].days.from == day {
            agency.periods[last] = period
        } else {
            agency.periods[last].days.lastDay = day.adding(days: -1)
            agency.periods.append(period)
        }
        outcome.change.agencies[agency.id] = agency
        outcome.changed += 1
        return nil
    }

    /// What stands in the way of any change: that it was closed, or that another one is planned.
    private func settled(_ agency: Agency, _ field: String) -> FieldViolation? {
        if let lastDay = agency.lastDay {
            return FieldViolation(
                field, .notInForce,
                "it has a last day, \(lastDay): an agency that begins again takes another identifier"
            )
        }
        if let last = agency.periods.last, day < last.days.from {
            return FieldViolation(
                field, .overlapping,
                "it changes on \(last.days.from) already: take that day or a later one")
        }
        return nil
    }

    private func repeated() -> [FieldViolation] {
        var seen: Set<String> = []
        let named =
            closings.enumerated().map { ("closings[\($0)].agency", $1.agency) }
            + openings.enumerated().map { ("openings[\($0)].agency", $1.agency) }
        return named.compactMap { field, agency in
            seen.insert(agency).inserted
                ? nil : FieldViolation(field, .repeated, "name each agency once")
        }
    }

    /// Where in the request a problem comes from. Whatever stood before held, so some row of each
    /// problem is the request's.
    private func violation(_ problem: OrganisationProblem) -> FieldViolation {
        for (position, row) in problem.rows.enumerated() {
            guard let item = item(of: row) else { continue }
            return position == 0
                ? FieldViolation("\(item).\(problem.field)", problem.reason, problem.remedy)
                : FieldViolation(
                    "\(item).agency", problem.reason,
                    "\(problem.rows[0].label): \(problem.field): \(problem.remedy)")
        }
        return FieldViolation(
            "effective_day", problem.reason,
            "\(problem.rows[0].label): \(problem.field): \(problem.remedy)")
    }

    private func item(of row: OrganisationRow) -> String? {
        guard case .period(let agency, let from) = row else { return nil }
        if from == day, let index = openings.firstIndex(where: { $0.agency == agency }) {
            return "openings[\(index)]"
        }
        return closings.firstIndex { $0.agency == agency }.map { "closings[\($0)]" }
    }
}
