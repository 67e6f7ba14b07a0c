import Foundation
import GRDB
import RPC
import Storage
import Testing

@Suite struct AuditTests {
    static func desk() async throws -> Desk {
        let desk = try Desk()
        for number in 1...5 { try await desk.put("i\(number)") }
        return desk
    }

    /// An attacker with the file is not stopped by triggers.
    static func tamper(_ desk: Desk, _ sql: String) async throws {
        try await desk.store.writer.perform { database in
            try database.execute(
                sql: """
                    DROP TRIGGER audit_changes_only_by_erasing_a_salt;
                    DROP TRIGGER audit_is_never_deleted;
                    """)
            try database.execute(sql: sql)
        }
    }

    @Test(arguments: [
        "recorded_at = recorded_at + 1", "principal = 'somebody-else'",
        "method = 'motcua.test.v1.Items/Get'",
        "subject = 'items/other'", "code = 7", "commitment = NULL, salt = NULL",
        "commitment = randomblob(32)", "link = randomblob(32)",
    ])
    func anEditedRowBreaksTheChainThere(_ edit: String) async throws {
        let desk = try await Self.desk()
        #expect(try await desk.store.verifyAuditChain().isIntact)
        try await Self.tamper(desk, "UPDATE audit SET \(edit) WHERE sequence = 3")
        #expect(try await desk.store.verifyAuditChain() == .broken(sequence: 3))
    }

    @Test func aMissingRowBreaksTheChain() async throws {
        let desk = try await Self.desk()
        try await Self.tamper(desk, "DELETE FROM audit WHERE sequence = 2")
        #expect(try await desk.store.verifyAuditChain() == .broken(sequence: 2))
    }

    @Test func aCutChainLacksItsAnchor() async throws {
        let desk = try await Self.desk()
        let anchor = try await desk.store.auditHead()
        #expect(anchor.sequence == 5)
        try await desk.put("later")
        #expect(try await desk.store.verifyAuditChain(containing: anchor).isIntact)
        try await Self.tamper(desk, "DELETE FROM audit WHERE sequence >= 5")
        #expect(try await desk.store.verifyAuditChain().isIntact)
        #expect(try await desk.store.verifyAuditChain(containing: anchor) == .anchorMissing)
    }

    @Test func theChainVerifiesAfterSaltsAreErased() async throws {
        let desk = try await Self.desk()
        let erased = try await desk.store.writer.act("items/Erase", at: Desk.noon) { transaction in
            try transaction.eraseAuditSalts(subject: "items/i3")
        }
        #expect(erased == 1)
        let salted = try await desk.store.read {
            try Int.fetchAll(
                $0, sql: "SELECT sequence FROM audit WHERE salt IS NOT NULL ORDER BY 1")
        }
        #expect(salted == [1, 2, 4, 5])
        #expect(try await desk.store.verifyAuditChain().isIntact)
        try await desk.put("i6")
        #expect(try await desk.reopened().store.verifyAuditChain().isIntact)
    }

    @Test func anErasedSaltIsNotLeftInTheFile() async throws {
        let desk = try await Self.desk()
        let salt = try await desk.store.read {
            try Data.fetchOne($0, sql: "SELECT salt FROM audit WHERE sequence = 3")!
        }
        try await desk.store.writer.act("items/Erase", at: Desk.noon) { transaction in
            _ = try transaction.eraseAuditSalts(subject: "items/i3")
        }
        await desk.store.close()
        let file = try Data(contentsOf: URL(fileURLWithPath: desk.path))
        #expect(file.range(of: Data("items/i3".utf8)) != nil)
        #expect(file.range(of: salt) == nil)
    }

    @Test(arguments: [
        "UPDATE audit SET principal = 'x'", "UPDATE audit SET salt = randomblob(16)",
        "DELETE FROM audit",
    ])
    func theSchemaRefusesWhatWouldBreakTheChain(_ sql: String) async throws {
        let desk = try await Self.desk()
        await #expect(throws: DatabaseError.self) {
            try await desk.store.writer.perform { try $0.execute(sql: sql) }
        }
    }

    @Test func aRefusalWithoutASubjectKeepsNoSalt() async throws {
        let desk = try Desk()
        let command = try Command(
            principal: "p", method: Desk.put, request: Put(requestID: "r", name: "0912345678"))
        let code = await refusal {
            try await desk.store.writer.run(command, at: Desk.noon) { _ -> Result<Note, Status> in
                .failure(Status(.invalidArgument, "no"))
            }
        }
        #expect(code == .invalidArgument)
        let row = try await desk.row("SELECT subject, salt, commitment FROM audit")
        #expect(row["subject"] == "".databaseValue && row["salt"] == .null)
        #expect(row["commitment"] != .null)
        #expect(try await desk.store.verifyAuditChain().isIntact)
    }

    @Test func equalRequestsHaveUnequalCommitments() async throws {
        let desk = try Desk()
        try await desk.put("a", requestID: "1")
        try await desk.store.writer.perform { try $0.execute(sql: "DELETE FROM item") }
        try await desk.put("a", requestID: "2")
        let count = try await desk.store.read {
            try Int.fetchOne($0, sql: "SELECT count(DISTINCT commitment) FROM audit")
        }
        #expect(count == 2)
    }

    @Test func anEmptyChainIsIntact() async throws {
        let desk = try Desk()
        let head = try await desk.store.auditHead()
        #expect(head.sequence == 0)
        #expect(try await desk.store.verifyAuditChain() == .intact(head))
    }
}
