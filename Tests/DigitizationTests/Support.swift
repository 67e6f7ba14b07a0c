import Crypto
import Digitization
import Foundation
import GRDB
import Identity
import Logging
import Messages
import RPC
import RPCTesting
import Storage
import Synchronization
import WorkingTime

typealias Part = DigitizationV1.UploadDocumentRequest
typealias Document = DigitizationV1.Document

/// The digitization service over a directory of its own, reached through an in-process channel.
struct Counter {
    let directory: String
    let host: DigitizationHost
    let clock: TestClock
    private let server: InProcessServer
    let channel: any Channel

    var documents: DigitizationV1.DocumentsClient { .init(channel) }
    var journal: DigitizationV1.JournalClient { .init(channel) }

    /// - Parameter directory: Of an earlier counter, to go on after its end.
    static func open(
        _ directory: String? = nil, configuration: DigitizationConfiguration = .init(),
        sync: @escaping @Sendable (CInt) -> CInt = { fsync($0) }
    ) throws -> Counter {
        let directory = try directory ?? temporaryDirectory()
        let clock = TestClock()
        let host = DigitizationHost(
            store: try DigitizationHost.openStore(in: directory),
            contents: try ContentDirectory(directory, sync: sync), configuration: configuration,
            clock: { clock.now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let server = InProcessServer(services: host.services, interceptors: [FixedCaller()])
        return Counter(
            directory: directory, host: host, clock: clock, server: server,
            channel: server.makeChannel())
    }

    /// Ends the service and removes what it kept.
    func remove() async throws {
        await host.close()
        try FileManager.default.removeItem(atPath: directory)
    }

    func upload(
        _ content: [UInt8], chunkBytes: Int = 1 << 20,
        _ change: (inout DigitizationV1.UploadHeader) -> Void = { _ in }
    ) async throws -> Document {
        var header = header(for: content)
        change(&header)
        return try await documents.uploadDocument { [header] parts in
            try await parts.write(.with { $0.part = .header(header) })
            for start in stride(from: 0, to: content.count, by: chunkBytes) {
                let chunk = Array(content[start..<min(start + chunkBytes, content.count)])
                try await parts.write(.with { $0.part = .chunk(chunk) })
            }
        }
    }

    func header(for content: [UInt8]) -> DigitizationV1.UploadHeader {
        .with {
            $0.requestID = UUID().uuidString
            $0.dossierID = "dossier-1"
            $0.purpose = .component
            $0.componentID = "C1"
            $0.fileName = "giấy khai sinh.pdf"
            $0.sizeBytes = Int64(content.count)
            $0.sha256 = Array(SHA256.hash(data: content))
        }
    }

    func download(_ documentID: String) async throws -> [UInt8] {
        try await documents.downloadDocument(.with { $0.documentID = documentID }) { responses in
            var content: [UInt8] = []
            for try await response in responses { content += response.chunk }
            return content
        }
    }

    func list(_ dossierID: String = "dossier-1") async throws -> [Document] {
        try await documents.listDocuments(.with { $0.dossierID = dossierID }).documents
    }

    func contentPath(_ content: [UInt8]) -> String {
        let name = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
        return "\(directory)/content/\(name.prefix(2))/\(name)"
    }

    /// The files of both kinds, without their folders.
    func files() throws -> (incoming: [String], content: [String]) {
        let manager = FileManager.default
        let content = try manager.subpathsOfDirectory(atPath: directory + "/content")
        return (
            try manager.contentsOfDirectory(atPath: directory + "/incoming"),
            content.filter { $0.contains("/") }
        )
    }
}

final class TestClock: Sendable {
    private let instant = Mutex(
        Instant(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000)))

    var now: Instant { instant.withLock(\.self) }

    func advance(by duration: Duration) {
        instant.withLock { $0.millisecondsSinceEpoch += duration.components.seconds * 1_000 }
    }
}

struct FixedCaller: ServerInterceptor {
    func admit(_ context: inout CallContext) throws(Status) {
        context[CallerKey.self] = .with {
            $0.principal = "nguyen.van.an"
            $0.roles = [.official]
        }
    }
}

func temporaryDirectory() throws -> String {
    let path = NSTemporaryDirectory() + "motcua-digitization-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}

/// The status that a call fails with.
func status(_ call: () async throws -> some Any) async throws -> Status? {
    do {
        _ = try await call()
        return nil
    } catch let status as Status {
        return status
    }
}

enum Sample {
    static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array("\0\0\0\rIHDR and so on".utf8)
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array("\0\u{10}JFIF and so on".utf8)

    static func pdf(pages: Int, title: String = "Scan") -> [UInt8] {
        let kids = (0..<pages).map { "\(4 + $0) 0 R" }.joined(separator: " ")
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [\(kids)] /Count \(pages) >>",
            "<< /Title (\(title)) >>",
        ]
        for _ in 0..<pages {
            objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
        }
        var text = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(text.utf8.count)
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { text += String(format: "%010d 00000 n \n", offset) }
        text += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R /Info 3 0 R >>\n"
        text += "startxref\n\(table)\n%%EOF\n"
        return Array(text.utf8)
    }

    /// - Parameter next: Where each directory says that the next one is, instead of right behind
    ///   it.
    static func tiff(pages: Int, isLittleEndian: Bool = true, lastNext: UInt32 = 0) -> [UInt8] {
        func number(_ value: UInt32, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittleEndian ? bytes : bytes.reversed()
        }
        let directoryBytes = 2 + 12 + 4
        var bytes = Array((isLittleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
        for page in 1...pages {
            let isLast = page == pages
            let next = isLast ? lastNext : UInt32(8 + page * directoryBytes)
            bytes += number(1, 2) + [UInt8](repeating: 7, count: 12) + number(next, 4)
        }
        return bytes
    }
}
