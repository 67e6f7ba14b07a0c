import GRDB
import Messages
import RPC
import RPCTesting
import Testing
import WorkingTime

@testable import Records

/// Many dossiers live at random, and after it everything that is kept beside them is what counting
/// anew makes of their rows.
@Suite struct QueueLifeTests {
    @Test(arguments: [1, 2] as [UInt64])
    func queuesAndFiguresAreWhatTheRowsSayAfterARandomLife(seed: UInt64) async throws {
        try await Counter.run(at: "2026-03-02T07:30") { counter in
            var life = RandomLife(counter, SeededRandom(seed: seed))
            for round in 0..<10 {
                for _ in 0..<50 { try await life.act() }
                let rows = try await counter.queueRows(on: life.now.local(in: .vietnam).date)
                #expect(rows.stored == rows.expected, "seed \(seed) round \(round)")
                #expect(rows.placed == rows.expected, "seed \(seed) round \(round)")
            }
            // A life in which nothing happens proves nothing.
            let needed: Set<String> = [
                "digitize", "accept", "start", "step", "ask", "receive", "issue", "withdraw", "end",
                "assign", "suspend", "send",
            ]
            let missing = needed.subtracting(life.done.keys)
            #expect(
                missing.isEmpty, "seed \(seed): no \(missing) among \(life.done); \(life.refused)")
            try await counter.compareFigures("seed \(seed)", at: life.now)
        }
    }
}

/// One command after another, on dossiers chosen at random. What does not fit is refused.
private struct RandomLife {
    let counter: Counter
    let seat: Seat
    var random: SeededRandom
    var dossiers: [RecordsV1.Dossier] = []
    var now = at("2026-03-02T07:30")
    var done: [String: Int] = [:]
    var refused: [String: Int] = [:]

    private static let units = ["H26.001.00", "H26.002.00", "H26.101.00"]
    private static let officials = ["le.thi.cam", "mai.thi.phuong"]

    init(_ counter: Counter, _ random: SeededRandom) {
        self.counter = counter
        self.random = random
        seat = counter.seat("nguyen.van.an", [.official, .head])
    }

    mutating func act() async throws {
        if Int.random(in: 0..<4, using: &random) == 0 {
            now = now.adding(minutes: .random(in: 1...700, using: &random))
            counter.setTime(String(now.formatted(in: .vietnam).prefix(16)))
        }
        if dossiers.count < 8 || Int.random(in: 0..<15, using: &random) == 0 {
            let unit = Self.units.randomElement(using: &random)!
            let procedure = ["1489", "1658"].randomElement(using: &random)!
            // Most come far at once, or few would ever end.
            let stage = Int.random(in: 0..<6, using: &random)
            if stage == 0 {
                dossiers.append(try await counter.submitted(procedure, unit: unit))
                return
            }
            let dossier = try await counter.accepted(procedure, unit: unit)
            dossiers.append(stage > 2 ? try await counter.start(dossier) : dossier)
            return
        }
        let dossier = try await counter.get(dossiers.randomElement(using: &random)!.dossierID)
        let (name, call) = try await command(on: dossier)
        do {
            try await call()
            done[name, default: 0] += 1
        } catch let status as Status {
            #expect(
                [.failedPrecondition, .invalidArgument, .permissionDenied, .notFound].contains(
                    status.code), "\(name): \(status)")
            refused["\(name) \(status.reason)", default: 0] += 1
        }
    }

    private mutating func command(
        on dossier: RecordsV1.Dossier
    ) async throws -> (String, () async throws -> Void) {
        let (counter, seat) = (counter, seat)
        let official = Self.officials.randomElement(using: &random)!
        let step = dossier.steps.first { $0.endTime == nil }?.number ?? 1
        let document = "doc-\(UInt32.random(in: 0 ... .max, using: &random))"
        let components = dossier.components.map(\.componentID)
        // What leads on comes up oftener than what ends.
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<5:
            return (
                "digitize",
                {
                    for component in components {
                        try await counter.digitize(dossier, component, document: document)
                    }
                    try await counter.fee(dossier, .noneDue, sequence: 1)
                }
            )
        case 5..<11: return ("accept", { _ = try await counter.accept(dossier) })
        case 11..<15: return ("start", { _ = try await counter.start(dossier) })
        case 15..<19:
            return ("step", { try await counter.work(on: dossier, steps: 1) })
        case 19..<22: return ("ask", { _ = try await counter.askSupplement(dossier, ["C1"]) })
        case 22..<26:
            return (
                "receive",
                {
                    try await counter.digitize(dossier, "C1", document: document)
                    _ = try await counter.receiveSupplement(dossier)
                }
            )
        case 26..<28:
            return (
                "issue",
                {
                    try await counter.work(on: dossier, steps: dossier.steps.count)
                    _ = try await counter.issue(dossier)
                }
            )
        case 28:
            return (
                "return",
                {
                    try await counter.digitize(dossier, "", document: document)
                    _ = try await counter.returnResult(dossier)
                }
            )
        case 29: return ("withdraw", { _ = try await counter.withdraw(dossier) })
        case 30:
            return (
                "end",
                {
                    if dossier.code.isEmpty {
                        _ = try await seat.dossiers.refuseDossier(
                            .with {
                                $0.requestID = counter.newRequestID()
                                $0.dossierID = dossier.dossierID
                                $0.reason = "Không thuộc thẩm quyền"
                            })
                    } else {
                        _ = try await seat.dossiers.stopDossier(
                            .with {
                                $0.requestID = counter.newRequestID()
                                $0.dossierID = dossier.dossierID
                                $0.reason = "Không đủ điều kiện"
                                $0.cause = .refusedAfterAppraisal
                            })
                    }
                }
            )
        case 31:
            return (
                "assign",
                {
                    _ = try await seat.assignments.assignStep(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.dossierID = dossier.dossierID
                            $0.stepNumber = step
                            $0.official = official
                            $0.reason = "Phân công"
                        })
                }
            )
        case 32:
            return (
                "co-worker",
                {
                    _ = try await seat.assignments.addCoWorker(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.dossierID = dossier.dossierID
                            $0.official = official
                            $0.reason = "Phối hợp"
                        })
                }
            )
        case 33..<35:
            return (
                "suspend",
                {
                    _ = try await seat.deadlines.suspendClock(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.dossierID = dossier.dossierID
                            $0.cause = .decision
                            $0.reason = "Chờ kết luận thanh tra"
                            $0.legalBasis = "Luật Đất đai 2024, Điều 159"
                        })
                }
            )
        case 35..<37:
            return (
                "resume",
                {
                    _ = try await seat.deadlines.resumeClock(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.dossierID = dossier.dossierID
                        })
                }
            )
        case 37..<39:
            return (
                "send",
                {
                    _ = try await seat.dossiers.sendParts(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.dossierID = dossier.dossierID
                            $0.parts = [
                                .with {
                                    $0.agency = "H26.102.00"
                                    $0.task = "Cho ý kiến"
                                    $0.limit = .with {
                                        $0.value = 1
                                        $0.unit = .workingDay
                                    }
                                }
                            ]
                        })
                }
            )
        default:
            return (
                "follow",
                {
                    _ = try await seat.assignments.followDossier(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.dossierID = dossier.dossierID
                        })
                }
            )
        }
    }
}

extension Counter {
    /// Ends open steps, each by the official who holds it.
    fileprivate func work(on dossier: RecordsV1.Dossier, steps count: Int) async throws {
        for part in dossier.parts where part.status == .open {
            _ = try await seat().dossiers.answerPart(
                .with {
                    $0.requestID = newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.partNumber = part.number
                    $0.answer = "Đồng ý"
                })
        }
        for step in dossier.steps.filter({ $0.endTime == nil }).prefix(count) {
            let official = step.assignee.isEmpty ? "nguyen.van.an" : step.assignee
            _ = try await seat(official).dossiers.completeStep(
                .with {
                    $0.requestID = newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.stepNumber = step.number
                })
        }
    }

    /// What each day's row says is left is the sum of it and all before it.
    private func compareStandings(_ label: Comment) async throws {
        struct Line {
            var agency: String
            var day: Int
            var figures = AgencyFigures()
            var waiting: Int64
            var open: Int64
        }
        let lines = try await host.store.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM agency_day ORDER BY agency, day").map {
                row in
                var line = Line(
                    agency: row["agency"], day: row["day"], waiting: row["waiting_after"],
                    open: row["open_after"])
                for kind in AgencyFigures.Kind.allCases { line.figures[kind] = row[kind.rawValue] }
                return line
            }
        }
        let days = Set(lines.map(\.day)).sorted()
        try #require(days.count > 3, label)
        var sums: [String: AgencyFigures] = [:]
        for line in lines {
            sums[line.agency, default: .init()] += line.figures
            #expect(line.waiting == sums[line.agency]!.waitingChange, label)
            #expect(line.open == sums[line.agency]!.openChange, label)
        }
        let units = Array(sums.keys)
        for day in days + [days.last! + 4_000] {
            let standing = try await host.store.read { database in
                try FiguresTable(database: database).standing(
                    before: CivilDate(daysSinceEpoch: day), of: units)
            }
            var before = AgencyFigures()
            for line in lines where line.day < day { before += line.figures }
            #expect(standing.waiting == before.waitingChange, label)
            #expect(standing.open == before.openChange, label)
        }
    }

    /// Counts everything anew from the dossiers and their histories.
    fileprivate func compareFigures(_ label: Comment, at now: Instant) async throws {
        let (stored, counted, waiting, open) = try await host.store.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM agency_day").map { row in
                "\(row["agency"] as String) \(row["day"] as Int) "
                    + AgencyFigures.Kind.allCases.map { "\(row[$0.rawValue] as Int64)" }
                    .joined(separator: " ")
            }
            var counted: [String: AgencyFigures] = [:]
            let table = DossierTable(database: database)
            var (waiting, open) = (0, 0)
            for id in try String.fetchAll(database, sql: "SELECT dossier_id FROM dossier") {
                let dossier = try table.find(.id(id))!
                let history = try table.history(of: id)
                func add(_ kind: AgencyFigures.Kind, _ count: Int = 1, at time: Instant) {
                    let day = time.local(in: .vietnam).date.daysSinceEpoch
                    counted["\(dossier.receivingUnit) \(day)", default: .init()][kind] +=
                        Int64(count)
                }
                add(.submitted, at: dossier.submitTime)
                if let time = dossier.acceptTime { add(.accepted, at: time) }
                let end = history.first { [.refused, .withdrawn, .stopped].contains($0.state) }
                switch dossier.state {
                case .refused: add(.refused, at: end!.time)
                case .withdrawn where dossier.isAccepted: add(.withdrawnAccepted, at: end!.time)
                case .withdrawn: add(.withdrawnUnaccepted, at: end!.time)
                case .stopped: add(.stopped, at: end!.time)
                case .finished, .returned:
                    let isLate = dossier.due.time.map { dossier.finishTime! > $0 }
                    add(
                        isLate.map { $0 ? .finishedLate : .finishedOnTime } ?? .finishedNoLimit,
                        at: dossier.finishTime!)
                    if let time = dossier.returnTime { add(.returned, at: time) }
                default: if dossier.isAccepted { open += 1 } else { waiting += 1 }
                }
                if dossier.isAccepted, let end = dossier.finishTime ?? end?.time {
                    // The other way round: minute by minute what the ledger says was the agency's.
                    let ledger = Deadlines().explain(DeadlineFacts(dossier)!, until: end)
                    let minutes = ledger.lines.filter { $0.holder == .agency }.map {
                        WorkClock().workingMinutes(from: $0.from, to: $0.to)!
                    }.reduce(0, +)
                    add(.agencyMinutes, minutes, at: end)
                }
                for line in history where line.action == "Yêu cầu bổ sung, hoàn thiện hồ sơ" {
                    add(.contacts, at: line.time)
                }
            }
            let lines = counted.map { key, figures in
                "\(key) "
                    + AgencyFigures.Kind.allCases.map { "\(figures[$0])" }.joined(separator: " ")
            }
            return (Set(rows), Set(lines), waiting, open)
        }
        #expect(stored == counted, label)
        try await compareStandings(label)
        let figures = try await seat().queues.getFigures(
            .with {
                $0.agency = "H26"
                $0.fromDay = "2026-03-02"
                $0.toDay = now.local(in: .vietnam).date.description
            })
        #expect(figures.waitingBefore == 0 && figures.openBefore == 0, label)
        #expect(figures.waitingAfter == Int64(waiting), label)
        #expect(figures.openAfter == Int64(open), label)
        let total = try #require(figures.total)
        #expect(
            total.accepted == total.finishedOnTime + total.finishedLate + total.finishedNoLimit
                + total.stopped + total.withdrawnAccepted + Int64(open), label)
        #expect(figures.days.compactMap(\.figures?.submitted).reduce(0, +) == total.submitted)
    }
}
