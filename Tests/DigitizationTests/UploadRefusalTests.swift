import Crypto
import Digitization
import Foundation
import GRDB
import Messages
import RPC
import Testing

@Suite struct UploadRefusalTests {
    @Test func everyFieldAtFaultIsNamedAtOnce() async throws {
        let counter = try Counter.open()
        let refusal = try await status {
            try await counter.upload(Sample.png) {
                $0.requestID = "has a blank"
                $0.dossierID = ""
                $0.purpose = .unspecified
                $0.fileName = "a\u{202E}b"
                $0.sizeBytes = 0
                $0.sha256 = [1, 2, 3]
            }
        }
        #expect(refusal?.code == .invalidArgument)
        #expect(
            refusal?.badRequest?.fieldViolations.map(\.field) == [
                "header.request_id", "header.dossier_id", "header.purpose", "header.file_name",
                "header.size_bytes", "header.sha256",
            ])
        try await counter.remove()
    }

    /// What is done to a good header, and what is then said of it.
    struct HeaderFault: Sendable {
        let expected: String
        let change: @Sendable (inout DigitizationV1.UploadHeader) -> Void

        init(
            _ expected: String,
            _ change: @escaping @Sendable (inout DigitizationV1.UploadHeader) -> Void
        ) {
            self.expected = expected
            self.change = change
        }
    }

    @Test(arguments: [
        HeaderFault("header.size_bytes") { $0.sizeBytes = DocumentLimits.contentBytesMax + 1 },
        HeaderFault("header.size_bytes") { $0.sizeBytes = -1 },
        HeaderFault("header.component_id") { $0.componentID = "" },
        HeaderFault("header.component_id") { $0.purpose = .result },
        HeaderFault("header.purpose") { $0.purpose = .unrecognized(9) },
        HeaderFault("header.sha256") { $0.sha256.append(0) },
        HeaderFault("header.request_id") { $0.requestID = String(repeating: "r", count: 65) },
        HeaderFault("header.file_name") {
            $0.fileName = String(repeating: "n", count: DocumentLimits.fileNameBytesMax + 1)
        },
        HeaderFault("header.file_name") { $0.fileName = "a\nb" },
    ])
    func aHeaderBeyondALimitIsRefused(fault: HeaderFault) async throws {
        let counter = try Counter.open()
        let refusal = try await status { try await counter.upload(Sample.png, fault.change) }
        #expect(refusal?.code == .invalidArgument)
        #expect(refusal?.badRequest?.fieldViolations.map(\.field) == [fault.expected])
        try await counter.remove()
    }

    @Test func aHeaderAtItsLimitsIsTaken() async throws {
        let counter = try Counter.open()
        let stored = try await counter.upload(Sample.png) {
            $0.requestID = String(repeating: "r", count: 64)
            $0.fileName = String(repeating: "n", count: DocumentLimits.fileNameBytesMax)
            $0.dossierID = String(repeating: "d", count: DocumentLimits.identifierBytesMax)
        }
        #expect(stored.fileName.utf8.count == DocumentLimits.fileNameBytesMax)
        try await counter.remove()
    }

    static let other = Array(SHA256.hash(data: Array("something else".utf8)))

    @Test(arguments: [
        HeaderFault("DIGEST_MISMATCH") { $0.sha256 = other },
        HeaderFault("CONTENT_TOO_SHORT") { $0.sizeBytes += 1 },
        HeaderFault("CONTENT_TOO_LONG") { $0.sizeBytes -= 1 },
    ])
    func aContentThatIsNotWhatWasAnnouncedIsRefusedAndNothingStays(fault: HeaderFault) async throws
    {
        let counter = try Counter.open()
        let header = counter.header(for: Sample.png)
        let refusal = try await status {
            try await counter.upload(Sample.png, chunkBytes: 9) {
                $0 = header
                fault.change(&$0)
            }
        }
        #expect(refusal?.code == .invalidArgument)
        #expect(refusal?.errorInfo?.reason == fault.expected)
        let files = try counter.files()
        #expect(files.incoming.isEmpty && files.content.isEmpty)
        #expect(try await counter.list().isEmpty)
        // The refusal is not remembered: the content is no part of what the request_id stands for.
        _ = try await counter.upload(Sample.png) { $0 = header }
        try await counter.remove()
    }

    @Test func anotherTypeIsRefusedBeforeTheRestIsRead() async throws {
        let counter = try Counter.open()
        let content = Array("PK\u{3}\u{4} a spreadsheet".utf8)
        let refusal = try await status {
            try await counter.upload(content, chunkBytes: 8) { $0.fileName = "scan.pdf" }
        }
        #expect(refusal?.code == .invalidArgument)
        #expect(refusal?.errorInfo?.reason == "UNSUPPORTED_MEDIA_TYPE")
        for type in MediaType.allCases { #expect(refusal?.message.contains(type.rawValue) == true) }
        #expect(try counter.files().incoming.isEmpty)
        try await counter.remove()
    }

    @Test func aStreamThatDoesNotBeginWithItsHeaderIsRefused() async throws {
        let counter = try Counter.open()
        let header = counter.header(for: Sample.png)
        let chunk = Part.with { $0.part = .chunk(Sample.png) }
        let streams: [(String, [Part])] = [
            ("HEADER_MISSING", []), ("HEADER_MISSING", [chunk]), ("HEADER_MISSING", [Part()]),
            ("HEADER_REPEATED", Array(repeating: .with { $0.part = .header(header) }, count: 2)),
            ("PART_MISSING", [.with { $0.part = .header(header) }, Part()]),
            (
                "CHUNK_EMPTY",
                [.with { $0.part = .header(header) }, .with { $0.part = .chunk([]) }]
            ),
            (
                "CHUNK_TOO_LARGE",
                [
                    .with { $0.part = .header(header) },
                    .with {
                        $0.part = .chunk(
                            .init(repeating: 1, count: DocumentLimits.uploadChunkBytesMax + 1))
                    },
                ]
            ),
        ]
        for (reason, parts) in streams {
            let refusal = try await status {
                try await counter.documents.uploadDocument { writer in
                    for part in parts { try await writer.write(part) }
                }
            }
            #expect(refusal?.code == .invalidArgument)
            #expect(refusal?.errorInfo?.reason == reason)
        }
        #expect(try counter.files().incoming.isEmpty)
        try await counter.remove()
    }

    @Test func aCallerWhoGivesUpLeavesNothing() async throws {
        let counter = try Counter.open()
        let header = counter.header(for: Sample.png)
        struct GaveUp: Error {}
        await #expect(throws: GaveUp.self) {
            _ = try await counter.documents.uploadDocument { parts in
                try await parts.write(.with { $0.part = .header(header) })
                try await parts.write(.with { $0.part = .chunk(Array(Sample.png.prefix(9))) })
                throw GaveUp()
            }
        }
        _ = try await counter.upload(Sample.jpeg)
        let isEmpty = try await eventually { try counter.files().incoming.isEmpty }
        #expect(isEmpty)
        try await counter.remove()
    }

    @Test func theLargestSizeCanBeAnnounced() async throws {
        let counter = try Counter.open()
        let refusal = try await status {
            try await counter.upload(Sample.png) { $0.sizeBytes = DocumentLimits.contentBytesMax }
        }
        #expect(refusal?.errorInfo?.reason == "CONTENT_TOO_SHORT")
        try await counter.remove()
    }

    @Test func oneUploadMoreThanAreTakenIsRefusedAndTheOthersFinish() async throws {
        let counter = try Counter.open()
        let gate = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<DocumentLimits.uploadsMax {
                let header = DigitizationV1.UploadHeader.with {
                    $0 = counter.header(for: Sample.png)
                    $0.componentID = "C\(number)"
                }
                group.addTask {
                    _ = try await counter.documents.uploadDocument { parts in
                        try await parts.write(.with { $0.part = .header(header) })
                        for await _ in gate.stream {}
                        try await parts.write(.with { $0.part = .chunk(Sample.png) })
                    }
                }
            }
            let isFull = try await eventually {
                try counter.files().incoming.count == DocumentLimits.uploadsMax
            }
            #expect(isFull)
            let refusal = try await status { try await counter.upload(Sample.png) }
            #expect(refusal?.code == .resourceExhausted)
            #expect(refusal?.errorInfo?.reason == "BUSY")
            gate.continuation.finish()
            try await group.waitForAll()
        }
        #expect(try await counter.list().count == DocumentLimits.uploadsMax)
        _ = try await counter.upload(Sample.png)
        try await counter.remove()
    }

    @Test func aFullDossierTakesNoMore() async throws {
        let counter = try Counter.open()
        try await counter.host.store.writer.perform { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE number(n) AS
                        (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
                    INSERT INTO document (document_id, dossier_id, component_id, purpose, file_name,
                        size_bytes, sha256, media_type, page_count, created_at)
                    SELECT 'doc-' || n, 'dossier-1', 'C1', 'component', '', 1, zeroblob(32),
                        'image/png', 1, 0
                    FROM number
                    """, arguments: [DocumentLimits.documentsPerDossierMax - 1])
        }
        let last = try await counter.upload(Sample.png)
        #expect(try await counter.list().last == last)
        let refusal = try await status { try await counter.upload(Sample.png) }
        #expect(refusal?.code == .failedPrecondition)
        #expect(refusal?.errorInfo?.reason == "DOSSIER_FULL")
        try await counter.remove()
    }
}

/// Asks until it holds, for what happens after a caller has gone.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
