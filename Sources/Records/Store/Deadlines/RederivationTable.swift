import GRDB
import WorkingTime

/// The passes over all open deadlines: one for each version of the clock. Lives inside one read or
/// one command.
struct RederivationTable {
    let database: Database

    struct Pass: Hashable, Sendable {
        var clockVersion: Int64
        var calendarVersion: String
        var cause: ClockTable.Cause
        var startTime: Instant
        /// `nil` while it runs.
        var finishTime: Instant?
        /// The dossiers up to this number are done.
        var doneNumber: Int64
        /// Later dossiers were accepted by this version of the clock.
        var lastNumber: Int64
        var examined: Int64
        var moved: Int64
    }

    /// `nil` before the first.
    func latest() throws -> Pass? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT clock_version, calendar_version, cause, start_time, finish_time,
                        done_number, last_number, examined, moved
                    FROM rederivation JOIN clock_book ON version = clock_version
                    ORDER BY clock_version DESC LIMIT 1
                    """)
        ).map { row in
            Pass(
                clockVersion: row[0], calendarVersion: row[1],
                cause: ClockTable.Cause(rawValue: row[2])!,
                startTime: Instant(millisecondsSinceEpoch: row[3]),
                finishTime: (row[4] as Int64?).map(Instant.init(millisecondsSinceEpoch:)),
                doneNumber: row[5], lastNumber: row[6], examined: row[7], moved: row[8])
        }
    }

    /// Counts a piece of a pass that is done. One that was done twice counts once.
    func advance(
        _ clockVersion: Int64, from old: Int64, to new: Int64, examined: Int, at now: Instant
    ) throws {
        try database.cachedStatement(
            sql: """
                UPDATE rederivation SET done_number = ?3, examined = examined + ?4,
                    finish_time = CASE WHEN ?3 >= last_number THEN ?5 ELSE finish_time END
                WHERE clock_version = ?1 AND done_number = ?2 AND finish_time IS NULL
                """
        ).execute(arguments: [clockVersion, old, new, examined, now.millisecondsSinceEpoch])
    }

    /// Counts due times with the very transaction that moves them.
    func count(moved: Int, by clockVersion: Int64) throws {
        try database.cachedStatement(
            sql: "UPDATE rederivation SET moved = moved + ? WHERE clock_version = ?"
        ).execute(arguments: [moved, clockVersion])
    }
}
