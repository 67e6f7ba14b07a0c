import Messages
import Testing
import WorkingTime

@testable import Records

/// What heads do to a clock, and how it is explained. Worked out by hand: 1,440 minutes from Monday
/// 2 March 2026, 09:00; shifts 07:30-11:30 and 13:30-17:30.
@Suite struct ClockServiceTests {
    /// 390 minutes are used on Monday and 30 on Tuesday; of the other 1,020, 210 on Thursday from
    /// 14:00, 480 on Friday, 330 on Monday.
    @Test func aDecisionStopsTheClockAndLetsItRunOn() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.start(try await counter.accepted())
            counter.setTime("2026-03-03T08:00")
            dossier = try await counter.suspend(dossier)
            #expect(dossier.isSuspended && dossier.dueTime?.local == "2026-03-05T09:00+07:00")
            let again = try await counter.refusal { try await counter.suspend(dossier) }
            #expect(again.reason == "CLOCK_ALREADY_STOPPED")
            let extended = try await counter.refusal { try await counter.extend(dossier, by: 1) }
            #expect(extended.reason == "CLOCK_ALREADY_STOPPED")
            counter.setTime("2026-03-05T14:00")
            dossier = try await counter.resume(dossier)
            #expect(!dossier.isSuspended && dossier.dueTime?.local == "2026-03-09T15:00+07:00")
            let twice = try await counter.refusal { try await counter.resume(dossier) }
            #expect(twice.reason == "CLOCK_NOT_STOPPED")

            counter.setTime("2026-03-06T09:00")
            let overlap = try await counter.refusal {
                try await counter.suspend(dossier, from: "2026-03-04T10:00")
            }
            #expect(overlap.reason == "HOLDS_OVERLAP")
            #expect(overlap.fields == ["from_time OUT_OF_RANGE"])
            for time in ["2026-03-02T08:59", "2026-03-06T09:01"] {
                let outside = try await counter.refusal {
                    try await counter.suspend(dossier, from: time)
                }
                #expect(outside.fields == ["from_time OUT_OF_RANGE"])
            }
            let supplement = try await counter.refusal {
                try await counter.suspend(dossier, cause: .supplement)
            }
            #expect(supplement.fields == ["cause NOT_OFFERED"])

            let explained = try await counter.explain(dossier.code)
            #expect(explained.suspendedMinutes == 3_240)
            #expect(explained.agencyMinutes == 5_760 - 3_240)
            #expect(explained.elapsedMinutes == 5_760)
            #expect(explained.holds.map(\.legalBasis) == ["Luật Đất đai 2024, Điều 159"])
            #expect(
                try await counter.moves(of: dossier.code) == [
                    "suspension 2026-03-05T09:00+07:00 2026-03-09T15:00+07:00"
                ])
            let names = try await counter.events().suffix(2).map { event in
                switch event.event {
                case .clockStopped: "stopped"
                case .clockResumed: "resumed"
                case .dueMoved: "moved"
                default: "-"
                }
            }
            #expect(names == ["resumed", "moved"])
        }
    }

    /// A hold that was decided before it was written down counts from when it was decided: of 1,440
    /// minutes 30 lie between 08:30 and 09:00 on Tuesday.
    @Test func whatWasDecidedEarlierCountsFromThen() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.accepted()
            counter.setTime("2026-03-03T10:00")
            dossier = try await counter.suspend(dossier, from: "2026-03-03T08:30")
            dossier = try await counter.resume(dossier, at: "2026-03-03T09:00")
            #expect(dossier.dueTime?.local == "2026-03-05T09:30+07:00")
        }
    }

    @Test(
        arguments: [
            ("2026-03-04T09:00", nil), ("2026-03-04T09:01", "EXTENSION_TOO_LATE"),
            ("2026-03-05T09:00", "EXTENSION_TOO_LATE"),
        ] as [(String, String?)])
    func anExtensionIsGrantedOnceAndADayBefore(time: String, reason: String?) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.accepted()
            counter.setTime(time)
            if let reason {
                let status = try await counter.refusal { try await counter.extend(dossier, by: 2) }
                #expect(status.reason == reason)
                #expect(
                    status.errorInfo?.metadata["last_time"] == "2026-03-04T09:00+07:00")
                #expect(try await counter.get(dossier.dossierID) == dossier)
                return
            }
            dossier = try await counter.extend(dossier, by: 2)
            #expect(dossier.isExtended && dossier.dueTime?.local == "2026-03-09T09:00+07:00")
            let twice = try await counter.refusal { try await counter.extend(dossier, by: 1) }
            #expect(twice.reason == "ALREADY_EXTENDED")
            #expect(twice.errorInfo?.metadata["letter_number"] == "45/CN1-XL")
            let explained = try await counter.explain(dossier.dossierID)
            #expect(explained.`extension`?.units == 2)
            #expect(explained.`extension`?.dueTimeBefore?.local == "2026-03-05T09:00+07:00")
            #expect(
                try await counter.moves(of: dossier.code) == [
                    "extension 2026-03-05T09:00+07:00 2026-03-09T09:00+07:00"
                ])
        }
    }

    @Test func whereNoClockRunsNothingIsStoppedOrExtended() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let registered = try await counter.submitted()
            let stopped = try await counter.refusal { try await counter.suspend(registered) }
            #expect(stopped.reason == "CLOCK_NOT_RUNNING")
            let explained = try await counter.refusal {
                try await counter.explain(registered.dossierID)
            }
            #expect(explained.reason == "CLOCK_NOT_RUNNING")
            let unlimited = try await counter.accepted("1529")
            let extended = try await counter.refusal { try await counter.extend(unlimited, by: 1) }
            #expect(extended.reason == "NOTHING_TO_EXTEND")
            let withdrawn = try await counter.withdraw(try await counter.accepted())
            let late = try await counter.refusal { try await counter.extend(withdrawn, by: 1) }
            #expect(late.reason == "CLOCK_NOT_RUNNING")
        }
    }

    /// Friday 13 February 2026, 16:10, 480 minutes a day: 80 on Friday; Tết until the 20th.
    @Test func eachLineHasItsRuleAndItsSource() async throws {
        try await Counter.run(at: "2026-02-13T16:10") { counter in
            let dossier = try await counter.accepted()
            #expect(dossier.dueTime?.local == "2026-02-25T16:10+07:00")
            counter.setTime("2026-02-25T17:00")
            let explained = try await counter.explain(dossier.code)
            #expect(explained.countedMinutes == 1_440)
            #expect(explained.elapsedMinutes == 12 * 1_440 + 50)
            #expect(explained.agencyMinutes == explained.elapsedMinutes)
            #expect(explained.handOverTime?.local == "2026-02-23T07:30+07:00")
            #expect(explained.regime == "circular-03-2025")
            #expect(explained.shifts == "07:30-11:30,13:30-17:30")
            let lines = explained.lines
            #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.toTime == $1.fromTime })
            #expect(lines.first?.rule == "WORKING_TIME" && lines.first?.minutes == 80)
            let tet = lines.first { $0.rule == "DAY_OFF" }
            #expect(tet?.sentence.contains("Tết Nguyên Đán") == true)
            #expect(tet?.source.contains("Bộ luật Lao động") == true)
            #expect(lines.last?.effect == .overdue && lines.last?.minutes == 50)

            let earlier = try await counter.explain(dossier.code, until: "2026-02-13T17:00")
            #expect(earlier.elapsedMinutes == 50 && earlier.lines.count == 1)
            let future = try await counter.refusal {
                try await counter.explain(dossier.code, until: "2026-02-25T17:01")
            }
            #expect(future.fields == ["until_time OUT_OF_RANGE"])
            let elsewhere = try await counter.refusal {
                try await counter.deadlines(of: "H26.103.00")
                    .explainDeadline(.with { $0.dossierID = dossier.code })
            }
            #expect(elsewhere.reason == "DOSSIER_NOT_FOUND")
            let above = try await counter.deadlines(of: "H26.000.00")
                .explainDeadline(.with { $0.dossierID = dossier.code })
            #expect(above.dossierID == dossier.dossierID)
        }
    }

    /// What has ended is told by the clock that ran then, whatever the calendar says later.
    @Test func whatHasEndedKeepsItsClock() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.catchUp()
            let dossier = try await counter.withdraw(try await counter.accepted())
            counter.setTime("2026-03-03T09:00")
            _ = try await counter.importCalendar(
                .calendar("vn-2026-b", effective: "2026-03-02", adding: ["2026-03-04 off Bão"]))
            try await counter.catchUp()
            let explained = try await counter.explain(dossier.dossierID)
            #expect(explained.calendarVersion == "vn-2025-2026")
            #expect(explained.dueTime?.local == "2026-03-05T09:00+07:00")
            #expect(explained.elapsedMinutes == 0)
        }
    }
}
