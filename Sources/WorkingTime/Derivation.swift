/// One derivation in progress: where the limit would end, moved by each hold in turn.
///
/// In working time a suspension stops the count minute by minute. In all other units it adds whole
/// days. To hours: one for each 24 hours begun, for hours run from the moment they begin (Civil Code
/// 2015, article 147(1)). To the others: one for each midnight that lies in it, or for working days
/// each midnight before a working day, for the day on which a stretch begins is not counted and the
/// day on which it ends is (article 147(2)); and one more when the limit would else end inside the
/// suspension. A hold that begins at the due instant or later moves nothing.
struct Derivation {
    let table: DayTable
    let limit: TimeLimit
    private let deadline: Deadline
    /// When the count began: the reception, or the end of the last supplement that restarted it.
    private(set) var start = 0
    /// Where the count ends. Working time: minutes worked since the beginning of the table. Hours: a
    /// minute. Otherwise a day. Due at the first end of work from there on.
    private(set) var goal = 0
    /// Whole days added by each hold that moved the due date.
    private(set) var daysAdded: [Int] = []
    private let keepsDaysAdded: Bool

    init(_ deadline: Deadline, table: DayTable, keepsDaysAdded: Bool = false) {
        self.deadline = deadline
        self.table = table
        self.keepsDaysAdded = keepsDaysAdded
        limit = deadline.limit
    }

    mutating func run(offset: UTCOffset) -> DueDate {
        guard limit.unit != .unspecified else { return .absent(.unspecified) }
        let reception = deadline.reception.localMinute(in: offset)
        guard table.contains(minute: reception) else { return .absent(.outsideCalendar) }
        begin(at: reception)
        for hold in deadline.holds.holds where hold.cause.stopsClock {
            let from = hold.from.localMinute(in: offset)
            if isOver(at: from) { break }
            guard let to = hold.to?.localMinute(in: offset) else { return .absent(.suspended) }
            guard table.contains(minute: to) else { return .absent(.beyondHorizon) }
            var added = 0
            if hold.cause == .supplement, deadline.afterSupplement == .restart {
                begin(at: to)
            } else {
                added = stop(from: from, to: to)
            }
            if keepsDaysAdded { daysAdded.append(added) }
        }
        let due = due
        guard due != DayTable.beyond else { return .absent(.beyondHorizon) }
        let isFirm = table.covered.contains(reception) && table.covered.contains(due - 1)
        return .at(Instant(localMinute: due, in: offset), isProvisional: !isFirm)
    }

    private mutating func begin(at minute: Int) {
        start = minute
        if let budget = limit.budgetMinutes {
            goal = table.worked(before: minute) + budget
            return
        }
        let day = table.day(of: minute)
        switch limit.unit {
        case .workingDay:
            goal = table.day(ofWorkingDay: table.workingDays(before: day + 1) + limit.value - 1)
        case .hour:
            goal = minute + limit.value * 60
        case .day:
            goal = day + limit.value
        case .month:
            let date = CivilDate(daysSinceEpoch: table.firstDay + day)
            goal = date.adding(months: limit.value).daysSinceEpoch - table.firstDay
        case .sameDay:
            let minuteOfDay = minute - table.start(ofDay: day)
            let isInTime =
                minuteOfDay < deadline.cutoff.minutesSinceMidnight
                && minuteOfDay < table.shifts(ofDay: day)?.end ?? 0
            goal = isInTime ? day : day + 1
        case .workingHour, .unspecified:
            preconditionFailure("\(limit.unit) has no end in days")
        }
    }

    /// The due minute, or ``DayTable/beyond``.
    var due: Int {
        if limit.budgetMinutes != nil { return table.minute(whenWorked: goal) }
        switch limit.unit {
        case .hour:
            guard table.contains(minute: goal) else { return DayTable.beyond }
            let day = table.day(of: goal)
            let start = table.start(ofDay: day)
            if let today = table.shifts(ofDay: day)?.pointOfWork(atOrAfter: goal - start) {
                return start + today
            }
            return table.start(ofWorkingDay: table.workingDays(before: day + 1))
        default:
            guard goal < table.dayCount else { return DayTable.beyond }
            return table.end(ofWorkingDay: table.workingDays(before: goal))
        }
    }

    private func isOver(at minute: Int) -> Bool {
        if limit.budgetMinutes != nil, table.contains(minute: minute) {
            return table.worked(before: minute) >= goal
        }
        return minute >= due
    }

    /// Moves the goal for a suspension that begins before the due minute; returns the whole days added.
    private mutating func stop(from: Int, to: Int) -> Int {
        if limit.budgetMinutes != nil {
            goal += table.worked(before: to) - table.worked(before: from)
            return 0
        }
        // A limit that had run out on a day off, or in the night, and waited for work to begin has
        // used up its time: the suspension then counts from where it begins.
        if limit.unit == .hour {
            let added = (to - from + minutesPerDay - 1) / minutesPerDay
            goal = max(goal, from + 1) + added * minutesPerDay
            return added
        }
        let (first, last) = (table.day(of: from), table.day(of: to))
        guard goal < table.dayCount else { return 0 }
        var added = last - first
        if limit.unit == .workingDay {
            let left = table.workingDays(before: goal + 1) - table.workingDays(before: first + 1)
            let resumed = table.workingDays(before: last + 1)
            added = resumed - table.workingDays(before: first + 1)
            goal = left > 0 ? table.day(ofWorkingDay: resumed + left - 1) : last
        } else {
            goal = max(goal, first) + added
        }
        if due <= to {
            let isCounted = limit.unit == .workingDay
            goal =
                isCounted ? table.day(ofWorkingDay: table.workingDays(before: goal + 1)) : goal + 1
            added += 1
        }
        return added
    }
}
