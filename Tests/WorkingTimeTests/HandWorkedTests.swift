import Testing

@testable import WorkingTime

/// Cases worked out on paper from the unit table and the calendar, each with its reason, before the
/// clock was asked. A morning is 240 minutes, an afternoon 240.
@Suite struct HandWorkedTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let reception: String
        let limit: String
        let due: String

        init(_ reception: String, _ limit: String, _ due: String) {
            self.reception = reception
            self.limit = limit
            self.due = due
        }

        var testDescription: String { "\(reception) + \(limit)" }
    }

    private func due(_ row: Case, by clock: WorkClock = .vietnam) throws -> DueDate {
        clock.due(try Deadline(reception: at(row.reception), limit: limit(row.limit)))
    }

    /// Wednesday 4 March 2026. Only a same-day limit asks whether it is 15:00.
    static let threeOClock = [
        Case("2026-03-04T14:59", "same_day", "2026-03-04T17:30"),
        Case("2026-03-04T15:00", "same_day", "2026-03-05T17:30"),
        Case("2026-03-04T15:01", "same_day", "2026-03-05T17:30"),
        Case("2026-03-04T14:59", "1 working_hour", "2026-03-04T15:59"),
        Case("2026-03-04T15:00", "1 working_hour", "2026-03-04T16:00"),
        Case("2026-03-04T15:01", "1 working_hour", "2026-03-04T16:01"),
        Case("2026-03-04T14:59", "1 working_day", "2026-03-05T14:59"),
        Case("2026-03-04T15:00", "1 working_day", "2026-03-05T15:00"),
        Case("2026-03-04T15:01", "1 working_day whole", "2026-03-05T17:30"),
        Case("2026-03-04T15:00", "1 day", "2026-03-05T17:30"),
        Case("2026-03-04T15:01", "1 hour", "2026-03-04T16:01"),
    ]

    /// Where shifts begin and end: the minute before, the minute itself, the minute after.
    static let edgesOfShifts = [
        Case("2026-03-04T07:29", "4 working_hour", "2026-03-04T11:30"),
        Case("2026-03-04T07:30", "4 working_hour", "2026-03-04T11:30"),
        // 239 minutes to noon, one after
        Case("2026-03-04T07:31", "4 working_hour", "2026-03-04T13:31"),
        // A minute to noon, 59 after
        Case("2026-03-04T11:29", "1 working_hour", "2026-03-04T14:29"),
        Case("2026-03-04T11:30", "1 working_hour", "2026-03-04T14:30"),
        Case("2026-03-04T11:31", "1 working_hour", "2026-03-04T14:30"),
        Case("2026-03-04T13:29", "1 working_hour", "2026-03-04T14:30"),
        Case("2026-03-04T13:30", "1 working_hour", "2026-03-04T14:30"),
        Case("2026-03-04T13:31", "1 working_hour", "2026-03-04T14:31"),
        // A minute today, 59 tomorrow
        Case("2026-03-04T17:29", "1 working_hour", "2026-03-05T08:29"),
        Case("2026-03-04T17:30", "1 working_hour", "2026-03-05T08:30"),
        Case("2026-03-04T17:31", "1 working_hour", "2026-03-05T08:30"),
        // An afternoon and a morning
        Case("2026-03-04T11:30", "1 working_day", "2026-03-05T11:30"),
        Case("2026-03-04T13:30", "1 working_day", "2026-03-05T11:30"),
        Case("2026-03-04T17:30", "1 working_day", "2026-03-05T17:30"),
        // The end of a shift is working time still, the minute after is not
        Case("2026-03-04T10:30", "1 hour", "2026-03-04T11:30"),
        Case("2026-03-04T10:31", "1 hour", "2026-03-04T13:30"),
        Case("2026-03-04T16:30", "1 hour", "2026-03-04T17:30"),
        Case("2026-03-04T16:31", "1 hour", "2026-03-05T07:30"),
    ]

    /// Friday 6 March 2026, 17:45.
    static let fridayEvening = [
        Case("2026-03-06T17:45", "2 working_hour", "2026-03-09T09:30"),
        Case("2026-03-06T17:45", "1 working_day", "2026-03-09T17:30"),
        Case("2026-03-06T17:45", "1 working_day whole", "2026-03-09T17:30"),
        // Saturday 17:45; Monday 17:45 is past the last shift
        Case("2026-03-06T17:45", "24 hour", "2026-03-09T07:30"),
        Case("2026-03-06T17:45", "72 hour", "2026-03-10T07:30"),
        // Sunday moves to Monday; Monday
        Case("2026-03-06T17:45", "2 day", "2026-03-09T17:30"),
        Case("2026-03-06T17:45", "3 day", "2026-03-09T17:30"),
        Case("2026-03-06T17:45", "1 month", "2026-04-06T17:30"),
        Case("2026-03-06T17:45", "same_day", "2026-03-09T17:30"),
    ]

    /// Friday 13 February 2026; work begins again on Monday 23.
    static let eveOfTet = [
        Case("2026-02-13T13:30", "4 working_hour", "2026-02-13T17:30"),
        Case("2026-02-13T13:31", "4 working_hour", "2026-02-23T07:31"),
        Case("2026-02-13T14:59", "same_day", "2026-02-13T17:30"),
        Case("2026-02-13T15:00", "same_day", "2026-02-23T17:30"),
        Case("2026-02-13T15:01", "same_day", "2026-02-23T17:30"),
        // 90 and 240 minutes on Friday, 150 on Monday
        Case("2026-02-13T10:00", "1 working_day", "2026-02-23T10:00"),
        Case("2026-02-13T10:00", "2 working_day whole", "2026-02-24T17:30"),
        Case("2026-02-13T17:30", "1 working_day whole", "2026-02-23T17:30"),
        // Sunday 15 at 10:00; Monday 23 at 10:00
        Case("2026-02-13T10:00", "48 hour", "2026-02-23T07:30"),
        Case("2026-02-13T10:00", "240 hour", "2026-02-23T10:00"),
        // Sunday 22, Monday 23, Tuesday 24
        Case("2026-02-13T10:00", "9 day", "2026-02-23T17:30"),
        Case("2026-02-13T10:00", "10 day", "2026-02-23T17:30"),
        Case("2026-02-13T10:00", "11 day", "2026-02-24T17:30"),
        // Within the holidays
        Case("2026-02-17T10:00", "same_day", "2026-02-23T17:30"),
        Case("2026-02-22T23:59", "1 working_hour", "2026-02-23T08:30"),
    ]

    /// Friday 2 January is off, Saturday 10 January worked for it.
    static let swapOfJanuary = [
        // 90 minutes on Friday, 150 on Saturday
        Case("2026-01-09T16:00", "4 working_hour", "2026-01-10T10:00"),
        // 90, 480 on Saturday, 390 on Monday
        Case("2026-01-09T16:00", "2 working_day", "2026-01-12T16:00"),
        Case("2026-01-09T16:00", "1 working_day whole", "2026-01-10T17:30"),
        Case("2026-01-09T16:00", "1 day", "2026-01-10T17:30"),
        Case("2026-01-09T16:00", "24 hour", "2026-01-10T16:00"),
        Case("2026-01-09T15:30", "same_day", "2026-01-10T17:30"),
        Case("2026-01-10T14:59", "same_day", "2026-01-10T17:30"),
        Case("2026-01-10T15:01", "same_day", "2026-01-12T17:30"),
        // The Saturday after is an ordinary one
        Case("2026-01-16T16:00", "4 working_hour", "2026-01-19T10:00"),
        // 90 minutes on Wednesday 31 December, 390 on Monday 5 January
        Case("2025-12-31T16:00", "1 working_day", "2026-01-05T16:00"),
    ]

    /// Monday 31 August is off before the two days of Quốc khánh, Saturday 22 August worked for it.
    static let swapOfAugust = [
        Case("2026-08-21T16:00", "4 working_hour", "2026-08-22T10:00"),
        Case("2026-08-21T16:00", "1 working_day whole", "2026-08-22T17:30"),
        Case("2026-08-21T16:00", "2 working_day whole", "2026-08-24T17:30"),
        Case("2026-08-22T14:59", "same_day", "2026-08-22T17:30"),
        Case("2026-08-22T15:00", "same_day", "2026-08-24T17:30"),
        Case("2026-08-20T10:00", "2 day", "2026-08-22T17:30"),
        Case("2026-07-22T10:00", "1 month", "2026-08-22T17:30"),
        // Friday, then Thursday 3 September
        Case("2026-08-28T16:00", "4 working_hour", "2026-09-03T10:00"),
        Case("2026-08-28T09:00", "5 day", "2026-09-03T17:30"),
        Case("2026-07-31T10:00", "1 month", "2026-09-03T17:30"),
    ]

    /// Tuesday 24 November 2026, off for the first time; in 2025 it was a Monday like any other.
    static let cultureDay = [
        Case("2026-11-23T16:00", "4 working_hour", "2026-11-25T10:00"),
        Case("2026-11-23T15:01", "same_day", "2026-11-25T17:30"),
        Case("2026-11-23T10:00", "1 working_day whole", "2026-11-25T17:30"),
        Case("2026-11-23T09:00", "24 hour", "2026-11-25T07:30"),
        Case("2026-10-24T10:00", "1 month", "2026-11-25T17:30"),
        Case("2026-11-24T10:00", "8 working_hour", "2026-11-25T17:30"),
        Case("2025-11-24T10:00", "same_day", "2025-11-24T17:30"),
    ]

    @Test(
        arguments: threeOClock + edgesOfShifts + fridayEvening + eveOfTet + swapOfJanuary
            + swapOfAugust + cultureDay)
    func theClockSaysWhatWasWorkedOutByHand(row: Case) throws {
        let due = try due(row)
        #expect(text(due.instant) == row.due)
        #expect(!due.isProvisional)
    }

    /// 2027 is not loaded: weekends and yearly holidays count, Tết and swaps are not known.
    static let beyondTheCalendar = [
        // 90 minutes on Thursday, Friday 1 January off, 150 on Monday
        Case("2026-12-31T16:00", "4 working_hour", "2027-01-04T10:00"),
        Case("2026-12-31T15:00", "same_day", "2027-01-04T17:30"),
        Case("2026-12-31T10:00", "3 working_day whole", "2027-01-06T17:30"),
        Case("2026-12-31T10:00", "24 hour", "2027-01-04T07:30"),
        // 31 January 2027 is a Sunday
        Case("2026-12-31T10:00", "1 month", "2027-02-01T17:30"),
        // Tết of 2027 will be in this week
        Case("2027-02-05T16:00", "4 working_hour", "2027-02-08T10:00"),
        // Wednesday 24 November 2027
        Case("2027-11-23T16:00", "4 working_hour", "2027-11-25T10:00"),
    ]

    @Test(arguments: beyondTheCalendar)
    func beyondTheCalendarItIsProvisional(row: Case) throws {
        let due = try due(row)
        #expect(text(due.instant) == row.due)
        #expect(due.isProvisional)
        #expect(try !self.due(Case("2026-12-31T14:59", "same_day", "")).isProvisional)
    }

    /// Wednesday 4 March in the morning only, Wednesday 11 March in the afternoon only.
    static let halfDays = [
        Case("2026-03-03T16:00", "4 working_hour", "2026-03-04T10:00"),
        // 90, 240 and 150
        Case("2026-03-03T16:00", "8 working_hour", "2026-03-05T10:00"),
        Case("2026-03-03T10:00", "1 working_day", "2026-03-04T10:00"),
        Case("2026-03-03T10:00", "1 working_day whole", "2026-03-04T11:30"),
        Case("2026-03-04T10:00", "same_day", "2026-03-04T11:30"),
        Case("2026-03-04T11:29", "same_day", "2026-03-04T11:30"),
        Case("2026-03-04T11:30", "same_day", "2026-03-05T17:30"),
        Case("2026-03-03T15:00", "24 hour", "2026-03-05T07:30"),
        Case("2026-02-04T10:00", "1 month", "2026-03-04T11:30"),
        Case("2026-03-11T08:00", "1 working_hour", "2026-03-11T14:30"),
        Case("2026-03-10T17:00", "1 working_hour", "2026-03-11T14:00"),
        Case("2026-03-11T14:00", "same_day", "2026-03-11T17:30"),
        Case("2026-03-11T15:00", "same_day", "2026-03-12T17:30"),
        Case("2026-03-10T10:00", "24 hour", "2026-03-11T13:30"),
    ]

    @Test(arguments: halfDays)
    func halfDaysAreTheSameWhoeverHasThem(row: Case) throws {
        let announced = try clock(
            adding: "2026-03-04 shifts 07:30-11:30\n2026-03-11 shifts 13:30-17:30")
        #expect(text(try due(row, by: announced).instant) == row.due)
        let own = WorkClock(ownShifts: announced.calendar.specialShifts)
        #expect(text(try due(row, by: own).instant) == row.due)
    }

    struct Held: CustomTestStringConvertible, Sendable {
        let reception: String
        let limit: String
        let supplements: [String]
        let resume: String
        let restart: String

        init(
            _ reception: String, _ limit: String, _ supplements: [String], resume: String,
            restart: String
        ) {
            self.reception = reception
            self.limit = limit
            self.supplements = supplements
            self.resume = resume
            self.restart = restart
        }

        var testDescription: String { "\(reception) + \(limit), \(supplements)" }
    }

    /// Tuesday 3 to Thursday 5 March, and Friday 6 to Tuesday 10.
    private static let two = [
        "2026-03-03T09:00/2026-03-05T14:00", "2026-03-06T10:00/2026-03-10T08:00",
    ]

    static let supplements = [
        // 450 and 90, 210 and 150 are used; 540 left are 450 and 90. Anew: 450, 480, 480, 30
        Held(
            "2026-03-02T08:00", "3 working_day", two,
            resume: "2026-03-11T09:00", restart: "2026-03-13T08:00"),
        // Tuesday, Friday, then Wednesday to Friday. Anew: 11, 12, 13, 16, 17 March
        Held(
            "2026-03-02T08:00", "5 working_day whole", two,
            resume: "2026-03-13T17:30", restart: "2026-03-17T17:30"),
        // 12 March and two midnights and four. Anew: ten days after the 10th
        Held(
            "2026-03-02T08:00", "10 day", two,
            resume: "2026-03-18T17:30", restart: "2026-03-20T17:30"),
        Held(
            "2026-03-02T08:00", "1 month", two,
            resume: "2026-04-08T17:30", restart: "2026-04-10T17:30"),
        // To Tuesday, and within it; completed at 16:00 a new day begins tomorrow
        Held(
            "2026-03-02T08:00", "same_day",
            ["2026-03-02T09:00/2026-03-03T10:00", "2026-03-03T14:00/2026-03-03T16:00"],
            resume: "2026-03-03T17:30", restart: "2026-03-04T17:30"),
        // Six hours are a day begun, and so are 23
        Held(
            "2026-03-02T08:00", "24 hour",
            ["2026-03-02T09:00/2026-03-02T15:00", "2026-03-03T09:00/2026-03-04T08:00"],
            resume: "2026-03-05T08:00", restart: "2026-03-05T08:00"),
        // Over Tết: 450 and 90 used, 900 left are 330, 480, 90. Anew: 330, 480, 480, 150
        Held(
            "2026-02-12T08:00", "3 working_day", ["2026-02-13T09:00/2026-02-24T10:00"],
            resume: "2026-02-26T09:00", restart: "2026-02-27T10:00"),
        // Completed on the swap Saturday: 60 used, 330 there, 90 on Monday. Anew: 330 and 150
        Held(
            "2026-08-21T08:00", "1 working_day", ["2026-08-21T09:00/2026-08-22T10:00"],
            resume: "2026-08-24T09:00", restart: "2026-08-24T10:00"),
        // Completed on 24 November: 60 used, 420 on Wednesday
        Held(
            "2026-11-23T08:00", "1 working_day", ["2026-11-23T09:00/2026-11-24T10:00"],
            resume: "2026-11-25T16:30", restart: "2026-11-25T17:30"),
        // From Friday evening to Monday before work
        Held(
            "2026-03-06T08:00", "1 working_day", ["2026-03-06T18:00/2026-03-09T07:00"],
            resume: "2026-03-09T08:00", restart: "2026-03-09T17:30"),
        // Over the year's end: 90 and 90 used, 150 and 150 on Monday. Anew: 150, 240, 90
        Held(
            "2026-12-30T16:00", "1 working_day", ["2026-12-31T09:00/2027-01-04T09:00"],
            resume: "2027-01-04T16:00", restart: "2027-01-05T09:00"),
    ]

    @Test(arguments: supplements)
    func supplementsMoveTheDueInstantByTheRegime(row: Held) throws {
        let holds = try HoldLedger(row.supplements.map { try hold($0) })
        for (policy, due) in [
            (Deadline.AfterSupplement.resume, row.resume), (.restart, row.restart),
        ] {
            let deadline = try Deadline(
                reception: at(row.reception), limit: limit(row.limit), holds: holds,
                afterSupplement: policy)
            #expect(text(WorkClock.vietnam.due(deadline).instant) == due, "\(policy)")
        }
    }
}
