import Foundation
import GRDB
import MotCuaClient
import Operations
import RPC
import WorkingTime

/// What must follow from the dossiers, recomputed from what the calls tell, beside what records keeps.
struct Findings {
    let desk: ProofDesk
    let layout: Layout

    private static let open: Set<RecordsV1.DossierState> = [
        .accepted, .processing, .awaitingSupplement, .awaitingPayment,
    ]

    func problems(of walks: [Walk.Outcome]) async throws -> [String] {
        try await awaitRederivation()
        let calendar = try WorkCalendar(parsing: Chaos.text(version: Chaos.calendars))
        let checked = try await desk.inParallel(walks.count) { number in
            let dossier = try await desk.get(walks[number].dossierID)
            var problems: [String] = []
            if dossier.state != walks[number].state {
                problems.append("\(dossier.dossierID) is in state \(dossier.state)")
            }
            problems += try await clockProblems(of: dossier, calendar)
            return (dossier, problems)
        }
        let dossiers = checked.map(\.0)
        let open = dossiers.filter { Self.open.contains($0.state) && !$0.code.isEmpty }
        var problems = checked.flatMap(\.1) + codeProblems(dossiers)
        for unit in ProofDesk.units {
            let own = open.filter { $0.receivingUnit == unit }
            problems += try await queueProblems(.agency(unit), own)
            problems += try await queueProblems(.counter(unit), own)
        }
        for official in ProofDesk.officials {
            let own = open.filter { dossier in
                dossier.steps.first { $0.endTime == nil }?.assignee == official
            }
            problems += try await queueProblems(.official(official), own)
        }
        print("codes \(dossiers.count { !$0.code.isEmpty }), open \(open.count)")
        return problems + (try await figureProblems(dossiers)) + (try journalProblems())
    }

    /// The city's counters, beside what the dossiers came to.
    private func figureProblems(_ dossiers: [RecordsV1.Dossier]) async throws -> [String] {
        var request = RecordsV1.GetFiguresRequest()
        request.agency = "H26"
        request.fromDay = "2026-03-02"
        request.toDay = "2026-03-03"
        let told = try await desk.persistently {
            try await desk.queues.getFigures(request, options: desk.options)
        }
        let total = told.total ?? .init()
        func count(_ state: RecordsV1.DossierState, isAccepted: Bool) -> Int64 {
            Int64(dossiers.count { $0.state == state && !$0.code.isEmpty == isAccepted })
        }
        let table = [
            ("submitted", total.submitted, Int64(dossiers.count)),
            ("accepted", total.accepted, Int64(dossiers.count { !$0.code.isEmpty })),
            ("refused", total.refused, count(.refused, isAccepted: false)),
            ("withdrawn", total.withdrawnUnaccepted, count(.withdrawn, isAccepted: false)),
            ("taken back", total.withdrawnAccepted, count(.withdrawn, isAccepted: true)),
            ("stopped", total.stopped, count(.stopped, isAccepted: true)),
            (
                "finished", total.finishedOnTime + total.finishedLate + total.finishedNoLimit,
                count(.finished, isAccepted: true)
            ),
            ("waiting", told.waitingAfter, count(.registered, isAccepted: false)),
            (
                "open", told.openAfter,
                Int64(dossiers.count { Self.open.contains($0.state) && !$0.code.isEmpty })
            ),
        ]
        return table.filter { $0.1 != $0.2 }.map { "figure \($0.0) is \($0.1), not \($0.2)" }
    }

    private func awaitRederivation() async throws {
        let end = ContinuousClock.now + ProofDesk.patience
        while ContinuousClock.now < end {
            let last = try await desk.persistently {
                try await desk.deadlines.getRederivation(.init(), options: desk.options)
            }
            if last.finishTime != nil, last.calendarVersion == "proof-\(Chaos.calendars)" { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw ProofFailure(description: "the rederivation did not end within \(ProofDesk.patience)")
    }

    /// The due time, and the minutes of those who held the dossier.
    private func clockProblems(
        of dossier: RecordsV1.Dossier, _ calendar: WorkCalendar
    ) async throws -> [String] {
        guard let reception = dossier.acceptTime?.instant else { return [] }
        var request = RecordsV1.ExplainDeadlineRequest()
        request.dossierID = dossier.dossierID
        let told = try await desk.persistently {
            try await desk.deadlines.explainDeadline(request, options: desk.options)
        }
        var problems: [String] = []
        let sum =
            told.agencyMinutes + told.citizenMinutes + told.otherAgencyMinutes
            + told.suspendedMinutes
        if sum != told.elapsedMinutes || told.lines.map(\.minutes).reduce(0, +) != sum {
            problems.append("\(dossier.dossierID): \(sum) minutes of \(told.elapsedMinutes)")
        }
        guard Self.open.contains(dossier.state) else { return problems }
        let limit = try TimeLimit(parsing: ProofDesk.limits[dossier.procedureID]!)
        // While the clock stands still, the due time is the one that it had.
        let holds = told.holds.compactMap { hold -> Hold? in
            guard let from = hold.fromTime?.instant, let to = hold.toTime?.instant else {
                return nil
            }
            let cause: Hold.Cause =
                switch hold.cause {
                case .payment: .payment
                case .otherAgency: .otherAgency
                default: .decision
                }
            return Hold(from: from, to: to, cause: cause)
        }
        let deadline = try Deadline(
            reception: reception, limit: limit, holds: HoldLedger(holds),
            extra: try told.extension.map { try limit.extending(by: Int($0.units)) })
        guard case .at(let due, _) = WorkClock(calendar: calendar).due(deadline) else {
            return problems + ["\(dossier.dossierID): nothing falls due"]
        }
        if dossier.dueTime?.instant != due {
            problems.append("\(dossier.dossierID): due \(dossier.dueTime as Any), not \(due)")
        }
        return problems
    }

    /// Of each unit and day the numbers go from 1 without a gap.
    private func codeProblems(_ dossiers: [RecordsV1.Dossier]) -> [String] {
        let codes = dossiers.map(\.code).filter { !$0.isEmpty }
        let days = Dictionary(grouping: codes) { String($0.dropLast(4)) }
        return days.compactMap { day, codes in
            let numbers = codes.compactMap { Int($0.suffix(4)) }.sorted()
            return numbers == Array(1...codes.count) ? nil : "codes of \(day): \(numbers)"
        }
    }

    private func queueProblems(
        _ scope: RecordsV1.Queue.Scope, _ wanted: [RecordsV1.Dossier]
    ) async throws -> [String] {
        var request = RecordsV1.ListQueueRequest()
        var queue = RecordsV1.Queue()
        queue.scope = scope
        request.queue = queue
        request.pageSize = 100
        var items: [RecordsV1.QueueItem] = []
        repeat {
            let page = try await desk.persistently {
                try await desk.queues.listQueue(request, options: desk.options)
            }
            items += page.items
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        var count = RecordsV1.CountQueueRequest()
        count.queue = queue
        let counted = try await desk.persistently {
            try await desk.queues.countQueue(count, options: desk.options)
        }
        var problems: [String] = []
        if items.map(\.dossierID).sorted() != wanted.map(\.dossierID).sorted() {
            problems.append("queue \(scope) has \(items.count) dossiers, not \(wanted.count)")
        }
        if counted.isExact, counted.count != Int64(wanted.count) {
            problems.append("queue \(scope) counts \(counted.count), not \(wanted.count)")
        }
        let running = items.filter { !$0.clockStopped }.compactMap { $0.dueTime?.instant }
        if running != running.sorted() { problems.append("queue \(scope) is out of order") }
        return problems
    }

    private func journalProblems() throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        let path = "\(layout.data(of: .records))/records.sqlite"
        let gaps = try DatabaseQueue(path: path, configuration: configuration).read {
            try Int.fetchOne($0, sql: "SELECT max(sequence) - count(*) FROM journal") ?? 0
        }
        return gaps == 0 ? [] : ["the journal lacks \(gaps) entries"]
    }
}
