import Foundation
import GRDB
import WorkingTime

/// The rows of calendars, shifts and of the clock's versions. Lives inside one read or one command.
struct ClockTable {
    let database: Database
    /// What ships with the program: its calendar is a candidate like those that were loaded.
    let standard: WorkClock

    struct StoredCalendar: Hashable, Sendable {
        var calendar: WorkCalendar
        /// `nil` for the one that ships with the program.
        var importTime: Instant?
    }

    /// Why a version of the clock was made.
    enum Cause: String, Hashable, Sendable {
        case start
        case calendar
        case shifts
        case organisation
        /// Those of a regime.
        case rules
    }

    /// 0 before the first.
    func version() throws -> Int64 {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT version FROM clock_book ORDER BY version DESC LIMIT 1")) ?? 0
    }

    /// - Parameter version: 0 for what ships with the program.
    func book(_ version: Int64, organisation: Organisation) throws -> ClockBook {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT calendar_version, standard_shifts, time FROM clock_book
                    WHERE version = ?
                    """),
            arguments: [version])
        guard let row else {
            return ClockBook(
                version: 0, calendar: standard.calendar, standardShifts: standard.shifts)
        }
        let day = Instant(millisecondsSinceEpoch: row[2]).local(in: .vietnam).date
        return ClockBook(
            version: version, calendar: try calendar(row[0]), standardShifts: try shifts(row[1]),
            rules: try rules(at: version), halfDays: try halfDays(at: version),
            path: { organisation.path(of: $0, orByIdentifierOn: day) })
    }

    /// `nil` for 0 and for what is no version.
    func versionRow(_ version: Int64) throws -> (calendar: String, cause: Cause)? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT calendar_version, cause FROM clock_book WHERE version = ?"),
            arguments: [version]
        ).map { ($0[0], Cause(rawValue: $0[1])!) }
    }

    /// In the order in which they become effective. Parses every one: only for who lists them.
    func calendars() throws -> [StoredCalendar] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT text, import_time FROM calendar ORDER BY effective_day, number"))
        let stored = try rows.map { row in
            StoredCalendar(
                calendar: try WorkCalendar(parsing: row[0]),
                importTime: Instant(millisecondsSinceEpoch: row[1]))
        }
        let shipped = StoredCalendar(calendar: standard.calendar, importTime: nil)
        let place =
            stored.firstIndex {
                $0.calendar.effectiveFrom >= shipped.calendar.effectiveFrom
            } ?? stored.count
        return Array(stored[..<place]) + [shipped] + stored[place...]
    }

    /// The text of a stored calendar.
    func text(ofCalendar version: String) throws -> String? {
        try String.fetchOne(
            database.cachedStatement(sql: "SELECT text FROM calendar WHERE version = ?"),
            arguments: [version])
    }

    /// The version of the calendar of a day: of those that are effective the one that became it
    /// last, and of two on one day the one that was loaded last.
    func calendarVersionInForce(on day: CivilDate) throws -> String {
        let stored = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT version, effective_day FROM calendar WHERE effective_day <= ?
                    ORDER BY effective_day DESC, number DESC LIMIT 1
                    """), arguments: [day.description])
        let shipped = standard.calendar
        guard let stored,
            shipped.effectiveFrom > day || shipped.effectiveFrom.description <= stored[1]
        else { return shipped.version }
        return stored[0]
    }

    /// - Parameter known: One that was parsed before: saves a parse where it is in force.
    func calendarInForce(
        on day: CivilDate, known: WorkCalendar? = nil
    ) throws -> WorkCalendar {
        let version = try calendarVersionInForce(on: day)
        return if let known, known.version == version { known } else { try calendar(version) }
    }

    /// `nil` for the one that ships with the program.
    func importTime(ofCalendar version: String) throws -> Instant? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT import_time FROM calendar WHERE version = ?"),
            arguments: [version]
        ).map(Instant.init(millisecondsSinceEpoch:))
    }

    func insert(_ calendar: WorkCalendar, text: String, at now: Instant) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO calendar (version, effective_day, text, import_time)
                VALUES (?, ?, ?, ?)
                """
        ).execute(arguments: [
            calendar.version, calendar.effectiveFrom.description, text, now.millisecondsSinceEpoch,
        ])
    }

    private func calendar(_ version: String) throws -> WorkCalendar {
        guard let text = try text(ofCalendar: version) else { return standard.calendar }
        return try WorkCalendar(parsing: text)
    }

    private func shifts(_ text: String) throws -> Shifts { try Shifts(parsing: text) }

    private func rules(at version: Int64) throws -> [ShiftRule] {
        try lastRows(of: "agency_shifts", by: "from_day", at: version).map { row in
            ShiftRule(
                agency: row[0], fromDay: try CivilDate(parsing: row[1] as String),
                shifts: try (row[2] as String?).map(shifts))
        }
    }

    private func halfDays(at version: Int64) throws -> [HalfDay] {
        try lastRows(of: "agency_half_day", by: "day", at: version).map { row in
            HalfDay(
                agency: row[0], day: try CivilDate(parsing: row[1] as String),
                shifts: try (row[2] as String?).map(shifts))
        }
    }

    /// Of each agency and day what the latest version up to one said.
    private func lastRows(of table: String, by day: String, at version: Int64) throws -> [Row] {
        // With max() alone, SQLite takes the other columns from the row that has it.
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT agency, \(day), shifts, max(clock_version) FROM \(table)
                    WHERE clock_version <= ? GROUP BY agency, \(day)
                    """), arguments: [version])
    }
}

// New versions.
extension ClockTable {
    /// Why the latest version is not today's any more; `nil` when it is.
    func isBehind(on day: CivilDate, organisation: Organisation) throws -> Cause? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT calendar_version, standard_shifts, organisation_version, time
                    FROM clock_book ORDER BY version DESC LIMIT 1
                    """))
        guard let row else { return .start }
        if try calendarVersionInForce(on: day) != row[0] { return .calendar }
        if standard.shifts.description != row[1] { return .shifts }
        guard try hasRules() else { return nil }
        if organisation.version != row[2] { return .organisation }
        let lastDay = Instant(millisecondsSinceEpoch: row[3]).local(in: .vietnam).date
        let isMoved = organisation.agencies.keys.contains { agency in
            organisation.path(of: agency, on: lastDay) != organisation.path(of: agency, on: day)
        }
        return isMoved ? .organisation : nil
    }

    /// Whether any agency has shifts or half days of its own: without, all work the same.
    func hasRules() throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM agency_shifts)
                        OR EXISTS (SELECT 1 FROM agency_half_day)
                    """))!
    }

    /// Makes the next version, and the pass over all open deadlines that it asks for.
    func open(
        for cause: Cause, on day: CivilDate, organisationVersion: Int64, at now: Instant
    ) throws -> Int64 {
        let version = try version() + 1
        try database.cachedStatement(
            sql: """
                INSERT INTO clock_book (version, calendar_version, standard_shifts,
                    organisation_version, cause, time)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            version, try calendarVersionInForce(on: day), standard.shifts.description,
            organisationVersion, cause.rawValue, now.millisecondsSinceEpoch,
        ])
        // A pass that was under way would derive by an older version what this one derives anyway.
        try database.cachedStatement(
            sql: "UPDATE rederivation SET finish_time = ? WHERE finish_time IS NULL"
        ).execute(arguments: [now.millisecondsSinceEpoch])
        try database.cachedStatement(
            sql: """
                INSERT INTO rederivation (clock_version, start_time, done_number, last_number,
                    examined, moved)
                VALUES (?, ?, 0, (SELECT ifnull(max(number), 0) FROM dossier), 0, 0)
                """
        ).execute(arguments: [version, now.millisecondsSinceEpoch])
        return version
    }

    /// - Precondition: `version` was opened for it.
    func insert(_ rule: ShiftRule, in version: Int64) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO agency_shifts (agency, from_day, clock_version, shifts)
                VALUES (?, ?, ?, ?)
                """
        ).execute(arguments: [
            rule.agency, rule.fromDay.description, version, rule.shifts?.description,
        ])
    }

    /// - Precondition: `version` was opened for it.
    func insert(_ day: HalfDay, in version: Int64) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO agency_half_day (agency, day, clock_version, shifts)
                VALUES (?, ?, ?, ?)
                """
        ).execute(arguments: [
            day.agency, day.day.description, version, day.shifts?.description,
        ])
    }
}
