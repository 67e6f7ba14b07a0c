import WorkingTime

/// What an operator sets for one agency: hours from a day on, half days, or both.
package struct ShiftChange: Hashable, Sendable {
    package var agency: String
    package var rule: ShiftRule?
    package var halfDays: [HalfDay]

    package init(agency: String, rule: ShiftRule?, halfDays: [HalfDay]) {
        self.agency = agency
        self.rule = rule
        self.halfDays = halfDays
    }

    /// A half day on a day off is a mistake in one of the two.
    package func violation(by calendar: WorkCalendar) -> FieldViolation? {
        for (index, half) in halfDays.enumerated()
        where half.shifts != nil && !calendar.kind(of: half.day).isWorked {
            return FieldViolation(
                "half_days[\(index)].day", .implausible,
                "\(half.day) is not worked by the calendar \(calendar.version)")
        }
        return nil
    }

    /// Without what the agency has already.
    package func onlyNew(beside book: ClockBook) -> ShiftChange {
        let days = Set(book.halfDays(of: agency))
        return ShiftChange(
            agency: agency, rule: rule.flatMap { book.rules(of: agency).contains($0) ? nil : $0 },
            halfDays: halfDays.filter { !days.contains($0) })
    }
}
