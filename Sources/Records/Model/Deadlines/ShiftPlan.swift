import WorkingTime

/// The working hours of an agency from a day on.
package struct ShiftRule: Hashable, Sendable {
    package var agency: String
    package var fromDay: CivilDate
    /// `nil`: those of the agency above.
    package var shifts: Shifts?

    package init(agency: String, fromDay: CivilDate, shifts: Shifts?) {
        self.agency = agency
        self.fromDay = fromDay
        self.shifts = shifts
    }
}

/// A day on which an agency works other hours.
package struct HalfDay: Hashable, Sendable {
    package var agency: String
    package var day: CivilDate
    /// `nil`: as on any other day, whatever the agency above does.
    package var shifts: Shifts?

    package init(agency: String, day: CivilDate, shifts: Shifts?) {
        self.agency = agency
        self.day = day
        self.shifts = shifts
    }
}

/// What one agency works on every day: its own rules, those of the agencies above where it has none.
/// Agencies with equal plans share a clock.
struct ShiftPlan: Hashable {
    struct Period: Hashable {
        /// `nil` for the first.
        var from: CivilDate?
        var shifts: Shifts
    }

    /// In order; at least one.
    var periods: [Period]
    var halfDays: [CivilDate: Shifts]

    func clock(calendar: WorkCalendar) -> WorkClock {
        var ownShifts: [CivilDate: Shifts] = [:]
        let firstYear = max(
            CivilDate.yearsSupported.lowerBound, calendar.years.lowerBound - WorkClock.yearsBefore)
        var day = CivilDate(year: firstYear, month: 1, day: 1)!
        for (period, next) in zip(periods, periods.dropFirst()) {
            // Every period but the first has a day that it begins with.
            while day < next.from! {
                ownShifts[day] = period.shifts
                day = day.adding(days: 1)
            }
        }
        ownShifts.merge(calendar.specialShifts) { $1 }
        ownShifts.merge(halfDays) { $1 }
        return WorkClock(
            calendar: calendar, shifts: periods[periods.count - 1].shifts, ownShifts: ownShifts)
    }
}
