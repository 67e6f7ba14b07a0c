import Testing

@testable import WorkingTime

@Suite struct SuspensionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let reception: String
        let limit: String
        let holds: [String]
        let resume: String?
        let restart: String?

        init(
            _ reception: String, _ limit: String, _ holds: [String], resume: String?,
            restart: String?
        ) {
            self.reception = reception
            self.limit = limit
            self.holds = holds
            self.resume = resume
            self.restart = restart
        }

        var testDescription: String { "\(reception) + \(limit), \(holds.joined(separator: ", "))" }
    }

    static let workingTime = [
        // 120 of 960 minutes used; 840 from Thursday 10:00 are 330, 480 and 30
        Case(
            "2026-03-03T08:00", "2 working_day", ["2026-03-03T10:00/2026-03-05T10:00"],
            resume: "2026-03-09T08:00", restart: "2026-03-09T10:00"),
        // Two supplements: 120 and 60 of 480 used
        Case(
            "2026-03-03T08:00", "1 working_day",
            ["2026-03-03T10:00/2026-03-04T08:00", "2026-03-04T09:00/2026-03-05T13:30"],
            resume: "2026-03-06T08:30", restart: "2026-03-06T11:30"),
        // At the due instant nothing is left to suspend; a minute earlier one minute is
        Case(
            "2026-03-03T07:30", "4 working_hour", ["2026-03-03T11:30/2026-03-03T14:00"],
            resume: "2026-03-03T11:30", restart: "2026-03-03T11:30"),
        Case(
            "2026-03-03T07:30", "4 working_hour", ["2026-03-03T11:29/2026-03-03T14:00"],
            resume: "2026-03-03T14:01", restart: "2026-03-04T08:00"),
        // A night is no working time
        Case(
            "2026-03-03T16:30", "2 working_hour", ["2026-03-03T18:00/2026-03-04T07:00"],
            resume: "2026-03-04T08:30", restart: "2026-03-04T09:30"),
        // Completed during Tết
        Case(
            "2026-02-13T08:00", "1 working_day", ["2026-02-13T10:00/2026-02-18T09:00"],
            resume: "2026-02-23T15:30", restart: "2026-02-23T17:30"),
        // Suspended at the reception itself
        Case(
            "2026-03-03T08:00", "1 working_hour", ["2026-03-03T08:00/2026-03-03T10:00"],
            resume: "2026-03-03T11:00", restart: "2026-03-03T11:00"),
        // Another agency's time is taken out, but does not restart the limit
        Case(
            "2026-03-03T08:00", "2 working_day",
            ["2026-03-03T10:00/2026-03-05T10:00 other-agency"],
            resume: "2026-03-09T08:00", restart: "2026-03-09T08:00"),
        // Consultation is inside the limit
        Case(
            "2026-03-03T08:00", "2 working_hour", ["2026-03-03T08:30/ consultation"],
            resume: "2026-03-03T10:00", restart: "2026-03-03T10:00"),
        // Waiting, nobody knows until when; and waiting after the end
        Case(
            "2026-03-03T08:00", "2 working_hour", ["2026-03-03T08:30/"],
            resume: nil, restart: nil),
        Case(
            "2026-03-03T07:30", "1 working_hour", ["2026-03-03T09:00/"],
            resume: "2026-03-03T08:30", restart: "2026-03-03T08:30"),
    ]

    static let wholeDays = [
        // Two midnights: the seventh day instead of the fifth
        Case(
            "2026-03-02T09:00", "5 day", ["2026-03-03T10:00/2026-03-05T09:00"],
            resume: "2026-03-09T17:30", restart: "2026-03-10T17:30"),
        // Within one day: nothing to add
        Case(
            "2026-03-02T09:00", "4 day", ["2026-03-03T10:00/2026-03-03T15:00"],
            resume: "2026-03-06T17:30", restart: "2026-03-09T17:30"),
        // Thursday, Friday and Monday do not count
        Case(
            "2026-03-02T09:00", "3 working_day whole", ["2026-03-04T10:00/2026-03-09T10:00"],
            resume: "2026-03-10T17:30", restart: "2026-03-12T17:30"),
        // Begun on the last day: due on the first working day of its end, in one hold or in two
        Case(
            "2026-03-05T09:00", "1 working_day whole", ["2026-03-06T09:00/2026-03-10T09:00"],
            resume: "2026-03-10T17:30", restart: "2026-03-11T17:30"),
        Case(
            "2026-03-05T09:00", "1 working_day whole",
            ["2026-03-06T09:00/2026-03-07T09:00", "2026-03-07T10:00/2026-03-10T09:00"],
            resume: "2026-03-10T17:30", restart: "2026-03-11T17:30"),
        Case(
            "2026-02-13T16:10", "1 month", ["2026-02-23T09:00/2026-02-26T09:00"],
            resume: "2026-03-16T17:30", restart: "2026-03-26T17:30"),
        Case(
            "2026-03-02T10:00", "24 hour", ["2026-03-02T14:00/2026-03-04T09:00"],
            resume: "2026-03-05T10:00", restart: "2026-03-05T09:00"),
        // Hours: each 24 begun are a day
        Case(
            "2026-03-02T08:30", "2 hour", ["2026-03-02T10:00/2026-03-02T15:00"],
            resume: "2026-03-03T10:30", restart: "2026-03-02T17:00"),
        Case(
            "2026-03-02T09:00", "1 day", ["2026-03-03T09:00/2026-03-04T18:00"],
            resume: "2026-03-05T17:30", restart: "2026-03-05T17:30"),
        // Completed after 15:00, a restarted same-day limit means the next working day
        Case(
            "2026-03-03T09:00", "same_day", ["2026-03-03T10:00/2026-03-05T15:30"],
            resume: "2026-03-05T17:30", restart: "2026-03-06T17:30"),
        // The fifth day fell on Tết and the end waits for Monday 23 February
        Case(
            "2026-02-13T16:10", "5 day", ["2026-02-19T09:00/2026-02-20T09:00"],
            resume: "2026-02-23T17:30", restart: "2026-02-25T17:30"),
        Case(
            "2026-02-13T16:10", "5 day", ["2026-02-23T09:00/2026-02-24T09:00"],
            resume: "2026-02-24T17:30", restart: "2026-03-02T17:30"),
        // Two supplements: one day and two
        Case(
            "2026-03-02T09:00", "3 day",
            ["2026-03-03T09:00/2026-03-04T09:00", "2026-03-05T09:00/2026-03-07T09:00"],
            resume: "2026-03-09T17:30", restart: "2026-03-10T17:30"),
    ]

    @Test(arguments: workingTime + wholeDays)
    func suspensionsMoveTheDueInstantByTheRegime(row: Case) throws {
        let holds = try HoldLedger(row.holds.map(hold))
        for (policy, expected) in [
            (Deadline.AfterSupplement.resume, row.resume),
            (.restart, row.restart),
        ] {
            let deadline = try Deadline(
                reception: at(row.reception), limit: limit(row.limit), holds: holds,
                afterSupplement: policy)
            let due = WorkClock.vietnam.due(deadline)
            #expect(text(due.instant) == expected, "\(policy)")
            if expected == nil { #expect(due == .absent(.suspended)) }
        }
    }

    @Test func holdsThatCannotBeAreRefusedByName() throws {
        let first = try hold("2026-03-03T10:00/2026-03-05T10:00")
        let second = try hold("2026-03-05T09:59/2026-03-06T10:00")
        let open = try hold("2026-03-03T10:00/")
        let backwards = try hold("2026-03-05T10:00/2026-03-05T10:00")
        #expect(throws: HoldRejection.overlaps(first, second)) { try HoldLedger([second, first]) }
        #expect(throws: HoldRejection.overlaps(open, second)) { try HoldLedger([open, second]) }
        #expect(throws: HoldRejection.endsBeforeItBegins(backwards)) {
            try HoldLedger([backwards])
        }
        #expect(throws: HoldRejection.beginsBeforeReception(first)) {
            try Deadline(
                reception: at("2026-03-03T10:01"), limit: .sameDay, holds: HoldLedger([first]))
        }
        let tooMany = HoldLedger.holdsMax + 1
        let many = (0..<tooMany).map {
            Hold(
                from: first.from.adding(minutes: 2 * $0),
                to: first.from.adding(minutes: 2 * $0 + 1))
        }
        #expect(throws: HoldRejection.tooMany(tooMany)) { try HoldLedger(many) }
        #expect(try HoldLedger(many.dropLast()).holds.count == HoldLedger.holdsMax)
        #expect(
            HoldRejection.endsBeforeItBegins(backwards).reason(in: .vietnam)
                == "2026-03-05T10:00+07:00/2026-03-05T10:00+07:00 does not end after it begins")
    }
}
