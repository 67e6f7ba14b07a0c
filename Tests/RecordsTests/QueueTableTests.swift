import GRDB
import Messages
import Testing
import WorkingTime

@testable import Records

@Suite struct QueueTableTests {
    @Test func aDossierStandsWhereItsStateSaysAfterEveryCommand() async throws {
        try await Counter.run(at: "2026-03-02T08:00") { counter in
            let unit = "H26.001.00"
            let dossier = try await counter.submitted()
            let id = dossier.dossierID
            #expect(try await counter.queues(of: id) == ["reception H26.001.00 2026-03-02T08:00"])
            try await counter.digitizeAll(dossier)
            try await counter.fee(dossier, .noneDue, sequence: 1)
            counter.setTime("2026-03-02T09:00")
            _ = try await counter.accept(dossier)
            let accepted = [
                "agency H26", "agency H26.000.00", "agency H26.001.00", "counter H26.001.00",
            ]
            let due = "2026-03-05T09:00"
            #expect(try await counter.queues(of: id) == accepted.map { "\($0) \(due)" })
            _ = try await counter.start(dossier)
            #expect(
                try await counter.queues(of: id)
                    == (accepted + ["step \(unit) 1 1489"]).map { "\($0) \(due)" })
            _ = try await counter.complete(dossier, step: 1)
            #expect(
                try await counter.queues(of: id)
                    == (accepted + ["step \(unit) 2 1489"]).map { "\($0) \(due)" })
            _ = try await counter.askSupplement(dossier, ["C1"])
            #expect(try await counter.queues(of: id).allSatisfy { $0.hasSuffix(" stopped") })
            counter.setTime("2026-03-03T09:00")
            try await counter.digitize(dossier, "C1", document: "again")
            _ = try await counter.receiveSupplement(dossier)
            #expect(
                try await counter.queues(of: id)
                    == (accepted + ["step \(unit) 2 1489"]).map { "\($0) 2026-03-06T09:00" })
            _ = try await counter.complete(dossier, step: 2)
            _ = try await counter.complete(dossier, step: 3)
            #expect(
                try await counter.queues(of: id) == accepted.map { "\($0) 2026-03-06T09:00" })
            _ = try await counter.issue(dossier)
            #expect(try await counter.queues(of: id) == ["handOver H26.001.00 2026-03-03T09:00"])
            try await counter.digitize(dossier, "", document: "result")
            _ = try await counter.returnResult(dossier)
            #expect(try await counter.queues(of: id).isEmpty)
        }
    }

    @Test func aDueTimeDerivedAgainMovesTheDossierInAllItsQueuesAndOnlyIfItStoodThere()
        async throws
    {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            let before = try await counter.queues(of: dossier.dossierID)
            let due = try #require(dossier.dueTime?.instant)
            let later = due.adding(minutes: 60)
            try await counter.move(dossier.dossierID, from: later, to: due)
            #expect(try await counter.queues(of: dossier.dossierID) == before)
            try await counter.move(dossier.dossierID, from: due, to: later)
            #expect(
                try await counter.queues(of: dossier.dossierID)
                    == before.map { $0.replacing("09:00", with: "10:00") })
            try await counter.move(dossier.dossierID, from: later, to: nil)
            #expect(
                try await counter.queues(of: dossier.dossierID)
                    == before.map { $0.replacing("2026-03-05T09:00", with: "none") })
        }
    }
}

extension Counter {
    /// The queues that a dossier stands in, in order of kind and id, with its place in each.
    func queues(of id: String) async throws -> [String] {
        try await host.store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT scope.kind, scope.id, entry.due_time FROM queue_entry AS entry
                    JOIN queue_scope AS scope USING (scope_number)
                    JOIN dossier ON dossier.number = entry.dossier_number
                    WHERE dossier.dossier_id = ? ORDER BY scope.kind, scope.id
                    """, arguments: [id]
            ).map { row in
                let key = QueueKey(milliseconds: row[2])
                let place =
                    switch key {
                    case .noLimit: "none"
                    case .clockStopped: "stopped"
                    default: String(key.instant!.formatted(in: .vietnam).prefix(16))
                    }
                let id: String = row[1]
                return "\(QueueScope.Kind(rawValue: row[0])!) \(id) \(place)"
            }
        }
    }

    fileprivate func move(_ id: String, from old: Instant?, to new: Instant?) async throws {
        try await host.store.writer.perform { database in
            let number = try Int64.fetchOne(
                database, sql: "SELECT number FROM dossier WHERE dossier_id = ?", arguments: [id])!
            try QueueTable(database: database).move(dossier: number, from: old, to: new)
        }
    }
}
