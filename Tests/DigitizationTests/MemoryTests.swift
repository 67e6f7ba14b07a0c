import Crypto
import Digitization
import Foundation
import Messages
import RPC
import Testing

@Suite struct MemoryTests {
    static let uploadBytes: Int64 = 256 << 20
    /// What both ends and the pipes between them hold, which does not grow with the upload, and
    /// room for what other tests of the process take meanwhile.
    static let residentGrowthBytesMax: Int64 = 128 << 20

    @Test func aLargeUploadAndItsDownloadKeepMemoryFlat() async throws {
        let counter = try Counter.open()
        let chunk = Sample.jpeg + [UInt8](repeating: 5, count: (1 << 20) - Sample.jpeg.count)
        let chunkCount = Int(Self.uploadBytes) / chunk.count
        var hash = SHA256()
        for _ in 0..<chunkCount { hash.update(data: chunk) }
        let digest = Array(hash.finalize())
        _ = try await counter.upload(chunk)

        let before = try residentBytes()
        var peak = before
        let header = DigitizationV1.UploadHeader.with {
            $0 = counter.header(for: chunk)
            $0.sizeBytes = Self.uploadBytes
            $0.sha256 = digest
        }
        let stored = try await counter.documents.uploadDocument { parts in
            try await parts.write(.with { $0.part = .header(header) })
            for number in 0..<chunkCount {
                try await parts.write(.with { $0.part = .chunk(chunk) })
                if number % 8 == 0 { peak = max(peak, try residentBytes()) }
            }
        }
        #expect(stored.sizeBytes == Self.uploadBytes)
        var received: Int64 = 0
        try await counter.documents.downloadDocument(
            .with { $0.documentID = stored.documentID }
        ) { responses in
            for try await response in responses {
                received += Int64(response.chunk.count)
                if received % (8 << 20) == 0 { peak = max(peak, try residentBytes()) }
            }
        }
        #expect(received == Self.uploadBytes)
        #expect(peak - before < Self.residentGrowthBytesMax)
        try await counter.remove()
    }

    private func residentBytes() throws -> Int64 {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
            separator: " ")
        return (Int64(fields[1]) ?? 0) * Int64(getpagesize())
    }
}
