import WorkingTime

extension ClockBook {
    /// One day that is worked otherwise than by an older book.
    package struct ChangedDay: Hashable, Sendable {
        package var day: CivilDate
        /// In Vietnamese: the hours, or why the day is off.
        package var before: String
        package var after: String
    }

    /// So many days of a span are looked at: limits are far shorter.
    static let comparedDaysMax = 1_100

    /// The first day that an agency works otherwise than by an older book; `nil` where none is.
    package func firstChange(
        since old: ClockBook, in days: ClosedRange<CivilDate>, for agency: String
    ) -> ChangedDay? {
        var day = days.lowerBound
        for _ in 0..<Self.comparedDaysMax where day <= days.upperBound {
            let (before, after) = (old.work(of: agency, on: day), work(of: agency, on: day))
            if before.shifts != after.shifts {
                return ChangedDay(day: day, before: before.text, after: after.text)
            }
            day = day.adding(days: 1)
        }
        return nil
    }

    /// - Returns: No shifts for a day that is not worked.
    private func work(of agency: String, on day: CivilDate) -> (shifts: Shifts?, text: String) {
        switch calendar.kind(of: day) {
        case .off(let name): return (nil, "ngày nghỉ: \(name)")
        case .weekend: return (nil, "ngày nghỉ hằng tuần")
        case .working, .swapped:
            let shifts = shifts(of: agency, on: day).shifts
            return (shifts, shifts.description)
        }
    }
}
