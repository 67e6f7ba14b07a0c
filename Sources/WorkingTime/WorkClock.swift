/// Derives due dates for one calendar, one set of shifts and one place. Pure and immutable: build one
/// for each pair of calendar version and shifts and share it.
///
/// The unit of time is the minute. An act belongs to the minute it falls in, which is what the
/// acceptance slip prints (form 01): seconds are dropped, and that whole minute counts.
package struct WorkClock: Sendable {
    package let calendar: WorkCalendar
    package let shifts: Shifts
    /// The agency's own half days: shifts of single days that go before the calendar's. A day that
    /// the calendar does not work stays off.
    package let ownShifts: [CivilDate: Shifts]
    package let offset: UTCOffset
    let table: DayTable

    /// How far before and after the calendar's years the clock reaches. Receptions outside have no
    /// due date (``DueDate/Absence/outsideCalendar``), nor have limits that end after
    /// (``DueDate/Absence/beyondHorizon``).
    package static let yearsBefore = 10
    package static let yearsAfter = 50

    package init(
        calendar: WorkCalendar = .vietnam2025To2026, shifts: Shifts = .standard,
        ownShifts: [CivilDate: Shifts] = [:], offset: UTCOffset = .vietnam
    ) {
        self.calendar = calendar
        self.shifts = shifts
        self.ownShifts = ownShifts
        self.offset = offset
        table = DayTable(
            calendar: calendar, shifts: shifts, ownShifts: ownShifts,
            yearsBefore: Self.yearsBefore, yearsAfter: Self.yearsAfter)
    }

    package var years: ClosedRange<Int> { table.years }

    package func due(_ deadline: Deadline) -> DueDate {
        guard var derivation = derivation(of: deadline) else { return .absent(.unspecified) }
        return derivation.run(from: deadline.reception, offset: offset)
    }

    /// `nil` when there is no limit to derive anything from.
    func derivation(of deadline: Deadline, keepsDaysAdded: Bool = false) -> Derivation? {
        guard let limit = deadline.limit.count else { return nil }
        return Derivation(
            limit, extra: deadline.extra?.count, holds: deadline.holds,
            afterSupplement: deadline.afterSupplement, cutoff: deadline.cutoff, table: table,
            keepsDaysAdded: keepsDaysAdded)
    }

    /// When a step that began at `start` has used up `minutes` of working time. The dossier's holds
    /// move it as they move the dossier's own deadline; what lies of them before `start` does not.
    ///
    /// - Precondition: `minutes` is positive.
    package func due(
        workingMinutes minutes: Int, from start: Instant, holds: HoldLedger = .none,
        afterSupplement: Deadline.AfterSupplement = .resume
    ) -> DueDate {
        precondition(minutes > 0)
        var derivation = Derivation(
            .workingMinutes(minutes), extra: nil, holds: holds, afterSupplement: afterSupplement,
            cutoff: Deadline.standardCutoff, table: table)
        return derivation.run(from: start, offset: offset)
    }

    /// Working minutes in `[from, to)`, negative when `to` comes first; `nil` outside ``years``.
    package func workingMinutes(from: Instant, to: Instant) -> Int? {
        let (from, to) = (from.localMinute(in: offset), to.localMinute(in: offset))
        guard table.contains(minute: from), table.contains(minute: to) else { return nil }
        return table.worked(before: to) - table.worked(before: from)
    }

    /// The end of the minute that uses up `minutes` of working time counted from `instant`, which for
    /// 0 is `instant` itself; `nil` outside ``years``.
    ///
    /// - Precondition: `minutes` is not negative.
    package func add(workingMinutes minutes: Int, to instant: Instant) -> Instant? {
        precondition(minutes >= 0)
        let from = instant.localMinute(in: offset)
        guard table.contains(minute: from) else { return nil }
        guard minutes > 0 else { return Instant(localMinute: from, in: offset) }
        let due = table.minute(whenWorked: table.worked(before: from) + minutes)
        return due == DayTable.beyond ? nil : Instant(localMinute: due, in: offset)
    }

    /// When a dossier passes to its handler: at once in working time, and at the start of the next
    /// working day when it was received after `cutoff` (Decree 61/2018, article 18); `nil` outside
    /// ``years``.
    package func handover(
        receivedAt reception: Instant, cutoff: TimeOfDay = Deadline.standardCutoff
    ) -> Instant? {
        let minute = reception.localMinute(in: offset)
        guard table.contains(minute: minute) else { return nil }
        let day = table.day(of: minute)
        let minuteOfDay = minute - table.start(ofDay: day)
        if minuteOfDay <= cutoff.minutesSinceMidnight,
            let today = table.shifts(ofDay: day)?.workingMinute(atOrAfter: minuteOfDay)
        {
            return Instant(localMinute: table.start(ofDay: day) + today, in: offset)
        }
        let next = table.start(ofWorkingDay: table.workingDays(before: day + 1))
        return next == DayTable.beyond ? nil : Instant(localMinute: next, in: offset)
    }

    /// `nil` outside ``years``.
    package func isWorkingDay(_ date: CivilDate) -> Bool? {
        years.contains(date.year) ? calendar.kind(of: date).isWorked : nil
    }
}
