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

    /// Those of them that the extension granted.
    package var extendedMinutes: Int {
        lines.reduce(0) { $0 + ($1.rule == .extended ? $1.minutes : 0) }
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

    /// One line of text for people: from, to, minutes, effect, holder, rule and source.
    package func formatted(in offset: UTCOffset) -> String {
        let count = String(minutes)
        let width = String(repeating: " ", count: max(0, 6 - count.count))
        let source = rule.source.isEmpty ? "" : " [\(rule.source)]"
        return "\(from.formatted(in: offset)) \(to.formatted(in: offset))"
            + " \(width)\(count) phút  \(effect.label), \(holder.label):"
            + " \(rule.sentence)\(source)"
    }
}

/// The rule by which a stretch of time counts or does not.
package enum DeadlineRule: Hashable, Sendable {
    case workingTime
    /// A weekend day that counts because it is worked in exchange for the day off named.
    case swapDay(CivilDate)
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
    /// After the end of the limit itself.
    case extended
    /// Used before a supplement, after which the limit ran again from zero.
    case restarted
    case pastDue
    case noLimit

    /// What machines know the rule by; it stays when the sentence is reworded.
    package var name: String {
        switch self {
        case .workingTime: "WORKING_TIME"
        case .swapDay: "SWAP_DAY"
        case .outsideShifts: "OUTSIDE_SHIFTS"
        case .weekend: "WEEKEND"
        case .dayOff: "DAY_OFF"
        case .firstDay: "FIRST_DAY"
        case .workingDay: "WORKING_DAY"
        case .calendarDay: "CALENDAR_DAY"
        case .wallClock: "WALL_CLOCK"
        case .sameDay: "SAME_DAY"
        case .afterCutoff: "AFTER_CUTOFF"
        case .movedToWorkingDay: "MOVED_TO_WORKING_DAY"
        case .movedToShift: "MOVED_TO_SHIFT"
        case .clockStopped: "CLOCK_STOPPED"
        case .daysAdded: "DAYS_ADDED"
        case .dayHoldEnds: "DAY_HOLD_ENDS"
        case .extended: "EXTENDED"
        case .restarted: "RESTARTED"
        case .pastDue: "PAST_DUE"
        case .noLimit: "NO_LIMIT"
        }
    }

    /// For officials and citizens.
    package var sentence: String {
        switch self {
        case .workingTime: "tính từng phút trong giờ làm việc"
        case .swapDay(let paid): "ngày làm bù cho ngày nghỉ \(paid): tính như ngày làm việc"
        case .outsideShifts: "ngoài giờ làm việc"
        case .weekend: "ngày nghỉ hằng tuần"
        case .dayOff(let name): "ngày nghỉ: \(name)"
        case .firstDay: "không tính ngày đầu tiên"
        case .workingDay: "tính trọn từng ngày làm việc"
        case .calendarDay: "tính từng ngày, kể cả ngày nghỉ"
        case .wallClock: "tính theo giờ đồng hồ, kể cả ngoài giờ làm việc"
        case .sameDay: "trả trong ngày, chậm nhất khi hết giờ làm việc"
        case .afterCutoff: "tiếp nhận quá giờ trong ngày: trả trong ngày làm việc tiếp theo"
        case .movedToWorkingDay:
            "ngày cuối là ngày nghỉ: thời hạn kết thúc vào ngày làm việc tiếp theo"
        case .movedToShift:
            "giờ cuối ngoài giờ làm việc: thời hạn kết thúc khi bắt đầu ca tiếp theo"
        case .clockStopped(let cause): "tạm dừng tính thời hạn (\(cause.label))"
        case .daysAdded(let days, let cause):
            "tạm dừng tính thời hạn (\(cause.label)), cộng thêm \(days) ngày"
        case .dayHoldEnds: "ngày kết thúc tạm dừng thuộc về thời gian tạm dừng"
        case .extended: "thời gian được gia hạn"
        case .restarted: "thời hạn tính lại từ đầu sau khi hồ sơ được bổ sung"
        case .pastDue: "đã quá hạn"
        case .noLimit: "thủ tục không quy định thời hạn"
        }
    }

    /// The article that the rule stands on; empty for what the unit's definition itself says.
    package var source: String {
        switch self {
        case .workingTime: "Quyết định 1594/QĐ-TTPVHCC của Hà Nội: một ngày là 8 giờ"
        case .swapDay: "Thông báo hoán đổi ngày làm việc của năm"
        case .outsideShifts: "Giờ làm việc của cơ quan"
        case .weekend: "Quyết định 188/1999/QĐ-TTg"
        case .dayOff: "Bộ luật Lao động 2019, Điều 111 và Điều 112"
        case .firstDay, .workingDay, .calendarDay, .dayHoldEnds:
            "Bộ luật Dân sự 2015, Điều 147 khoản 2"
        case .wallClock: "Bộ luật Dân sự 2015, Điều 147 khoản 1"
        case .sameDay, .afterCutoff:
            "Nghị định 61/2018/NĐ-CP, Điều 18; Nghị định 118/2025/NĐ-CP, Điều 18"
        case .movedToWorkingDay: "Bộ luật Dân sự 2015, Điều 148 khoản 5"
        case .clockStopped(let cause), .daysAdded(_, let cause):
            cause == .supplement
                ? "Quyết định 766/QĐ-TTg: không tính thời gian bổ sung hồ sơ" : ""
        case .extended:
            "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 9; mẫu 04 của Thông tư 03/2025/TT-VPCP"
        case .restarted: "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 4"
        case .movedToShift, .pastDue, .noLimit: ""
        }
    }
}

extension LedgerLine.Effect {
    package var label: String {
        switch self {
        case .counted: "tính"
        case .notCounted: "không tính"
        case .suspended: "tạm dừng"
        case .overdue: "quá hạn"
        }
    }
}

extension Holder {
    package var label: String {
        switch self {
        case .agency: "cơ quan giải quyết"
        case .citizen: "công dân"
        case .otherAgency: "cơ quan khác"
        case .nobody: "không bên nào"
        }
    }
}

extension Hold.Cause {
    package var label: String {
        switch self {
        case .supplement: "chờ bổ sung hồ sơ"
        case .payment: "chờ nộp phí, lệ phí"
        case .consultation: "lấy ý kiến"
        case .otherAgency: "chờ cơ quan khác"
        case .decision: "theo quyết định"
        }
    }
}
