/// Which days are worked, as one version of published data. The text form is read by
/// ``init(parsing:)`` and described there.
///
/// Within ``years`` only what is listed counts. Outside, weekends and the ``yearly`` holidays count,
/// and whatever is derived from them is provisional.
package struct WorkCalendar: Hashable, Sendable {
    package let version: String
    /// The date from which this version replaces the one before it.
    package let effectiveFrom: CivilDate
    package let years: ClosedRange<Int>
    package let daysOff: [CivilDate: String]
    /// A worked Saturday or Sunday, and the day off that it pays for.
    package let swaps: [CivilDate: CivilDate]
    /// Days with shifts of their own: half days.
    package let specialShifts: [CivilDate: Shifts]
    package let yearly: [YearlyHoliday]

    package static let yearsMax = 50

    /// A holiday on the same date each year (Labour Code 2019, article 112).
    package struct YearlyHoliday: Hashable, Sendable {
        package let month: Int
        package let day: Int
        package let fromYear: Int
        package let name: String
    }

    package enum DayKind: Hashable, Sendable {
        case working
        /// A weekend day worked in exchange for the day off named.
        case swapped(for: CivilDate)
        case weekend
        case off(String)

        package var isWorked: Bool {
            switch self {
            case .working, .swapped: true
            case .weekend, .off: false
            }
        }
    }

    package func covers(_ date: CivilDate) -> Bool { years.contains(date.year) }

    package func kind(of date: CivilDate) -> DayKind {
        let off = covers(date) ? daysOff[date] : assumedDaysOff(in: date.year)[date]
        return kind(of: date, off: off)
    }

    /// - Parameter off: the name of the day off that `date` is, if it is one.
    func kind(of date: CivilDate, off: String?) -> DayKind {
        if let off { return .off(off) }
        if let paid = swaps[date] { return .swapped(for: paid) }
        return date.weekday.isWeekend ? .weekend : .working
    }

    /// The yearly holidays of a year that no data covers. One that falls on a weekend gives the next
    /// working day off (Labour Code 2019, article 111(3)).
    func assumedDaysOff(in year: Int) -> [CivilDate: String] {
        var days: [CivilDate: String] = [:]
        var fallsOnWeekend: [(CivilDate, String)] = []
        for holiday in yearly where year >= holiday.fromYear {
            guard let date = CivilDate(year: year, month: holiday.month, day: holiday.day) else {
                continue
            }
            days[date] = holiday.name
            if date.weekday.isWeekend { fallsOnWeekend.append((date, holiday.name)) }
        }
        for (date, name) in fallsOnWeekend.sorted(by: { $0.0 < $1.0 }) {
            var next = date.adding(days: 1)
            while next.weekday.isWeekend || days[next] != nil { next = next.adding(days: 1) }
            days[next] = "nghỉ bù \(name)"
        }
        return days
    }

    /// The version in force on `date`: the last to have become effective.
    package static func inForce(
        on date: CivilDate, among versions: some Sequence<WorkCalendar>
    ) -> WorkCalendar? {
        versions.filter { $0.effectiveFrom <= date }.max { $0.effectiveFrom < $1.effectiveFrom }
    }
}
