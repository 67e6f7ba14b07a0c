import GRDB
import WorkingTime

extension ClockTable {
    /// Whether this very text is there already, under its version.
    func isKnown(_ calendar: WorkCalendar, text: String) throws -> Bool {
        if let stored = try self.text(ofCalendar: calendar.version) { return stored == text }
        return standard.calendar == calendar
    }

    /// Why the calendar is not taken; `nil` when it is, or is there already.
    ///
    /// - Parameter replaced: The one that it follows, as far as it was parsed before.
    func refusal(
        of calendar: WorkCalendar, text: String, on day: CivilDate, replacing replaced: WorkCalendar
    ) throws -> CalendarRefusal? {
        if try isKnown(calendar, text: text) { return nil }
        let isTaken =
            try self.text(ofCalendar: calendar.version) != nil
            || standard.calendar.version == calendar.version
        if isTaken { return .versionTaken(calendar.version) }
        let replaced = try calendarInForce(
            on: max(day, calendar.effectiveFrom), known: replaced)
        // Years that nobody covers are assumed, which loses each Tết.
        let first = max(
            replaced.years.lowerBound,
            try yearOfOldestOpenDeadline() ?? calendar.effectiveFrom.year)
        let last = min(day.year, replaced.years.upperBound)
        guard first <= last, first < calendar.years.lowerBound || last > calendar.years.upperBound
        else { return nil }
        return .leavesYearsOut(first...last, covered: calendar.years)
    }

    private func yearOfOldestOpenDeadline() throws -> Int? {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT accept_time FROM dossier INDEXED BY dossier_by_open_deadline
                    WHERE accept_time IS NOT NULL AND state IN (2, 4, 5, 6) ORDER BY number LIMIT 1
                    """)
        ).map { Instant(millisecondsSinceEpoch: $0).local(in: .vietnam).date.year }
    }
}

extension ClockTable {
    /// So many versions back the change is looked for: one may have moved nothing.
    private static let versionsBackMax: Int64 = 4

    /// The first day in a dossier's time that is worked otherwise since the clock that its due time
    /// was derived by before; `nil` for a move that no clock made, and where no day is.
    func changedDay(
        behind move: DeadlineMove, of dossier: Dossier, organisation: Organisation
    ) throws -> ClockBook.ChangedDay? {
        guard move.cause == .rederivation, move.clockVersion > 0,
            let first = dossier.acceptTime?.local(in: .vietnam).date
        else { return nil }
        let ends = [move.before.time, move.after.time].compactMap { $0?.local(in: .vietnam).date }
        guard let last = ends.max(), last >= first else { return nil }
        let book = try book(move.clockVersion, organisation: organisation)
        for back in 1...min(Self.versionsBackMax, move.clockVersion) {
            let old = try self.book(move.clockVersion - back, organisation: organisation)
            let changed = book.firstChange(
                since: old, in: first...last, for: dossier.receivingUnit)
            if let changed { return changed }
        }
        return nil
    }
}
