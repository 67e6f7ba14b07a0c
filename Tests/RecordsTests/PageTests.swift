import Foundation
import Messages
import Testing

@testable import Records

@Suite struct PageTests {
    /// A letter that a line holds in three bytes and NFC in six.
    private static let wide = String(repeating: "\u{0958}", count: 990)

    private static func line(_ id: Int) -> String {
        let papers = (0..<8).map { _ in
            #"{"name":"\#(wide)","originals":1,"copies":0,"form":null}"#
        }
        return #"{"source_id":\#(id),"code":null,"name":"Tên","field":"Lĩnh vực","#
            + #""agencies":["Sở"],"applicants":["Công dân"],"result":"Giấy","methods":["#
            + #"{"channel":"direct","limit_value":5,"limit_unit":"working_day","limit_text":"5"}],"#
            + #""fees":[],"components":[\#(papers.joined(separator: ","))],"legal_basis":[]}"#
    }

    @Test func aPageOfTheWidestTextsFitsAFrameAndTheNextGoesOn() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let lines = (1...80).map { Self.line($0) }.joined(separator: "\n")
            let imported = try await counter.importing(Array(lines.utf8))
            #expect(imported.imported == 80 && imported.rejected.isEmpty)
            _ = try await counter.importing(organisation: Samples.organisation())
            var ids: [String] = []
            var list = RecordsV1.ListProceduresRequest()
            list.pageSize = 100
            repeat {
                let page = try await counter.procedures.listProcedures(list)
                #expect(try page.serialized().count <= PageSize.bytesMax)
                ids += page.procedures.map(\.procedureID)
                list.pageToken = page.nextPageToken
            } while !list.pageToken.isEmpty
            #expect(ids == (1...80).map(String.init))

            var submitted: [String] = []
            for _ in 0..<80 { submitted.append(try await counter.submitted("1").dossierID) }
            var found: [String] = []
            var pageCount = 0
            var dossiers = RecordsV1.ListDossiersRequest()
            dossiers.pageSize = 100
            repeat {
                let page = try await counter.dossiers.listDossiers(dossiers)
                #expect(try page.serialized().count <= PageSize.bytesMax)
                found += page.dossiers.map(\.dossierID)
                pageCount += 1
                dossiers.pageToken = page.nextPageToken
            } while !dossiers.pageToken.isEmpty
            #expect(found == submitted.reversed() && pageCount == 2)

            let search = try await counter.procedures.searchProcedures(
                .with {
                    $0.query = "ten"
                    $0.pageSize = 100
                })
            #expect((60..<80).contains(search.procedures.count))
        }
    }

    @Test func aPageHoldsOneMessageAtLeast() throws {
        let message = RecordsV1.Procedure.with { $0.name = String(repeating: "x", count: 4 << 20) }
        #expect(try PageSize.fitting([message, message]) == 1)
        #expect(try PageSize.fitting([RecordsV1.Procedure]()) == 0)
    }
}
