import Foundation
import GRDB
import WorkingTime

struct DocumentTable {
    let database: Database

    private static let columns = """
        SELECT document_id, dossier_id, component_id, purpose, file_name, size_bytes, sha256,
            media_type, page_count, created_at FROM document
        """

    func insert(_ document: StoredDocument) throws {
        let (purpose, componentID) = Self.columns(of: document.plan.link)
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO document (document_id, dossier_id, component_id, purpose, file_name,
                    size_bytes, sha256, media_type, page_count, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            document.documentID, document.plan.dossierID, componentID, purpose,
            document.plan.fileName.text, document.plan.sizeBytes, Data(document.plan.digest.bytes),
            document.mediaType.rawValue, document.pageCount,
            document.createTime.millisecondsSinceEpoch,
        ])
    }

    func document(_ id: String) throws -> StoredDocument? {
        let statement = try database.cachedStatement(sql: Self.columns + " WHERE document_id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map(Self.document)
    }

    /// Oldest first; at most ``DocumentLimits/documentsPerDossierMax``, for there are no more.
    func documents(of dossierID: String) throws -> [StoredDocument] {
        let statement = try database.cachedStatement(
            sql: Self.columns + " WHERE dossier_id = ? ORDER BY sequence")
        return try Row.fetchAll(statement, arguments: [dossierID]).map(Self.document)
    }

    func documentCount(of dossierID: String) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT count(*) FROM document WHERE dossier_id = ?")
        return try Int.fetchOne(statement, arguments: [dossierID]) ?? 0
    }

    /// The contents that rows name whose first byte is `byte`.
    func contents(beginningWith byte: UInt8) throws -> Set<ContentDigest> {
        let first = Data([byte])
        let rows = try Row.fetchCursor(
            database, sql: "SELECT DISTINCT sha256 FROM document WHERE sha256 >= ? AND sha256 <= ?",
            arguments: [first, first + Data(repeating: 0xFF, count: ContentDigest.byteCount)])
        var contents: Set<ContentDigest> = []
        while let row = try rows.next() { contents.insert(Self.digest(row, 0)) }
        return contents
    }

    private static func document(_ row: Row) -> StoredDocument {
        guard let type = MediaType(rawValue: row[7]) else {
            preconditionFailure("the schema keeps media types that this program wrote")
        }
        return StoredDocument(
            documentID: row[0],
            plan: UploadPlan(
                dossierID: row[1],
                link: (row[3] as String) == "result" ? .result : .component(id: row[2]),
                fileName: FileName(stored: row[4]), sizeBytes: row[5], digest: digest(row, 6)),
            mediaType: type, pageCount: row[8], createTime: Instant(millisecondsSinceEpoch: row[9]))
    }

    private static func digest(_ row: Row, _ column: Int) -> ContentDigest {
        guard let digest = ContentDigest([UInt8](row[column] as Data)) else {
            preconditionFailure("the schema keeps 32 bytes")
        }
        return digest
    }

    private static func columns(of link: DocumentLink) -> (purpose: String, componentID: String) {
        switch link {
        case .component(let id): ("component", id)
        case .result: ("result", "")
        }
    }
}
