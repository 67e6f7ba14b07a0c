import Foundation
import GRDB
import WorkingTime

/// An accepted dossier that has not ended, as far as its time goes.
struct OpenDeadline: Hashable, Sendable {
    var number: Int64
    var dossierID: String
    var facts: DeadlineFacts
    var due: Due
    /// Of the step under way.
    var stepDue: Instant?
    /// Of the open parts, by number.
    var partDues: [Int: Due] = [:]
    var nextNoticeTime: Instant?
    var clockVersion: Int64
    /// Who holds it now.
    var agency: String
}

/// Reads what deadlines are derived from and nothing else, many dossiers at a time.
struct OpenDeadlines {
    let database: Database

    struct Reading: Sendable {
        var deadlines: [OpenDeadline]
        /// Every open dossier up to this number was read.
        var doneNumber: Int64
    }

    /// The next ones in the order of hand-in.
    func read(after number: Int64, upTo last: Int64, limit: Int) throws -> Reading {
        // Without the hint SQLite walks over all dossiers that ever ended.
        let deadlines = try read(
            "dossier INDEXED BY dossier_by_open_deadline",
            where: """
                number > ?1 AND number <= ?2 AND accept_time IS NOT NULL
                    AND state IN (2, 4, 5, 6) ORDER BY number LIMIT ?3
                """, [number, last, limit])
        return Reading(
            deadlines: deadlines,
            doneNumber: deadlines.count < limit ? last : deadlines[deadlines.count - 1].number)
    }

    /// Those about whom somebody must be told something by `now`, the earliest first.
    func read(noticesUpTo now: Instant, limit: Int) throws -> [OpenDeadline] {
        try read(
            "dossier", where: "next_notice_time <= ?1 ORDER BY next_notice_time LIMIT ?2",
            [now.millisecondsSinceEpoch, limit])
    }

    private func read(
        _ table: String, where condition: String, _ arguments: StatementArguments
    ) throws -> [OpenDeadline] {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT number, dossier_id, receiving_unit, regime, accept_time, due_status,
                        due_time, next_notice_time, procedure_id, procedure_version, limit_id,
                        clock_version, state, hold_count, is_extended, part_count
                    FROM \(table) WHERE \(condition)
                    """), arguments: arguments)
        var deadlines: [OpenDeadline] = []
        var limits: [LimitKey: TimeLimit] = [:]
        var regimes: [String: Regime] = [:]
        var hasHolds = false
        var hasGrants = false
        var hasParts = false
        while let row = try rows.next() {
            let regimeID: String = row[3]
            let regime = try regimes[regimeID] ?? RegimeTable(database: database).named(regimeID)
            regimes[regimeID] = regime
            let key = LimitKey(procedureID: row[8], version: row[9], limitID: row[10])
            let limit = try limits[key] ?? limit(key)
            limits[key] = limit
            let facts = DeadlineFacts(
                agency: row[2], regime: regime, acceptTime: Instant(millisecondsSinceEpoch: row[4]),
                limit: limit, extraUnits: nil, holds: [], step: nil,
                isOpen: DossierState(rawValue: row[12])!.hasOpenDeadline(isAccepted: true))
            deadlines.append(
                OpenDeadline(
                    number: row[0], dossierID: row[1], facts: facts,
                    due: Due(status: row[5], time: instant(row[6])), stepDue: nil,
                    nextNoticeTime: instant(row[7]), clockVersion: row[11], agency: facts.agency))
            if row[13] as Int > 0 { hasHolds = true }
            if row[14] as Bool { hasGrants = true }
            if row[15] as Int > 0 { hasParts = true }
        }
        try complete(&deadlines, hasHolds: hasHolds, hasGrants: hasGrants, hasParts: hasParts)
        return deadlines
    }

    /// A limit of a procedure version.
    private struct LimitKey: Hashable {
        var procedureID: String
        var version: Int32
        var limitID: String
    }

    private func limit(_ key: LimitKey) throws -> TimeLimit {
        try Catalogue(database: database)
            .limit(key.limitID, of: key.procedureID, version: key.version).limit
    }

    /// Adds what stands in other tables, read for all at once.
    private func complete(
        _ deadlines: inout [OpenDeadline], hasHolds: Bool, hasGrants: Bool, hasParts: Bool
    ) throws {
        guard !deadlines.isEmpty else { return }
        let places = Dictionary(
            uniqueKeysWithValues: deadlines.enumerated().map { ($1.dossierID, $0) })
        let ids = try JSONText.encode(deadlines.map(\.dossierID))
        try each("SELECT dossier_id, request_time, receive_time FROM dossier_supplement", of: ids) {
            let place = places[$0[0]]!
            let hold = Hold(
                from: Instant(millisecondsSinceEpoch: $0[1]), to: instant($0[2]), cause: .supplement
            )
            guard hold.from >= deadlines[place].facts.acceptTime, hold.to != hold.from else {
                return
            }
            deadlines[place].facts.holds.append(hold)
        }
        try each(
            """
            SELECT dossier_id, number, start_time, due_time, budget_minutes, agency
            FROM dossier_step
            """, of: ids, where: "start_time IS NOT NULL AND end_time IS NULL"
        ) {
            let place = places[$0[0]]!
            deadlines[place].facts.step = DeadlineFacts.Step(
                number: $0[1], startTime: Instant(millisecondsSinceEpoch: $0[2]),
                budgetMinutes: $0[4])
            deadlines[place].stepDue = instant($0[3])
            let agency: String = $0[5]
            if !agency.isEmpty { deadlines[place].agency = agency }
        }
        if hasHolds {
            try each("SELECT dossier_id, from_time, to_time, cause FROM dossier_hold", of: ids) {
                let hold = Hold(
                    from: Instant(millisecondsSinceEpoch: $0[1]), to: instant($0[2]),
                    cause: Hold.Cause(rawValue: $0[3])!)
                deadlines[places[$0[0]]!].facts.holds.append(hold)
            }
        }
        if hasParts {
            try each(
                "SELECT dossier_id, start_time, end_time, stops_clock FROM dossier_part", of: ids,
                where: "is_lead = 0 AND start_time IS NOT end_time"
            ) {
                let hold = Hold(
                    from: Instant(millisecondsSinceEpoch: $0[1]), to: instant($0[2]),
                    cause: $0[3] ? .otherAgency : .consultation)
                deadlines[places[$0[0]]!].facts.holds.append(hold)
            }
        }
        if hasParts {
            try each(
                """
                SELECT dossier_id, number, agency, limit_unit, limit_value, start_time, due_status,
                    due_time
                FROM dossier_part
                """, of: ids, where: "status = 1"
            ) {
                let place = places[$0[0]]!
                let unit = TimeLimit.Unit(rawValue: $0[3])!
                let part = DeadlineFacts.Part(
                    number: $0[1], agency: $0[2],
                    limit: try TimeLimit(unit.takesValue ? $0[4] : nil, unit),
                    startTime: Instant(millisecondsSinceEpoch: $0[5]))
                deadlines[place].facts.parts.append(part)
                deadlines[place].partDues[part.number] = Due(status: $0[6], time: instant($0[7]))
            }
        }
        if hasGrants {
            try each("SELECT dossier_id, units FROM dossier_extension", of: ids) {
                deadlines[places[$0[0]]!].facts.extraUnits = $0[1]
            }
        }
    }

    private func each(
        _ selection: String, of ids: String, where condition: String = "TRUE",
        _ body: (Row) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    \(selection)
                    WHERE dossier_id IN (SELECT value FROM json_each(?)) AND \(condition)
                    """), arguments: [ids])
        while let row = try rows.next() { try body(row) }
    }

    private func instant(_ milliseconds: Int64?) -> Instant? {
        milliseconds.map(Instant.init(millisecondsSinceEpoch:))
    }
}
