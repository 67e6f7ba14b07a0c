import Foundation
import MotCuaClient
import Operations
import Testing
import WorkingTime

/// What time does by itself, over kills and while nobody runs.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ClockTests {
    /// A storm closes offices on 5 and 12 March and 2 April; 14 March is worked for the last.
    private static let calendarText =
        WorkCalendar.vietnam2025To2026Text
        .replacing("version vn-2025-2026", with: "version vn-2026-bao")
        .replacing("effective 2025-01-01", with: "effective 2026-03-01")
            + """

            2026-03-05 off Nghỉ tránh bão
            2026-03-12 off Nghỉ tránh bão
            2026-04-02 off Nghỉ hoán đổi với 14/03
            2026-03-14 work bù 02/04
            """

    @Test func aKillInTheMiddleOfARederivationLosesNoMoveAndRepeatsNone() async throws {
        try await withSystem(["--sandbox-time", "2026-03-02T09:00+07:00"]) { system in
            let desk = try await Desk.open(system)
            let calendar = try WorkCalendar(parsing: Self.calendarText)
            let ids = try await desk.submitted(240)
            let before = try await desk.accept(ids)
            for dossier in before.prefix(12) {
                #expect(
                    try dossier.dueTime?.instant == desk.due(dossier, by: .vietnam2025To2026))
            }
            let moving = try before.count {
                try $0.dueTime?.instant != desk.due($0, by: calendar)
            }
            try #require(moving == 200, "five of the six limits move")

            var request = RecordsV1.ImportCalendarRequest()
            request.requestID = "calendar"
            request.text = Self.calendarText
            request.dryRun = true
            let told = try await desk.deadlines.importCalendar(request)
            #expect(told.examinedAll && Int(told.movingCount) == moving)
            request.dryRun = false
            request.requestID = "calendar-2"
            #expect(try await desk.deadlines.importCalendar(request).calendar?.isInForce == true)
            let moves = "SELECT count(*) FROM deadline_move WHERE cause = 'rederivation'"
            let hasBegun = try await eventually { try system.count(.records, moves) > 0 }
            #expect(hasBegun)
            system.killNow(.records)
            let movedAtKill = try system.count(.records, moves)
            #expect((1..<moving).contains(movedAtKill), "the kill fell into the middle")

            let isFinished = try await eventually {
                try await desk.deadlines.getRederivation(.init(), options: desk.official)
                    .finishTime != nil
            }
            #expect(isFinished)
            _ = try await desk.inParallel(ids.count) { number in
                try await expectMovedOnce(before[number], by: calendar, at: desk)
            }
            #expect(try system.count(.records, moves) == moving)
            try desk.expectJournalWithoutGap()
        }
    }

    private func expectMovedOnce(
        _ before: RecordsV1.Dossier, by calendar: WorkCalendar, at desk: Desk
    ) async throws {
        let dossier = try await desk.get(before.dossierID)
        #expect(try dossier.dueTime?.instant == desk.due(dossier, by: calendar))
        var request = RecordsV1.GetDeadlineMovesRequest()
        request.dossierID = before.dossierID
        let moves = try await desk.deadlines.getDeadlineMoves(request, options: desk.official).moves
        guard dossier.dueTime != before.dueTime else {
            #expect(moves.isEmpty)
            return
        }
        #expect(moves.count == 1)
        #expect(moves.first?.cause == "rederivation")
        #expect(moves.first?.change == "calendar")
        #expect(moves.first?.dueTimeBefore == before.dueTime)
        #expect(moves.first?.dueTimeAfter == dossier.dueTime)
        #expect(moves.first?.calendarVersion == "vn-2026-bao")
    }

    /// Accepted on Monday for a working day; the system comes back on Wednesday.
    @Test func whatFellDueWhileNobodyRanIsNoticedOnceAfterTheStart() async throws {
        let data = RunningSystem.newDataDirectory()
        let monday = try await RunningSystem.start(
            on: data, ["--sandbox-time", "2026-03-02T09:00+07:00"])
        let desk = try await Desk.open(monday)
        let ids = try await desk.submitted(24, procedures: ["990001"])
        _ = try await desk.accept(ids)
        for action in [RecordsV1.BulkAction.startProcessing, .assign] {
            var request = RecordsV1.MoveDossiersRequest()
            request.requestID = "bulk-\(action.rawValue)"
            request.dossierIDs = ids
            request.action = action
            if action == .assign {
                request.official = Desk.handler
                request.note = "Phân công thụ lý"
            }
            let done = try await desk.dossiers.moveDossiers(request, options: desk.official)
            #expect(done.movedCount == 24, "\(done.results.first?.message ?? "")")
        }
        #expect(try monday.count(.records, "SELECT count(*) FROM notice WHERE kind = 2") == 0)
        _ = try await monday.end()

        let wednesday = try await RunningSystem.start(
            on: data, ["--sandbox-time", "2026-03-04T10:00+07:00"])
        do {
            try await expectOverdue(ids, on: wednesday)
        } catch {
            try await wednesday.stop()
            throw error
        }
        try await wednesday.stop()
    }

    private func expectOverdue(_ ids: [String], on system: RunningSystem) async throws {
        let desk = Desk(system: system, official: try await system.official())
        let overdue = "SELECT count(*) FROM notice WHERE kind = 2"
        let isNoticed = try await eventually { try system.count(.records, overdue) == ids.count }
        #expect(isNoticed)
        // Once, however often it starts anew.
        let process = system.processID(of: .records)
        system.killNow(.records)
        let isBack = try await eventually {
            let now = system.processID(of: .records)
            return now != nil && now != process
        }
        #expect(isBack)
        let head = try await desk.signedIn(Desk.head, roles: ["head"], agency: Desk.unit)
        var list = RecordsV1.ListEscalationsRequest()
        list.pageSize = 100
        let escalations = try await desk.deadlines.listEscalations(list, options: head).escalations
        #expect(escalations.map(\.dossierID).sorted() == ids.sorted())
        #expect(escalations.allSatisfy { $0.kind == .overdue && $0.head == Desk.head })
        #expect(try system.count(.records, overdue) == ids.count)
        #expect(try system.count(.records, "SELECT count(*) FROM escalation") == ids.count)

        try await expectInQueue(.overdue, of: Desk.handler, ids, at: desk)

        var acknowledge = RecordsV1.AcknowledgeEscalationRequest()
        acknowledge.requestID = "acknowledge"
        acknowledge.escalationID = try #require(escalations.first).escalationID
        _ = try await desk.deadlines.acknowledgeEscalation(acknowledge, options: head)
        let rest = try await desk.deadlines.listEscalations(list, options: head).escalations
        #expect(rest.count == ids.count - 1)
        try desk.expectJournalWithoutGap()
    }

    private func expectInQueue(
        _ kind: RecordsV1.QueueKind, of official: String, _ ids: [String], at desk: Desk
    ) async throws {
        let own = try await desk.signedIn(official, roles: ["official"], agency: Desk.unit)
        var queue = RecordsV1.Queue()
        queue.scope = .official(official)
        queue.kind = kind
        var list = RecordsV1.ListQueueRequest()
        list.queue = queue
        list.pageSize = 100
        let queues = RecordsV1.QueuesClient(desk.system.channel)
        let items = try await queues.listQueue(list, options: own).items
        #expect(items.map(\.dossierID).sorted() == ids.sorted())
        #expect(items.allSatisfy { $0.workingMinutesLeft < 0 && $0.assignee == official })
        var count = RecordsV1.CountQueueRequest()
        count.queue = queue
        let counted = try await queues.countQueue(count, options: own)
        #expect(counted.isExact && counted.count == Int64(ids.count))
    }
}
