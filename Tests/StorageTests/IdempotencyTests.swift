import Foundation
import GRDB
import RPC
import Storage
import Testing
import WorkingTime

@Suite struct IdempotencyTests {
    @Test func theSameRequestIsAnsweredFromMemory() async throws {
        let desk = try Desk()
        let first = try await desk.put("a", requestID: "r")
        let runs = Mutexed(0)
        let second = try await desk.put("a", requestID: "r") { _ in runs.value += 1 }
        #expect(second == first)
        #expect(runs.value == 0)
        #expect(desk.store.journal.head == 1)
        #expect(try await desk.count("audit") == 1)

        let after = try await desk.reopened()
        #expect(try await after.put("a", requestID: "r") == first)
    }

    @Test func whatAReplyMayNotKeepIsLeftOutAndRefilledFromItsRow() async throws {
        let desk = try Desk()
        let memory = ReplyMemory<Note>(
            blank: { $0.text = "-" },
            refill: { $0.text = try String.fetchOne($1, sql: "SELECT name FROM item") ?? "erased" })
        func put() async throws -> Note {
            let command = try Command(
                principal: "p", method: Desk.put, request: Put(requestID: "r", name: "secret"))
            return try await desk.store.writer.run(command, at: Desk.noon, memory: memory) {
                try $0.insert("secret")
                return .success(Note(text: "secret"))
            }
        }
        #expect(try await put().text == "secret")
        let remembered = try await desk.store.read {
            try Data.fetchOne($0, sql: "SELECT reply FROM idempotency")
        }
        #expect(remembered?.range(of: Data("secret".utf8)) == nil)
        #expect(try await put().text == "secret")
        try await desk.store.writer.perform { try $0.execute(sql: "DELETE FROM item") }
        #expect(try await put().text == "erased")
    }

    @Test func theSameRequestTwiceInOneBatchTakesEffectOnce() async throws {
        let desk = try Desk()
        let runs = Mutexed(0)
        let outcomes = try await desk.batch(
            (0..<2).map { _ in
                { try await desk.put("a", requestID: "r") { _ in runs.value += 1 } }
            })
        for outcome in outcomes { #expect(throws: Never.self) { try outcome.get() } }
        #expect(runs.value == 1)
    }

    @Test func anotherBodyUnderTheSameRequestIDIsRefused() async throws {
        let desk = try Desk()
        try await desk.put("a", requestID: "r")
        #expect(await refusal { try await desk.put("b", requestID: "r") } == .alreadyExists)
        #expect(try await desk.itemNames() == ["a"])
        #expect(try await desk.put("a", requestID: "r") == Note(text: "a"))
    }

    @Test func anotherUploadUnderTheSameRequestIDIsRefused() async throws {
        let desk = try Desk()
        func upload(_ digest: UInt8) async throws -> Note {
            let command = try Command(
                principal: "p", method: Desk.put, request: Put(requestID: "r", name: "a"),
                contentDigest: [digest])
            return try await desk.store.writer.run(command, at: Desk.noon) { _ in
                .success(Note(text: "up"))
            }
        }
        _ = try await upload(1)
        #expect(try await upload(1) == Note(text: "up"))
        #expect(await refusal { try await upload(2) } == .alreadyExists)
    }

    @Test func principalsDoNotShareRequestIDs() async throws {
        let desk = try Desk()
        try await desk.put("a", requestID: "r", principal: "p1")
        try await desk.put("b", requestID: "r", principal: "p2")
        #expect(try await desk.itemNames() == ["a", "b"])
    }

    /// The border between principal, method and `request_id` is part of the key.
    @Test func movingABorderMakesAnotherKey() async throws {
        let desk = try Desk()
        try await desk.put("a", requestID: "12", principal: "p")
        try await desk.put("b", requestID: "2", principal: "p1")
        let methods = [("s", "a/b"), ("s/a", "b"), ("s", "a/b1")]
        for (number, method) in methods.enumerated() where number != 1 {
            let command = try Command(
                principal: "", method: Method(service: method.0, name: method.1),
                request: Put(requestID: number == 0 ? "1x" : "x", name: "c"))
            let reply: Note = try await desk.store.writer.run(command, at: Desk.noon) { _ in
                .success(Note(text: "\(number)"))
            }
            #expect(reply.text == "\(number)")
        }
    }

    static let final = Status(
        .failedPrecondition, "Pay the fee of 8.000 đ first.",
        details: [
            Status.Detail(
                typeURL: "type.googleapis.com/google.rpc.ErrorInfo", value: [1, 2, 0, 255]),
            Status.Detail(typeURL: "", value: []),
            Status.Detail(typeURL: "t", value: [UInt8](repeating: 7, count: 70_000)),
        ])

    @Test(arguments: [false, true])
    func aFinalRefusalIsRememberedAndItsChangesAreNot(isThrown: Bool) async throws {
        let desk = try Desk()
        let runs = Mutexed(0)
        @Sendable func attempt() async throws -> Note {
            let command = try Command(
                principal: "p", method: Desk.put, request: Put(requestID: "r", name: "a"))
            return try await desk.store.writer.run(command, at: Desk.noon) { transaction in
                runs.value += 1
                try transaction.insert("a")
                try transaction.append(event: Note(text: "a"), subject: "items/a")
                if isThrown { throw Self.final }
                return .failure(Self.final)
            }
        }
        for _ in 0..<3 {
            await #expect(throws: Self.final) { try await attempt() }
        }
        #expect(runs.value == 1)
        #expect(try await desk.itemNames() == [])
        #expect(desk.store.journal.head == 0)
        let row = try await desk.row("SELECT subject, code FROM audit")
        let code = StatusCode.failedPrecondition.rawValue
        #expect(row == ["subject": "items/a".databaseValue, "code": code.databaseValue])
        #expect(try await desk.store.verifyAuditChain().isIntact)
    }

    @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
    func onlyFinalRefusalsAreRemembered(_ code: StatusCode) async throws {
        let desk = try Desk()
        let runs = Mutexed(0)
        for _ in 0..<2 {
            let command = try Command(
                principal: "p", method: Desk.put, request: Put(requestID: "r", name: "a"))
            let outcome = await refusal {
                try await desk.store.writer.run(command, at: Desk.noon) {
                    _ -> Result<Note, Status> in
                    runs.value += 1
                    return .failure(Status(code, "No."))
                }
            }
            #expect(outcome == code)
        }
        #expect(runs.value == (code.isTransient ? 2 : 1))
        #expect(try await desk.count("idempotency") == (code.isTransient ? 0 : 1))
    }

    @Test(arguments: [
        "x", String(repeating: "x", count: 64), "!~", "0190f3e2-7c1b-7b6e-9c51-5b1f0a3f2d11",
    ])
    func aRequestIDOfOneToSixtyFourVisibleCharactersIsTaken(_ requestID: String) throws {
        _ = try Command(
            principal: "", method: Desk.put, request: Put(requestID: requestID, name: ""))
    }

    @Test(arguments: ["", String(repeating: "x", count: 65), "a b", "a\n", "\u{7F}", "hồ-sơ"])
    func anotherRequestIDIsRefusedByItsName(_ requestID: String) throws {
        let error = #expect(throws: Status.self) {
            _ = try Command(
                principal: "", method: Desk.put, request: Put(requestID: requestID, name: ""))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("request_id") == true)
    }

    @Test func pruningForgetsWhatIsOlderAndNoMoreThanItsLimit() async throws {
        let desk = try Desk()
        let count = Idempotency.prunedRowsMax + 10
        try await desk.store.writer.perform { database in
            for number in 0..<count {
                try database.execute(
                    sql: """
                        INSERT INTO idempotency (key, body_hash, recorded_at, code, reply)
                        VALUES (randomblob(32), randomblob(32), ?, 0, ?)
                        """, arguments: [number, Data("forgotten \(number)".utf8)])
            }
        }
        try await desk.put("kept")
        let horizon = Idempotency.horizon(at: Desk.noon)
        #expect(
            try await desk.store.writer.pruneIdempotency(before: horizon)
                == Idempotency.prunedRowsMax)
        #expect(try await desk.store.writer.pruneIdempotency(before: horizon) == 10)
        #expect(try await desk.store.writer.pruneIdempotency(before: horizon) == 0)
        #expect(try await desk.count("idempotency") == 1)
        await desk.store.close()
        let file = try Data(contentsOf: URL(fileURLWithPath: desk.path))
        #expect(file.range(of: Data("forgotten".utf8)) == nil)
    }

    @Test func anAnonymousCommandLeavesNoTraceOfItsPrincipal() async throws {
        let desk = try Desk()
        try await desk.put("answer", requestID: "r", principal: "citizen-42", audit: .methodOnly)
        let row = try await desk.row("SELECT principal, subject, commitment, salt FROM audit")
        #expect(
            row == [
                "principal": "".databaseValue, "subject": "".databaseValue, "commitment": .null,
                "salt": .null,
            ])
        let replayed = try await desk.put(
            "answer", requestID: "r", principal: "citizen-42", audit: .methodOnly)
        #expect(replayed.text == "answer")
        for file in [desk.path, desk.path + "-wal"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            #expect(bytes.range(of: Data("citizen-42".utf8)) == nil)
        }
        #expect(try await desk.store.verifyAuditChain().isIntact)
    }
}
