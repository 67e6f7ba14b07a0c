extension WorkClock {
    /// The ledger of a deadline from its reception to `until`, or to the due instant. Where there is
    /// no due instant it ends where an open suspension began, or is empty.
    ///
    /// Costs time and lines in proportion to the days explained; never reaches beyond ``years``.
    package func explain(_ deadline: Deadline, until: Instant? = nil) -> DeadlineLedger {
        var derivation = derivation(of: deadline, keepsDaysAdded: true)
        let due =
            derivation?.run(from: deadline.reception, offset: offset) ?? .absent(.unspecified)
        let openHold = deadline.holds.holds.last { $0.to == nil && due == .absent(.suspended) }
        let reception = deadline.reception.localMinute(in: offset)
        let wanted = until ?? due.instant ?? openHold?.from ?? deadline.reception
        var end = max(reception, wanted.localMinute(in: offset))
        end = min(end, table.start(ofDay: table.dayCount))
        let hasLines = table.contains(minute: reception) && reception < end
        var explanation = Explanation(
            derivation, table: table, due: due.instant?.localMinute(in: offset), offset: offset,
            deadline: deadline)
        let lines = hasLines ? explanation.lines(from: reception, to: end) : []
        return DeadlineLedger(
            due: due, from: Instant(localMinute: reception, in: offset),
            until: Instant(localMinute: hasLines ? end : reception, in: offset), lines: lines)
    }
}

private struct Explanation {
    private struct Stretch {
        let from: Int
        let to: Int
        let cause: Hold.Cause
        /// `nil` for a hold that moved nothing.
        let daysAdded: Int?
    }

    /// The limit, or the extension that follows it.
    private struct Run {
        let limit: TimeLimit
        let isExtra: Bool
        let start: Int
        /// As ``Derivation/goal``.
        let goal: Int
        let due: Int?

        var isWorkingTime: Bool { limit.budgetMinutes != nil }
    }

    private let table: DayTable
    private let due: Int?
    private let offset: UTCOffset
    private let isRestartable: Bool
    private let stretches: [Stretch]
    /// Empty when the procedure states no limit.
    private let runs: [Run]
    private var lines: [LedgerLine] = []

    init(
        _ derivation: Derivation?, table: DayTable, due: Int?, offset: UTCOffset, deadline: Deadline
    ) {
        self.table = table
        self.due = due
        self.offset = offset
        isRestartable = deadline.afterSupplement == .restart
        var added = derivation?.daysAdded[...] ?? []
        stretches = deadline.holds.holds.map { hold in
            Stretch(
                from: hold.from.localMinute(in: offset),
                to: hold.to?.localMinute(in: offset) ?? DayTable.beyond, cause: hold.cause,
                daysAdded: hold.cause.stopsClock ? added.popFirst() : nil)
        }
        var runs: [Run] = []
        if let derivation {
            let regular = derivation.regular
            runs.append(
                Run(
                    limit: deadline.limit, isExtra: false, start: derivation.start,
                    goal: regular?.goal ?? derivation.goal, due: regular?.due ?? due))
            if let regular, let extra = deadline.extra {
                runs.append(
                    Run(
                        limit: extra, isExtra: true, start: regular.due, goal: derivation.goal,
                        due: due))
            }
        }
        self.runs = runs
    }

    mutating func lines(from start: Int, to end: Int) -> [LedgerLine] {
        var cuts = [start, end, due ?? end]
        for run in runs { cuts += run.limit.unit == .hour ? [run.start, run.goal] : [run.start] }
        for stretch in stretches { cuts += [stretch.from, stretch.to] }
        cuts = Set(cuts).filter { start...end ~= $0 }.sorted()
        var index = 0
        for (from, to) in zip(cuts, cuts.dropFirst()) {
            while index < stretches.count, stretches[index].to <= from { index += 1 }
            let hold = index < stretches.count && stretches[index].from <= from
            explain(from: from, to: to, hold: hold ? stretches[index] : nil)
        }
        return lines
    }

    /// Nothing changes within the piece but the day and the shift.
    private mutating func explain(from: Int, to: Int, hold: Stretch?) {
        let holder = hold?.cause.holder ?? .agency
        let run = runs.last { $0.start <= from }
        if let due, from >= due {
            append(from, to, holder, .overdue, .pastDue)
        } else if let hold, hold.cause.stopsClock {
            append(from, to, holder, .suspended, rule(of: hold, in: run))
        } else if runs.isEmpty {
            append(from, to, holder, .notCounted, .noLimit)
        } else if let run {
            explain(from: from, to: to, in: run, holder)
        } else {
            append(from, to, holder, .notCounted, .restarted)
        }
    }

    private func rule(of hold: Stretch, in run: Run?) -> DeadlineRule {
        if runs.isEmpty { return .noLimit }
        if hold.cause == .supplement, isRestartable { return .restarted }
        guard let added = hold.daysAdded, run?.isWorkingTime == false else {
            return .clockStopped(hold.cause)
        }
        return .daysAdded(added, hold.cause)
    }

    private mutating func explain(from: Int, to: Int, in run: Run, _ holder: Holder) {
        if run.limit.unit == .hour {
            if from < run.goal {
                count(from, to, holder, .wallClock, in: run)
            } else {
                append(from, to, holder, .notCounted, .movedToShift)
            }
            return
        }
        for day in table.day(of: from)...table.day(of: to - 1) {
            let start = table.start(ofDay: day)
            let (from, to) = (max(from, start), min(to, start + minutesPerDay))
            if run.isWorkingTime {
                explainWorkingTime(day, from: from, to: to, in: run, holder)
            } else {
                explainDay(day, from: from, to: to, in: run, holder)
            }
        }
    }

    private mutating func explainDay(
        _ day: Int, from: Int, to: Int, in run: Run, _ holder: Holder
    ) {
        let mark = mark(ofDay: day)
        let offRule = table.shifts(ofDay: day) == nil ? mark : nil
        if run.limit.unit == .sameDay {
            if let due = run.due, due < table.start(ofDay: day + 1) {
                count(from, to, holder, .sameDay, in: run)
            } else {
                append(from, to, holder, .notCounted, offRule ?? .afterCutoff)
            }
        } else if day == table.day(of: run.start) {
            append(from, to, holder, .notCounted, .firstDay)
        } else if isDayHoldEnds(day, before: from) {
            append(from, to, holder, .notCounted, .dayHoldEnds)
        } else if run.limit.unit == .workingDay {
            if let offRule {
                append(from, to, holder, .notCounted, offRule)
            } else {
                count(from, to, holder, mark ?? .workingDay, in: run)
            }
        } else if day <= run.goal {
            count(from, to, holder, .calendarDay, in: run)
        } else {
            append(from, to, holder, .notCounted, .movedToWorkingDay)
        }
    }

    private func isDayHoldEnds(_ day: Int, before minute: Int) -> Bool {
        stretches.contains { stretch in
            stretch.daysAdded != nil && stretch.to <= minute
                && table.day(of: stretch.to) == day && table.day(of: stretch.from) < day
        }
    }

    private mutating func explainWorkingTime(
        _ day: Int, from: Int, to: Int, in run: Run, _ holder: Holder
    ) {
        let mark = mark(ofDay: day)
        guard let shifts = table.shifts(ofDay: day) else {
            append(from, to, holder, .notCounted, mark ?? .outsideShifts)
            return
        }
        let start = table.start(ofDay: day)
        var position = from
        for stretch in shifts.stretches {
            let shift = (start + stretch.lowerBound)..<(start + stretch.upperBound)
            append(position, min(to, shift.lowerBound), holder, .notCounted, .outsideShifts)
            position = max(position, min(to, shift.lowerBound))
            count(position, min(to, shift.upperBound), holder, mark ?? .workingTime, in: run)
            position = max(position, min(to, shift.upperBound))
        }
        append(position, to, holder, .notCounted, .outsideShifts)
    }

    /// Why a day is off, or why a day of the weekend is not; `nil` for an ordinary working day.
    private func mark(ofDay day: Int) -> DeadlineRule? {
        switch table.kind(ofDay: day) {
        case .working: nil
        case .swapped(let paid): .swapDay(paid)
        case .weekend: .weekend
        case .off(let name): .dayOff(name)
        }
    }

    /// What counts after the limit's own end was granted by the extension.
    private mutating func count(
        _ from: Int, _ to: Int, _ holder: Holder, _ rule: DeadlineRule, in run: Run
    ) {
        append(from, to, holder, .counted, run.isExtra ? .extended : rule)
    }

    /// Joins a line that continues the one before it; drops an empty one.
    private mutating func append(
        _ from: Int, _ to: Int, _ holder: Holder, _ effect: LedgerLine.Effect, _ rule: DeadlineRule
    ) {
        guard from < to else { return }
        var first = Instant(localMinute: from, in: offset)
        var minutes = to - from
        if let last = lines.last, last.holder == holder, last.effect == effect, last.rule == rule {
            lines.removeLast()
            first = last.from
            minutes += last.minutes
        }
        lines.append(
            LedgerLine(
                from: first, to: Instant(localMinute: to, in: offset), minutes: minutes,
                holder: holder, effect: effect, rule: rule))
    }
}
