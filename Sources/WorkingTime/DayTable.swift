/// Every day of a calendar's span with the working time before it, so that counting working time
/// between two instants is two look-ups whatever lies between them.
///
/// Minutes are minutes of the place since 1970-01-01T00:00 there; days are indices into the table.
final class DayTable: Sendable {
    struct Day: Sendable {
        let workedBefore: Int32
        let workingDaysBefore: Int32
        /// Into ``patterns``; 0 for a day that is not worked.
        let pattern: Int32
    }

    /// Later than every instant of the table, with room to add to it.
    static let beyond = Int.max / 4

    let years: ClosedRange<Int>
    let firstDay: Int
    /// One more than there are days: the last holds the sums.
    let days: [Day]
    private let patterns: [Shifts]
    private let workingDays: [Int32]
    /// The day that holds each first minute of a chunk of working time; a chunk is as long as an
    /// ordinary day, so the day of any other minute is few steps on.
    private let chunkDays: [Int32]
    private let chunk: Int
    private let daysOff: [CivilDate: String]
    private let calendar: WorkCalendar
    /// The minutes of the years that the calendar covers.
    let covered: Range<Int>

    init(
        calendar: WorkCalendar, shifts: Shifts, ownShifts: [CivilDate: Shifts], yearsBefore: Int,
        yearsAfter: Int
    ) {
        let supported = CivilDate.yearsSupported
        let first = max(supported.lowerBound, calendar.years.lowerBound - yearsBefore)
        let last = min(supported.upperBound, calendar.years.upperBound + yearsAfter)
        var daysOff = calendar.daysOff
        for year in first...last where !calendar.years.contains(year) {
            daysOff.merge(calendar.assumedDaysOff(in: year)) { listed, _ in listed }
        }
        // Index 0 stands for days that are not worked and is never asked for its shifts.
        var patterns = [shifts, shifts]
        var patternNumbers = [shifts: 1]
        var days: [Day] = []
        var workingDays: [Int32] = []
        var chunkDays: [Int32] = []
        var worked = 0
        let firstDay = CivilDate.dayNumber(year: first, month: 1, day: 1)
        for number in firstDay..<CivilDate.dayNumber(year: last + 1, month: 1, day: 1) {
            let date = CivilDate(daysSinceEpoch: number)
            let isWorked = calendar.kind(of: date, off: daysOff[date]).isWorked
            var pattern = 0
            if isWorked {
                let own = ownShifts[date] ?? calendar.specialShifts[date] ?? shifts
                pattern = patternNumbers[own] ?? patterns.count
                if pattern == patterns.count {
                    patterns.append(own)
                    patternNumbers[own] = pattern
                }
            }
            days.append(
                Day(
                    workedBefore: Int32(worked), workingDaysBefore: Int32(workingDays.count),
                    pattern: Int32(pattern)))
            if isWorked {
                worked += patterns[pattern].minutes
                while chunkDays.count * shifts.minutes < worked {
                    chunkDays.append(Int32(days.count - 1))
                }
                workingDays.append(Int32(days.count - 1))
            }
        }
        days.append(
            Day(
                workedBefore: Int32(worked), workingDaysBefore: Int32(workingDays.count),
                pattern: 0))
        years = first...last
        self.firstDay = firstDay
        self.days = days
        self.patterns = patterns
        self.workingDays = workingDays
        self.chunkDays = chunkDays
        chunk = shifts.minutes
        self.daysOff = daysOff
        self.calendar = calendar
        covered =
            CivilDate.dayNumber(year: calendar.years.lowerBound, month: 1, day: 1)
            * minutesPerDay..<CivilDate.dayNumber(
                year: calendar.years.upperBound + 1, month: 1, day: 1)
            * minutesPerDay
    }
}

extension DayTable {
    var dayCount: Int { days.count - 1 }

    func contains(minute: Int) -> Bool {
        let day = minute.flooredQuotient(minutesPerDay) - firstDay
        return day >= 0 && day < dayCount
    }

    /// - Precondition: the table contains `minute`; so for all that take a minute.
    func day(of minute: Int) -> Int { minute.flooredQuotient(minutesPerDay) - firstDay }

    func start(ofDay day: Int) -> Int { (firstDay + day) * minutesPerDay }

    func shifts(ofDay day: Int) -> Shifts? {
        let pattern = Int(days[day].pattern)
        return pattern == 0 ? nil : patterns[pattern]
    }

    func kind(ofDay day: Int) -> WorkCalendar.DayKind {
        let date = CivilDate(daysSinceEpoch: firstDay + day)
        return calendar.kind(of: date, off: daysOff[date])
    }

    /// Working minutes from the beginning of the table to `minute`.
    func worked(before minute: Int) -> Int {
        let day = day(of: minute)
        let entry = days[day]
        guard entry.pattern != 0 else { return Int(entry.workedBefore) }
        return Int(entry.workedBefore)
            + patterns[Int(entry.pattern)].worked(before: minute - start(ofDay: day))
    }

    /// The earliest minute before which `worked` minutes were worked, or ``beyond``.
    ///
    /// - Precondition: `worked` is positive.
    func minute(whenWorked worked: Int) -> Int {
        guard worked <= Int(days[dayCount].workedBefore) else { return Self.beyond }
        var day = Int(chunkDays[(worked - 1) / chunk])
        while Int(days[day + 1].workedBefore) < worked { day += 1 }
        let entry = days[day]
        return start(ofDay: day)
            + patterns[Int(entry.pattern)].end(ofWorked: worked - Int(entry.workedBefore))
    }

    /// Working days before `day`, which is also the number of the first working day from `day` on.
    func workingDays(before day: Int) -> Int { Int(days[day].workingDaysBefore) }

    /// The day of the `number`th working day of the table, or ``beyond``.
    func day(ofWorkingDay number: Int) -> Int {
        number < workingDays.count ? Int(workingDays[number]) : Self.beyond
    }

    /// The end of the last shift of the `number`th working day of the table, or ``beyond``.
    func end(ofWorkingDay number: Int) -> Int {
        guard number < workingDays.count else { return Self.beyond }
        let day = Int(workingDays[number])
        return start(ofDay: day) + patterns[Int(days[day].pattern)].end
    }

    /// The beginning of the first shift of the `number`th working day of the table, or ``beyond``.
    func start(ofWorkingDay number: Int) -> Int {
        guard number < workingDays.count else { return Self.beyond }
        let day = Int(workingDays[number])
        return start(ofDay: day) + patterns[Int(days[day].pattern)].start
    }
}
