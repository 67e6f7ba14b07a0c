import RPCTesting
import Testing
import WorkingTime

@testable import Records

/// Dossiers driven through random lives by the model: whatever happens to one, its time adds up, and
/// what is stored is what its facts come to.
@Suite struct DossierTimeTests {
    private static let lives = 400
    private static let deadlines = Deadlines(
        book: ClockBook(
            version: 3,
            rules: [
                ShiftRule(
                    agency: "H26.001.00", fromDay: CivilDate(year: 2026, month: 3, day: 9)!,
                    shifts: try? Shifts(parsing: "08:00-12:00,13:00-17:00"))
            ],
            halfDays: [
                HalfDay(
                    agency: "H26.001.00", day: CivilDate(year: 2026, month: 3, day: 4)!,
                    shifts: try? Shifts(parsing: "07:30-11:30"))
            ]))

    private static let content = Result { try Samples.procedure("1489") }

    @Test func theFourHoldersAddUpToTheTimeElapsed() throws {
        var random = SeededRandom()
        for life in 0..<Self.lives {
            let (dossier, now) = try Self.life(&random)
            let facts = try #require(DeadlineFacts(dossier))
            let until = facts.isOpen ? now : dossier.finishTime ?? now
            let ledger = Self.deadlines.explain(facts, until: until)
            let sum = Holder.allCases.reduce(0) { $0 + ledger.minutes(heldBy: $1) }
            let elapsed =
                until.minuteNumber - facts.acceptTime.minuteNumber
            #expect(sum == elapsed, "life \(life), seed \(random.seed)")
            #expect(ledger.elapsedMinutes == elapsed, "life \(life), seed \(random.seed)")
            #expect(
                zip(ledger.lines, ledger.lines.dropFirst()).allSatisfy { $0.to == $1.from },
                "life \(life), seed \(random.seed)")
        }
    }

    @Test func whatIsStoredIsWhatTheFactsComeTo() throws {
        var random = SeededRandom()
        for life in 0..<Self.lives {
            let (dossier, _) = try Self.life(&random)
            let facts = try #require(DeadlineFacts(dossier))
            guard facts.isOpen else {
                #expect(dossier.nextNoticeTime == nil, "life \(life), seed \(random.seed)")
                #expect(
                    dossier.holds.allSatisfy { $0.hold.to != nil },
                    "life \(life), seed \(random.seed)")
                continue
            }
            let derived = try #require(Self.deadlines.derive(facts))
            #expect(dossier.due == derived.due, "life \(life), seed \(random.seed)")
            #expect(
                dossier.currentStep?.dueTime == derived.stepDue,
                "life \(life), seed \(random.seed)")
            #expect(
                dossier.nextNoticeTime.map { derived.notices.map(\.time).contains($0) } ?? true,
                "life \(life), seed \(random.seed)")
            if facts.isSuspended { #expect(dossier.nextNoticeTime == nil) }
        }
    }

    /// The holds of a dossier lie over each other; in its ledger they never do, and no minute of
    /// one that stops the clock is lost.
    @Test func holdsThatLieOverEachOtherAreTakenApart() throws {
        var random = SeededRandom()
        let start = at("2026-03-02T09:00")
        for round in 0..<500 {
            let holds = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                let from = Int.random(in: 0..<60, using: &random)
                let isOpen = Int.random(in: 0..<5, using: &random) == 0
                let length = Int.random(in: 1..<30, using: &random)
                return Hold(
                    from: start.adding(minutes: from),
                    to: isOpen ? nil : start.adding(minutes: from + length),
                    cause: Hold.Cause.allCases.randomElement(using: &random)!)
            }
            let facts = DeadlineFacts(
                agency: "H26.001.00", regime: Regime.all[1], acceptTime: start,
                limit: try TimeLimit(3, .workingDay), extraUnits: nil, holds: holds, step: nil,
                isOpen: true)
            let ledger = facts.ledger(isOpenIncluded: true).holds
            for minute in 0..<100 {
                let time = start.adding(minutes: minute)
                let given = holds.filter { $0.covers(time) }
                let taken = ledger.filter { $0.covers(time) }
                #expect(taken.count == min(given.count, 1), "\(round), seed \(random.seed)")
                #expect(
                    taken.contains { $0.cause.stopsClock }
                        == given.contains { $0.cause.stopsClock },
                    "\(round), seed \(random.seed)")
                #expect(
                    taken.first.map { part in given.contains { $0.cause == part.cause } } ?? true)
            }
        }
    }
}

extension DossierTimeTests {
    /// A dossier after up to twelve random commands, and the time then.
    private static func life(
        _ random: inout SeededRandom
    ) throws -> (dossier: Dossier, now: Instant) {
        var now = at("2026-03-02T09:00").adding(minutes: .random(in: 0..<3_000, using: &random))
        var dossier = try registered(at: now, &random)
        dossier = command(dossier, at: now) { edit in
            guard case .success(let acceptance) = edit.acceptance() else {
                return .wrongState(.registered, needed: .registered, allowed: [])
            }
            return edit.accept(acceptance, sequence: 1, deadlines: deadlines)
        }
        try #require(dossier.isAccepted)
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            now = now.adding(minutes: .random(in: 0..<1_500, using: &random))
                .advanced(by: .milliseconds(.random(in: 0..<60_000, using: &random)))
            let choice = Int.random(in: 0..<12, using: &random)
            let back = Int.random(in: 0..<600, using: &random)
            dossier = command(dossier, at: now) { edit in
                switch choice {
                case 0, 1:
                    edit.startProcessing([
                        DossierStep(
                            number: 1, name: "Thẩm định", startTime: nil, endTime: nil, official: ""
                        )
                    ])
                case 2, 3:
                    edit.completeStep(edit.dossier.currentStep?.number ?? 0, note: "")
                case 4, 5:
                    edit.suspend(
                        cause: choice == 4 ? .decision : .otherAgency, reason: "r",
                        legalBasis: "l", from: back < 300 ? nil : edit.now.adding(minutes: -back))
                case 6: edit.resume(to: nil)
                case 7: edit.requestSupplement(reason: "r", componentIDs: ["C1"])
                case 8: edit.receiveSupplement(deadlines: deadlines)
                case 9:
                    edit.extend(
                        units: 2, letterNumber: "1", reason: "r", deadlines: deadlines)
                case 10:
                    edit.recordDigitization(componentID: "C1", documentID: "d-\(back)")
                default: back < 60 ? edit.withdraw(reason: "r") : nil
                }
            }
        }
        return (dossier, now.adding(minutes: .random(in: 0..<5_000, using: &random)))
    }

    /// The dossier after a command, or as it was when that is refused.
    private static func command(
        _ dossier: Dossier, at now: Instant, _ act: (inout DossierEdit) -> DossierRejection?
    ) -> Dossier {
        var edit = DossierEdit(dossier, actor: "a", isHead: true, now: now)
        guard act(&edit) == nil, edit.settle(by: deadlines) == nil else { return dossier }
        return edit.dossier
    }

    private static func registered(
        at now: Instant, _ random: inout SeededRandom
    ) throws -> Dossier {
        let content = try content.get()
        var limit = content.limits[0]
        limit.limit = try [
            TimeLimit(3, .workingDay), TimeLimit(10, .workingDay), TimeLimit(20, .workingHour),
            TimeLimit(5, .day), TimeLimit(1, .month), .sameDay, .unspecified,
        ].randomElement(using: &random)!
        return Dossier(
            id: "d", code: nil, state: .registered, procedureID: "1489", procedureVersion: 1,
            procedureName: content.name, receivingUnit: "H26.001.00", channel: .direct,
            applicant: Applicant(
                fullName: "An", identityNumber: "", phone: "", email: "", address: ""),
            limit: limit, feeLines: [], feeStatus: .noneDue,
            feePlace: FeePlace(epoch: "e", sequence: 1),
            components: content.components.map {
                DossierComponent(
                    id: $0.id, name: $0.name, originals: 1, copies: 0, documentID: "d-\($0.id)")
            }, supersededDocumentIDs: [], steps: [], supplements: [],
            result: DossierResult(number: "", summary: "", documentID: nil),
            regime: Regime.all[1], submitTime: now, acceptTime: nil, due: .notAccepted,
            finishTime: nil, returnTime: nil)
    }
}

extension Hold {
    fileprivate func covers(_ time: Instant) -> Bool {
        from <= time && to.map { $0 > time } ?? true
    }
}

extension Instant {
    /// Of the minute that it falls in.
    fileprivate var minuteNumber: Int { Int(millisecondsSinceEpoch / 60_000) }
}
