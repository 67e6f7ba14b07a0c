import GRDB
import Messages
import RPCTesting
import Testing
import WorkingTime

@testable import Records

/// A pass over all open deadlines, killed and started again, comes to what a fresh derivation does.
@Suite struct RederivationTests {
    @Test func aPassThatWasKilledEndsAsAFreshDerivation() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var random = SeededRandom()
            let seed = random.seed
            try await counter.catchUp()
            let ids = try await Self.lives(24, of: counter, &random)
            let before = try await Self.dues(ids, in: counter)
            let moving = [
                "2026-03-11 off Bão", "2026-03-12 off Bão", "2026-03-17 shifts 07:30-11:30",
            ]
            _ = try await counter.importCalendar(
                .calendar("vn-2026-b", effective: "2026-03-02", adding: moving))

            var limits = DeadlineWork.Limits()
            limits.readMax = 5
            limits.movesPerTurnMax = 2
            limits.restRatio = 0
            var next = try await counter.reopened(work: limits)
            for _ in 0..<2 { _ = try await next.host.deadlineWork.step() }
            let half = try await next.rederivation()
            #expect(half.examinedCount == 10 && half.finishTime == nil)
            next = try await next.reopened(work: limits)
            try await next.catchUp()
            let whole = try await next.rederivation()
            #expect(whole.finishTime != nil, "seed \(seed)")

            let fresh = try await next.host.store.read { database in
                let book = try ClockBookCache(organisations: OrganisationCache())
                    .read(in: database)
                let deadlines = Deadlines(book: book)
                return try ids.map { id in
                    let dossier = try #require(try DossierTable(database: database).find(.id(id)))
                    let facts = try #require(DeadlineFacts(dossier))
                    // What has ended keeps what it had.
                    guard facts.isOpen else { return dossier.due.time }
                    let derived = try #require(deadlines.derive(facts))
                    #expect(dossier.due == derived.due, "seed \(seed)")
                    #expect(dossier.currentStep?.dueTime == derived.stepDue, "seed \(seed)")
                    return dossier.due.time
                }
            }
            let moved = zip(before, fresh).count { $0 != $1 }
            #expect(moved > 0 && whole.movedCount == Int64(moved), "seed \(seed)")
            let events = try await next.events().count { event in
                if case .dueMoved(let body) = event.event {
                    body.clockVersion == whole.clockVersion
                } else {
                    false
                }
            }
            #expect(events == moved, "seed \(seed)")

            // The same queue, in the new order.
            let places = try await next.host.store.read { database in
                try Int64.fetchAll(
                    database,
                    sql: """
                        SELECT queue_place.due_time FROM queue_place JOIN dossier
                            ON number = dossier_number
                        WHERE queue_place.due_time < 9000000000000000000
                            AND queue_place.due_time <> dossier.due_time AND state IN (2, 4)
                        """)
            }
            #expect(places.isEmpty, "seed \(seed)")
            await next.host.close()
        }
    }

    /// Accepted dossiers with random holds, supplements and extensions.
    private static func lives(
        _ count: Int, of counter: Counter, _ random: inout SeededRandom
    ) async throws -> [String] {
        var ids: [String] = []
        for index in 0..<count {
            let minute = 10 + index
            counter.setTime("2026-03-\(index < count / 2 ? "05" : "06")T09:\(minute)")
            var dossier = try await counter.accepted()
            ids.append(dossier.dossierID)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                dossier = try await counter.suspend(dossier)
                if Bool.random(using: &random) {
                    counter.setTime("2026-03-09T1\(Int.random(in: 0..<10, using: &random)):00")
                    dossier = try await counter.resume(dossier)
                }
            case 1: dossier = try await counter.extend(dossier, by: 2)
            case 2:
                dossier = try await counter.start(dossier)
                dossier = try await counter.askSupplement(dossier, ["C1"])
                if Bool.random(using: &random) {
                    counter.setTime("2026-03-10T08:00")
                    try await counter.digitize(dossier, "C1", document: "again-\(index)")
                    dossier = try await counter.receiveSupplement(dossier)
                }
            case 3: dossier = try await counter.withdraw(dossier)
            default: dossier = try await counter.start(dossier)
            }
        }
        return ids
    }

    private static func dues(_ ids: [String], in counter: Counter) async throws -> [Instant?] {
        var dues: [Instant?] = []
        for id in ids { dues.append(try await counter.get(id).dueTime?.instant) }
        return dues
    }
}
