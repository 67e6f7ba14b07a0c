import Crypto
import Digitization
import Foundation
import Messages
import RPC
import Testing

@Suite struct UploadTests {
    static let hasPDFTool = FileManager.default.isExecutableFile(
        atPath: DigitizationConfiguration().pdfTool)

    @Test func anUploadedPaperIsListedFetchedAndTold() async throws {
        let counter = try Counter.open()
        let content = Sample.pdf(pages: 2)
        let stored = try await counter.upload(content, chunkBytes: 100)

        #expect(stored.documentID.hasPrefix("doc-"))
        #expect(stored.dossierID == "dossier-1")
        #expect(stored.purpose == .component)
        #expect(stored.componentID == "C1")
        #expect(stored.fileName == "giấy khai sinh.pdf")
        #expect(stored.sizeBytes == content.count)
        #expect(stored.sha256 == Array(SHA256.hash(data: content)))
        #expect(stored.mediaType == "application/pdf")
        #expect(stored.createTime == .init(counter.clock.now))
        let got = try await counter.documents.getDocument(
            .with { $0.documentID = stored.documentID })
        #expect(got == stored)
        #expect(try await counter.list() == [stored])
        #expect(try await counter.download(stored.documentID) == content)
        #expect(try counter.files().incoming.isEmpty)

        let events = try await counter.journal.follow(.with { $0.untilHead = true }) { entries in
            var events: [CommonV1.JournalEntry] = []
            for try await entry in entries { events.append(entry) }
            return events
        }
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.type == DigitizationV1.DigitizationEvent.fullName)
        let told = try DigitizationV1.DigitizationEvent(serialized: event.payload)
        #expect(
            told.event
                == .documentStored(
                    .with {
                        $0.documentID = stored.documentID
                        $0.dossierID = "dossier-1"
                        $0.purpose = .component
                        $0.componentID = "C1"
                    }))
        try await counter.remove()
    }

    @Test(.enabled(if: hasPDFTool, "pdfinfo of poppler-utils is not installed"))
    func pagesOfAPDFAreCountedWhateverItsTitleSays() async throws {
        let counter = try Counter.open()
        let plain = try await counter.upload(Sample.pdf(pages: 2))
        let sly = try await counter.upload(Sample.pdf(pages: 3, title: "A\\nPages: 99"))
        let broken = try await counter.upload(Array("%PDF-1.4 and then nothing".utf8))
        #expect([plain, sly, broken].map(\.pageCount) == [2, 3, 0])
        try await counter.remove()
    }

    @Test func aMissingPageToolOnlyLosesTheCount() async throws {
        var configuration = DigitizationConfiguration()
        configuration.pdfTool = "/nonexistent/pdfinfo"
        let counter = try Counter.open(configuration: configuration)
        #expect(try await counter.upload(Sample.pdf(pages: 2)).pageCount == 0)
        try await counter.remove()
    }

    @Test(
        arguments: [
            (Sample.png, "image/png", 1), (Sample.jpeg, "image/jpeg", 1),
            (Sample.tiff(pages: 1), "image/tiff", 1),
            (Sample.tiff(pages: 3, isLittleEndian: false), "image/tiff", 3),
        ] as [([UInt8], String, Int32)])
    func theContentTellsTheTypeAndNotTheName(
        content: [UInt8], type: String, pages: Int32
    ) async throws {
        let counter = try Counter.open()
        let stored = try await counter.upload(content, chunkBytes: 3) { $0.fileName = "scan.pdf" }
        #expect(stored.mediaType == type)
        #expect(stored.pageCount == pages)
        #expect(stored.fileName == "scan.pdf")
        try await counter.remove()
    }

    @Test func theSameRequestTwiceGivesTheSameReplyAndOneDocument() async throws {
        let counter = try Counter.open()
        let content = Sample.png + [UInt8](repeating: 1, count: 5 << 20)
        let header = counter.header(for: content)
        let first = try await counter.upload(content) { $0 = header }
        counter.clock.advance(by: .seconds(60))
        let second = try await counter.upload(content) { $0 = header }
        // The stored reply does not wait for the content.
        let third = try await counter.documents.uploadDocument { parts in
            try await parts.write(.with { $0.part = .header(header) })
        }
        #expect(second == first)
        #expect(third == first)
        #expect(try await counter.list() == [first])

        let other = try await status {
            try await counter.upload(content) {
                $0 = header
                $0.componentID = "C2"
            }
        }
        #expect(other?.code == .alreadyExists)
        try await counter.remove()
    }

    @Test func aReplyOutlivesTheProcess() async throws {
        let counter = try Counter.open()
        let header = counter.header(for: Sample.png)
        let first = try await counter.upload(Sample.png) { $0 = header }
        await counter.host.close()
        let next = try Counter.open(counter.directory)
        #expect(try await next.upload(Sample.png) { $0 = header } == first)
        #expect(try await next.download(first.documentID) == Sample.png)
        try await next.remove()
    }

    @Test func manyUploadsOfOneContentShareOneFile() async throws {
        let counter = try Counter.open()
        let content = Sample.jpeg + (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<12 {
                group.addTask {
                    try await counter.upload(content, chunkBytes: 40_000) {
                        $0.componentID = "C\(number)"
                    }.documentID
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 12)
        #expect(try await counter.list().count == 12)
        #expect(try counter.files().content.count == 1)
        for id in ids { #expect(try await counter.download(id) == content) }
        try await counter.remove()
    }

    @Test func oneRequestSentManyTimesAtOnceIsOneDocument() async throws {
        let counter = try Counter.open()
        let header = counter.header(for: Sample.png)
        let replies = try await withThrowingTaskGroup(of: Document.self) { group in
            for _ in 0..<8 {
                group.addTask { try await counter.upload(Sample.png) { $0 = header } }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(replies.count == 1)
        #expect(try await counter.list().count == 1)
        try await counter.remove()
    }

    @Test func laterDocumentsOfAComponentStandBesideEarlierOnes() async throws {
        let counter = try Counter.open()
        var stored: [Document] = []
        for number in 0..<3 {
            stored.append(try await counter.upload(Sample.png + [UInt8(number)]))
            counter.clock.advance(by: .seconds(1))
        }
        let result = try await counter.upload(Sample.jpeg) {
            $0.purpose = .result
            $0.componentID = ""
        }
        _ = try await counter.upload(Sample.jpeg) { $0.dossierID = "dossier-2" }
        #expect(try await counter.list() == stored + [result])
        #expect(result.purpose == .result)
        try await counter.remove()
    }

    @Test func whatIsUnknownIsNotFound() async throws {
        let counter = try Counter.open()
        let get = try await status {
            try await counter.documents.getDocument(.with { $0.documentID = "doc-0" })
        }
        #expect(get?.code == .notFound)
        #expect(get?.errorInfo?.reason == "DOCUMENT_NOT_FOUND")
        #expect(try await status { try await counter.download("doc-0") }?.code == .notFound)
        #expect(try await counter.list("dossier-0").isEmpty)
        let unnamed = try await status { try await counter.list("") }
        #expect(unnamed?.badRequest?.fieldViolations.map(\.field) == ["dossier_id"])
        try await counter.remove()
    }

    @Test func aContentDamagedOnDiskIsToldAndMendedByUploadingItAgain() async throws {
        let counter = try Counter.open()
        let content = Sample.png + [UInt8](repeating: 3, count: 600_000)
        let stored = try await counter.upload(content)
        let path = counter.contentPath(content)
        var damaged = content
        damaged[500_000] = 4
        try Data(damaged).write(to: URL(fileURLWithPath: path))
        let damage = try await status { try await counter.download(stored.documentID) }
        #expect(damage?.code == .dataLoss)
        #expect(damage?.errorInfo?.reason == "CONTENT_DAMAGED")
        try FileManager.default.removeItem(atPath: path)
        let loss = try await status { try await counter.download(stored.documentID) }
        #expect(loss?.errorInfo?.reason == "CONTENT_MISSING")
        _ = try await counter.upload(content)
        #expect(try await counter.download(stored.documentID) == content)
        try await counter.remove()
    }
}
