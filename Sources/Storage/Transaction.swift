import Foundation
import GRDB
import RPC
import WorkingTime

/// What the writer knows without asking; true only while the transaction that changed it stands.
struct Heads {
    var journal: Int64
    var audit: AuditHead

    init(in database: Database) throws {
        journal = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM journal") ?? 0
        audit = try Audit.head(in: database)
    }
}

/// One command's turn in the writer: it reads and writes here, and all of it happens or none.
///
/// Exists only inside the closure it is handed to, which must neither commit nor roll back itself.
package struct Transaction: ~Copyable {
    package let database: Database
    /// The instant that the caller gave: every row of this command carries it.
    package let now: Instant
    /// The resource that the audit link names, such as `dossiers/H01-…`: an identifier, never
    /// personal data. When it is not set, the subject of the first event stands for it. A link
    /// without a subject, such as that of a malformed hand-in, binds the request and keeps no salt.
    package var auditSubject: String?

    var heads: Heads
    private(set) var eventCount = 0
    private var firstSubject: String?

    init(database: Database, now: Instant, heads: Heads) {
        self.database = database
        self.now = now
        self.heads = heads
    }

    /// Appends an event to the journal and returns its sequence.
    ///
    /// - Parameters:
    ///   - event: Identifiers and states, never personal data; at most 65,536 bytes encoded.
    ///   - subject: The resource it happened to.
    @discardableResult
    package mutating func append(event: some Message, subject: String) throws -> Int64 {
        try Journal.append(
            event, subject: subject, sequence: heads.journal + 1, at: now, in: database)
        heads.journal += 1
        eventCount += 1
        if firstSubject == nil { firstSubject = subject }
        return heads.journal
    }

    /// Forgets the salts of what was done to `subject`: the chain still verifies, and what the
    /// requests said can no longer be guessed from it. Returns how many were erased.
    @discardableResult
    package func eraseAuditSalts(subject: String) throws -> Int {
        try database.execute(
            sql: """
                UPDATE audit SET salt = NULL
                WHERE subject = ? AND subject <> '' AND salt IS NOT NULL
                """, arguments: [subject])
        return database.changesCount
    }

    var subject: String { auditSubject ?? firstSubject ?? "" }

    mutating func audit(_ intent: AuditIntent, method: String, code: StatusCode) throws {
        let subject = intent.isAnonymous ? "" : subject
        let entry = AuditEntry(
            sequence: heads.audit.sequence + 1, recordedAt: now.millisecondsSinceEpoch,
            principal: intent.principal, method: method, subject: subject,
            code: code.rawValue, commitment: intent.commitment)
        // Salts are erased by subject: one without a subject would stay for good.
        try Audit.append(
            entry, salt: subject.isEmpty ? nil : intent.salt, head: &heads.audit, in: database)
    }
}
