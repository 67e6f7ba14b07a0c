import ArgumentParser
import Foundation
import GRDB
import Load
import Messages
import RPC
import Synchronization

/// A counter's work at a fixed rate: every stage of a dossier's life, and what officials look up meanwhile.
struct Mix: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Calls a running system at a fixed rate; prints p50 and p99 of each method as JSON.")

    @OptionGroup var target: Target

    @Argument(help: "Seconds that count.")
    var seconds: Double

    func run() async throws {
        let system = try Counterpart(data: target.data, tokenFile: target.tokenFile)
        let (seed, rate, warmUp, seconds) = (target.seed, target.rate, target.warmUp, seconds)
        let figures = try await Task(executorPreference: system.loop.executor) {
            let caller = try await MixCaller(system, seed: seed)
            let start = ContinuousClock.now
            let measuredFrom = start + .seconds(warmUp)
            let end = measuredFrom + .seconds(seconds)
            try await OpenLoop(perSecond: rate, seed: seed).run(until: { $0 >= end }) { due in
                await caller.call(due: due, isMeasured: due >= measuredFrom)
            }
            return try caller.figures.json()
        }.value
        await system.close()
        print(figures.text())
    }
}

/// What the calls of the mix are, drawn by weight.
enum MixCall: String, CaseIterable, Sendable {
    case submit, accept, start, completeStep, requestSupplement, receiveSupplement, issue
    case returnResult, getByID, getByCode, history, list, queue, queueCount, explain

    var weight: Double {
        switch self {
        case .submit, .accept, .start, .issue, .returnResult: 8
        case .completeStep: 24
        case .requestSupplement, .receiveSupplement: 2
        case .getByID, .getByCode: 6
        case .history, .list, .queue, .queueCount, .explain: 4
        }
    }
}

final class MixCaller: Sendable {
    /// So long after a hand-in the facts about it have come.
    private static let ripening = Duration.seconds(2)
    private static let sampleCount = 20_000
    private static let openedMax = 400

    let figures = Figures()
    private let system: Counterpart
    private let stages = Stages()
    private let handIn: HandIn
    private let wards: [String]
    private let sample: [(id: String, code: String)]
    private let dice: Mutex<(random: SplitMix64, count: Int)>
    private let choice = WeightedChoice(MixCall.allCases.map(\.weight))
    private let run: String

    init(_ system: Counterpart, seed: UInt64) async throws {
        self.system = system
        run = UUID().uuidString.prefix(8).lowercased()
        var random = SplitMix64(seed: seed)
        sample = try Self.sample(of: system, &random)
        guard !sample.isEmpty else { throw GrowthError("the system has no accepted dossiers") }
        wards = try system.reading { try Wards.all(in: $0) }
        dice = Mutex((random, 0))
        handIn = try await HandIn(system, seed: seed)
        try fillStages()
    }

    /// All over the file, so that reads meet its cold pages.
    private static func sample(
        of system: Counterpart, _ random: inout SplitMix64
    ) throws -> [(id: String, code: String)] {
        try system.reading { database in
            let last = try Int.fetchOne(database, sql: "SELECT max(number) FROM dossier") ?? 0
            guard last > 0 else { return [] }
            let statement = try database.makeStatement(
                sql: "SELECT dossier_id, code FROM dossier WHERE number = ? AND code IS NOT NULL")
            return try (0..<min(sampleCount, last)).compactMap { _ in
                try Row.fetchOne(
                    statement, arguments: [Int.random(in: 1...last, using: &random)]
                ).map { (id: $0[0], code: $0[1]) }
            }
        }
    }

    /// With dossiers that were open before.
    private func fillStages() throws {
        try system.reading { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT dossier_id, number FROM dossier_step AS step
                    WHERE step.start_time IS NOT NULL AND step.end_time IS NULL
                        AND dossier_id IN (SELECT dossier_id FROM dossier WHERE state = 4
                            ORDER BY number DESC LIMIT ?)
                    """, arguments: [Self.openedMax])
            for row in rows {
                stages.add(Stages.Item(dossierID: row[0], step: row[1]), to: .processing)
            }
        }
    }

    func call(due: ContinuousClock.Instant, isMeasured: Bool) async {
        let (drawn, number) = dice.withLock { dice in
            dice.count += 1
            return (MixCall.allCases[choice.draw(&dice.random)], dice.count)
        }
        var call = drawn
        do {
            let after = try await make(&call, id: "\(run)-\(number)")
            if isMeasured { figures.record(call.rawValue, .now - due) }
            try await after?()
        } catch let status as Status {
            figures.fail(call.rawValue, status)
        } catch {
            figures.fail(call.rawValue, Status(.unknown, "\(error)"))
        }
    }
}

// Writes.
extension MixCaller {
    /// What follows an answer and is no part of the measured call.
    private typealias After = @Sendable () async throws -> Void

    /// Makes a call, or a hand-in where no dossier is ready for it.
    private func make(_ call: inout MixCall, id: String) async throws -> After? {
        switch call {
        case .submit: return try await submit()
        case .getByID, .getByCode, .history, .list, .queue, .queueCount, .explain:
            try await read(call)
            return nil
        case .accept:
            if let item = stages.take(from: .handedIn) { return try await accept(item, id) }
        case .start: if let item = stages.take(from: .accepted) { return try await start(item, id) }
        case .completeStep:
            if let item = stages.take(from: .processing) { return try await complete(item, id) }
        case .requestSupplement:
            if let item = stages.take(from: .processing) { return try await ask(item, id) }
        case .receiveSupplement:
            if let item = stages.take(from: .awaitingSupplement) {
                return try await receive(item, id)
            }
        case .issue: if let item = stages.take(from: .done) { return try await issue(item, id) }
        case .returnResult:
            if let item = stages.take(from: .finished) { return try await returnResult(item, id) }
        }
        call = .submit
        return try await submit()
    }

    private func submit() async throws -> After {
        let dossier = try await handIn.handIn()
        return { [system, stages] in
            let papers = dossier.components.map(\.componentID)
            for paper in papers {
                try await system.digitize(
                    dossier.dossierID, paper, document: "\(dossier.dossierID)-\(paper)")
            }
            stages.add(
                Stages.Item(
                    dossierID: dossier.dossierID, papers: papers, ripe: .now + Self.ripening),
                to: .handedIn)
        }
    }

    private func accept(_ item: Stages.Item, _ id: String) async throws -> After? {
        var request = RecordsV1.AcceptDossierRequest()
        request.requestID = id
        request.dossierID = item.dossierID
        _ = try await system.dossiers.acceptDossier(request, options: system.official)
        stages.add(item, to: .accepted)
        return nil
    }

    private func start(_ item: Stages.Item, _ id: String) async throws -> After? {
        var request = RecordsV1.StartProcessingRequest()
        request.requestID = id
        request.dossierID = item.dossierID
        let dossier = try await system.dossiers.startProcessing(request, options: system.official)
        put(dossier, item)
        return nil
    }

    private func complete(_ item: Stages.Item, _ id: String) async throws -> After? {
        var request = RecordsV1.CompleteStepRequest()
        request.requestID = id
        request.dossierID = item.dossierID
        request.stepNumber = item.step
        let dossier = try await system.dossiers.completeStep(request, options: system.official)
        put(dossier, item)
        return nil
    }

    private func put(_ dossier: RecordsV1.Dossier, _ item: Stages.Item) {
        var item = item
        item.papers = dossier.components.map(\.componentID)
        if let step = dossier.steps.first(where: { $0.endTime == nil }) {
            item.step = step.number
            stages.add(item, to: .processing)
        } else {
            stages.add(item, to: .done)
        }
    }

    /// What cannot be supplemented goes on.
    private func ask(_ item: Stages.Item, _ id: String) async throws -> After? {
        guard let paper = item.papers.first, item.step == 1 else {
            return try await complete(item, id)
        }
        var request = RecordsV1.RequestSupplementRequest()
        request.requestID = id
        request.dossierID = item.dossierID
        request.reason = "Bản sao mờ"
        request.componentIDs = [paper]
        _ = try await system.dossiers.requestSupplement(request, options: system.official)
        return { [system, stages] in
            try await system.digitize(item.dossierID, paper, document: "\(id)-\(paper)")
            stages.add(item, to: .awaitingSupplement)
        }
    }

    private func receive(_ item: Stages.Item, _ id: String) async throws -> After? {
        var request = RecordsV1.ReceiveSupplementRequest()
        request.requestID = id
        request.dossierID = item.dossierID
        let dossier = try await system.dossiers.receiveSupplement(request, options: system.official)
        var rest = item
        // Not asked for again.
        rest.papers = []
        if let step = dossier.steps.first(where: { $0.endTime == nil }) { rest.step = step.number }
        stages.add(rest, to: .processing)
        return nil
    }

    private func issue(_ item: Stages.Item, _ id: String) async throws -> After? {
        var request = RecordsV1.IssueResultRequest()
        request.requestID = id
        request.dossierID = item.dossierID
        request.number = "\(id)/GCN"
        request.summary = "Giấy chứng nhận"
        _ = try await system.dossiers.issueResult(request, options: system.official)
        return { [system, stages] in
            try await system.digitize(item.dossierID, "", document: "\(id)-result")
            stages.add(item, to: .finished)
        }
    }

    private func returnResult(_ item: Stages.Item, _ id: String) async throws -> After? {
        var request = RecordsV1.ReturnResultRequest()
        request.requestID = id
        request.dossierID = item.dossierID
        _ = try await system.dossiers.returnResult(request, options: system.official)
        return nil
    }
}

// Reads.
extension MixCaller {
    private func read(_ call: MixCall) async throws {
        let (one, ward) = dice.withLock { dice in
            (
                sample.randomElement(using: &dice.random)!,
                wards.randomElement(using: &dice.random)!
            )
        }
        switch call {
        case .history:
            var request = RecordsV1.GetHistoryRequest()
            request.dossierID = one.id
            _ = try await system.dossiers.getHistory(request, options: system.official)
        case .list:
            var request = RecordsV1.ListDossiersRequest()
            request.receivingUnit = ward
            request.state = .returned
            request.pageSize = 20
            _ = try await system.dossiers.listDossiers(request, options: system.official)
        case .queue:
            var request = RecordsV1.ListQueueRequest()
            request.queue = .with { $0.scope = .agency(ward) }
            request.pageSize = 20
            _ = try await system.queues.listQueue(request, options: system.official)
        case .queueCount:
            var request = RecordsV1.CountQueueRequest()
            request.queue = .with { $0.scope = .agency(ward) }
            _ = try await system.queues.countQueue(request, options: system.official)
        case .explain:
            var request = RecordsV1.ExplainDeadlineRequest()
            request.dossierID = one.id
            _ = try await system.deadlines.explainDeadline(request, options: system.official)
        default:
            var request = RecordsV1.GetDossierRequest()
            request.dossierID = call == .getByCode ? one.code : one.id
            _ = try await system.dossiers.getDossier(request, options: system.official)
        }
    }
}
