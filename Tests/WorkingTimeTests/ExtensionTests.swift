import Testing

@testable import WorkingTime

/// The one extension of a deadline, and the deadlines of steps.
@Suite struct ExtensionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let reception: String
        let limit: String
        let units: Int
        let holds: [String]
        let resume: String
        let restart: String

        init(
            _ reception: String, _ limit: String, by units: Int, _ holds: [String] = [],
            resume: String, restart: String? = nil
        ) {
            self.reception = reception
            self.limit = limit
            self.units = units
            self.holds = holds
            self.resume = resume
            self.restart = restart ?? resume
        }

        var testDescription: String { "\(reception) + \(limit) + \(units), \(holds)" }

        func deadline(_ policy: Deadline.AfterSupplement) throws -> Deadline {
            let limit = try WorkingTimeTests.limit(limit)
            return try Deadline(
                reception: at(reception), limit: limit, holds: HoldLedger(holds.map(hold)),
                afterSupplement: policy, extra: limit.extending(by: units))
        }
    }

    static let units = [
        // Due 10:10; 80 minutes to noon, 160 after
        Case("2026-02-13T16:10", "4 working_hour", by: 4, resume: "2026-02-23T16:10"),
        Case("2026-03-03T08:00", "1 working_day", by: 1, resume: "2026-03-05T08:00"),
        // Due on Wednesday 25 February; Thursday and Friday
        Case("2026-02-13T16:10", "3 working_day whole", by: 2, resume: "2026-02-27T17:30"),
        // Due on Monday 23 February at 07:30
        Case("2026-02-13T16:10", "24 hour", by: 4, resume: "2026-02-23T11:30"),
        // The fifth day is in Tết, so due on Monday 23 February: a day more is Tuesday
        Case("2026-02-13T16:10", "5 day", by: 1, resume: "2026-02-24T17:30"),
        // Friday 13 March; Monday 13 April
        Case("2026-02-13T16:10", "1 month", by: 1, resume: "2026-04-13T17:30"),
        // Friday 13 February; the next working day is Monday 23
        Case("2026-02-13T10:00", "same_day", by: 1, resume: "2026-02-23T17:30"),
        Case("2026-02-13T16:10", "same_day", by: 2, resume: "2026-02-25T17:30"),
    ]

    static let withHolds = [
        // In the limit: a day of work stands still
        Case(
            "2026-03-03T08:00", "1 working_day", by: 1, ["2026-03-03T10:00/2026-03-04T10:00"],
            resume: "2026-03-06T08:00", restart: "2026-03-06T10:00"),
        // In the extension: an hour stands still; or both run again from Wednesday 10:00
        Case(
            "2026-03-03T08:00", "1 working_day", by: 1, ["2026-03-04T09:00/2026-03-04T10:00"],
            resume: "2026-03-05T09:00", restart: "2026-03-06T10:00"),
        // From where the limit ends to where the extension does not
        Case(
            "2026-03-03T08:00", "1 working_day", by: 1, ["2026-03-04T08:00/2026-03-04T09:00"],
            resume: "2026-03-05T09:00", restart: "2026-03-06T09:00"),
        // At the extended due instant nothing is left to suspend
        Case(
            "2026-03-03T08:00", "1 working_day", by: 1, ["2026-03-05T08:00/2026-03-06T08:00"],
            resume: "2026-03-05T08:00"),
        // Tuesday, then Wednesday and Thursday; Thursday and Friday do not count
        Case(
            "2026-03-02T09:00", "1 working_day whole", by: 2,
            ["2026-03-04T09:00/2026-03-06T09:00"],
            resume: "2026-03-09T17:30", restart: "2026-03-11T17:30"),
        // In the evening of the day on which the limit ended
        Case(
            "2026-03-02T09:00", "1 working_day whole", by: 2,
            ["2026-03-03T18:00/2026-03-04T09:00"],
            resume: "2026-03-06T17:30", restart: "2026-03-09T17:30"),
        // One supplement in each: 60, 90 and 90 minutes, then 60, 30 and 150
        Case(
            "2026-03-03T08:00", "4 working_hour", by: 4,
            [
                "2026-03-03T09:00/2026-03-03T10:00", "2026-03-03T16:00/2026-03-03T17:00",
            ],
            resume: "2026-03-04T10:00", restart: "2026-03-04T17:00"),
        // A same-day limit due on Tuesday, extended to Thursday; Wednesday's midnight is added
        Case(
            "2026-03-03T09:00", "same_day", by: 2,
            ["2026-03-03T10:00/2026-03-04T09:00 payment"], resume: "2026-03-06T17:30"),
    ]

    @Test(arguments: units + withHolds)
    func anExtensionRunsFromWhereTheLimitEnds(row: Case) throws {
        let clock = WorkClock.vietnam
        #expect(text(clock.due(try row.deadline(.resume)).instant) == row.resume)
        #expect(text(clock.due(try row.deadline(.restart)).instant) == row.restart)
    }

    @Test(arguments: [
        (0, "3 day", TextRejection.Code.valueOutOfRange), (-1, "3 day", .valueOutOfRange),
        (10_000, "same_day", .valueOutOfRange), (1, "unspecified", .nothingToExtend),
    ])
    func extensionsThatCannotBeAreRefused(
        units: Int, written: String, code: TextRejection.Code
    ) throws {
        let limit = try limit(written)
        let rejection = #expect(throws: TextRejection.self) { try limit.extending(by: units) }
        #expect(rejection?.code == code)
    }

    @Test func theLedgerTellsWhatTheExtensionGranted() throws {
        let row = Case("2026-02-23T08:10", "2 working_hour", by: 2, resume: "2026-02-23T14:10")
        let ledger = try WorkClock.vietnam.explain(row.deadline(.resume))
        #expect(
            ledger.lines.map { "\(text($0.from)!) \($0.minutes) \($0.rule.name)" } == [
                "2026-02-23T08:10 120 WORKING_TIME",
                "2026-02-23T10:10 80 EXTENDED",
                "2026-02-23T11:30 120 OUTSIDE_SHIFTS",
                "2026-02-23T13:30 40 EXTENDED",
            ])
        #expect(ledger.extendedMinutes == 120)
        #expect(ledger.countedMinutes == 240)
        #expect(
            ledger.lines[1].formatted(in: .vietnam)
                == "2026-02-23T10:10+07:00 2026-02-23T11:30+07:00     80 phút  tính, cơ quan giải"
                + " quyết: thời gian được gia hạn [Nghị định 61/2018/NĐ-CP, Điều 19 khoản 9;"
                + " mẫu 04 của Thông tư 03/2025/TT-VPCP]")
        let days = Case("2026-03-05T09:00", "1 day", by: 2, resume: "2026-03-09T17:30")
        #expect(
            try WorkClock.vietnam.explain(days.deadline(.resume)).lines.map {
                "\(text($0.from)!) \($0.rule.name)"
            } == [
                "2026-03-05T09:00 FIRST_DAY", "2026-03-06T00:00 CALENDAR_DAY",
                "2026-03-06T17:30 FIRST_DAY", "2026-03-07T00:00 EXTENDED",
                "2026-03-09T00:00 MOVED_TO_WORKING_DAY",
            ])
    }

    @Test(
        arguments: [
            ("2026-03-03T11:00", 60, [], "2026-03-03T14:00", "2026-03-03T14:00"),
            ("2026-03-03T11:00", 1, [], "2026-03-03T11:01", "2026-03-03T11:01"),
            // Over before the step began, or over as it began
            (
                "2026-03-03T11:00", 60, ["2026-03-03T08:00/2026-03-03T10:00"],
                "2026-03-03T14:00", "2026-03-03T14:00"
            ),
            (
                "2026-03-03T11:00", 60, ["2026-03-03T08:00/2026-03-03T11:00"],
                "2026-03-03T14:00", "2026-03-03T14:00"
            ),
            // Begun before the step
            (
                "2026-03-03T11:00", 60, ["2026-03-03T10:00/2026-03-03T14:00"],
                "2026-03-03T15:00", "2026-03-03T15:00"
            ),
            (
                "2026-03-03T08:00", 240, ["2026-03-03T09:00/2026-03-03T10:00"],
                "2026-03-03T15:00", "2026-03-03T16:00"
            ),
            ("2026-03-03T11:00", 60, ["2026-03-03T10:00/"], nil, nil),
            (
                "2026-03-03T11:00", 60, ["2026-03-03T10:00/ consultation"],
                "2026-03-03T14:00", "2026-03-03T14:00"
            ),
        ] as [(String, Int, [String], String?, String?)])
    func aStepIsDueWhenItsBudgetIsUsedUp(
        start: String, minutes: Int, holds: [String], resume: String?, restart: String?
    ) throws {
        let ledger = try HoldLedger(holds.map(hold))
        for (policy, expected) in [(Deadline.AfterSupplement.resume, resume), (.restart, restart)] {
            let due = try WorkClock.vietnam.due(
                workingMinutes: minutes, from: at(start), holds: ledger, afterSupplement: policy)
            #expect(text(due.instant) == expected, "\(policy)")
            if expected == nil { #expect(due == .absent(.suspended)) }
        }
    }

    @Test func anAgencysOwnHalfDayGoesBeforeTheCalendars() throws {
        let day = try CivilDate(parsing: "2026-03-04")
        let dayOff = try CivilDate(parsing: "2026-03-08")
        let calendar = try clock(adding: "2026-03-04 shifts 13:30-17:30").calendar
        let morning = try Shifts(parsing: "07:30-11:30")
        let clock = WorkClock(calendar: calendar, ownShifts: [day: morning, dayOff: morning])
        let step = { (from: String) in
            try text(clock.due(workingMinutes: 60, from: at(from)).instant)
        }
        #expect(try step("2026-03-04T11:00") == "2026-03-05T08:00")
        #expect(try step("2026-03-08T08:00") == "2026-03-09T08:30")
    }
}
