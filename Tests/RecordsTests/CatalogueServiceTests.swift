import Foundation
import Messages
import RPC
import Testing

@testable import Records

@Suite struct CatalogueServiceTests {
    @Test func theCatalogueIsImportedOnceAndUnchangedAfterwards() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            #expect(try await counter.importedCount() == 83)
            let again = try await counter.importing(Samples.catalogue())
            #expect(again.imported == 0 && again.unchanged == 83 && again.rejected.isEmpty)
            #expect(try await counter.importedCount() == 83)

            var request = RecordsV1.ListProceduresRequest()
            let first = try await counter.procedures.listProcedures(request)
            #expect(first.procedures.count == 50 && first.procedures[0].procedureID == "1488")
            request.pageToken = first.nextPageToken
            let second = try await counter.procedures.listProcedures(request)
            #expect(second.procedures.count == 33 && second.nextPageToken.isEmpty)
            let ids = (first.procedures + second.procedures).map(\.procedureID)
            #expect(ids == ids.sorted() && Set(ids).count == 83)
            request.pageSize = 83
            request.pageToken = ""
            #expect(try await counter.procedures.listProcedures(request).nextPageToken.isEmpty)
        }
    }

    @Test func whatIsStoredIsWhatWasRead() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for line in CatalogueReader.read(try Samples.catalogue()).accepted {
                var request = RecordsV1.GetProcedureRequest()
                request.procedureID = line.procedureID
                let procedure = Procedure(id: line.procedureID, version: 1, content: line.content)
                var kept = try await counter.procedures.getProcedure(request)
                kept.log = nil
                #expect(kept == RecordsV1.Procedure(procedure))
            }
        }
    }

    @Test func aDamagedLineIsReportedAndTheOthersAreImported() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            var lines = try Samples.catalogue().split(separator: 0x0A).map(Array.init)
            lines[40] = Array("{\"source_id\": 1".utf8)
            let response = try await counter.importing(Array(lines.joined(separator: [0x0A])))
            #expect(response.imported == 82)
            #expect(response.rejected.map(\.line) == [41])
            #expect(
                response.rejected.map(\.reason) == [
                    "not one JSON object: check quotes, commas and brackets"
                ])
        }
    }

    @Test func aChangeIsANewVersionAndADossierKeepsItsOwn() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.submitted("1658")
            let text = String(decoding: try Samples.catalogue(), as: UTF8.self)
            let old = try #require(
                text.split(separator: "\n").first { $0.contains("\"source_id\": 1658,") })
            let new = old.replacing("\"amount_dong\": 0", with: "\"amount_dong\": 5000")
                .replacing("20 Ngày làm việc", with: "Hai mươi ngày làm việc")
            let response = try await counter.importing(Array(new.utf8))
            #expect(response.imported == 1)
            guard case .procedureImported(let event)? = try await counter.events().last?.event
            else {
                Issue.record("no event")
                return
            }
            #expect(event.procedureID == "1658" && event.version == 2)
            #expect(event.feeLines.map(\.amountDong) == [5000])

            var request = RecordsV1.GetProcedureRequest()
            request.procedureID = "1658"
            #expect(try await counter.procedures.getProcedure(request).version == 2)
            request.version = 1
            #expect(try await counter.procedures.getProcedure(request).feeLines[0].amountDong == 0)
            request.version = 3
            let unknown = try await counter.refusal {
                try await counter.procedures.getProcedure(request)
            }
            #expect(unknown.code == .notFound)
            let kept = try await counter.get(dossier.dossierID)
            #expect(kept.procedureVersion == 1 && kept.limit?.text == "20 Ngày làm việc")
            // Read for the first hand-in, kept for the second.
            for _ in 0..<2 {
                let later = try await counter.submitted("1658")
                #expect(later.procedureVersion == 2 && later.feeLines[0].amountDong == 5000)
            }
            #expect(try await counter.importing(Array(old.utf8)).imported == 1)
        }
    }

    /// The expected ids were found by another program in the same file.
    @Test func searchIgnoresToneMarksAndStrokes() async throws {
        let expected: [(String, [String])] = [
            ("dang ky khai sinh", ["1521", "1611"]), ("Đăng ký KHAI SINH", ["1521", "1611"]),
            ("sinh khai đăng", ["1521", "1611"]), ("khai sin", ["1521", "1611", "1654"]),
            ("dat dai", ["1501", "1505", "1560", "1697"]), ("sở tư pháp hộ tịch", ["1572"]),
            ("ly-lich \"tu*phap", ["1493", "1538"]),
            ("duong bo", ["1524", "1544", "1561", "1618"]),
            ("uy ban AND OR NOT", []),
        ]
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for (query, ids) in expected {
                var request = RecordsV1.SearchProceduresRequest()
                request.query = query
                let found = try await counter.procedures.searchProcedures(request).procedures
                #expect(found.map(\.procedureID).sorted() == ids, "\(query)")
            }
            // What stands in the name comes before what stands in the field or the agency.
            var request = RecordsV1.SearchProceduresRequest()
            request.query = "ho tich"
            request.pageSize = 1
            let first = try await counter.procedures.searchProcedures(request).procedures
            #expect(first.count == 1 && Folding.fold(first[0].name).contains("ho tich"))
        }
    }

    @Test func badRequestsNameTheFieldAndTheRemedy() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            var search = RecordsV1.SearchProceduresRequest()
            search.query = "đ"
            let short = try await counter.refusal {
                try await counter.procedures.searchProcedures(search)
            }
            #expect(short.code == .invalidArgument && short.fields == ["query OUT_OF_RANGE"])
            var list = RecordsV1.ListProceduresRequest()
            for token in ["x", "aGVsbG8", String(repeating: "a", count: 2000)] {
                list.pageToken = token
                let status = try await counter.refusal {
                    try await counter.procedures.listProcedures(list)
                }
                #expect(status.fields == ["page_token MALFORMED"])
            }
            list.pageToken = ""
            for size: Int32 in [-1, 101] {
                list.pageSize = size
                let status = try await counter.refusal {
                    try await counter.procedures.listProcedures(list)
                }
                #expect(status.fields == ["page_size OUT_OF_RANGE"])
            }
            let empty = try await counter.refusal { try await counter.importing([]) }
            #expect(empty.fields == ["json_lines REQUIRED"])
            let lines = try await counter.refusal {
                try await counter.importing([UInt8](repeating: 0x0A, count: 4_000))
            }
            #expect(lines.fields == ["json_lines TOO_LONG"])
            let bytes = try await counter.refusal {
                try await counter.importing([UInt8](repeating: 0x20, count: (3 << 20) + 1))
            }
            #expect(bytes.fields == ["json_lines TOO_LONG"])
            #expect(
                try await counter.importing([UInt8](repeating: 0x20, count: 3 << 20)).imported == 0)
        }
    }
}

extension Counter {
    /// Events of procedures that were imported.
    fileprivate func importedCount() async throws -> Int {
        try await events().count { event in
            if case .procedureImported = event.event { true } else { false }
        }
    }
}
