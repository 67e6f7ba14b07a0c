import Testing

@testable import WorkingTime

/// The rules followed one minute, or one day, at a time, with nothing precomputed and nothing
/// shared with the fast clock but the calendar's data. Slow on purpose.
struct NaiveClock {
    let calendar: WorkCalendar
    let shifts: Shifts

    private func date(_ day: Int) -> CivilDate { CivilDate(daysSinceEpoch: day) }

    /// The working stretches of a day, in minutes since the epoch; empty for a day off.
    private func stretches(_ day: Int) -> [Range<Int>] {
        let isWeekend = [2, 3].contains(((day % 7) + 7) % 7)
        let isOff =
            calendar.years.contains(date(day).year)
            ? calendar.daysOff[date(day)] != nil
            : calendar.assumedDaysOff(in: date(day).year)[date(day)] != nil
        guard !isOff, !isWeekend || calendar.swaps[date(day)] != nil else { return [] }
        return (calendar.specialShifts[date(day)] ?? shifts).stretches.map {
            $0.lowerBound + day * 1_440..<$0.upperBound + day * 1_440
        }
    }

    private func day(_ minute: Int) -> Int { Int((Double(minute) / 1_440).rounded(.down)) }

    private func isWorked(_ minute: Int) -> Bool {
        stretches(day(minute)).contains { $0.contains(minute) }
    }

    /// The end of the last shift of the first working day from `day` on.
    private func endOfWork(from day: Int) -> Int {
        var day = day
        while stretches(day).isEmpty { day += 1 }
        return stretches(day).last!.upperBound
    }

    private struct Stop {
        let from: Int
        let to: Int?
        let restarts: Bool
    }

    private func stops(_ deadline: Deadline) -> [Stop] {
        deadline.holds.holds.filter(\.cause.stopsClock).map {
            Stop(
                from: minute($0.from), to: $0.to.map(minute),
                restarts: $0.cause == .supplement && deadline.afterSupplement == .restart)
        }
    }

    private func minute(_ instant: Instant) -> Int {
        Int((Double(instant.millisecondsSinceEpoch) / 60_000).rounded(.down)) + 420
    }

    /// The due minute of the place; `nil` while suspended, and without a limit.
    func due(_ deadline: Deadline) -> Int? {
        let start = minute(deadline.reception)
        switch (deadline.limit.unit, deadline.limit.counting) {
        case (.unspecified, _):
            return nil
        case (.workingHour, _), (.workingDay, .workingTime):
            return workingTime(deadline, start)
        case (.hour, _):
            precondition(deadline.holds.holds.isEmpty, "without suspensions only")
            let end = hours(deadline.limit.value, from: start)
            return deadline.extra.map { hours($0.value, from: end) } ?? end
        case (.workingDay, .wholeDays), (.day, _), (.month, _), (.sameDay, _):
            return days(deadline, start)
        }
    }

    private func workingTime(_ deadline: Deadline, _ start: Int) -> Int? {
        let budget = [deadline.limit, deadline.extra].reduce(0) {
            $0 + ($1.map { $0.value * ($0.unit == .workingHour ? 60 : 480) } ?? 0)
        }
        var stops = stops(deadline)
        var minute = start
        var counted = 0
        while true {
            if let stop = stops.first, stop.from == minute {
                stops.removeFirst()
                guard let to = stop.to else { return nil }
                if stop.restarts { counted = 0 }
                minute = to
                continue
            }
            if isWorked(minute) { counted += 1 }
            minute += 1
            if counted == budget { return minute }
        }
    }

    private func hours(_ hours: Int, from start: Int) -> Int {
        var minute = start + hours * 60
        while !isWorked(minute), !isWorked(minute - 1) { minute += 1 }
        return minute
    }

    /// Walks from day to day; a day in `(from, to]` of a suspension that began in time is not counted.
    private func days(_ deadline: Deadline, _ start: Int) -> Int? {
        var stops = stops(deadline)
        var limit = deadline.limit
        var day = day(start)
        var left = dayCount(limit, from: start)
        var isExtended = false
        while true {
            let countsDaysOff = limit.unit == .day || limit.unit == .month
            // Let the days run until the count is up, then wait for a working day.
            while left > 0, stops.first.map({ self.day($0.from) > day }) ?? true {
                day += 1
                if countsDaysOff || !stretches(day).isEmpty { left -= 1 }
            }
            let due = left == 0 ? endOfWork(from: day) : Int.max
            guard let stop = stops.first, stop.from < due else {
                guard left == 0 else { continue }
                guard let extra = deadline.extra, !isExtended else {
                    return due
                }
                isExtended = true
                limit = extra
                (day, left) = (self.day(due), dayCount(extra, from: due))
                continue
            }
            stops.removeFirst()
            guard let to = stop.to else { return nil }
            if stop.restarts {
                (limit, isExtended) = (deadline.limit, false)
                (day, left) = (self.day(to), dayCount(limit, from: to))
                continue
            }
            // The days after the one it began on, up to the one it ended on, are not counted.
            while day < self.day(to) { day += 1 }
            if left == 0, endOfWork(from: day) <= to { left = 1 }
        }
    }

    /// Days to count after the one that `minute` is in.
    private func dayCount(_ limit: TimeLimit, from minute: Int) -> Int {
        let first = day(minute)
        switch limit.unit {
        case .month:
            let (year, month, number) = date(first).parts
            let later = year * 12 + month - 1 + limit.value
            var last = number
            while CivilDate(year: later / 12, month: later % 12 + 1, day: last) == nil { last -= 1 }
            let target = CivilDate(year: later / 12, month: later % 12 + 1, day: last)!
            return target.daysSinceEpoch - first
        case .sameDay:
            let isInTime =
                minute - first * 1_440 < 900 && minute < stretches(first).last?.upperBound ?? 0
            return isInTime ? 0 : 1
        default:
            return limit.value
        }
    }
}
