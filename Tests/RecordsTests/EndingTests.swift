import Messages
import RPC
import Testing

@testable import Records

@Suite struct EndingTests {
    @Test func aRefusedDossierKeepsItsReasonAndGetsNoCode() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.submitted()
            var request = RecordsV1.RefuseDossierRequest()
            request.requestID = counter.newRequestID()
            request.dossierID = dossier.dossierID
            let bare = request
            let unexplained = try await counter.refusal {
                try await counter.dossiers.refuseDossier(bare)
            }
            #expect(unexplained.fields == ["reason REQUIRED"])
            request.reason = "Không thuộc thẩm quyền"
            let refused = try await counter.dossiers.refuseDossier(request)
            #expect(refused.state == .refused && refused.code.isEmpty && refused.dueTime == nil)
            #expect(try await counter.lastEntry(of: dossier).note == request.reason)
            #expect(
                try await counter.refusal { try await counter.accept(dossier) }.reason
                    == "ILLEGAL_MOVE")
        }
    }

    @Test func onlyAnAcceptedDossierIsStopped() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let early = try await counter.submitted()
            #expect(
                try await counter.refusal { try await counter.stop(early, .refusedAfterAppraisal) }
                    .reason
                    == "ILLEGAL_MOVE")
            var dossier = try await counter.accepted()
            dossier = try await counter.start(dossier)
            dossier = try await counter.askSupplement(dossier, ["C1"])
            dossier = try await counter.stop(dossier, .refusedAfterAppraisal)
            #expect(dossier.state == .stopped && !dossier.code.isEmpty)
            #expect(try await counter.lastEntry(of: dossier).note == "Không đủ điều kiện")
            try await counter.digitize(dossier, "C1", document: "late")
            #expect(try await counter.get(dossier.dossierID).state == .stopped)
        }
    }

    @Test func ofManyAcceptancesOfOneDossierOneCounts() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.submitted()
            try await counter.digitizeAll(dossier)
            try await counter.fee(dossier, .noneDue, sequence: 1)
            let accepted = await withTaskGroup(of: RecordsV1.Dossier?.self) { group in
                for index in 0..<32 {
                    group.addTask {
                        // Half are retries of one request, half are other officials' own.
                        var request = RecordsV1.AcceptDossierRequest()
                        request.requestID =
                            index.isMultiple(of: 2) ? "retry" : counter.newRequestID()
                        request.dossierID = dossier.dossierID
                        // All but the first are refused, and that they are is counted below.
                        return try? await counter.dossiers.acceptDossier(request)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
            }
            // The retries are answered alike: all with the dossier, or all with a refusal.
            #expect([1, 16].contains(accepted.count))
            #expect(Set(accepted.map(\.code)) == ["H26.001.00-260302-0001"])
            let moves = try await counter.events().count { event in
                if case .dossierMoved = event.event { true } else { false }
            }
            #expect(moves == 1)
            #expect(try await counter.accepted().code == "H26.001.00-260302-0002")
        }
    }
}

extension Counter {
    fileprivate func lastEntry(
        of dossier: RecordsV1.Dossier
    ) async throws -> RecordsV1.HistoryEntry {
        var request = RecordsV1.GetHistoryRequest()
        request.dossierID = dossier.dossierID
        return try #require(try await dossiers.getHistory(request).entries.last)
    }
}
