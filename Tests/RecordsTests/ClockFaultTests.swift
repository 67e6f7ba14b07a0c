import Messages
import RPC
import RPCTesting
import Storage
import Testing
import WorkingTime

@testable import Records

/// What comes between: a command between a change of the clock and the pass, a step that ends while
/// it is told, a stop that is written down too late. Three working days from Monday 2 March 2026,
/// 09:00 end on Thursday the 5th, 09:00.
@Suite struct ClockFaultTests {
    /// With Wednesday off it is due on Friday; without, it was due an hour ago.
    @Test func aCommandBeforeThePassTakesNoNoticeAway() async throws {
        try await Counter.run(at: "2026-03-02T08:00") { counter in
            _ = try await counter.importCalendar(
                .calendar("vn-a", effective: "2026-03-02", adding: ["2026-03-04 off Bão"]))
            try await counter.catchUp()
            counter.setTime("2026-03-02T09:00")
            let dossier = try await counter.start(try await counter.accepted())
            #expect(dossier.dueTime?.local == "2026-03-06T09:00+07:00")
            counter.setTime("2026-03-05T10:00")
            try await counter.catchUp()
            #expect(try await counter.notices() == ["soon 2026-03-06T09:00+07:00"])
            _ = try await counter.importCalendar(.calendar("vn-b", effective: "2026-03-02"))
            let completed = try await counter.complete(dossier, step: 1)
            #expect(completed.dueTime?.local == "2026-03-05T09:00+07:00")
            try await counter.catchUp()
            try await counter.catchUp()
            #expect(
                try await counter.notices() == [
                    "soon 2026-03-06T09:00+07:00", "overdue 2026-03-05T09:00+07:00",
                ])
        }
    }

    /// Step 1 ends at 14:00 on Monday; the 960 minutes of step 2 are 210, 480 and 270: Wednesday
    /// 14:00. Since 09:00 on that day the dossier is due soon, so that the next notice stays where it
    /// was when step 2 ends.
    @Test func aStepThatEndsWhileItIsToldIsNotTold() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.process = RecordsV1.InternalProcess(ProcessTests.sound)
            _ = try await counter.saveDraft(draft)
            _ = try await counter.publish("1489", 2)
            try await counter.catchUp()
            var dossier = try await counter.start(try await counter.accepted("1489"))
            counter.setTime("2026-03-02T14:00")
            dossier = try await counter.complete(dossier, step: 1)
            #expect(dossier.steps[1].dueTime?.local == "2026-03-04T14:00+07:00")
            counter.setTime("2026-03-04T14:01")
            let now = at("2026-03-04T14:01")
            let due = try await counter.host.store.read { database in
                let organisations = OrganisationCache()
                let book = try ClockBookCache(organisations: organisations).read(in: database)
                let open = try OpenDeadlines(database: database).read(noticesUpTo: now, limit: 10)
                return try DueDossier(
                    try #require(open.first), by: Deadlines(book: book),
                    in: organisations.read(in: database), on: now.local(in: .vietnam).date,
                    at: now)
            }
            _ = try await counter.complete(dossier, step: 2)
            let events = try await counter.host.store.writer.act("notices", at: now) {
                try due.give(in: $0.database, at: now)
            }
            #expect(events.isEmpty)
            try await counter.catchUp()
            #expect(try await counter.notices() == ["soon 2026-03-05T09:00+07:00"])
        }
    }

    @Test func whatIsLateStaysLate() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.start(try await counter.accepted())
            counter.setTime("2026-03-05T09:01")
            for time in ["2026-03-03T10:00", "2026-03-05T09:00"] {
                let refused = try await counter.refusal {
                    try await counter.suspend(dossier, from: time)
                }
                #expect(refused.reason == "LATE_ALREADY")
                #expect(refused.fields == ["from_time OUT_OF_RANGE"])
            }
            #expect(try await counter.get(dossier.dossierID) == dossier)
            dossier = try await counter.suspend(dossier)
            counter.setTime("2026-03-06T09:00")
            dossier = try await counter.resume(dossier)
            #expect(dossier.dueTime?.local == "2026-03-05T09:00+07:00")
            dossier = try await counter.askSupplement(dossier, ["C1"])
            counter.setTime("2026-03-09T09:00")
            try await counter.digitize(dossier, "C1", document: "again")
            dossier = try await counter.receiveSupplement(dossier)
            #expect(dossier.dueTime?.local == "2026-03-05T09:00+07:00")
            #expect(try await counter.moves(of: dossier.code).isEmpty)
        }
    }

    /// The pass of the notices comes to it before the pass over all does.
    @Test func eachMoveIsCountedWhoeverMakesIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.catchUp()
            let dossier = try await counter.accepted()
            counter.setTime("2026-03-04T09:00")
            _ = try await counter.importCalendar(
                .calendar("vn-b", effective: "2026-03-02", adding: ["2026-03-04 off Bão"]))
            try await counter.catchUp()
            #expect(
                try await counter.get(dossier.dossierID).dueTime?.local == "2026-03-06T09:00+07:00")
            #expect(try await counter.rederivation().movedCount == 1)
        }
    }

    @Test func theExtensionCarriesItsForm() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            _ = try await counter.extend(dossier, by: 1)
            let history = try await counter.dossiers.getHistory(
                .with { $0.dossierID = dossier.dossierID })
            #expect(history.entries.last?.form == "04")
        }
    }

    /// Withdrawn on Wednesday at 09:00, before the calendar says that Tuesday was off: 2,880 minutes
    /// elapsed, 960 of them worked.
    @Test func figuresAndExplanationOfWhatHasEndedAgree() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.catchUp()
            let dossier = try await counter.start(try await counter.accepted())
            counter.setTime("2026-03-03T09:00")
            _ = try await counter.suspend(dossier)
            counter.setTime("2026-03-04T09:00")
            _ = try await counter.withdraw(dossier)
            func figures() async throws -> RecordsV1.DossierFigures {
                let server = InProcessServer(
                    services: counter.host.services,
                    interceptors: [Counter.FixedCaller(role: .official)])
                return try await RecordsV1.QueuesClient(server.makeChannel())
                    .getDossierFigures(.with { $0.dossierID = dossier.dossierID })
            }
            let before = try await figures()
            #expect(before.agencyWorkingMinutes == 480 && before.suspendedMinutes == 1_440)
            _ = try await counter.importCalendar(
                .calendar("vn-b", effective: "2026-03-02", adding: ["2026-03-02 off Bão"]))
            try await counter.catchUp()
            #expect(try await figures() == before)
            let explained = try await counter.explain(dossier.dossierID)
            #expect(explained.suspendedMinutes == before.suspendedMinutes)
            #expect(explained.agencyMinutes == before.agencyMinutes)
        }
    }

    /// One working day from Tuesday 3 March, 09:00 ends on Wednesday at 09:00; with Wednesday off, on
    /// Thursday, when the dossier itself is due on Friday.
    @Test func aPartThatIsLateIsToldToTheHeadOfItsAgency() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.catchUp()
            let dossier = try await counter.start(try await counter.accepted())
            counter.setTime("2026-03-03T09:00")
            var sent = try await counter.sendPart(of: dossier, to: "H26.002.00")
            #expect(sent.parts.first?.dueTime?.local == "2026-03-04T09:00+07:00")
            _ = try await counter.importCalendar(
                .calendar("vn-b", effective: "2026-03-02", adding: ["2026-03-04 off Bão"]))
            try await counter.catchUp()
            sent = try await counter.get(dossier.dossierID)
            #expect(sent.parts.first?.dueTime?.local == "2026-03-05T09:00+07:00")
            #expect(sent.dueTime?.local == "2026-03-06T09:00+07:00")
            counter.setTime("2026-03-05T09:01")
            for _ in 0..<2 { try await counter.catchUp() }
            #expect(
                try await counter.notices() == [
                    "soon 2026-03-06T09:00+07:00", "part 1 2026-03-05T09:00+07:00",
                ])
            // Branch 2 has no head: the centre's answers.
            let told = try await counter.escalations("vu.van.gia")
            #expect(told.map(\.kind) == [.partOverdue] && told.first?.partNumber == 1)
            #expect(told.first?.agency == "H26.002.00" && told.first?.stepNumber == 0)
        }
    }

    @Test func aPartThatIsAnsweredInTimeIsNotTold() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.catchUp()
            let dossier = try await counter.start(try await counter.accepted())
            _ = try await counter.sendPart(of: dossier, to: "H26.002.00")
            counter.setTime("2026-03-02T10:00")
            _ = try await counter.answerPart(of: dossier)
            counter.setTime("2026-03-03T10:00")
            try await counter.catchUp()
            #expect(try await counter.notices().isEmpty)
        }
    }

    @Test func aMoveTellsTheDayThatMadeIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.catchUp()
            let dossier = try await counter.accepted()
            _ = try await counter.importCalendar(
                .calendar("vn-b", effective: "2026-03-02", adding: ["2026-03-04 off Bão"]))
            try await counter.catchUp()
            _ = try await counter.setShifts(
                "H26.001.00", halfDays: [("2026-03-05", "07:30-11:30")])
            try await counter.catchUp()
            let moves = try await counter.deadlines().getDeadlineMoves(
                .with { $0.dossierID = dossier.dossierID }
            ).moves
            #expect(moves.map(\.change) == ["calendar", "shifts"])
            #expect(moves.map(\.changedDay) == ["2026-03-04", "2026-03-05"])
            #expect(
                moves.map { "\($0.workedBefore) -> \($0.workedAfter)" } == [
                    "07:30-11:30,13:30-17:30 -> ngày nghỉ: Bão",
                    "07:30-11:30,13:30-17:30 -> 07:30-11:30",
                ])
        }
    }

    /// The procedure says whether the clock stands still: 60 minutes on Tuesday.
    @Test(arguments: [(false, "2026-03-05T09:00+07:00"), (true, "2026-03-05T10:00+07:00")])
    func theProcedureSaysWhetherOtherAgenciesStopTheClock(
        stops: Bool, due: String
    ) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.otherAgenciesStopClock = stops
            _ = try await counter.saveDraft(draft)
            _ = try await counter.publish("1489", 2)
            var dossier = try await counter.start(try await counter.accepted("1489"))
            counter.setTime("2026-03-03T09:00")
            dossier = try await counter.sendPart(of: dossier, to: "H26.102.00")
            #expect(dossier.isSuspended == stops)
            counter.setTime("2026-03-03T10:00")
            dossier = try await counter.answerPart(of: dossier)
            #expect(dossier.dueTime?.local == due && !dossier.isSuspended)
        }
    }
}

// The rules alone.
extension ClockFaultTests {
    private static func run(
        _ dossier: inout Dossier, at time: String, by deadlines: Deadlines = Deadlines(),
        _ act: (inout DossierEdit) -> DossierRejection?
    ) -> DossierRejection? {
        var edit = DossierEdit(dossier, actor: "a", isHead: true, now: at(time))
        if let refusal = act(&edit) { return refusal }
        if let refusal = edit.settle(by: deadlines) { return refusal }
        dossier = edit.dossier
        return nil
    }

    /// Under way since Monday 2 March 2026, 09:00, with three working days.
    private static func underWay(_ regime: Regime) throws -> Dossier {
        let content = try Samples.procedure("1489")
        var dossier = Dossier(
            id: "d", code: "c", state: .processing, procedureID: "1489", procedureVersion: 1,
            procedureName: content.name, receivingUnit: "H26.001.00", channel: .direct,
            applicant: Applicant(
                fullName: "An", identityNumber: "", phone: "", email: "", address: ""),
            limit: content.limits[0], feeLines: [], feeStatus: .noneDue,
            feePlace: FeePlace(epoch: "e", sequence: 1),
            components: content.components.map {
                DossierComponent(
                    id: $0.id, name: $0.name, originals: 1, copies: 0, documentID: "d-\($0.id)")
            }, supersededDocumentIDs: [], steps: [], supplements: [],
            result: DossierResult(number: "", summary: "", documentID: nil), regime: regime,
            submitTime: at("2026-03-02T09:00"), acceptTime: at("2026-03-02T09:00"),
            due: .notAccepted, finishTime: nil, returnTime: nil)
        dossier.limit.limit = try TimeLimit(3, .workingDay)
        dossier.steps = [
            DossierStep(
                number: 1, name: "Thẩm định", startTime: dossier.acceptTime, endTime: nil,
                official: "")
        ]
        dossier.due = try #require(Deadlines().due(of: dossier))
        return dossier
    }

    @Test func aClockIsStoppedSoManyTimesAndNoMore() throws {
        var dossier = try Self.underWay(Regime.all[1])
        for _ in 0..<DossierEdit.holdsMax {
            let stopped = Self.run(&dossier, at: "2026-03-03T09:00") {
                $0.suspend(cause: .decision, reason: "r", legalBasis: "l", from: nil)
            }
            let resumed = Self.run(&dossier, at: "2026-03-03T09:00") { $0.resume(to: nil) }
            #expect(stopped == nil && resumed == nil)
        }
        let refused = Self.run(&dossier, at: "2026-03-03T09:01") {
            $0.suspend(cause: .decision, reason: "r", legalBasis: "l", from: nil)
        }
        #expect(refused == .clock(.tooManyHolds(max: DossierEdit.holdsMax)))
        #expect(Status(.tooManyHolds(max: 200) as ClockRejection).reason == "TOO_MANY_HOLDS")
    }

    /// More than any command would keep.
    @Test func storedHoldsNeverEndTheProcess() throws {
        let start = at("2026-03-02T09:00")
        let holds = (0..<1_500).map {
            Hold(
                from: start.adding(minutes: 2 * $0), to: start.adding(minutes: 2 * $0 + 1),
                cause: .decision)
        }
        let facts = DeadlineFacts(
            agency: "H26.001.00", regime: Regime.all[1], acceptTime: start,
            limit: try TimeLimit(3, .workingDay), extraUnits: nil, holds: holds, step: nil,
            isOpen: true)
        #expect(facts.ledger(isOpenIncluded: true).holds.count == HoldLedger.holdsMax)
        #expect(Deadlines().derive(facts)?.due.time != nil)
    }

    @Test(arguments: Regime.all)
    func aSupplementThatIsAskedForLateMovesNothing(regime: Regime) throws {
        var dossier = try Self.underWay(regime)
        let before = dossier.due
        let asked = Self.run(&dossier, at: "2026-03-06T09:00") {
            $0.requestSupplement(reason: "r", componentIDs: ["C1"])
        }
        let recorded = Self.run(&dossier, at: "2026-03-09T09:00") {
            $0.recordDigitization(componentID: "C1", documentID: "again")
        }
        let received = Self.run(&dossier, at: "2026-03-09T09:00") {
            $0.receiveSupplement(deadlines: Deadlines())
        }
        #expect(asked == nil && recorded == nil && received == nil)
        #expect(dossier.due == before)
    }

    /// A head stopped the clock for a payment, and then the fee came.
    @Test func aWaitForPaymentIsOneHoldWhoeverBeganIt() throws {
        var regime = Regime.all[1]
        regime.paymentStopsClock = true
        var dossier = try Self.underWay(regime)
        let fee = { (status: FeeStatus, sequence: Int64) in
            { (edit: inout DossierEdit) -> DossierRejection? in
                edit.recordFee(status, from: FeePlace(epoch: "e", sequence: sequence))
                return nil
            }
        }
        let stopped = Self.run(&dossier, at: "2026-03-03T09:00") {
            $0.suspend(cause: .payment, reason: "r", legalBasis: "l", from: nil)
        }
        let due = Self.run(&dossier, at: "2026-03-03T10:00", fee(.due, 2))
        #expect(stopped == nil && due == nil && dossier.state == .awaitingPayment)
        #expect(dossier.holds.count { $0.hold.to == nil } == 1)
        let resumed = Self.run(&dossier, at: "2026-03-03T10:30") { $0.resume(to: nil) }
        #expect(resumed == .clock(.notStopped))
        let paid = Self.run(&dossier, at: "2026-03-03T11:00", fee(.settled, 3))
        #expect(paid == nil && dossier.clockStopTime == nil)
        #expect(dossier.due == .dated(at("2026-03-05T11:00")))
    }

    /// The decision and the wait lie over each other: what a head decided is what he ends.
    @Test func aHeadEndsWhatHeBeganAndNotTheWaitForPayment() throws {
        var regime = Regime.all[1]
        regime.paymentStopsClock = true
        var dossier = try Self.underWay(regime)
        _ = Self.run(&dossier, at: "2026-03-03T09:00") {
            $0.suspend(cause: .decision, reason: "r", legalBasis: "l", from: nil)
        }
        _ = Self.run(&dossier, at: "2026-03-03T10:00") {
            $0.recordFee(.due, from: FeePlace(epoch: "e", sequence: 2))
            return nil
        }
        #expect(dossier.holds.map(\.hold.cause) == [.decision, .payment])
        let resumed = Self.run(&dossier, at: "2026-03-03T11:00") { $0.resume(to: nil) }
        #expect(resumed == nil)
        #expect(dossier.holds.map { $0.hold.to == nil } == [false, true])
    }
}

extension Counter {
    /// One working day for it.
    fileprivate func sendPart(
        of dossier: RecordsV1.Dossier, to agency: String
    ) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.SendPartsRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.parts = [
            .with {
                $0.agency = agency
                $0.task = "Cho ý kiến"
                $0.limit = .with {
                    $0.value = 1
                    $0.unit = .workingDay
                }
            }
        ]
        return try await dossiers.sendParts(request)
    }

    fileprivate func answerPart(
        of dossier: RecordsV1.Dossier
    ) async throws -> RecordsV1.Dossier {
        try await dossiers.answerPart(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.partNumber = 1
                $0.answer = "Đồng ý"
            })
    }
}
