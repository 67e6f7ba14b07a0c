/// How a limit runs, whatever the catalogue calls it.
enum Count: Hashable, Sendable {
    case workingMinutes(Int)
    /// Whole working days, the first not counted.
    case workingDays(Int)
    case hours(Int)
    case days(Int)
    case months(Int)
    case sameDay
}

/// One derivation in progress: where the limit would end, moved by each hold in turn.
///
/// In working time a suspension stops the count minute by minute. In all other units it adds whole
/// days. To hours: one for each 24 hours begun, for hours run from the moment they begin (Civil Code
/// 2015, article 147(1)). To the others: one for each midnight that lies in it, or for working days
/// and same-day limits each midnight before a working day, for the day on which a stretch begins is
/// not counted and the day on which it ends is (article 147(2)); and one more when the limit would
/// else end inside the suspension. A hold that begins at the due instant or later moves nothing.
///
/// An extension begins at the instant at which the limit without it would have been due, and runs
/// from there as a limit of its own would. A restart gives back the limit and the extension whole.
struct Derivation {
    let table: DayTable
    private let limit: Count
    private let extra: Count?
    private let holds: HoldLedger
    private let isRestartable: Bool
    private let cutoff: TimeOfDay
    private let keepsDaysAdded: Bool
    /// When the count began: the reception, or the end of the last supplement that restarted it.
    private(set) var start = 0
    /// Where the count ends. Working time: minutes worked since the beginning of the table. Hours: a
    /// minute. Otherwise a day. Due at the first end of work from there on.
    private(set) var goal = 0
    /// Where the limit without its extension ended, once the extension runs.
    private(set) var regular: (goal: Int, due: Int)?
    /// Whole days added by each hold that moved the due date.
    private(set) var daysAdded: [Int] = []

    init(
        _ limit: Count, extra: Count?, holds: HoldLedger, afterSupplement: Deadline.AfterSupplement,
        cutoff: TimeOfDay, table: DayTable, keepsDaysAdded: Bool = false
    ) {
        self.table = table
        self.limit = limit
        self.extra = extra
        self.holds = holds
        isRestartable = afterSupplement == .restart
        self.cutoff = cutoff
        self.keepsDaysAdded = keepsDaysAdded
    }

    /// - Parameter reception: what lies before it of a hold moves nothing.
    mutating func run(from reception: Instant, offset: UTCOffset) -> DueDate {
        let reception = reception.localMinute(in: offset)
        guard table.contains(minute: reception) else { return .absent(.outsideCalendar) }
        begin(at: reception)
        for hold in holds.holds where hold.cause.stopsClock {
            let from = max(reception, hold.from.localMinute(in: offset))
            let to = hold.to?.localMinute(in: offset)
            if let to, to < reception { continue }
            if isOver(at: from) {
                extend()
                if isOver(at: from) { break }
            }
            guard let to else { return .absent(.suspended) }
            guard table.contains(minute: to) else { return .absent(.beyondHorizon) }
            var added = 0
            if hold.cause == .supplement, isRestartable {
                begin(at: to)
            } else {
                added = stop(from: from, to: to)
            }
            if keepsDaysAdded { daysAdded.append(added) }
        }
        extend()
        let due = due
        guard due != DayTable.beyond else { return .absent(.beyondHorizon) }
        let isFirm = table.covered.contains(reception) && table.covered.contains(due - 1)
        return .at(Instant(localMinute: due, in: offset), isProvisional: !isFirm)
    }

    private mutating func begin(at minute: Int) {
        start = minute
        regular = nil
        goal = goal(of: limit, from: minute)
    }

    /// Lets the extension run from where the limit has ended; once, and only if there is one.
    private mutating func extend() {
        guard let extra, regular == nil else { return }
        let due = due
        regular = (goal, due)
        goal = due == DayTable.beyond ? DayTable.beyond : goal(of: extra, from: due)
    }

    /// The count that runs now.
    private var running: Count { regular == nil ? limit : extra ?? limit }

    private func goal(of count: Count, from minute: Int) -> Int {
        let day = table.day(of: minute)
        switch count {
        case .workingMinutes(let minutes):
            return table.worked(before: minute) + minutes
        case .workingDays(let days):
            return table.day(ofWorkingDay: table.workingDays(before: day + 1) + days - 1)
        case .hours(let hours):
            return minute + hours * 60
        case .days(let days):
            return day + days
        case .months(let months):
            let date = CivilDate(daysSinceEpoch: table.firstDay + day)
            return date.adding(months: months).daysSinceEpoch - table.firstDay
        case .sameDay:
            let minuteOfDay = minute - table.start(ofDay: day)
            let isInTime =
                minuteOfDay < cutoff.minutesSinceMidnight
                && minuteOfDay < table.shifts(ofDay: day)?.end ?? 0
            return isInTime ? day : goal(of: .workingDays(1), from: minute)
        }
    }

    /// The due minute of the count that runs now, or ``DayTable/beyond``.
    private var due: Int {
        switch running {
        case .workingMinutes:
            return table.minute(whenWorked: goal)
        case .hours:
            guard table.contains(minute: goal) else { return DayTable.beyond }
            let day = table.day(of: goal)
            let start = table.start(ofDay: day)
            if let today = table.shifts(ofDay: day)?.pointOfWork(atOrAfter: goal - start) {
                return start + today
            }
            return table.start(ofWorkingDay: table.workingDays(before: day + 1))
        case .workingDays, .days, .months, .sameDay:
            guard goal < table.dayCount else { return DayTable.beyond }
            return table.end(ofWorkingDay: table.workingDays(before: goal))
        }
    }

    private func isOver(at minute: Int) -> Bool {
        if case .workingMinutes = running, table.contains(minute: minute) {
            return table.worked(before: minute) >= goal
        }
        return minute >= due
    }

    /// Moves the goal for a suspension that begins before the due minute; returns the whole days added.
    private mutating func stop(from: Int, to: Int) -> Int {
        // A limit that had run out on a day off, or in the night, and waited for work to begin has
        // used up its time: the suspension then counts from where it begins.
        switch running {
        case .workingMinutes:
            goal += table.worked(before: to) - table.worked(before: from)
            return 0
        case .hours:
            let added = (to - from + minutesPerDay - 1) / minutesPerDay
            goal = max(goal, from + 1) + added * minutesPerDay
            return added
        case .workingDays, .sameDay:
            return stopDays(from: from, to: to, countsDaysOff: false)
        case .days, .months:
            return stopDays(from: from, to: to, countsDaysOff: true)
        }
    }

    private mutating func stopDays(from: Int, to: Int, countsDaysOff: Bool) -> Int {
        let (first, last) = (table.day(of: from), table.day(of: to))
        guard goal < table.dayCount else { return 0 }
        var added = last - first
        if countsDaysOff {
            goal = max(goal, first) + added
        } else {
            let left = table.workingDays(before: goal + 1) - table.workingDays(before: first + 1)
            let resumed = table.workingDays(before: last + 1)
            added = resumed - table.workingDays(before: first + 1)
            goal = left > 0 ? table.day(ofWorkingDay: resumed + left - 1) : last
        }
        if due <= to {
            goal =
                countsDaysOff
                ? goal + 1 : table.day(ofWorkingDay: table.workingDays(before: goal + 1))
            added += 1
        }
        return added
    }
}
