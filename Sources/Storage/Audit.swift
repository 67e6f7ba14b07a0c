import Foundation
import GRDB
import RPC
import WorkingTime

/// The outcome of walking the audit chain.
package enum AuditVerdict: Hashable, Sendable {
    case intact(AuditHead)
    /// The first row that is missing, out of place or not what its link says.
    case broken(sequence: Int64)
    /// The chain holds together but is not the one that the anchor was taken from: rewritten or cut
    /// off.
    case anchorMissing
}

/// The end of the chain. Kept elsewhere (on paper, with another agency) it is an anchor: nobody can
/// then rewrite or cut the chain before it unseen.
package struct AuditHead: Hashable, Sendable {
    /// 0 when the chain is empty.
    package var sequence: Int64
    package var link: [UInt8]

    package init(sequence: Int64, link: [UInt8]) {
        self.sequence = sequence
        self.link = link
    }

    /// Of a chain without rows.
    package static let empty = AuditHead(
        sequence: 0, link: [UInt8](repeating: 0, count: FramedHash.byteCount))
}

/// What the sender's side of a command puts into the chain, computed before the writer's turn.
struct AuditIntent: Sendable {
    /// What a service does by itself, such as a timer, acts under this name.
    static let ownPrincipal = "self"
    static let anonymous = AuditIntent(principal: "", commitment: nil, salt: nil)
    static let ownAct = AuditIntent(principal: ownPrincipal, commitment: nil, salt: nil)
    static let saltByteCount = 16

    var principal: String
    var commitment: Data?
    var salt: Data?

    init(principal: String, body: [UInt8]) {
        let salt = Self.newSalt()
        self.init(
            principal: principal, commitment: Self.commitment(salt: salt, body: body), salt: salt)
    }

    private init(principal: String, commitment: Data?, salt: Data?) {
        self.principal = principal
        self.commitment = commitment
        self.salt = salt
    }

    var isAnonymous: Bool { principal.isEmpty && commitment == nil }

    static func commitment(salt: Data, body: [UInt8]) -> Data {
        var hash = FramedHash(purpose: "motcua audit value 1")
        hash.add(salt)
        hash.add(body)
        return hash.finish()
    }

    private static func newSalt() -> Data {
        var random = SystemRandomNumberGenerator()
        let salt = (random.next(), random.next())
        return withUnsafeBytes(of: salt) { Data($0) }
    }
}

/// What a row of the chain says, and its link binds.
package struct AuditEntry: Sendable {
    var sequence: Int64
    var recordedAt: Int64
    var principal: String
    var method: String
    var subject: String
    var code: Int32
    var commitment: Data?

    package init(
        sequence: Int64, recordedAt: Int64, principal: String, method: String, subject: String,
        code: Int32, commitment: Data?
    ) {
        self.sequence = sequence
        self.recordedAt = recordedAt
        self.principal = principal
        self.method = method
        self.subject = subject
        self.code = code
        self.commitment = commitment
    }

    /// The commitment, not the salt, is bound: erasing a salt leaves the chain whole.
    package func link(after previous: some ContiguousBytes) -> Data {
        var hash = FramedHash(purpose: "motcua audit link 1")
        hash.add(previous)
        hash.add(sequence)
        hash.add(recordedAt)
        hash.add(principal)
        hash.add(method)
        hash.add(subject)
        hash.add(Int64(code))
        hash.add(commitment ?? Data())
        return hash.finish()
    }
}

/// The chain of who did what: each link binds its row and, through the link before it, all earlier
/// rows.
enum Audit {
    /// Appends a row and moves the head.
    static func append(
        _ entry: AuditEntry, salt: Data?, head: inout AuditHead, in database: Database
    )
        throws
    {
        let link = entry.link(after: head.link)
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO audit
                    (sequence, recorded_at, principal, method, subject, code, commitment, salt,
                     link)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            entry.sequence, entry.recordedAt, entry.principal, entry.method, entry.subject,
            entry.code,
            entry.commitment, salt, link,
        ])
        head = AuditHead(sequence: entry.sequence, link: [UInt8](link))
    }

    static func head(in database: Database) throws -> AuditHead {
        let sql = "SELECT sequence, link FROM audit ORDER BY sequence DESC LIMIT 1"
        guard let row = try Row.fetchOne(database, sql: sql) else { return .empty }
        return AuditHead(sequence: row[0], link: [UInt8](row[1] as Data))
    }

    static func verify(containing anchor: AuditHead?, in database: Database) throws -> AuditVerdict
    {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT sequence, recorded_at, principal, method, subject, code, commitment, link
                FROM audit ORDER BY sequence
                """)
        var head = AuditHead.empty
        var anchorSeen = anchor == nil || anchor == head
        while let row = try rows.next() {
            let entry = AuditEntry(
                sequence: row[0], recordedAt: row[1], principal: row[2], method: row[3],
                subject: row[4],
                code: row[5], commitment: row[6])
            guard entry.sequence == head.sequence + 1,
                entry.link(after: head.link) == row[7] as Data
            else {
                return .broken(sequence: head.sequence + 1)
            }
            head = AuditHead(sequence: entry.sequence, link: [UInt8](row[7] as Data))
            if head == anchor { anchorSeen = true }
        }
        return anchorSeen ? .intact(head) : .anchorMissing
    }
}
