import Foundation
import Messages
import RPC
import Testing
import WorkingTime

@testable import Records

/// The whole catalogue in and out, and its figures.
@Suite struct CatalogueExportTests {
    @Test func theExportOfTheShippedCatalogueIsItsFile() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let exported = try await counter.exported()
            #expect(exported == (try Samples.catalogue()))
            #expect(try await counter.exported(pageSize: 7) == exported)
            let again = try await counter.importing(exported)
            #expect(again.imported == 0 && again.unchanged == 83)
        }
    }

    @Test func everyPartGoesOutAndComesInAgain() async throws {
        var content = try Samples.procedure("1489")
        content.name = "Tên \"trong ngoặc\" \\ và\nxuống dòng\tvà tab"
        content.sequence = "Bước 1: nộp.\nBước 2: nhận."
        content.manner = "Tại quầy"
        content.setCount = 2
        content.receivingAgencies = ["Trung tâm Phục vụ hành chính công"]
        content.requirements = "Không"
        content.nationalCode = "1.001193.000.00.00.H26"
        content.fieldCode = "H26-NG"
        content.authorityLevel = .city
        content.serviceLevel = .partial
        content.offeredBy = ["H26.001.00", "H26.002.00"]
        content.otherAgenciesStopClock = true
        content.process = ProcessTests.sound
        content.doubts = [Doubt(field: "limits[0]", reason: "prints \"15 Giờ\"")]
        #expect(content.missingParts == [])
        for isRetired in [false, true] {
            let line = CatalogueLine(procedureID: "1489", content: content, isRetired: isRetired)
            let text = CatalogueText.line(line)
            #expect(try CatalogueReader.read(line: Array(text.utf8)[...]) == line)
            try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
                #expect(try await counter.importing(Array(text.utf8)).imported == 1)
                #expect(try await counter.exported() == Array((text + "\n").utf8))
                let again = try await counter.importing(Array(text.utf8))
                #expect(again.imported == 0 && again.unchanged == 1)
                let kept = try await counter.procedure("1489")
                #expect(kept.log?.status == (isRetired ? .retired : .published))
            }
        }
    }

    @Test func aDryRunTellsEverythingAndStoresNothing() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let lines = String(decoding: try Samples.catalogue(), as: UTF8.self)
                .split(separator: "\n").map(String.init)
            let file = [
                lines[0], lines[1].replacing("5 Ngày", with: "Năm ngày"), "{",
                lines[2].replacing("\"name\": \"", with: "\"name\": \"Sửa "),
                CatalogueExportTests.raw,
            ].joined(separator: "\n")
            var request = RecordsV1.ImportProceduresRequest()
            request.requestID = counter.newRequestID()
            request.jsonLines = Array(file.utf8)
            request.dryRun = true
            let events = try await counter.events().count
            let told = try await counter.procedures.importProcedures(request)
            let before = try await counter.exported()
            #expect(told.imported == 2 && told.unchanged == 2)
            #expect(told.rejected.map(\.line) == [3])
            #expect(told.doubtful.map { "\($0.line) \($0.field)" } == ["5 limits[0]"])
            #expect(before == (try Samples.catalogue()))
            #expect(try await counter.events().count == events)
            let done = try await counter.importing(Array(file.utf8))
            #expect(done.imported == told.imported && done.unchanged == told.unchanged)
            #expect(done.rejected == told.rejected && done.doubtful == told.doubtful)
            // The doubt stays with the version.
            #expect(try await counter.procedure("7").doubts.map(\.field) == ["limits[0]"])
        }
    }

    @Test func aLargeImportGoesTurnByTurnAndIsOneRequest() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let file = Array(Self.lines().joined(separator: "\n").utf8)
            var request = RecordsV1.ImportProceduresRequest()
            request.requestID = String(repeating: "x", count: 64)
            request.jsonLines = file
            let commits = counter.host.store.writer.counts.jobs
            let first = try await counter.procedures.importProcedures(request)
            #expect(first.imported == 447 && first.rejected.isEmpty)
            // Five turns of at most 100 lines, and the reply.
            #expect(counter.host.store.writer.counts.jobs - commits == 6)
            #expect(try await counter.procedures.importProcedures(request) == first)
            #expect(try await counter.events().count == 447)
            // Another file under the same request_id, whatever of it is the same.
            request.jsonLines += Array("\n{}".utf8)
            let other = try await counter.refusal { [request] in
                try await counter.procedures.importProcedures(request)
            }
            #expect(other.code == .alreadyExists)
            #expect(try await counter.importing(file).unchanged == 447)
        }
    }

    /// Doc. 4: 272 procedures of the district's one-stop shop, 175 of the ward, 160 processes.
    @Test func theCatalogueCountsItself() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let file = Array(Self.lines().joined(separator: "\n").utf8)
            _ = try await counter.importing(file)
            let counts = try await counter.procedures.getCatalogueCounts(.init())
            #expect(counts.procedures == 447 && counts.processes == 160)
            let authority = Dictionary(
                uniqueKeysWithValues: counts.byAuthority.map { ($0.authorityLevel, $0) })
            #expect(authority[.district]?.procedures == 272)
            #expect(authority[.commune]?.procedures == 175)
            #expect(authority[.commune]?.processes == 160 && authority[.district]?.processes == 0)
            #expect(
                authority[.central]?.procedures == 0 && authority[.unspecified]?.procedures == 0)
            // By index: every third full, partial, information.
            let service = Dictionary(
                uniqueKeysWithValues: counts.byService.map { ($0.serviceLevel, $0.procedures) })
            #expect(
                service == [.unspecified: 0, .full: 149, .partial: 149, .information: 149])

            var list = RecordsV1.ListProceduresRequest()
            list.pageSize = 100
            list.authorityLevel = .commune
            list.serviceLevel = .full
            let page = try await counter.procedures.listProcedures(list)
            #expect(page.procedures.allSatisfy { $0.authorityLevel == .commune })
            #expect(page.procedures.count == 59 && page.nextPageToken.isEmpty)
            list.pageToken = "x"
            let mixed = try await counter.refusal { [list] in
                try await counter.procedures.listProcedures(list)
            }
            #expect(mixed.fields == ["page_token MALFORMED"])

            // A retired procedure counts no more.
            _ = try await counter.retire("1")
            #expect(try await counter.procedures.getCatalogueCounts(.init()).procedures == 446)
        }
    }

    @Test func gapsAreListedPageByPage() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = RecordsV1.ListGapsRequest()
            request.pageSize = 40
            var gaps: [RecordsV1.Gap] = []
            repeat {
                let page = try await counter.procedures.listGaps(request)
                gaps += page.gaps
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            // The source prints no sequence and no number of sets for any procedure; 11 of them have
            // no limit, 2 no paper.
            #expect(gaps.count == 83)
            #expect(gaps.allSatisfy { $0.missingParts.starts(with: ["sequence"]) })
            #expect(gaps.count { $0.missingParts.contains("limits") } == 11)
            #expect(gaps.count { $0.missingParts.contains("components") } == 2)

            var draft = try await counter.procedure("1488")
            draft.sequence = "Nộp rồi nhận"
            draft.setCount = 1
            _ = try await counter.saveDraft(draft)
            _ = try await counter.publish("1488", 2)
            request.pageToken = ""
            let first = try await counter.procedures.listGaps(request)
            #expect(first.gaps.count == 40 && first.gaps[0].procedureID == "1489")
        }
    }

    /// 272 procedures of the district level, 175 of the commune, the first 160 of these with an
    /// internal process.
    static func lines() -> [String] {
        (1...447).map { number in
            let service: ServiceLevel = [.full, .partial, .information][number % 3]
            var content = ProcedureContent(
                name: "Thủ tục \(number)", field: "Hộ tịch", agencies: ["Ủy ban nhân dân"],
                applicants: ["Công dân Việt Nam"], resultName: "Giấy",
                limits: [
                    LimitCase(
                        id: "L1", channel: .direct, limit: TimeLimit.threeWorkingDays,
                        text: "3 Ngày làm việc")
                ], feeLines: [], components: [], legalBasis: [])
            content.authorityLevel = number <= 272 ? .district : .commune
            content.serviceLevel = service
            if (273..<433).contains(number) { content.process = ProcessTests.sound }
            return CatalogueText.line(
                CatalogueLine(procedureID: String(number), content: content))
        }
    }

    private static let raw = RawRowTests.row.replacing("15 Ngày", with: "15 Giờ")
}

extension TimeLimit {
    fileprivate static var threeWorkingDays: TimeLimit {
        do throws(TextRejection) {
            return try TimeLimit(3, .workingDay)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
