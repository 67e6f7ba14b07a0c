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

    /// The due minute of the place; `nil` while suspended.
    func due(_ deadline: Deadline) -> Int? {
        let start = minute(deadline.reception)
        switch (deadline.limit.unit, deadline.limit.counting) {
        case (.workingHour, _):
            return workingTime(deadline, start, budget: deadline.limit.value * 60)
        case (.workingDay, .workingTime):
            return workingTime(deadline, start, budget: deadline.limit.value * 480)
        case (.workingDay, .wholeDays), (.day, _):
            return days(deadline, start)
        default:
            precondition(deadline.holds.holds.isEmpty, "without suspensions only")
            return other(deadline, start)
        }
    }

    private func workingTime(_ deadline: Deadline, _ start: Int, budget: Int) -> Int? {
        let stops = stops(deadline)
        var minute = start
        var counted = 0
        while true {
            if let stop = stops.first(where: { $0.from == minute }) {
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

    /// Walks from day to day; a day in `(from, to]` of a suspension that began in time is not counted.
    private func days(_ deadline: Deadline, _ start: Int) -> Int? {
        let countsDaysOff = deadline.limit.unit == .day
        var stops = stops(deadline)
        var day = day(start)
        var left = deadline.limit.value
        while true {
            // Let the days run until the count is up, then wait for a working day.
            while left > 0, stops.first.map({ self.day($0.from) > day }) ?? true {
                day += 1
                if countsDaysOff || !stretches(day).isEmpty { left -= 1 }
            }
            let due = left == 0 ? endOfWork(from: day) : Int.max
            guard let stop = stops.first, stop.from < due else {
                if left == 0 { return due }
                continue
            }
            stops.removeFirst()
            guard let to = stop.to else { return nil }
            if stop.restarts {
                day = self.day(to)
                left = deadline.limit.value
                continue
            }
            // The days after the one it began on, up to the one it ended on, are not counted.
            while day < self.day(to) { day += 1 }
            if left == 0, endOfWork(from: day) <= to { left = 1 }
        }
    }

    private func other(_ deadline: Deadline, _ start: Int) -> Int? {
        let first = day(start)
        switch deadline.limit.unit {
        case .hour:
            var minute = start + deadline.limit.value * 60
            while !isWorked(minute), !isWorked(minute - 1) { minute += 1 }
            return minute
        case .month:
            let (year, month, number) = date(first).parts
            let later = year * 12 + month - 1 + deadline.limit.value
            var last = number
            while CivilDate(year: later / 12, month: later % 12 + 1, day: last) == nil { last -= 1 }
            let target = CivilDate(year: later / 12, month: later % 12 + 1, day: last)!
            return endOfWork(from: target.daysSinceEpoch)
        case .sameDay:
            let isInTime =
                start - first * 1_440 < 900 && start < stretches(first).last?.upperBound ?? 0
            return endOfWork(from: isInTime ? first : first + 1)
        default:
            return nil
        }
    }
}
