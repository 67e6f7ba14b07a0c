import Foundation
import Testing
import WorkingTime

@testable import Records

/// Where the project's own input lies.
enum Samples {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func catalogue() throws -> [UInt8] {
        try bytes("Services/records/procedures.jsonl")
    }

    /// Hà Nội, for trying out.
    static func organisation() throws -> [UInt8] {
        try bytes("Services/records/organisation.jsonl")
    }

    /// Rows as the source prints them, in another shape than the catalogue's.
    static func rawRows() throws -> [UInt8] { try bytes("Tests/Fixtures/procedures_dirty.jsonl") }

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appendingPathComponent(path)))
    }

    static func procedure(_ id: String) throws -> ProcedureContent {
        let reading = CatalogueReader.read(try catalogue())
        return try #require(reading.accepted.first { $0.procedureID == id }).content
    }
}

func at(_ text: String) -> Instant {
    do throws(TextRejection) {
        return try Instant(parsing: text, assuming: .vietnam)
    } catch {
        preconditionFailure("\(error)")
    }
}
