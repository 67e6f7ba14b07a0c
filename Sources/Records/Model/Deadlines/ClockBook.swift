import Synchronization
import WorkingTime

/// Everything that deadlines are derived by at one version: the calendar in force and the working
/// hours of every agency. Immutable; made from rows, or from what an import would make of them.
package struct ClockBook: Sendable {
    /// Grows by one with every change; 0 before the first.
    package let version: Int64
    package let calendar: WorkCalendar
    /// Of an agency that has no shifts of its own, nor has one above it.
    package let standardShifts: Shifts
    /// By agency, in the order of their days.
    private let rules: [String: [ShiftRule]]
    private let halfDays: [String: [CivilDate: Shifts?]]
    private let path: @Sendable (String) -> [String]
    private let shelf = ClockShelf()

    /// - Parameter path: The agencies from the root down to one, itself last. One that is empty
    ///   stands for the agency alone.
    package init(
        version: Int64 = 0, calendar: WorkCalendar = .vietnam2025To2026,
        standardShifts: Shifts = .standard, rules: [ShiftRule] = [], halfDays: [HalfDay] = [],
        path: @escaping @Sendable (String) -> [String] = { [$0] }
    ) {
        self.version = version
        self.calendar = calendar
        self.standardShifts = standardShifts
        self.rules = Dictionary(grouping: rules, by: \.agency).mapValues { rules in
            rules.sorted { $0.fromDay < $1.fromDay }
        }
        self.halfDays = Dictionary(grouping: halfDays, by: \.agency).mapValues { days in
            Dictionary(days.map { ($0.day, $0.shifts) }) { $1 }
        }
        self.path = path
    }

    /// The clock by which an agency's dossiers run.
    package func clock(for agency: String) -> WorkClock {
        // Without rules every agency has the same.
        let agency = rules.isEmpty && halfDays.isEmpty ? "" : agency
        return shelf.clock(for: agency) { (plan(for: agency), calendar) }
    }

    /// The hours on a day, and the agency whose they are; `nil` for the standard.
    package func shifts(of agency: String, on day: CivilDate) -> (shifts: Shifts, source: String?) {
        let path = fullPath(agency)
        for agency in path.reversed() {
            switch halfDays[agency]?[day] {
            case .some(.some(let shifts)): return (shifts, agency)
            case .some(.none): return hours(along: path, on: day)
            case .none: continue
            }
        }
        if let shifts = calendar.specialShifts[day] { return (shifts, nil) }
        return hours(along: path, on: day)
    }

    /// The agency's own.
    package func rules(of agency: String) -> [ShiftRule] { rules[agency] ?? [] }

    /// The agency's own, in order.
    package func halfDays(of agency: String) -> [HalfDay] {
        (halfDays[agency] ?? [:]).sorted { $0.key < $1.key }
            .map { HalfDay(agency: agency, day: $0.key, shifts: $0.value) }
    }

    /// The same rules by another calendar.
    package func replacing(calendar: WorkCalendar) -> ClockBook {
        ClockBook(
            version: version, calendar: calendar, standardShifts: standardShifts,
            rules: rules.values.flatMap(\.self), halfDays: halfDays.keys.flatMap(halfDays(of:)),
            path: path)
    }

    /// Makes the clocks that another book has made, so that the first to ask does not wait.
    package func warm(like other: ClockBook) {
        for agency in other.shelf.agencies { _ = clock(for: agency) }
    }

    private func fullPath(_ agency: String) -> [String] {
        let path = path(agency)
        return path.last == agency ? path : path + [agency]
    }

    private func plan(for agency: String) -> ShiftPlan {
        let path = fullPath(agency)
        let days = Set(path.flatMap { rules[$0] ?? [] }.map(\.fromDay)).sorted()
        var periods = [ShiftPlan.Period(from: nil, shifts: standardShifts)]
        for day in days {
            let shifts = hours(along: path, on: day).shifts
            if shifts != periods[periods.count - 1].shifts {
                periods.append(.init(from: day, shifts: shifts))
            }
        }
        var ownDays: [CivilDate: Shifts] = [:]
        for agency in path {
            for (day, shifts) in halfDays[agency] ?? [:] {
                ownDays[day] = shifts ?? hours(along: path, on: day).shifts
            }
        }
        return ShiftPlan(periods: periods, halfDays: ownDays)
    }

    private func hours(
        along path: [String], on day: CivilDate
    ) -> (shifts: Shifts, source: String?) {
        for agency in path.reversed() {
            if let shifts = rules[agency]?.last(where: { $0.fromDay <= day })?.shifts {
                return (shifts, agency)
            }
        }
        return (standardShifts, nil)
    }
}

/// The clocks of one book that somebody asked for: each takes milliseconds to make.
private final class ClockShelf: Sendable {
    private struct State {
        var byAgency: [String: WorkClock] = [:]
        var byPlan: [ShiftPlan: WorkClock] = [:]
    }

    private let state = Mutex(State())

    var agencies: [String] { state.withLock { Array($0.byAgency.keys) } }

    func clock(for agency: String, _ plan: () -> (ShiftPlan, WorkCalendar)) -> WorkClock {
        if let clock = state.withLock({ $0.byAgency[agency] }) { return clock }
        let (plan, calendar) = plan()
        let known = state.withLock { $0.byPlan[plan] }
        let clock = known ?? plan.clock(calendar: calendar)
        state.withLock { state in
            state.byAgency[agency] = clock
            state.byPlan[plan] = clock
        }
        return clock
    }
}
