import Testing

@testable import WorkingTime

/// Due instants worked out by hand from the unit table and the calendar. Days of the week: 2026-01-01
/// is a Thursday, 02-01 and 03-01 Sundays, 04-01 a Wednesday, 08-01 a Saturday, 11-01 a Sunday.
@Suite struct DueDateTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let reception: String
        let limit: String
        let due: String
        let isProvisional: Bool

        init(_ reception: String, _ limit: String, _ due: String, provisional: Bool = false) {
            self.reception = reception
            self.limit = limit
            self.due = due
            isProvisional = provisional
        }

        var testDescription: String { "\(reception) + \(limit)" }
    }

    private func check(_ row: Case, by clock: WorkClock) throws {
        let deadline = try Deadline(reception: at(row.reception), limit: limit(row.limit))
        let due = clock.due(deadline)
        #expect(text(due.instant) == row.due)
        #expect(due.isProvisional == row.isProvisional)
    }

    static let unitTable = [
        Case("2026-02-13T16:10", "4 working_hour", "2026-02-23T10:10"),
        Case("2026-02-13T16:10", "3 working_day", "2026-02-25T16:10"),
        Case("2026-02-13T16:10", "3 working_day whole", "2026-02-25T17:30"),
        Case("2026-02-13T16:10", "24 hour", "2026-02-23T07:30"),
        Case("2026-02-13T16:10", "5 day", "2026-02-23T17:30"),
        Case("2026-02-13T16:10", "1 month", "2026-03-13T17:30"),
        Case("2026-02-13T16:10", "same_day", "2026-02-23T17:30"),
    ]

    static let workingHours = [
        Case("2026-03-03T07:30", "8 working_hour", "2026-03-03T17:30"),
        Case("2026-03-03T07:30", "4 working_hour", "2026-03-03T11:30"),
        Case("2026-03-03T07:30", "5 working_hour", "2026-03-03T14:30"),
        Case("2026-03-03T11:29", "1 working_hour", "2026-03-03T14:29"),
        Case("2026-03-03T11:30", "1 working_hour", "2026-03-03T14:30"),
        Case("2026-03-03T12:00", "1 working_hour", "2026-03-03T14:30"),
        Case("2026-03-03T13:30", "1 working_hour", "2026-03-03T14:30"),
        Case("2026-03-03T13:30", "4 working_hour", "2026-03-03T17:30"),
        Case("2026-03-03T17:29", "1 working_hour", "2026-03-04T08:29"),
        Case("2026-03-03T17:30", "1 working_hour", "2026-03-04T08:30"),
        Case("2026-03-03T06:00", "1 working_hour", "2026-03-03T08:30"),
        Case("2026-03-03T20:00", "8 working_hour", "2026-03-04T17:30"),
        Case("2026-03-03T07:30:59", "4 working_hour", "2026-03-03T11:30"),
        Case("2026-03-06T17:00", "1 working_hour", "2026-03-09T08:00"),
        Case("2026-03-07T10:00", "4 working_hour", "2026-03-09T11:30"),
        Case("2026-03-08T23:59", "1 working_hour", "2026-03-09T08:30"),
        Case("2026-03-02T07:30", "240 working_hour", "2026-04-10T17:30"),
    ]

    static let workingDays = [
        Case("2026-03-02T07:30", "1 working_day", "2026-03-02T17:30"),
        Case("2026-03-02T17:30", "1 working_day", "2026-03-03T17:30"),
        Case("2026-03-02T11:30", "1 working_day", "2026-03-03T11:30"),
        Case("2026-03-02T13:30", "1 working_day", "2026-03-03T11:30"),
        Case("2026-03-02T07:30", "30 working_day", "2026-04-10T17:30"),
        Case("2026-03-02T07:30", "30 working_day whole", "2026-04-13T17:30"),
        Case("2026-03-06T18:00", "1 working_day whole", "2026-03-09T17:30"),
        Case("2026-03-07T09:00", "1 working_day whole", "2026-03-09T17:30"),
        Case("2026-03-07T09:00", "2 working_day whole", "2026-03-10T17:30"),
    ]

    static let holidays = [
        // Eve of Tết, and Tết itself
        Case("2026-02-13T07:30", "8 working_hour", "2026-02-13T17:30"),
        Case("2026-02-13T07:31", "8 working_hour", "2026-02-23T07:31"),
        Case("2026-02-13T17:30", "1 working_hour", "2026-02-23T08:30"),
        Case("2026-02-17T09:00", "1 working_day", "2026-02-23T17:30"),
        Case("2025-01-24T17:00", "1 working_hour", "2025-02-03T08:00"),
        // Friday 2 January is off, Saturday 10 January worked
        Case("2026-01-09T16:30", "2 working_hour", "2026-01-10T08:30"),
        Case("2026-01-09T07:30", "2 working_day", "2026-01-10T17:30"),
        Case("2026-01-09T10:00", "3 working_day whole", "2026-01-13T17:30"),
        Case("2026-01-10T14:00", "same_day", "2026-01-10T17:30"),
        Case("2026-01-10T15:00", "same_day", "2026-01-12T17:30"),
        Case("2026-01-02T10:00", "same_day", "2026-01-05T17:30"),
        Case("2025-12-31T16:30", "2 working_hour", "2026-01-05T08:30"),
        Case("2025-12-31T09:00", "3 day", "2026-01-05T17:30"),
        // Saturday 22 August is worked, Monday 31 August to Wednesday 2 September off
        Case("2026-08-21T17:00", "1 working_day", "2026-08-22T17:00"),
        Case("2026-08-21T09:00", "1 working_day whole", "2026-08-22T17:30"),
        Case("2026-08-22T16:00", "1 hour", "2026-08-22T17:00"),
        Case("2026-08-28T16:00", "1 working_day", "2026-09-03T16:00"),
        Case("2026-08-28T09:00", "1 day", "2026-09-03T17:30"),
        // Tuesday 24 November is off from 2026
        Case("2026-11-23T16:30", "2 working_hour", "2026-11-25T08:30"),
        Case("2026-11-23T09:00", "1 day", "2026-11-25T17:30"),
        Case("2026-11-23T10:00", "24 hour", "2026-11-25T07:30"),
        Case("2026-11-23T14:59", "same_day", "2026-11-23T17:30"),
        Case("2026-11-23T15:00", "same_day", "2026-11-25T17:30"),
        Case("2026-11-24T08:00", "same_day", "2026-11-25T17:30"),
        Case("2025-11-21T17:00", "1 working_hour", "2025-11-24T08:00"),
        // Giỗ Tổ on Sunday 26 April gives Monday; Thursday 30 April and Friday 1 May
        Case("2026-04-24T17:00", "1 working_hour", "2026-04-28T08:00"),
        Case("2026-04-24T10:00", "3 working_day whole", "2026-05-04T17:30"),
        Case("2026-04-29T17:30", "same_day", "2026-05-04T17:30"),
        // 2025: Saturday 26 April worked for Friday 2 May; 1 and 2 September off
        Case("2025-04-25T16:30", "2 working_hour", "2025-04-26T08:30"),
        Case("2025-04-29T09:00", "1 day", "2025-05-05T17:30"),
        Case("2025-08-29T10:00", "1 working_day whole", "2025-09-03T17:30"),
    ]

    static let wallClock = [
        Case("2026-03-03T10:00", "1 hour", "2026-03-03T11:00"),
        Case("2026-03-03T10:30", "1 hour", "2026-03-03T11:30"),
        Case("2026-03-03T10:31", "1 hour", "2026-03-03T13:30"),
        Case("2026-03-03T12:30", "1 hour", "2026-03-03T13:30"),
        Case("2026-03-03T16:30", "1 hour", "2026-03-03T17:30"),
        Case("2026-03-03T16:31", "1 hour", "2026-03-04T07:30"),
        Case("2026-03-06T16:30", "48 hour", "2026-03-09T07:30"),
        Case("2026-03-02T09:00", "48 hour", "2026-03-04T09:00"),
    ]

    static let daysAndMonths = [
        Case("2026-03-02T23:59", "1 day", "2026-03-03T17:30"),
        Case("2026-03-02T08:00", "4 day", "2026-03-06T17:30"),
        Case("2026-03-02T08:00", "5 day", "2026-03-09T17:30"),
        Case("2026-01-31T10:00", "1 month", "2026-03-02T17:30"),
        Case("2025-12-31T10:00", "2 month", "2026-03-02T17:30"),
        Case("2026-03-31T10:00", "1 month", "2026-05-04T17:30"),
        Case("2026-01-20T10:00", "1 month", "2026-02-23T17:30"),
        Case("2026-05-29T10:00", "3 month", "2026-09-03T17:30"),
        Case("2026-03-03T06:00", "same_day", "2026-03-03T17:30"),
        Case("2026-03-03T14:59", "same_day", "2026-03-03T17:30"),
        Case("2026-03-03T15:00", "same_day", "2026-03-04T17:30"),
        Case("2026-03-06T16:00", "same_day", "2026-03-09T17:30"),
    ]

    static let beyondTheCalendar = [
        Case("2026-12-31T07:30", "8 working_hour", "2026-12-31T17:30"),
        Case("2026-12-31T17:00", "1 working_hour", "2027-01-04T08:00", provisional: true),
        Case("2026-12-30T10:00", "3 day", "2027-01-04T17:30", provisional: true),
        // Saturday 1 May 2027 gives Monday 3 May
        Case("2027-04-29T16:30", "2 working_hour", "2027-05-04T08:30", provisional: true),
        Case("2027-09-01T15:00", "same_day", "2027-09-03T17:30", provisional: true),
        Case("2027-11-23T09:00", "1 day", "2027-11-25T17:30", provisional: true),
        // Sunday 30 April 2028 gives Tuesday 2 May, for Monday is off already
        Case("2028-04-28T17:00", "1 working_hour", "2028-05-03T08:00", provisional: true),
        Case("2027-11-30T10:00", "3 month", "2028-02-29T17:30", provisional: true),
        // Before the first year covered
        Case("2024-12-31T09:00", "1 day", "2025-01-02T17:30", provisional: true),
        Case("2023-11-23T17:00", "1 working_hour", "2023-11-24T08:00", provisional: true),
    ]

    @Test(
        arguments: unitTable + workingHours + workingDays + holidays + wallClock + daysAndMonths
            + beyondTheCalendar)
    func dueInstantsFollowTheUnitTable(row: Case) throws {
        try check(row, by: .vietnam)
    }

    /// Wednesday 4 March 2026 and the swap Saturday 10 January are worked in the morning only.
    static let halfDays = [
        Case("2026-03-03T16:30", "2 working_hour", "2026-03-04T08:30"),
        Case("2026-03-04T11:00", "1 working_hour", "2026-03-05T08:00"),
        Case("2026-03-04T11:30", "1 working_hour", "2026-03-05T08:30"),
        Case("2026-03-03T17:30", "1 working_day", "2026-03-05T11:30"),
        Case("2026-03-03T10:00", "1 working_day whole", "2026-03-04T11:30"),
        Case("2026-03-03T10:00", "1 day", "2026-03-04T11:30"),
        Case("2026-03-04T10:00", "same_day", "2026-03-04T11:30"),
        Case("2026-03-04T11:30", "same_day", "2026-03-05T17:30"),
        Case("2026-03-04T12:00", "same_day", "2026-03-05T17:30"),
        Case("2026-03-04T10:00", "2 hour", "2026-03-05T07:30"),
        Case("2026-01-09T16:30", "6 working_hour", "2026-01-12T08:30"),
    ]

    @Test(arguments: halfDays)
    func halfDaysCountTheirOwnShifts(row: Case) throws {
        try check(
            row,
            by: clock(
                adding: "2026-03-04 shifts 07:30-11:30\n2026-01-10 shifts 07:30-11:30"))
    }

    static let otherShifts = [
        Case("2026-03-03T11:00", "2 working_hour", "2026-03-03T14:00"),
        Case("2026-03-03T12:00", "1 working_hour", "2026-03-03T14:00"),
        Case("2026-03-03T17:00", "1 working_hour", "2026-03-04T09:00"),
        Case("2026-03-03T10:00", "1 day", "2026-03-04T17:00"),
    ]

    @Test(arguments: otherShifts)
    func shiftsBelongToTheAgency(row: Case) throws {
        try check(row, by: clock(shifts: "08:00-12:00,13:00-17:00"))
    }

    @Test func aProcedureWithoutALimitHasNoDueDate() throws {
        let deadline = try Deadline(reception: at("2026-03-03T10:00"), limit: .unspecified)
        #expect(WorkClock.vietnam.due(deadline) == .absent(.unspecified))
    }

    @Test func theHorizonIsTheLastYearOfTheClock() throws {
        let clock = WorkClock.vietnam
        #expect(clock.years == 2015...2076)
        let month = try limit("1 month")
        let last = try clock.due(Deadline(reception: at("2076-11-30T10:00"), limit: month))
        #expect(text(last.instant) == "2076-12-30T17:30")
        let after = try clock.due(Deadline(reception: at("2076-12-01T10:00"), limit: month))
        #expect(after == .absent(.beyondHorizon))
        for unit in ["9999 working_day", "9999 working_day whole", "9999 month"] {
            let due = try clock.due(Deadline(reception: at("2060-01-05T10:00"), limit: limit(unit)))
            #expect(due == .absent(.beyondHorizon))
        }
        for outside in ["2014-12-31T23:59", "2077-01-01T00:00"] {
            let due = try clock.due(Deadline(reception: at(outside), limit: month))
            #expect(due == .absent(.outsideCalendar))
        }
    }

    @Test(arguments: [
        ("2026-03-03T14:00", "2026-03-03T14:00"),
        ("2026-03-03T15:00", "2026-03-03T15:00"),
        ("2026-03-03T15:01", "2026-03-04T07:30"),
        ("2026-03-06T15:01", "2026-03-09T07:30"),
        ("2026-03-03T06:00", "2026-03-03T07:30"),
        ("2026-03-03T11:30", "2026-03-03T13:30"),
        ("2026-03-03T12:00", "2026-03-03T13:30"),
        ("2026-03-07T09:00", "2026-03-09T07:30"),
        ("2026-02-13T16:00", "2026-02-23T07:30"),
        ("2026-01-10T14:00", "2026-01-10T14:00"),
        ("2026-03-04T11:30", "2026-03-05T07:30"),
    ])
    func aDossierReceivedAfterTheCutoffIsHandedOverNextWorkingDay(
        reception: String, handover: String
    ) throws {
        let clock = try clock(adding: "2026-03-04 shifts 07:30-11:30")
        #expect(try text(clock.handover(receivedAt: at(reception))) == handover)
    }

    /// ``Deadline/standardCutoff`` tells why.
    @Test func fifteenSharpIsInTimeForHandingOverAndTooLateForTheSameDay() throws {
        let sharp = try at("2026-03-03T15:00")
        let sameDay = try Deadline(reception: sharp, limit: TimeLimit(nil, .sameDay))
        #expect(text(WorkClock.vietnam.handover(receivedAt: sharp)) == "2026-03-03T15:00")
        #expect(text(WorkClock.vietnam.due(sameDay).instant) == "2026-03-04T17:30")
    }

    @Test(arguments: [
        ("2026-02-13T16:10", "2026-02-23T10:10", 240),
        ("2026-03-03T11:30", "2026-03-03T13:30", 0),
        ("2026-03-03T00:00", "2026-03-04T00:00", 480),
        ("2026-03-04T00:00", "2026-03-03T00:00", -480),
        ("2026-01-09T00:00", "2026-01-12T00:00", 960),
    ])
    func workingMinutesLieBetweenTwoInstants(from: String, to: String, minutes: Int) throws {
        #expect(try WorkClock.vietnam.workingMinutes(from: at(from), to: at(to)) == minutes)
    }

    @Test(arguments: [
        ("2026-03-03T09:00", 0, "2026-03-03T09:00"),
        ("2026-03-03T07:30", 240, "2026-03-03T11:30"),
        ("2026-03-03T07:30", 241, "2026-03-03T13:31"),
        ("2026-03-07T09:00", 1, "2026-03-09T07:31"),
    ])
    func addingWorkingMinutesEndsWithTheLastOfThem(
        from: String, minutes: Int, due: String
    ) throws {
        #expect(try text(WorkClock.vietnam.add(workingMinutes: minutes, to: at(from))) == due)
    }

    @Test(arguments: [
        ("2026-03-04T10:00", 480, "2026-03-03T10:00"),
        ("2026-03-04T10:00", 150, "2026-03-03T17:30"),
        ("2026-03-04T10:00", 149, "2026-03-04T07:31"), ("2026-03-04T13:31", 1, "2026-03-04T11:30"),
        ("2026-03-09T08:00", 31, "2026-03-06T17:29"), ("2026-02-23T16:10", 480, "2026-02-13T16:10"),
        ("2026-03-08T12:00", 240, "2026-03-06T11:30"),
    ])
    func aNoticeFallsWhereSoMuchWorkingTimeIsLeft(before: String, minutes: Int, time: String) throws
    {
        let clock = WorkClock.vietnam
        let instant = try at(before)
        let notice = try #require(clock.instant(workingMinutes: minutes, before: instant))
        #expect(text(notice) == time)
        #expect(clock.workingMinutes(from: notice, to: instant) == minutes)
        let earlier = notice.adding(minutes: -1)
        #expect(try #require(clock.workingMinutes(from: earlier, to: instant)) == minutes + 1)
    }

    @Test func beforeTheFirstYearOfTheClockThereIsNoNotice() throws {
        let clock = WorkClock.vietnam
        #expect(try clock.instant(workingMinutes: 480, before: at("2015-01-02T09:00")) == nil)
        #expect(try clock.instant(workingMinutes: 1, before: at("2014-12-31T09:00")) == nil)
    }
}
