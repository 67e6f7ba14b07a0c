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
