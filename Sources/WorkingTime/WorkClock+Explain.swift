extension WorkClock {
    /// The ledger of a deadline from its reception to `until`, or to the due instant. Where there is
    /// no due instant it ends where an open suspension began, or is empty.
    ///
    /// Costs time and lines in proportion to the days explained; never reaches beyond ``years``.
    package func explain(_ deadline: Deadline, until: Instant? = nil) -> DeadlineLedger {
        var derivation = Derivation(deadline, table: table, keepsDaysAdded: true)
        let due = derivation.run(offset: offset)
        let openHold = deadline.holds.holds.last { $0.to == nil && due == .absent(.suspended) }
        let reception = deadline.reception.localMinute(in: offset)
        let wanted = until ?? due.instant ?? openHold?.from ?? deadline.reception
        var end = max(reception, wanted.localMinute(in: offset))
        end = min(end, table.start(ofDay: table.dayCount))
        let hasLines = table.contains(minute: reception) && reception < end
        var explanation = Explanation(
            derivation: derivation, due: due.instant?.localMinute(in: offset),
            offset: offset, deadline: deadline)
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

    private let derivation: Derivation
    private let due: Int?
    private let offset: UTCOffset
    private let isRestartable: Bool
    private let stretches: [Stretch]
    private var lines: [LedgerLine] = []

    init(derivation: Derivation, due: Int?, offset: UTCOffset, deadline: Deadline) {
        self.derivation = derivation
        self.due = due
        self.offset = offset
        isRestartable = deadline.afterSupplement == .restart
        var added = derivation.daysAdded[...]
        stretches = deadline.holds.holds.map { hold in
            Stretch(
                from: hold.from.localMinute(in: offset),
                to: hold.to?.localMinute(in: offset) ?? DayTable.beyond, cause: hold.cause,
                daysAdded: hold.cause.stopsClock ? added.popFirst() : nil)
        }
    }

    private var table: DayTable { derivation.table }
    private var unit: TimeLimit.Unit { derivation.limit.unit }
    private var isWorkingTime: Bool { derivation.limit.budgetMinutes != nil }

    mutating func lines(from start: Int, to end: Int) -> [LedgerLine] {
        var cuts = [start, end, derivation.start, due ?? end]
        if unit == .hour { cuts.append(derivation.goal) }
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
        if let due, from >= due {
            append(from, to, holder, .overdue, .pastDue)
        } else if let hold, hold.cause.stopsClock {
            let isRestart = hold.cause == .supplement && isRestartable
            let rule: DeadlineRule =
                if unit == .unspecified {
                    .noLimit
                } else if isRestart {
                    .restarted
                } else if isWorkingTime || hold.daysAdded == nil {
                    .clockStopped(hold.cause)
                } else {
                    .daysAdded(hold.daysAdded ?? 0, hold.cause)
                }
            append(from, to, holder, .suspended, rule)
        } else if unit == .unspecified {
            append(from, to, holder, .notCounted, .noLimit)
        } else if from < derivation.start {
            append(from, to, holder, .notCounted, .restarted)
        } else if unit == .hour {
            let isCounted = from < derivation.goal
            append(
                from, to, holder, isCounted ? .counted : .notCounted,
                isCounted ? .wallClock : .movedToShift)
        } else {
            for day in table.day(of: from)...table.day(of: to - 1) {
                let start = table.start(ofDay: day)
                explainDay(
                    day, from: max(from, start), to: min(to, start + minutesPerDay), holder)
            }
        }
    }

    private mutating func explainDay(_ day: Int, from: Int, to: Int, _ holder: Holder) {
        if isWorkingTime {
            explainWorkingTime(day, from: from, to: to, holder)
            return
        }
        let offRule: DeadlineRule? =
            switch table.kind(ofDay: day) {
            case .working, .swapped: nil
            case .weekend: .weekend
            case .off(let name): .dayOff(name)
            }
        if unit == .sameDay {
            let isDueDay = due.map { $0 < table.start(ofDay: day + 1) } ?? false
            append(
                from, to, holder, isDueDay ? .counted : .notCounted,
                isDueDay ? .sameDay : offRule ?? .afterCutoff)
        } else if day == table.day(of: derivation.start) {
            append(from, to, holder, .notCounted, .firstDay)
        } else if isDayHoldEnds(day, before: from) {
            append(from, to, holder, .notCounted, .dayHoldEnds)
        } else if unit == .workingDay {
            append(
                from, to, holder, offRule == nil ? .counted : .notCounted, offRule ?? .workingDay)
        } else if day <= derivation.goal {
            append(from, to, holder, .counted, .calendarDay)
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

    private mutating func explainWorkingTime(_ day: Int, from: Int, to: Int, _ holder: Holder) {
        switch table.kind(ofDay: day) {
        case .weekend:
            append(from, to, holder, .notCounted, .weekend)
        case .off(let name):
            append(from, to, holder, .notCounted, .dayOff(name))
        case .working, .swapped:
            let start = table.start(ofDay: day)
            var position = from
            for stretch in table.shifts(ofDay: day)?.stretches ?? [] {
                let shift = (start + stretch.lowerBound)..<(start + stretch.upperBound)
                append(position, min(to, shift.lowerBound), holder, .notCounted, .outsideShifts)
                position = max(position, min(to, shift.lowerBound))
                append(position, min(to, shift.upperBound), holder, .counted, .workingTime)
                position = max(position, min(to, shift.upperBound))
            }
            append(position, to, holder, .notCounted, .outsideShifts)
        }
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
