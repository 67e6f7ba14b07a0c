import WorkingTime

/// The due instant that a question has, and how it comes about.
struct DeadlineAnswer {
    let question: DeadlineQuestion
    let due: Instant
    let isProvisional: Bool

    /// - Throws: when nothing falls due; names the option that is the reason.
    init(to question: DeadlineQuestion) throws(OptionRefusal) {
        let (deadline, clock) = (question.deadline, question.clock)
        let years = "\(clock.years.lowerBound) to \(clock.years.upperBound)"
        switch clock.due(deadline) {
        case .at(let due, let isProvisional):
            self.question = question
            self.due = due
            self.isProvisional = isProvisional
        case .absent(.unspecified):
            throw OptionRefusal(
                "--limit", "NO_LIMIT", "\(deadline.limit) states no limit, so nothing falls due")
        case .absent(.suspended):
            throw OptionRefusal(
                "--suspend", "SUSPENSION_OPEN",
                "the clock stands still and nobody knows until when: write its end after the /")
        case .absent(.outsideCalendar):
            throw OptionRefusal(
                "--from", "OUTSIDE_CALENDAR", "the clock of this calendar runs from \(years)")
        case .absent(.beyondHorizon):
            let last = deadline.holds.holds.last?.to?.local(in: clock.offset).date.year ?? 0
            throw OptionRefusal(
                clock.years.contains(last) || last == 0 ? "--limit" : "--suspend",
                "BEYOND_HORIZON", "the clock of this calendar runs from \(years)")
        }
    }

    /// The due instant, and nothing else.
    var line: String { due.formatted(in: question.clock.offset) }

    /// What the due instant rests on, the ledger line by line, and who held the dossier for how long.
    var explanation: [String] {
        let (deadline, clock) = (question.deadline, question.clock)
        let ledger = clock.explain(deadline)
        var lines = [
            "Tiếp nhận: \(deadline.reception.formatted(in: clock.offset))",
            "Thời hạn: \(deadline.limit)\(deadline.extra.map { ", gia hạn \($0)" } ?? "")",
            "Giờ làm việc: \(clock.shifts)",
            "Lịch làm việc: \(Self.text(clock.calendar)); \(standing)",
        ]
        lines += ledger.lines.map { $0.formatted(in: clock.offset) }
        lines += Holder.allCases.map {
            Self.total(ledger.minutes(heldBy: $0), "\($0.label) giữ hồ sơ")
        }
        lines.append(Self.total(ledger.elapsedMinutes, "tổng cộng, bằng thời gian đã trôi qua"))
        lines.append(Self.total(ledger.countedMinutes, "được tính vào thời hạn"))
        lines.append(Self.total(ledger.extendedMinutes, "trong đó do gia hạn"))
        return lines
    }

    private var standing: String {
        isProvisional
            ? "hạn trả kết quả tạm tính, vì có năm chưa có dữ liệu lịch"
            : "hạn trả kết quả theo lịch đã công bố"
    }

    private static func text(_ calendar: WorkCalendar) -> String {
        let (first, last) = (calendar.years.lowerBound, calendar.years.upperBound)
        let years = first == last ? "năm \(first)" : "các năm \(first)-\(last)"
        return "\(calendar.version), hiệu lực từ \(calendar.effectiveFrom), dữ liệu \(years)"
    }

    private static func total(_ minutes: Int, _ label: String) -> String {
        let count = String(minutes)
        return String(repeating: " ", count: max(0, 8 - count.count)) + "\(count) phút  \(label)"
    }
}
