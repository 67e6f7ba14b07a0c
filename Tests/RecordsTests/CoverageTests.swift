import Foundation
import Messages
import Testing
import WorkingTime

@testable import Records

/// Which procedures are offered in which ward, and how far they go online (S89).
@Suite struct CoverageTests {
    /// By hand: five procedures of the commune level; two full everywhere, one partial everywhere,
    /// one full in two wards alone, one whose level nobody told.
    @Test func everyWardIsMeasuredAgainstTheWholeLevel() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let wards = try await counter.wards()
            try #require(wards.count == 126)
            _ = try await counter.importing(Self.catalogue(wards: Array(wards.prefix(2))))
            let coverage = try await counter.coverage()
            #expect(coverage.procedures == 5)
            #expect(coverage.agencies.map(\.agency) == wards)
            for (index, ward) in coverage.agencies.enumerated() {
                #expect(ward.offered == (index < 2 ? 5 : 4))
                #expect(ward.full == (index < 2 ? 3 : 2))
                #expect(ward.partial == 1 && ward.information == 0 && !ward.name.isEmpty)
            }
            // What one ward offers, by its own list and by its level.
            for (ward, ids) in [
                (wards[1], ["1", "2", "3", "4", "5"]), (wards[2], ["1", "2", "3", "5"]),
            ] {
                var list = RecordsV1.ListProceduresRequest()
                list.offeredAt = ward
                let procedures = try await counter.procedures.listProcedures(list).procedures
                #expect(procedures.map(\.procedureID) == ids)
            }
            var list = RecordsV1.ListProceduresRequest()
            list.offeredAt = wards[2]
            list.serviceLevel = .full
            #expect(
                try await counter.procedures.listProcedures(list).procedures.map(\.procedureID)
                    == ["1", "2"])
            list.offeredAt = "H99.001.00"
            let status = try await counter.refusal { [list] in
                try await counter.procedures.listProcedures(list)
            }
            #expect(status.fields == ["offered_at UNKNOWN"])

            list.offeredAt = ""
            list.authorityLevel = .unrecognized(9)
            let level = try await counter.refusal { [list] in
                try await counter.procedures.listProcedures(list)
            }
            #expect(level.fields == ["authority_level UNKNOWN"])

            // Retired, it is offered nowhere.
            _ = try await counter.retire("1")
            let after = try await counter.coverage()
            #expect(after.procedures == 4 && after.agencies.allSatisfy { $0.offered <= 4 })
        }
    }

    @Test func anAgencyThatNobodyKnowsOffersNothing() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.offeredBy = ["H99.001.00"]
            draft.process = RecordsV1.InternalProcess(ProcessTests.sound)
            draft.process?.stages[0].steps[0].agency = "H99.002.00"
            let status = try await counter.refusal { [draft] in try await counter.saveDraft(draft) }
            #expect(
                status.fields == [
                    "procedure.offered_by[0] UNKNOWN",
                    "procedure.process.stages[0].steps[0].agency UNKNOWN",
                ])
        }
    }

    private static func catalogue(wards: [String]) throws -> [UInt8] {
        let services: [ServiceLevel?] = [.full, .full, .partial, .full, nil]
        var content = try Samples.procedure("1658")
        content.authorityLevel = .commune
        return Array(
            services.enumerated().map { index, service in
                content.serviceLevel = service
                content.offeredBy = index == 3 ? wards : []
                return CatalogueText.line(
                    CatalogueLine(procedureID: String(index + 1), content: content))
            }.joined(separator: "\n").utf8)
    }
}

extension Counter {
    /// The identifiers of the communes and wards in force, in order.
    fileprivate func wards() async throws -> [String] {
        let day = try CivilDate(parsing: "2026-03-02")
        let organisation = try await host.store.read { database in
            try OrganisationCache().read(in: database)
        }
        return organisation.agencies.values.filter { agency in
            agency.period(on: day).map { [.commune, .ward].contains($0.level) } ?? false
        }.map(\.id).sorted()
    }

    /// All pages, of 50 agencies each.
    fileprivate func coverage() async throws -> RecordsV1.ListCoverageResponse {
        var request = RecordsV1.ListCoverageRequest()
        var all = RecordsV1.ListCoverageResponse()
        repeat {
            let page = try await procedures.listCoverage(request)
            all.procedures = page.procedures
            all.agencies += page.agencies
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        return all
    }
}
