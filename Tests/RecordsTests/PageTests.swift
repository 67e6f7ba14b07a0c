import Foundation
import GRDB
import Messages
import RPC
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

    @Test func aLongHistoryAndManyContactsComeInPages() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.submitted()
            let note = String(repeating: "\u{1EBF}", count: 2_000)
            try await counter.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        WITH RECURSIVE line (value) AS (SELECT 2
                            UNION ALL SELECT value + 1 FROM line WHERE value < 1250)
                        INSERT INTO dossier_history (dossier_id, number, time, state, action,
                            actor, note)
                        SELECT ?1, value, 0, 1, 'Ghi chú ' || value, 'a', ?2
                        FROM line
                        """, arguments: [dossier.dossierID, note])
                try database.execute(
                    sql: """
                        WITH RECURSIVE line (value) AS (SELECT 1
                            UNION ALL SELECT value + 1 FROM line WHERE value < 1000)
                        INSERT INTO dossier_contact (dossier_id, number, time, party, agency,
                            reason, at_applicants_fault, guidance, official)
                        SELECT ?1, value, 0, 1, 'H26.001.00', value || ?2, 0, ?2, 'a'
                        FROM line
                        """, arguments: [dossier.dossierID, note])
            }
            var actions: [String] = []
            var history = RecordsV1.GetHistoryRequest()
            history.dossierID = dossier.dossierID
            let first = try await counter.dossiers.getHistory(history)
            #expect(first.entries.count == 100 && first.entries[0].action == "Nộp hồ sơ")
            for size in [0, 7] as [Int32] {
                actions = []
                history.pageSize = size
                repeat {
                    let page = try await counter.dossiers.getHistory(history)
                    #expect(page.entries.count <= (size == 0 ? 100 : 7))
                    actions += page.entries.map(\.action)
                    history.pageToken = page.nextPageToken
                } while !history.pageToken.isEmpty
                #expect(actions == ["Nộp hồ sơ"] + (2...1250).map { "Ghi chú \($0)" })
            }
            var numbers: [Int32] = []
            var contacts = RecordsV1.ListContactsRequest()
            contacts.dossierID = dossier.dossierID
            repeat {
                let page = try await counter.dossiers.listContacts(contacts)
                #expect(try page.serialized().count <= PageSize.bytesMax)
                for contact in page.contacts {
                    #expect(contact.reason.hasPrefix("\(contact.number)\u{1EBF}"))
                }
                numbers += page.contacts.map(\.number)
                contacts.pageToken = page.nextPageToken
            } while !contacts.pageToken.isEmpty
            #expect(numbers == Array(1...1000))

            history.pageSize = 101
            let large = try await counter.refusal { [history] in
                try await counter.dossiers.getHistory(history)
            }
            #expect(large.fields == ["page_size OUT_OF_RANGE"])
            contacts.pageToken = first.nextPageToken
            let foreign = try await counter.refusal { [contacts] in
                try await counter.dossiers.listContacts(contacts)
            }
            #expect(foreign.fields == Status.badPageToken.fields)
        }
    }

    @Test func aPageHoldsOneMessageAtLeast() throws {
        let message = RecordsV1.Procedure.with { $0.name = String(repeating: "x", count: 4 << 20) }
        #expect(try PageSize.fitting([message, message]) == 1)
        #expect(try PageSize.fitting([RecordsV1.Procedure]()) == 0)
    }
}
