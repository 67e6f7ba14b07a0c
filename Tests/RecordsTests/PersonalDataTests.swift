import Foundation
import GRDB
import Messages
import RPC
import Testing

@testable import Records

/// Personal data stand in the rows that own them and nowhere else, where they can be erased.
@Suite struct PersonalDataTests {
    @Test func aRequestSentAgainIsAnsweredInFullThoughNoAnswerHoldsPersonalData() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var submission = counter.submission("1658")
            submission.applicant?.fullName = "BIMAT A"
            let submitted = try await counter.dossiers.submitDossier(submission)
            let dossier = try #require(submitted.dossier)
            #expect(dossier.applicant?.fullName == "BIMAT A")
            try await counter.digitizeAll(dossier)

            let supplement = RecordsV1.RequestSupplementRequest.with {
                $0.requestID = counter.newRequestID()
                $0.dossierID = dossier.dossierID
                $0.reason = "BIMAT B"
                $0.componentIDs = ["C1"]
            }
            let asked = try await counter.dossiers.requestSupplement(supplement)
            #expect(asked.supplements.map(\.reason) == ["BIMAT B"])
            try await counter.digitize(dossier, "C1", document: "doc-again")
            try await counter.fee(dossier, .noneDue, sequence: 1)
            _ = try await counter.start(try await counter.accept(dossier))
            for step in 1...3 { _ = try await counter.complete(dossier, step: Int32(step)) }
            let issue = RecordsV1.IssueResultRequest.with {
                $0.requestID = counter.newRequestID()
                $0.dossierID = dossier.dossierID
                $0.number = "12/GCN"
                $0.summary = "BIMAT C"
            }
            let issued = try await counter.dossiers.issueResult(issue)

            #expect(try await counter.dossiers.submitDossier(submission) == submitted)
            #expect(try await counter.dossiers.requestSupplement(supplement) == asked)
            #expect(try await counter.dossiers.issueResult(issue) == issued)
            #expect(issued.result?.summary == "BIMAT C")

            #expect(
                try await counter.tables(holding: "BIMAT")
                    == ["dossier", "dossier_history", "dossier_supplement"])
            for text in [submission.applicant!.phone, submission.applicant!.email] {
                #expect(try await counter.tables(holding: text) == ["dossier"])
            }
            #expect(try await counter.tables(holding: submitted.lookUpSecret) == [])
        }
    }

    @Test func aMalformedHandInLeavesNothingToGuessItFrom() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            var submission = counter.submission()
            submission.applicant?.phone = "12"
            let status = try await counter.refusal {
                try await counter.dossiers.submitDossier(submission)
            }
            #expect(status.code == .notFound)
            let salts = try await counter.host.store.read {
                try Int.fetchOne($0, sql: "SELECT count(salt) FROM audit")
            }
            #expect(salts == 0)
        }
    }

    @Test func aPortalNamesADossierByItsIDAlone() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let portal = counter.portal()
            let accepted = try await counter.accepted()
            #expect(try await counter.get(accepted.code) == accepted)
            let byID = RecordsV1.GetDossierRequest.with { $0.dossierID = accepted.dossierID }
            #expect(try await portal.getDossier(byID) == accepted)
            var withdrawal = RecordsV1.WithdrawDossierRequest.with {
                $0.requestID = counter.newRequestID()
                $0.dossierID = accepted.code
                $0.reason = "Không còn nhu cầu"
            }
            let refusals = [
                try await counter.refusal {
                    try await portal.getDossier(.with { $0.dossierID = accepted.code })
                },
                try await counter.refusal { [withdrawal] in
                    try await portal.withdrawDossier(withdrawal)
                },
            ]
            #expect(
                refusals.allSatisfy { $0.code == .notFound && $0.reason == "DOSSIER_NOT_FOUND" })
            #expect(try await counter.get(accepted.code).state == .accepted)
            withdrawal.requestID = counter.newRequestID()
            withdrawal.dossierID = accepted.dossierID
            #expect(try await portal.withdrawDossier(withdrawal).state == .withdrawn)
        }
    }
}

extension Counter {
    /// The tables in one of whose rows a text stands.
    fileprivate func tables(holding text: String) async throws -> Set<String> {
        let bytes = Data(text.utf8)
        return try await host.store.read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return Set(
                try tables.filter { table in
                    try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\"").contains { row in
                        row.databaseValues.contains { value in
                            switch value.storage {
                            case .string(let text): Data(text.utf8).range(of: bytes) != nil
                            case .blob(let data): data.range(of: bytes) != nil
                            case .null, .int64, .double: false
                            }
                        }
                    }
                })
        }
    }
}
