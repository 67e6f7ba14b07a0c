import Foundation
import MotCuaClient
import Operations
import Testing

/// Codes, and who may move what.
@Suite(.serialized, .timeLimit(.minutes(3))) struct AcceptanceTests {
    /// 64 callers, each on a connection of his own, accept three dossiers of two units, every other one twice.
    @Test func codesOfConcurrentAcceptancesHaveNeitherGapNorDouble() async throws {
        try await withSystem(["--sandbox-time", "2026-03-02T09:00+07:00"]) { system in
            let desk = try await Desk.open(system)
            let callers = 64
            let units = [Desk.unit, Desk.otherUnit]
            var ids: [[String]] = []
            for unit in units {
                ids.append(try await desk.submitted(96, at: unit, named: "codes-\(unit)"))
            }
            let all = zip(ids[0], ids[1]).flatMap { [$0, $1] }
            let codes = try await withThrowingTaskGroup(of: [String].self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        let channel = try UnixSocketChannel(
                            path: system.layout.socket(of: .gateway))
                        let client = RecordsV1.DossiersClient(channel)
                        var codes: [String] = []
                        for number in stride(from: caller, to: all.count, by: callers) {
                            var request = RecordsV1.AcceptDossierRequest()
                            request.requestID = "accept-\(number)"
                            request.dossierID = all[number]
                            let first = try await client.acceptDossier(
                                request, options: desk.official)
                            if caller.isMultiple(of: 2) {
                                let again = try await client.acceptDossier(
                                    request, options: desk.official)
                                #expect(again.code == first.code)
                            }
                            codes.append(first.code)
                        }
                        await channel.close()
                        return codes
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let wanted = units.flatMap { unit in
                (1...96).map { "\(unit)-260302-" + String(format: "%04d", $0) }
            }
            #expect(codes.sorted() == wanted)
            try desk.expectJournalWithoutGap()
        }
    }

    @Test func aBulkMoveTellsOfEachAndOneRefusalStopsNoOther() async throws {
        try await withSystem(["--sandbox-time", "2026-03-02T09:00+07:00"]) { system in
            let desk = try await Desk.open(system)
            var names = try await desk.submitted(99)
            var withdraw = RecordsV1.WithdrawDossierRequest()
            withdraw.requestID = "withdraw"
            withdraw.dossierID = names[40]
            withdraw.reason = "Không còn nhu cầu"
            _ = try await desk.dossiers.withdrawDossier(withdraw, options: desk.official)
            names.insert("khong-co-ho-so-nay", at: 70)

            var request = RecordsV1.MoveDossiersRequest()
            request.requestID = "bulk"
            request.dossierIDs = names
            request.action = .accept
            request.dryRun = true
            let told = try await desk.dossiers.moveDossiers(request, options: desk.official)
            let accepted = "SELECT count(*) FROM dossier WHERE code IS NOT NULL"
            #expect(told.movedCount == 98)
            #expect(try system.count(.records, accepted) == 0)

            request.dryRun = false
            request.requestID = "bulk-2"
            let done = try await desk.dossiers.moveDossiers(request, options: desk.official)
            #expect(done.results.map(\.dossierID) == names)
            #expect(done.results.map(\.moved) == told.results.map(\.moved))
            #expect(done.results.map(\.reason) == told.results.map(\.reason))
            let refused = done.results.enumerated().filter { !$0.element.moved }
            #expect(refused.map(\.offset) == [40, 70])
            #expect(refused.map(\.element.reason) == ["ILLEGAL_MOVE", "DOSSIER_NOT_FOUND"])
            #expect(refused.map(\.element.state) == [.withdrawn, .unspecified])
            #expect(Set(done.results.filter(\.moved).map(\.code)).count == 98)

            let again = try await desk.dossiers.moveDossiers(request, options: desk.official)
            #expect(again == done)
            #expect(try system.count(.records, accepted) == 98)
            let last = "SELECT max(CAST(substr(code, -4) AS INTEGER)) FROM dossier"
            #expect(try system.count(.records, last) == 98)
        }
    }

    /// To an official of another agency it is as if the dossier had never been.
    @Test func anOfficialOfAnotherAgencyNeitherSeesNorMovesADossier() async throws {
        try await withSystem(["--sandbox-time", "2026-03-02T09:00+07:00"]) { system in
            let desk = try await Desk.open(system)
            let ids = try await desk.submitted(2)
            let dossier = try #require(try await desk.accept([ids[0]]).first)
            let own = try await desk.signedIn("own", roles: ["official"], agency: Desk.unit)
            let other = try await desk.signedIn(
                "other", roles: ["official", "head"], agency: Desk.otherUnit)
            #expect(try await desk.get(ids[0], options: own).code == dossier.code)

            for name in [ids[0], dossier.code] {
                let read = await failure { try await desk.get(name, options: other) }
                #expect(read?.errorInfo?.reason == "DOSSIER_NOT_FOUND")
                var explain = RecordsV1.ExplainDeadlineRequest()
                explain.dossierID = name
                let explained = await failure {
                    try await desk.deadlines.explainDeadline(explain, options: other)
                }
                #expect(explained?.errorInfo?.reason == "DOSSIER_NOT_FOUND")
                var start = RecordsV1.StartProcessingRequest()
                start.requestID = "start-\(name)"
                start.dossierID = name
                let started = await failure {
                    try await desk.dossiers.startProcessing(start, options: other)
                }
                #expect(started?.errorInfo?.reason == "DOSSIER_NOT_FOUND")
            }
            var bulk = RecordsV1.MoveDossiersRequest()
            bulk.requestID = "other-bulk"
            bulk.dossierIDs = ids
            bulk.action = .accept
            let moved = try await desk.dossiers.moveDossiers(bulk, options: other)
            #expect(moved.results.map(\.reason) == ["DOSSIER_NOT_FOUND", "DOSSIER_NOT_FOUND"])
            #expect(moved.results.map(\.state) == [.unspecified, .unspecified])
            #expect(moved.results.map(\.code) == ["", ""])
            let listed = try await desk.dossiers.listDossiers(.init(), options: other)
            #expect(listed.dossiers.isEmpty)
            var queue = RecordsV1.ListQueueRequest()
            queue.queue = .init()
            queue.queue?.scope = .agency(Desk.unit)
            let queued = await failure {
                try await RecordsV1.QueuesClient(system.channel).listQueue(queue, options: other)
            }
            #expect(queued?.code == .notFound || queued?.code == .permissionDenied)
            #expect(try await desk.get(ids[0]).state == .accepted)
        }
    }
}
