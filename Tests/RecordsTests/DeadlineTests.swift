import Messages
import RPC
import Testing
import WorkingTime

@testable import Records

/// Due instants worked out by hand: shifts 07:30-11:30 and 13:30-17:30, 480 minutes a day.
@Suite struct DeadlineTests {
    @Test(
        arguments: [
            // Three working days; the code's day is the local one: a Saturday, a Monday night, the same
            // night after midnight, a Friday before a worked Saturday, and two before 1 January.
            ("1489", "2026-02-28T10:00", "260228", "2026-03-04T17:30+07:00", false),
            ("1489", "2026-03-02T23:30", "260302", "2026-03-05T17:30+07:00", false),
            ("1489", "2026-03-03T00:30", "260303", "2026-03-05T17:30+07:00", false),
            ("1489", "2026-08-21T17:00", "260821", "2026-08-25T17:00+07:00", false),
            ("1489", "2026-12-30T10:00", "261230", "2027-01-05T10:00+07:00", true),
            ("1489", "2026-12-31T17:30", "261231", "2027-01-06T17:30+07:00", true),
            // The same day, until 15:00.
            ("1611", "2026-03-02T14:59", "260302", "2026-03-02T17:30+07:00", false),
            ("1611", "2026-03-02T15:00", "260302", "2026-03-03T17:30+07:00", false),
            ("1611", "2026-02-13T16:00", "260213", "2026-02-23T17:30+07:00", false),
            // No limit, said plainly.
            ("1529", "2026-03-02T09:00", "260302", nil, false),
        ] as [(String, String, String, String?, Bool)])
    func theDueDateIsInWorkingTime(
        procedure: String, time: String, day: String, due: String?, isProvisional: Bool
    ) async throws {
        try await Counter.run(at: time) { counter in
            let dossier = try await counter.accepted(procedure)
            #expect(dossier.code == "H26.001.00-\(day)-0001")
            #expect(dossier.dueTime?.local == due)
            #expect(
                dossier.dueStatus
                    == (due == nil ? .noLimit : isProvisional ? .provisional : .dated))
        }
    }

    /// Of 1,440 minutes 390 are used on Monday and 150 on Tuesday; of the other 900, 210 on Friday,
    /// 480 on Monday, and 210 on Tuesday from 07:30.
    @Test func since2025TheClockGoesOnAfterASupplement() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.accepted()
            #expect(dossier.dueTime?.local == "2026-03-05T09:00+07:00")
            dossier = try await counter.start(dossier)
            counter.setTime("2026-03-03T10:00")
            dossier = try await counter.askSupplement(dossier, ["C2", "C3"])
            #expect(dossier.state == .awaitingSupplement)
            #expect(dossier.components.map(\.documentID.isEmpty) == [false, true, true])
            counter.setTime("2026-03-06T14:00")
            try await counter.digitize(dossier, "C2", document: "second-C2")
            // The fact about the first paper comes late and changes nothing.
            try await counter.digitize(
                dossier, "C3", document: "doc-\(dossier.dossierID.suffix(6))-C3")
            let missing = try await counter.refusal { try await counter.receiveSupplement(dossier) }
            #expect(missing.errorInfo?.metadata["component_ids"] == "C3")
            try await counter.digitize(dossier, "C3", document: "second-C3")
            dossier = try await counter.receiveSupplement(dossier)
            #expect(dossier.state == .processing)
            #expect(dossier.dueTime?.local == "2026-03-10T11:00+07:00")
            let supplement = try #require(dossier.supplements.first)
            #expect(supplement.requestTime?.local == "2026-03-03T10:00+07:00")
            #expect(supplement.receiveTime?.local == "2026-03-06T14:00+07:00")
            #expect(supplement.dueTimeBefore?.local == "2026-03-05T09:00+07:00")
            #expect(supplement.dueTimeAfter?.local == "2026-03-10T11:00+07:00")
            #expect(dossier.steps.first?.endTime == nil)

            dossier = try await counter.askSupplement(dossier, ["C1"])
            try await counter.digitize(dossier, "C1", document: "second-C1")
            dossier = try await counter.receiveSupplement(dossier)
            #expect(dossier.dueTime?.local == "2026-03-10T11:00+07:00")
            let third = try await counter.refusal {
                try await counter.askSupplement(dossier, ["C1"])
            }
            #expect(third.reason == "SUPPLEMENTS_EXHAUSTED")
        }
    }

    @Test func until2025TheLimitBeginsAnewAfterASupplement() async throws {
        try await Counter.run(at: "2025-06-10T09:00") { counter in
            var dossier = try await counter.accepted(unit: "000.00.01.H26")
            #expect(dossier.code == "000.00.01.H26-250610-0001")
            #expect(dossier.regime == "circular-01-2018")
            #expect(dossier.dueTime?.local == "2025-06-13T09:00+07:00")
            dossier = try await counter.start(dossier)
            counter.setTime("2025-06-11T10:00")
            dossier = try await counter.askSupplement(dossier, ["C1"])
            counter.setTime("2025-06-16T14:00")
            try await counter.digitize(dossier, "C1", document: "again")
            dossier = try await counter.receiveSupplement(dossier)
            #expect(dossier.dueTime?.local == "2025-06-19T14:00+07:00")
        }
    }

    @Test func aSupplementBeforeAcceptanceStopsNoClock() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.submitted()
            try await counter.digitizeAll(dossier)
            dossier = try await counter.askSupplement(dossier, ["C1"])
            try await counter.fee(dossier, .due, sequence: 1)
            #expect(try await counter.get(dossier.dossierID).state == .awaitingSupplement)
            counter.setTime("2026-03-04T09:00")
            try await counter.digitize(dossier, "C1", document: "again")
            // The fee that became due meanwhile is asked for at once.
            dossier = try await counter.receiveSupplement(dossier)
            #expect(dossier.state == .awaitingPayment && dossier.dueTime == nil)
            try await counter.fee(dossier, .settled, sequence: 2)
            dossier = try await counter.accept(dossier)
            #expect(dossier.dueTime?.local == "2026-03-09T09:00+07:00")
            let moves = try await counter.events().suffix(5).map { event in
                if case .dossierMoved(let body) = event.event {
                    "\(body.from.rawValue)→\(body.to.rawValue)"
                } else {
                    "-"
                }
            }
            #expect(moves == ["-", "1→5", "5→1", "1→6", "6→2"])
        }
    }

    @Test func acceptanceTakesTheSupplementInOnItsWay() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.submitted()
            try await counter.digitizeAll(dossier)
            try await counter.fee(dossier, .noneDue, sequence: 1)
            dossier = try await counter.askSupplement(dossier, ["C1"])
            let missing = try await counter.refusal { try await counter.accept(dossier) }
            #expect(missing.reason == "COMPONENTS_NOT_DIGITIZED")
            try await counter.digitize(dossier, "C1", document: "again")
            dossier = try await counter.accept(dossier)
            #expect(dossier.state == .accepted)
            #expect(dossier.supplements.first?.receiveTime?.local == "2026-03-02T09:00+07:00")
        }
    }

    /// A clock that was set back never makes a pause of less than nothing.
    @Test func timeThatRunsBackDoesNoHarm() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.accepted()
            dossier = try await counter.start(dossier)
            counter.setTime("2026-03-01T09:00")
            dossier = try await counter.askSupplement(dossier, ["C1"])
            counter.setTime("2026-02-27T09:00")
            try await counter.digitize(dossier, "C1", document: "again")
            dossier = try await counter.receiveSupplement(dossier)
            #expect(dossier.dueTime?.local == "2026-03-05T09:00+07:00")
        }
    }
}
