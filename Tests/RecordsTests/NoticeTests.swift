import Messages
import RPC
import Testing
import WorkingTime

@testable import Records

/// What falls due is told once, to whom answers for it then. Three working days from Monday 2 March
/// 2026, 09:00 end on Thursday the 5th, 09:00; one working day before is Wednesday, 09:00.
@Suite struct NoticeTests {
    @Test func soonAndOverdueAreToldOnceToTheHead() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            for (time, expected) in [
                ("2026-03-02T09:00", []), ("2026-03-04T08:59", []),
                ("2026-03-04T09:00", ["soon"]), ("2026-03-05T09:00", ["soon"]),
                ("2026-03-05T09:01", ["soon", "overdue"]),
                ("2026-03-09T09:00", ["soon", "overdue"]),
            ] as [(String, [String])] {
                counter.setTime(time)
                try await counter.catchUp()
                try await counter.catchUp()
                let told = try await counter.notices()
                #expect(told == expected.map { "\($0) 2026-03-05T09:00+07:00" }, "\(time)")
            }
            let before = try await counter.escalations("tran.thi.b")
            #expect(before.map(\.kind) == [.overdue, .dueSoon])
            #expect(before.allSatisfy { $0.code == dossier.code && $0.agency == "H26.001.00" })
            #expect(before.first?.fireTime?.local == "2026-03-05T09:01+07:00")
            #expect(try await counter.escalations("vu.van.gia").isEmpty)

            var request = RecordsV1.AcknowledgeEscalationRequest()
            request.requestID = counter.newRequestID()
            request.escalationID = before[0].escalationID
            let stranger = try await counter.refusal { [request] in
                try await counter.deadlines(as: "vu.van.gia").acknowledgeEscalation(request)
            }
            #expect(stranger.reason == "ESCALATION_NOT_FOUND")
            let head = counter.deadlines(as: "tran.thi.b")
            let seen = try await head.acknowledgeEscalation(request)
            #expect(seen.acknowledgedBy == "tran.thi.b" && seen.acknowledgeTime != nil)
            counter.setTime("2026-03-10T09:00")
            request.requestID = counter.newRequestID()
            #expect(try await head.acknowledgeEscalation(request) == seen)
            #expect(try await counter.escalations("tran.thi.b").map(\.kind) == [.dueSoon])
            #expect(try await counter.escalations("tran.thi.b", all: true).count == 2)
        }
    }

    @Test func whatFellDueWhileTheProcessWasDownIsToldOnce() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.accepted()
            counter.setTime("2026-03-06T09:00")
            let second = try await counter.reopened()
            try await second.catchUp()
            #expect(try await second.notices() == ["overdue 2026-03-05T09:00+07:00"])
            let third = try await second.reopened()
            try await third.catchUp()
            #expect(try await third.notices().count == 1)
            #expect(try await third.escalations("tran.thi.b").count == 1)
            await third.host.close()
        }
    }

    /// Branch 2 has no head: the centre's answers. No head stands above a ward but the city's, and
    /// the city has none.
    @Test func whereNobodyHeadsTheNextAboveAnswersOrTheOperatorIsTold() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let vacant = try await counter.accepted(unit: "H26.002.00")
            let headless = try await counter.accepted(unit: "H26.103.00")
            counter.setTime("2026-03-05T09:01")
            try await counter.catchUp()
            let above = try await counter.escalations("vu.van.gia")
            #expect(above.map(\.dossierID) == [vacant.dossierID])
            #expect(above.first?.agency == "H26.002.00")
            let unowned = try await counter.escalations("truong.ban.operator", .operator)
            #expect(unowned.map(\.dossierID) == [headless.dossierID])
            #expect(unowned.first?.head == "" && unowned.first?.agency == "H26.103.00")
            let notHis = try await counter.refusal {
                try await counter.deadlines(as: "vu.van.gia")
                    .listEscalations(.with { $0.unowned = true })
            }
            #expect(notHis.reason == "OPERATOR_REQUIRED")
            let seen = try await counter.deadlines(as: "truong.ban.operator", .operator)
                .acknowledgeEscalation(
                    .with {
                        $0.requestID = counter.newRequestID()
                        $0.escalationID = unowned[0].escalationID
                    })
            #expect(seen.acknowledgedBy == "truong.ban.operator")
        }
    }

    /// Branch 1 gets another head on 10 March, and ward 103 its first.
    @Test func whatIsOpenGoesToWhoHeadsTheAgencyNow() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let handedOn = try await counter.accepted()
            let vacant = try await counter.accepted(unit: "H26.103.00")
            counter.setTime("2026-03-05T09:01")
            try await counter.catchUp()
            let lines = [
                ("tran.thi.b", "H26.001.00", "2025-07-01", #","last_day":"2026-03-09""#),
                ("dinh.van.moi", "H26.001.00", "2026-03-10", ""),
                ("cao.thi.dau", "H26.103.00", "2026-03-10", ""),
            ].map { official, agency, from, end in
                #"{"full_name":"A","kind":"official","official":"\#(official)","posts":[{"agency":"\#(agency)","#
                    + #""from":"\#(from)"\#(end),"role":"head","title":"Giám đốc"}]}"#
            }
            let imported = try await counter.importing(
                organisation: Array(lines.joined(separator: "\n").utf8))
            #expect(imported.rejected.isEmpty)
            counter.setTime("2026-03-09T09:00")
            #expect(try await counter.escalations("dinh.van.moi").isEmpty)
            counter.setTime("2026-03-10T09:00")
            for (head, dossier) in [("dinh.van.moi", handedOn), ("cao.thi.dau", vacant)] {
                let open = try await counter.escalations(head)
                #expect(open.map(\.dossierID) == [dossier.dossierID], "\(head)")
                let request = RecordsV1.AcknowledgeEscalationRequest.with {
                    $0.requestID = counter.newRequestID()
                    $0.escalationID = open.first?.escalationID ?? 0
                }
                let stranger = try await counter.refusal {
                    try await counter.deadlines(as: "vu.van.gia").acknowledgeEscalation(request)
                }
                #expect(stranger.reason == "ESCALATION_NOT_FOUND")
                let seen = try await counter.deadlines(as: head).acknowledgeEscalation(request)
                #expect(seen.acknowledgedBy == head)
                #expect(try await counter.escalations(head).isEmpty)
                #expect(try await counter.escalations(head, all: true) == [seen])
            }
            #expect(try await counter.escalations("tran.thi.b").isEmpty)
        }
    }

    @Test func aClockThatStandsStillTellsNobodyAndADueTimeThatMovedIsToldAnew() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.start(try await counter.accepted())
            counter.setTime("2026-03-04T09:00")
            try await counter.catchUp()
            dossier = try await counter.suspend(dossier)
            counter.setTime("2026-03-06T09:00")
            try await counter.catchUp()
            #expect(try await counter.notices() == ["soon 2026-03-05T09:00+07:00"])
            dossier = try await counter.resume(dossier)
            #expect(dossier.dueTime?.local == "2026-03-09T09:00+07:00")
            try await counter.catchUp()
            counter.setTime("2026-03-09T09:01")
            try await counter.catchUp()
            #expect(
                try await counter.notices() == [
                    "soon 2026-03-05T09:00+07:00", "soon 2026-03-09T09:00+07:00",
                    "overdue 2026-03-09T09:00+07:00",
                ])
            dossier = try await counter.complete(dossier, step: 1)
            try await counter.catchUp()
            #expect(try await counter.notices().count == 3)
        }
    }

    /// 240 minutes from 09:00: 150 before noon, 90 from 13:30. Then 960 from 16:00: 90 on Monday, 480
    /// on Tuesday, 240 and 150 on Wednesday.
    @Test func aStepThatHasUsedUpItsBudgetIsTold() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.process = RecordsV1.InternalProcess(ProcessTests.sound)
            _ = try await counter.saveDraft(draft)
            _ = try await counter.publish("1489", 2)
            var dossier = try await counter.start(try await counter.accepted("1489"))
            #expect(dossier.steps.first?.dueTime?.local == "2026-03-02T15:00+07:00")
            counter.setTime("2026-03-02T15:00")
            try await counter.catchUp()
            #expect(try await counter.notices().isEmpty)
            counter.setTime("2026-03-02T15:01")
            try await counter.catchUp()
            #expect(try await counter.notices() == ["step 1 2026-03-02T15:00+07:00"])
            let told = try await counter.escalations("tran.thi.b")
            #expect(told.map(\.kind) == [.stepOverdue] && told.first?.stepNumber == 1)
            counter.setTime("2026-03-02T16:00")
            dossier = try await counter.complete(dossier, step: 1)
            #expect(
                dossier.steps.map { $0.dueTime?.local } == [
                    "2026-03-02T15:00+07:00", "2026-03-04T16:00+07:00", nil,
                ])
            // A day off moves the step's due time with the dossier's.
            _ = try await counter.importCalendar(
                .calendar("vn-2026-b", effective: "2026-03-02", adding: ["2026-03-04 off Bão"]))
            try await counter.catchUp()
            dossier = try await counter.get(dossier.dossierID)
            #expect(dossier.steps[1].dueTime?.local == "2026-03-05T16:00+07:00")
            #expect(dossier.dueTime?.local == "2026-03-06T09:00+07:00")
        }
    }

    @Test func whatEndedInTimeIsNotOverdue() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.withdraw(try await counter.accepted())
            counter.setTime("2026-03-06T09:00")
            try await counter.catchUp()
            #expect(try await counter.notices().isEmpty)
        }
    }

    /// Many at one instant, and the process killed amid them.
    @Test func manyAtOnceAreEachToldOnce() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for _ in 0..<20 { _ = try await counter.accepted() }
            counter.setTime("2026-03-05T17:00")
            var limits = DeadlineWork.Limits()
            limits.noticesPerTurnMax = 1
            limits.restRatio = 0
            var next = try await counter.reopened(work: limits)
            // Eight dossiers a step.
            _ = try await next.host.deadlineWork.step()
            #expect(try await next.notices().count == 8)
            next = try await next.reopened(work: limits)
            try await next.catchUp()
            #expect(try await next.notices().count == 20)
            let told = try await next.escalations("tran.thi.b").map(\.dossierID)
            #expect(told.count == 20 && Set(told).count == 20)
            await next.host.close()
        }
    }

    @Test func theWorkBesideTheCallsSeesTimePass() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.accepted()
            var limits = DeadlineWork.Limits()
            limits.tick = .milliseconds(5)
            let running = try await counter.reopened(work: limits)
            let work = Task { await running.host.background() }
            running.setTime("2026-03-05T09:01")
            let deadline = ContinuousClock.now + .seconds(30)
            var told: [String] = []
            while told.isEmpty, ContinuousClock.now < deadline {
                told = try await running.notices()
                await Task.yield()
            }
            work.cancel()
            await work.value
            #expect(told == ["overdue 2026-03-05T09:00+07:00"])
            await running.host.close()
        }
    }
}
