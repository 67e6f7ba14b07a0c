import GRDB
import Messages
import RPC
import Testing

@testable import Records

@Suite struct BulkTests {
    @Test func eachOfManyHasItsResultAndADryRunChangesNothing() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var ids: [String] = []
            for _ in 0..<4 { ids.append(try await counter.complete().dossierID) }
            let bare = try await counter.submitted("1658").dossierID
            let ended = try await counter.withdraw(try await counter.submitted("1658")).dossierID
            let all = [ids[0], bare, ids[1], "unknown", ended, ids[2], ids[3]]
            let dry = try await counter.move(all, .accept, dryRun: true)
            #expect(dry.movedCount == 4)
            #expect(try await counter.get(ids[0]).state == .registered)
            let moved = try await counter.move(all, .accept)
            #expect(moved.movedCount == 4 && moved.results.map(\.dossierID) == all)
            #expect(moved.results.map(\.moved) == [true, false, true, false, false, true, true])
            #expect(
                moved.results.map(\.reason) == [
                    "", "COMPONENTS_NOT_DIGITIZED", "", "DOSSIER_NOT_FOUND", "ILLEGAL_MOVE", "", "",
                ])
            #expect(dry.results.map(\.reason) == moved.results.map(\.reason))
            #expect(moved.results[4].state == .withdrawn && moved.results[3].state == .unspecified)
            let codes = moved.results.map(\.code).filter { !$0.isEmpty }
            #expect(codes.sorted() == (1...4).map { "H26.001.00-260302-000\($0)" })
        }
    }

    @Test func aBulkSentAgainGoesOnAndMovesNothingTwice() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var ids: [String] = []
            for _ in 0..<40 { ids.append(try await counter.accepted("1658").dossierID) }
            let first = try await counter.move(ids, .startProcessing, requestID: "bulk")
            #expect(first.movedCount == 40)
            let events = try await counter.events().count
            #expect(try await counter.move(ids, .startProcessing, requestID: "bulk") == first)
            #expect(try await counter.events().count == events)
            let other = try await counter.refusal {
                try await counter.move(ids, .accept, requestID: "bulk")
            }
            #expect(other.code == .alreadyExists)
            let assigned = try await counter.move(ids, .assign, official: "pham.van.dung")
            #expect(assigned.movedCount == 40)
            let stepped = try await counter.move(ids, .completeStep, step: 1)
            #expect(stepped.movedCount == 40)
            let late = try await counter.move(ids, .completeStep, step: 1)
            #expect(late.results.allSatisfy { $0.reason == "STEP_NOT_CURRENT" })
        }
    }

    /// A crash between the items: some are done, the same request is sent again.
    @Test func whatWasInterruptedIsDoneByTheRepeat() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var ids: [String] = []
            for _ in 0..<6 { ids.append(try await counter.complete().dossierID) }
            let last = ids.sorted()[2]
            try await counter.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        CREATE TRIGGER broken BEFORE UPDATE ON dossier
                        WHEN NEW.dossier_id > '\(last)' BEGIN SELECT raise(ABORT, 'x'); END
                        """)
            }
            let broken = try? await counter.move(ids, .accept, requestID: "bulk")
            #expect(broken?.movedCount != 6)
            try await counter.host.store.writer.perform {
                try $0.execute(sql: "DROP TRIGGER broken")
            }
            let mended = try await counter.move(ids, .accept, requestID: "bulk")
            #expect(mended.movedCount == 6)
            #expect(
                mended.results.map(\.code).sorted()
                    == (1...6).map { "H26.001.00-260302-000\($0)" })
        }
    }

    @Test func aBulkIsBoundedAndNamesEachOnce() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            for (ids, field) in [
                ([], "dossier_ids OUT_OF_RANGE"),
                ((0...500).map { "d\($0)" }, "dossier_ids OUT_OF_RANGE"),
                (["a", "b", "a"], "dossier_ids[2] REPEATED"),
            ] {
                let status = try await counter.refusal { try await counter.move(ids, .accept) }
                #expect(status.fields == [field])
            }
            let all = try await counter.move((1...500).map { "d\($0)" }, .accept, dryRun: true)
            #expect(all.results.count == 500 && all.movedCount == 0)
            let actionless = try await counter.refusal {
                try await counter.move(["a"], .unspecified)
            }
            #expect(actionless.fields == ["action REQUIRED"])
        }
    }

    @Test func sixtyFourAtOnceWithBulksAndRefusalsLeaveNoGapAndNoDouble() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var single: [RecordsV1.Dossier] = []
            var bulk: [String] = []
            for index in 0..<96 {
                let dossier = try await counter.submitted("1658")
                try await counter.digitizeAll(dossier)
                // Every sixth cannot be accepted: its number must not be lost.
                if index % 6 != 5 { try await counter.fee(dossier, .noneDue, sequence: 1) }
                if index < 64 { single.append(dossier) } else { bulk.append(dossier.dossierID) }
            }
            await withTaskGroup(of: Void.self) { group in
                for dossier in single {
                    // Which are refused, is not the point: the codes are counted below.
                    group.addTask { _ = try? await counter.accept(dossier) }
                }
                for half in [bulk.prefix(16), bulk.suffix(16)] {
                    group.addTask { _ = try? await counter.move(Array(half), .accept) }
                }
            }
            let codes = try await counter.host.store.read { database in
                try String.fetchAll(database, sql: "SELECT code FROM dossier WHERE code NOT NULL")
            }
            let expected = (1...80).map { "H26.001.00-260302-00\($0 < 10 ? "0" : "")\($0)" }
            #expect(codes.sorted() == expected)
        }
    }
}
