import Foundation
import MotCuaClient
import Operations
import Testing

@Suite(.serialized) struct IntakeTests {
    /// 1,000 dossiers by 16 callers, each on a connection of his own, half of them sent twice.
    @Test func everyDossierIsThereOnceAndTheJournalHasNoGap() async throws {
        try await withSystem { system in
            let official = try await system.official()
            let callers = 16
            let dossiers = 1_000
            let ids = try await withThrowingTaskGroup(of: [String].self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        let channel = try UnixSocketChannel(
                            path: system.layout.socket(of: .gateway))
                        let client = RecordsV1.DossiersClient(channel)
                        var ids: [String] = []
                        for number in stride(from: caller, to: dossiers, by: callers) {
                            let request = Self.submission(number)
                            let first = try await client.submitDossier(request, options: official)
                            if number.isMultiple(of: 2) {
                                let again = try await client.submitDossier(
                                    request, options: official)
                                #expect(again == first)
                            }
                            ids.append(first.dossier!.dossierID)
                        }
                        await channel.close()
                        return ids
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(ids).count == dossiers)
            #expect(try system.count(.records, "SELECT count(*) FROM dossier") == dossiers)
            let gaps = "SELECT max(sequence) - count(*) FROM journal"
            #expect(try system.count(.records, gaps) == 0)
            let assessed = try await eventually {
                try system.count(.payments, "SELECT count(*) FROM bill") == dossiers
            }
            #expect(assessed)
            #expect(try system.count(.payments, gaps) == 0)
        }
    }

    @Test func badInputIsToldByFieldAndRemedy() async throws {
        try await withSystem { system in
            let official = try await system.official()
            let client = RecordsV1.DossiersClient(system.channel)
            var request = Self.submission(1)
            request.applicant?.fullName = ""
            request.applicant?.phone = "12"
            let invalid = await failure {
                try await client.submitDossier(request, options: official)
            }
            #expect(invalid?.code == .invalidArgument)
            let fields = invalid?.badRequest?.fieldViolations.map(\.field) ?? []
            #expect(Set(fields) == ["applicant.full_name", "applicant.phone"])

            request = Self.submission(2)
            request.procedureID = "no-such-procedure"
            #expect(
                await failure { try await client.submitDossier(request, options: official) }?.code
                    == .notFound)

            let good = Self.submission(3)
            let dossier = try await client.submitDossier(good, options: official).dossier!
            var other = good
            other.applicant?.fullName = "Người Khác"
            let reused = await failure { try await client.submitDossier(other, options: official) }
            #expect(reused?.code == .alreadyExists)

            var start = RecordsV1.StartProcessingRequest()
            start.requestID = UUID().uuidString
            start.dossierID = dossier.dossierID
            let illegal = await failure {
                try await client.startProcessing(start, options: official)
            }
            #expect(illegal?.code == .failedPrecondition)
            #expect(illegal?.errorInfo?.reason == "ILLEGAL_MOVE")
        }
    }

    static func submission(_ number: Int) -> RecordsV1.SubmitDossierRequest {
        var request = RecordsV1.SubmitDossierRequest()
        request.requestID = "intake-\(number)"
        // A fee of 200,000 dong and two papers.
        request.procedureID = "1708"
        request.receivingUnit = "H26.001.00"
        request.channel = .direct
        var applicant = RecordsV1.Applicant()
        applicant.fullName = "Người Nộp \(number)"
        request.applicant = applicant
        return request
    }
}
