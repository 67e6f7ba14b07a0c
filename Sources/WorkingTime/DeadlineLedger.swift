/// The life of a deadline minute by minute: its lines follow each other without a gap from the
/// reception to ``until``, so that their minutes add up to the time elapsed.
package struct DeadlineLedger: Hashable, Sendable {
    package let due: DueDate
    package let from: Instant
    package let until: Instant
    package let lines: [LedgerLine]

    package var elapsedMinutes: Int { lines.reduce(0) { $0 + $1.minutes } }

    /// Minutes that used up the limit. In working time, at the due instant, exactly the budget.
    package var countedMinutes: Int {
        lines.reduce(0) { $0 + ($1.effect == .counted ? $1.minutes : 0) }
    }

    package func minutes(heldBy holder: Holder) -> Int {
        lines.reduce(0) { $0 + ($1.holder == holder ? $1.minutes : 0) }
    }
}

package struct LedgerLine: Hashable, Sendable {
    package enum Effect: String, CaseIterable, Sendable {
        case counted
        case notCounted = "not-counted"
        case suspended
        case overdue
    }

    package let from: Instant
    package let to: Instant
    package let minutes: Int
    package let holder: Holder
    package let effect: Effect
    package let rule: DeadlineRule

    /// One line of text: from, to, minutes, effect, holder, rule and source.
    package func formatted(in offset: UTCOffset) -> String {
        let count = String(minutes)
        let width = String(repeating: " ", count: max(0, 6 - count.count))
        let source = rule.source.isEmpty ? "" : " [\(rule.source)]"
        return "\(from.formatted(in: offset)) \(to.formatted(in: offset))"
            + " \(width)\(count) min  \(effect.rawValue), \(holder.rawValue):"
            + " \(rule.sentence)\(source)"
    }
}

/// The rule by which a stretch of time counts or does not.
package enum DeadlineRule: Hashable, Sendable {
    case workingTime
    case outsideShifts
    case weekend
    case dayOff(String)
    case firstDay
    case workingDay
    case calendarDay
    case wallClock
    case sameDay
    case afterCutoff
    case movedToWorkingDay
    case movedToShift
    case clockStopped(Hold.Cause)
    /// In the units that are not counted in working time.
    case daysAdded(Int, Hold.Cause)
    case dayHoldEnds
    /// Used before a supplement, after which the limit ran again from zero.
    case restarted
    case pastDue
    case noLimit

    package var sentence: String {
        switch self {
        case .workingTime: "working time counts minute by minute"
        case .outsideShifts: "outside the shifts"
        case .weekend: "weekend"
        case .dayOff(let name): "day off: \(name)"
        case .firstDay: "the first day is not counted"
        case .workingDay: "each working day counts whole"
        case .calendarDay: "each day counts, days off included"
        case .wallClock: "hours run by the wall clock"
        case .sameDay: "due at the end of the day's last shift"
        case .afterCutoff: "received too late in the day: the next working day"
        case .movedToWorkingDay: "the last day is off: the end moves to the next working day"
        case .movedToShift: "the last hour is not working time: the end moves to the next shift"
        case .clockStopped(let cause): "suspended (\(cause.rawValue)): the count stands still"
        case .daysAdded(let days, let cause): "suspended (\(cause.rawValue)), days added: \(days)"
        case .dayHoldEnds: "the day on which a suspension ends belongs to it"
        case .restarted: "the limit began again after the supplement"
        case .pastDue: "after the due instant"
        case .noLimit: "the procedure states no limit"
        }
    }

    /// The article that the rule stands on; empty for what the unit's definition itself says.
    package var source: String {
        switch self {
        case .workingTime: "Hanoi, Decision 1594/QĐ-TTPVHCC: one day is 8 hours"
        case .outsideShifts: "shifts of the agency"
        case .weekend: "Decision 188/1999/QĐ-TTg"
        case .dayOff: "Labour Code 2019, articles 111 and 112"
        case .firstDay, .workingDay, .calendarDay, .dayHoldEnds: "Civil Code 2015, article 147(2)"
        case .wallClock: "Civil Code 2015, article 147(1)"
        case .sameDay, .afterCutoff: "Decree 61/2018, article 18; Decree 118/2025, article 18"
        case .movedToWorkingDay: "Civil Code 2015, article 148(5)"
        case .clockStopped(let cause), .daysAdded(_, let cause):
            cause == .supplement ? "Decision 766/QĐ-TTg: supplement time is left out" : ""
        case .restarted: "Decree 61/2018, article 19(4)"
        case .movedToShift, .pastDue, .noLimit: ""
        }
    }
}
