import Testing

@testable import WorkingTime

@Suite struct TextTests {
    @Test(arguments: [
        ("1970-01-01", 0, Weekday.thursday),
        ("1969-12-31", -1, .wednesday),
        ("2000-02-29", 11_016, .tuesday),
        ("2026-02-13", 20_497, .friday),
        ("0001-01-01", -719_162, .monday),
        ("9999-12-31", 2_932_896, .friday),
        ("1900-03-01", -25_508, .thursday),
    ])
    func datesKnowTheirNumberAndWeekday(written: String, number: Int, weekday: Weekday) throws {
        let date = try CivilDate(parsing: written)
        #expect(date.daysSinceEpoch == number)
        #expect(date.weekday == weekday)
        #expect(date.description == written)
    }

    @Test func everyDayOfFourCenturiesFollowsTheDayBefore() {
        var (year, month, day) = (1900, 1, 1)
        for number in -25_567..<(-25_567 + 146_097) {
            let date = CivilDate(daysSinceEpoch: number)
            guard date.parts == (year, month, day),
                CivilDate(year: year, month: month, day: day) == date
            else {
                Issue.record("\(number) is \(date), expected \(year)-\(month)-\(day)")
                return
            }
            day += 1
            if CivilDate(year: year, month: month, day: day) == nil {
                (month, day) = (month + 1, 1)
            }
            if month == 13 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (2300, 1, 1))
    }

    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-31", 2, "2027-02-28"), ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"), ("2026-05-31", 12, "2027-05-31"),
        ("2024-02-29", 12, "2025-02-28"), ("2026-01-31", 3, "2026-04-30"),
    ])
    func monthsEndAtTheirLastDay(from: String, months: Int, to: String) throws {
        #expect(try CivilDate(parsing: from).adding(months: months).description == to)
    }

    @Test(arguments: [
        ("2026-02-29", TextRejection.Code.noSuchDate), ("2026-13-01", .noSuchDate),
        ("2026-00-10", .noSuchDate), ("2026-04-31", .noSuchDate), ("0000-01-01", .noSuchDate),
        ("1900-02-29", .noSuchDate), ("2026-2-3", .malformed), ("2026/02/03", .malformed),
        ("2026-02-03 ", .malformed), ("", .malformed), ("２０２６-02-03", .malformed),
        ("2026-02-030", .malformed), ("-026-02-03", .malformed),
    ])
    func datesThatDoNotExistAreRefused(written: String, code: TextRejection.Code) {
        let rejection = #expect(throws: TextRejection.self) { try CivilDate(parsing: written) }
        #expect(rejection?.code == code)
    }

    @Test func aRefusalSaysWhatWouldBeRight() {
        let rejection = #expect(throws: TextRejection.self) { try CivilDate(parsing: "2026-02-30") }
        #expect(rejection?.description == "\"2026-02-30\": month 02 of 2026 has days 1 to 28")
        let long = #expect(throws: TextRejection.self) {
            try CivilDate(parsing: String(repeating: "9", count: 5_000))
        }
        #expect(long?.text.count == TextRejection.textCharactersMax)
    }

    @Test(arguments: [
        ("2026-02-25T16:10+07:00", 1_772_010_600_000, "2026-02-25T16:10+07:00"),
        ("2026-02-25T09:10Z", 1_772_010_600_000, "2026-02-25T16:10+07:00"),
        ("2026-02-25T09:10:05Z", 1_772_010_605_000, "2026-02-25T16:10:05+07:00"),
        ("2026-02-25T09:10:05.25-00:30", 1_772_012_405_250, "2026-02-25T16:40:05.250+07:00"),
        ("1969-12-31T23:59:59.999Z", -1, "1970-01-01T06:59:59.999+07:00"),
        ("1969-12-31T16:59:00Z", -25_260_000, "1969-12-31T23:59+07:00"),
    ])
    func instantsAreReadAndWritten(read: String, milliseconds: Int64, written: String) throws {
        let instant = try Instant(parsing: read)
        #expect(instant.millisecondsSinceEpoch == milliseconds)
        #expect(instant.formatted(in: .vietnam) == written)
        #expect(try Instant(parsing: written) == instant)
    }

    @Test(arguments: [
        ("2026-02-29T10:00+07:00", TextRejection.Code.noSuchDate),
        ("2026-02-25T24:00+07:00", .noSuchTime), ("2026-02-25T10:60+07:00", .noSuchTime),
        ("2026-02-25T10:00:60+07:00", .noSuchTime), ("2026-02-25T10:00+14:01", .noSuchOffset),
        ("2026-02-25T10:00+07:60", .noSuchOffset), ("2026-02-25T10:00", .offsetMissing),
        ("2026-02-25", .malformed), ("2026-02-25 10:00+07:00", .malformed),
        ("2026-02-25T10:00+7", .malformed), ("2026-02-25T10:00+0700", .malformed),
        ("2026-02-25T10:00:1+07:00", .malformed), ("2026-02-25T10:00:00.+07:00", .malformed),
        ("2026-02-25T10:00:00.1234Z", .malformed), ("2026-02-25T10:00Zx", .malformed),
        ("2026-02-25T10:00 07:00", .malformed),
    ])
    func instantsThatDoNotExistAreRefused(written: String, code: TextRejection.Code) {
        let rejection = #expect(throws: TextRejection.self) { try Instant(parsing: written) }
        #expect(rejection?.code == code)
    }

    @Test func anInstantMayTakeItsOffsetFromThePlace() throws {
        let instant = try Instant(parsing: "2026-02-25T16:10", assuming: .vietnam)
        #expect(instant == (try Instant(parsing: "2026-02-25T09:10Z")))
        #expect(instant.local(in: .vietnam).description == "2026-02-25T16:10")
        #expect(instant.local(in: .utc).description == "2026-02-25T09:10")
    }

    @Test func shiftsAreReadInOrder() throws {
        #expect(try Shifts(parsing: "07:30-11:30,13:30-17:30") == .standard)
        #expect(Shifts.standard.minutes == 480)
        #expect(Shifts.standard.description == "07:30-11:30,13:30-17:30")
        #expect(try Shifts(parsing: "00:00-23:59").minutes == 1_439)
        #expect(try Shifts(parsing: "08:00-12:00,12:00-13:00").minutes == 300)
    }

    @Test(arguments: [
        ("", TextRejection.Code.malformed), ("07:30", .malformed), ("07:30-11:30,", .malformed),
        ("7:30-11:30", .malformed), ("07:30-11:30 13:30-17:30", .malformed),
        ("07:30-24:00", .noSuchTime), ("07:30-07:30", .shiftEmpty), ("17:30-13:30", .shiftEmpty),
        ("07:30-11:30,11:00-12:00", .shiftsOverlap), ("13:30-17:30,07:30-11:30", .shiftsOverlap),
        (
            "01:00-01:10,02:00-02:10,03:00-03:10,04:00-04:10,05:00-05:10,06:00-06:10,"
                + "07:00-07:10,08:00-08:10,09:00-09:10", .tooManyShifts
        ),
    ])
    func shiftsThatCannotBeAreRefused(written: String, code: TextRejection.Code) {
        let rejection = #expect(throws: TextRejection.self) { try Shifts(parsing: written) }
        #expect(rejection?.code == code)
    }

    @Test func limitsAreReadByUnit() throws {
        #expect(try limit("3 working_day").budgetMinutes == 1_440)
        #expect(try limit("4 working_hour").budgetMinutes == 240)
        #expect(try limit("3 working_day whole").budgetMinutes == nil)
        #expect(try limit("9999 month").value == 9_999)
        #expect(try limit("same_day") == .sameDay)
        #expect(try limit("unspecified") == .unspecified)
        #expect(try limit("5 day whole") == limit("5 day"))
        #expect(try limit("3 working_day whole").description == "3 working_day (whole-days)")
    }

    @Test(arguments: [
        ("", TextRejection.Code.malformed), ("3", .unknownUnit), ("3 days", .unknownUnit),
        ("3 working days", .malformed), ("working_day", .valueMissing),
        ("0 working_day", .valueOutOfRange), ("10000 day", .valueOutOfRange),
        ("99999999999999999999 day", .valueOutOfRange), ("-3 day", .malformed),
        ("1.5 day", .malformed), ("1 same_day", .valueNotTaken), ("٣ day", .malformed),
        ("3 hour whole", .countingNotForUnit), ("3 working_hour whole", .countingNotForUnit),
    ])
    func limitsThatCannotBeAreRefused(written: String, code: TextRejection.Code) {
        let rejection = #expect(throws: TextRejection.self) { try limit(written) }
        #expect(rejection?.code == code)
    }

    @Test(arguments: [
        ("2026-03-03T10:00+07:00", TextRejection.Code.malformed), ("", .malformed),
        ("2026-03-03T10:00+07:00/x", .malformed), ("/2026-03-03T10:00+07:00", .malformed),
        ("2026-03-03T10:00/2026-03-04T10:00", .offsetMissing),
        ("2026-02-29T10:00+07:00/2026-03-04T10:00+07:00", .noSuchDate),
    ])
    func suspensionsThatCannotBeReadAreRefused(written: String, code: TextRejection.Code) {
        let rejection = #expect(throws: TextRejection.self) { try Hold(parsing: written) }
        #expect(rejection?.code == code)
    }
}
