import GRDB
import Messages
import Testing
import WorkingTime

@testable import Records

/// Calendars and shifts as data: what they move, and what is refused. Due instants worked out by
/// hand: 1,440 minutes from Monday 2 March 2026, 09:00.
@Suite struct CalendarServiceTests {
    private static let flood = "2026-03-04 off Nghỉ tránh bão"

    @Test func aCalendarMovesWhatIsOpenAndSaysSo() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            let late = try await counter.accepted("1529")
            try await counter.catchUp()
            #expect(dossier.dueTime?.local == "2026-03-05T09:00+07:00")
            let text = String.calendar("vn-2026-b", effective: "2026-03-02", adding: [Self.flood])
            let tried = try await counter.importCalendar(text, dryRun: true)
            #expect(tried.examinedCount == 2 && tried.movingCount == 1 && tried.examinedAll)
            let client = counter.deadlines()
            #expect(try await client.listCalendars(.init()).calendars.count == 1)

            let imported = try await counter.importCalendar(text)
            #expect(imported.calendar?.isInForce == true && !imported.wasKnown)
            #expect(imported.calendar?.daysOffCount == 28)
            #expect(try await counter.get(dossier.dossierID).dueTime == dossier.dueTime)
            try await counter.catchUp()
            let moved = try await counter.get(dossier.dossierID)
            #expect(moved.dueTime?.local == "2026-03-06T09:00+07:00")
            #expect(try await counter.get(late.dossierID) == late)
            #expect(
                try await counter.moves(of: dossier.code) == [
                    "rederivation 2026-03-05T09:00+07:00 2026-03-06T09:00+07:00"
                ])
            let pass = try await counter.rederivation()
            #expect(pass.examinedCount == 2 && pass.movedCount == 1)
            #expect(pass.finishTime != nil && pass.cause == "calendar")
            #expect(pass.calendarVersion == "vn-2026-b")
            let events = try await counter.events().compactMap { event in
                if case .dueMoved(let body) = event.event { body } else { nil }
            }
            #expect(events.map(\.dossierID) == [dossier.dossierID])
            #expect(events.first?.dueTimeAfter == moved.dueTime)

            #expect(try await counter.importCalendar(text).wasKnown)
            try await counter.catchUp()
            #expect(try await counter.rederivation() == pass)
            let explained = try await counter.explain(dossier.code)
            #expect(explained.calendarVersion == "vn-2026-b")
            #expect(explained.clockVersion == pass.clockVersion)
        }
    }

    @Test func aCalendarTakesEffectOnItsDay() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            let text = String.calendar("vn-2026-c", effective: "2026-03-03", adding: [Self.flood])
            let imported = try await counter.importCalendar(text)
            #expect(imported.calendar?.isInForce == false)
            try await counter.catchUp()
            #expect(try await counter.get(dossier.dossierID).dueTime == dossier.dueTime)
            counter.setTime("2026-03-03T00:00")
            try await counter.catchUp()
            let moved = try await counter.get(dossier.dossierID)
            #expect(moved.dueTime?.local == "2026-03-06T09:00+07:00")
            let calendars = try await counter.deadlines().listCalendars(.init()).calendars
            #expect(calendars.map(\.isInForce) == [false, true])
        }
    }

    /// A command that comes before the pass derives by the new calendar itself.
    @Test func aCommandDoesNotWaitForThePass() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.accepted()
            _ = try await counter.importCalendar(
                .calendar("vn-2026-b", effective: "2026-03-02", adding: [Self.flood]))
            dossier = try await counter.start(dossier)
            #expect(dossier.dueTime?.local == "2026-03-06T09:00+07:00")
            try await counter.catchUp()
            #expect(try await counter.get(dossier.dossierID) == dossier)
            #expect(try await counter.moves(of: dossier.code).count == 1)
        }
    }

    @Test(
        arguments: [
            ("2026-02-30 off Không có", "DATE_DOES_NOT_EXIST"),
            ("2026-03-07 work bù 06/03", "SWAP_WITHOUT_DAY_OFF"),
            ("2026-03-04 work bù 02/01", "SWAP_OF_WORKING_DAY"),
            ("2026-03-07 shifts 07:30-11:30", "SHIFTS_ON_DAY_OFF"),
            ("2030-03-04 off Ngoài", "NOT_COVERED"),
            ("holiday 2026-03-04", "WORD_UNKNOWN"),
            ("2026-03-04 off", "MALFORMED"),
        ])
    func aFaultyLineIsNamed(line: String, reason: String) async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let text = String.calendar("bad", effective: "2026-03-02", adding: [line])
            let number = text.split(separator: "\n", omittingEmptySubsequences: false).count
            for dryRun in [true, false] {
                let status = try await counter.refusal {
                    try await counter.importCalendar(text, dryRun: dryRun)
                }
                #expect(status.reason == "CALENDAR_INVALID")
                #expect(status.fields.contains("text.lines[\(number)] \(reason)"))
            }
            #expect(try await counter.deadlines().listCalendars(.init()).calendars.count == 1)
        }
    }

    /// Which one is in force is known by its row: the texts of the others, of a megabyte each, are
    /// not read.
    @Test func ofManyCalendarsTheOneInForceAloneIsRead() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let standard = WorkClock().calendar
            try await counter.host.store.writer.perform { database in
                for (version, day) in [
                    ("a", "1999-01-01"), ("b", standard.effectiveFrom.description),
                    ("c", "2026-02-01"), ("d", "2026-02-01"), ("e", "2026-03-01"),
                    ("f", "2026-04-01"),
                ] {
                    try database.execute(
                        sql: """
                            INSERT INTO calendar (version, effective_day, text, import_time)
                            VALUES (?, ?, 'nothing that parses', 0)
                            """, arguments: [version, day])
                }
            }
            let inForce = try await counter.host.store.read { database in
                let table = ClockTable(database: database, standard: WorkClock())
                return try [
                    standard.effectiveFrom.adding(days: -1), standard.effectiveFrom,
                    CivilDate(parsing: "2026-02-01"), CivilDate(parsing: "2026-03-02"),
                    CivilDate(parsing: "2026-04-01"),
                ].map { try table.calendarVersionInForce(on: $0) }
            }
            #expect(inForce == ["a", "b", "d", "e", "f"])

            try await counter.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        INSERT INTO calendar (version, effective_day, text, import_time)
                        VALUES ('g', '2026-03-02', ?, 0)
                        """,
                    arguments: [String.calendar("g", effective: "2026-03-02", adding: [])])
            }
            let imported = try await counter.importCalendar(
                .calendar("vn-2026-h", effective: "2026-03-02", adding: [Self.flood]))
            #expect(imported.calendar?.isInForce == true && !imported.wasKnown)
            #expect(imported.calendar?.importTime != nil)
            let again = try await counter.importCalendar(
                .calendar("vn-2026-h", effective: "2026-03-02", adding: [Self.flood]))
            #expect(again.wasKnown && again.calendar == imported.calendar)
        }
    }

    @Test func aVersionNeverChangesAndNoYearIsLost() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.accepted()
            let taken = try await counter.refusal {
                try await counter.importCalendar(
                    .calendar("vn-2025-2026", effective: "2026-03-02", adding: [Self.flood]))
            }
            #expect(taken.reason == "CALENDAR_VERSION_TAKEN" && taken.code == .alreadyExists)
            let next = """
                version vn-2027
                effective 2026-03-02
                covers 2027 2027
                2027-01-01 off Tết Dương lịch
                """
            let gap = try await counter.refusal { try await counter.importCalendar(next) }
            #expect(gap.reason == "CALENDAR_LEAVES_YEARS_OUT")
            #expect(gap.errorInfo?.metadata["first_year"] == "2026")
        }
    }
}

/// The hours of agencies: their own, or those above; from a day on; half days.
@Suite struct ShiftServiceTests {
    @Test func hoursAreInheritedFromADayOn() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            let set = try await counter.setShifts(
                "H26.000.00", "08:00-12:00,13:00-17:00", from: "2026-03-03")
            #expect(set.rules.map(\.fromDay) == ["2026-03-03"])
            try await counter.catchUp()
            // Monday 390 by the old hours, Tuesday and Wednesday 480, Thursday 90 from 08:00.
            var moved = try await counter.get(dossier.dossierID)
            #expect(moved.dueTime?.local == "2026-03-05T09:30+07:00")
            let before = try await counter.shifts(of: "H26.001.00", on: "2026-03-02")
            #expect(before.shifts == "07:30-11:30,13:30-17:30" && before.sourceAgency.isEmpty)
            let after = try await counter.shifts(of: "H26.001.00", on: "2026-03-03")
            #expect(after.shifts == "08:00-12:00,13:00-17:00")
            #expect(after.sourceAgency == "H26.000.00")
            let elsewhere = try await counter.shifts(of: "H26.103.00", on: "2026-03-03")
            #expect(elsewhere.sourceAgency.isEmpty)

            // Wednesday 240 instead of 480: Thursday 330, 90 of them from 13:00.
            _ = try await counter.setShifts(
                "H26.001.00", halfDays: [("2026-03-04", "08:00-12:00")])
            try await counter.catchUp()
            moved = try await counter.get(dossier.dossierID)
            #expect(moved.dueTime?.local == "2026-03-05T14:30+07:00")
            let pass = try await counter.rederivation()
            #expect(pass.cause == "shifts")

            // What is set already moves nothing.
            _ = try await counter.setShifts(
                "H26.001.00", halfDays: [("2026-03-04", "08:00-12:00")])
            try await counter.catchUp()
            #expect(try await counter.rederivation() == pass)

            // The half day is taken back.
            _ = try await counter.setShifts("H26.001.00", halfDays: [("2026-03-04", "")])
            try await counter.catchUp()
            moved = try await counter.get(dossier.dossierID)
            #expect(moved.dueTime?.local == "2026-03-05T09:30+07:00")
        }
    }

    @Test func whatCannotBeSetIsNamed() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let half = try await counter.refusal {
                try await counter.setShifts(
                    "H26.001.00", halfDays: [("2026-03-07", "07:30-11:30")])
            }
            #expect(half.fields == ["half_days[0].day IMPLAUSIBLE"])
            let day = try await counter.refusal {
                try await counter.setShifts("H26.001.00", "07:30-11:30", from: "2026-02-30")
            }
            #expect(day.fields == ["from_day DATE_DOES_NOT_EXIST"])
            let overlap = try await counter.refusal {
                try await counter.setShifts(
                    "H26.001.00", "07:30-11:30,11:00-17:00", from: "2026-03-03")
            }
            #expect(overlap.fields == ["shifts MALFORMED"])
            let unknown = try await counter.refusal {
                try await counter.setShifts("H26.999.00", "07:30-11:30", from: "2026-03-03")
            }
            #expect(unknown.fields == ["agency UNKNOWN"])
            let nothing = try await counter.refusal { try await counter.setShifts("H26.001.00") }
            #expect(nothing.fields == ["from_day REQUIRED"])
            let pass = try await counter.rederivation()
            #expect(pass.clockVersion == 0)
        }
    }
}
