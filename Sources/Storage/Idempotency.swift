import Foundation
import GRDB
import RPC
import WorkingTime

/// The memory of what each `request_id` was answered, so that a request sent twice takes effect
/// once.
package enum Idempotency {
    /// How long an answer is remembered: longer than any caller or journey goes on retrying.
    package static let retention: Duration = .seconds(30 * 86_400)
    /// Rows that one call of ``Writer/pruneIdempotency(before:)`` removes at most.
    package static let prunedRowsMax = 1_000

    /// The instant before which nothing needs to be remembered any more.
    package static func horizon(at now: Instant) -> Instant {
        Instant(
            millisecondsSinceEpoch: now.millisecondsSinceEpoch - retention.components.seconds
                * 1_000)
    }

    static func key(principal: String, method: String, requestID: String) -> Data {
        var hash = FramedHash(purpose: "motcua idempotency key 1")
        hash.add(principal)
        hash.add(method)
        hash.add(requestID)
        return hash.finish()
    }

    /// The `request_id` is stored nowhere, so it salts the body.
    static func bodyHash(requestID: String, body: [UInt8], contentDigest: [UInt8]) -> Data {
        var hash = FramedHash(purpose: "motcua idempotency body 1")
        hash.add(requestID)
        hash.add(body)
        hash.add(contentDigest)
        return hash.finish()
    }

    enum Answer {
        case reply([UInt8])
        case refusal(Status)
    }

    /// Whether a command was done, or refused for good: for work that is prepared in several steps.
    ///
    /// - Throws: ALREADY_EXISTS when the same `request_id` came with another body.
    package static func isAnswered(_ command: Command, in database: Database) throws -> Bool {
        try answer(to: command, in: database) != nil
    }

    /// The stored answer to a command, or `nil` when it is new.
    ///
    /// - Throws: ALREADY_EXISTS when the same `request_id` came with another body.
    static func answer(to command: Command, in database: Database) throws -> Answer? {
        let statement = try database.cachedStatement(
            sql: "SELECT body_hash, code, reply, message, details FROM idempotency WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [command.key]) else { return nil }
        guard row[0] as Data == command.bodyHash else {
            throw Status(
                .alreadyExists,
                "This request_id was already used for a request with other contents. Send a new "
                    + "request_id for a new request, or the old request unchanged.")
        }
        guard let code = StatusCode(rawValue: row[1]), code != .ok else {
            return .reply([UInt8](row[2] as Data))
        }
        return .refusal(
            Status(code, row[3], details: try StatusDetails.decode([UInt8](row[4] as Data))))
    }

    static func store(
        _ answer: Answer, to command: Command, at now: Instant, in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO idempotency (key, body_hash, recorded_at, code, reply, message, details)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        let at = now.millisecondsSinceEpoch
        switch answer {
        case .reply(let bytes):
            try statement.execute(arguments: [
                command.key, command.bodyHash, at, StatusCode.ok.rawValue, Data(bytes), nil, nil,
            ])
        case .refusal(let status):
            try statement.execute(arguments: [
                command.key, command.bodyHash, at, status.code.rawValue, nil, status.message,
                Data(StatusDetails.encode(status.details)),
            ])
        }
    }

    static func prune(before horizon: Instant, in database: Database) throws -> Int {
        try database.execute(
            sql: """
                DELETE FROM idempotency WHERE id IN (
                    SELECT id FROM idempotency WHERE recorded_at < ? ORDER BY recorded_at LIMIT ?)
                """, arguments: [horizon.millisecondsSinceEpoch, prunedRowsMax])
        return database.changesCount
    }
}

/// What of a reply is remembered. Personal data and secrets stay in the rows that own them, where
/// they can be erased: a reply that holds such is remembered without, and refilled from those rows
/// when the request comes again.
package struct ReplyMemory<Reply: Message>: Sendable {
    let blank: @Sendable (inout Reply) -> Void
    let refill: @Sendable (inout Reply, Database) throws -> Void

    /// - Parameters:
    ///   - blank: Takes out what is not to be remembered.
    ///   - refill: Puts it back, as far as it is still there.
    package init(
        blank: @escaping @Sendable (inout Reply) -> Void,
        refill: @escaping @Sendable (inout Reply, Database) throws -> Void
    ) {
        self.blank = blank
        self.refill = refill
    }

    package static var whole: ReplyMemory {
        ReplyMemory(blank: { _ in }, refill: { _, _ in })
    }
}

/// A status's details as one column: for each, type URL and value, both preceded by their size in
/// bytes as 32 bits big-endian.
enum StatusDetails {
    static func encode(_ details: [Status.Detail]) -> [UInt8] {
        var bytes: [UInt8] = []
        for detail in details {
            for part in [Array(detail.typeURL.utf8), detail.value] {
                withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes.append(contentsOf: $0) }
                bytes.append(contentsOf: part)
            }
        }
        return bytes
    }

    /// - Throws: DATA_LOSS when the bytes are not what ``encode(_:)`` writes.
    static func decode(_ bytes: [UInt8]) throws(Status) -> [Status.Detail] {
        var rest = bytes[...]
        var details: [Status.Detail] = []
        while !rest.isEmpty {
            let typeURL = try part(&rest)
            details.append(
                Status.Detail(
                    typeURL: String(decoding: typeURL, as: UTF8.self), value: try part(&rest)))
        }
        return details
    }

    private static func part(_ rest: inout ArraySlice<UInt8>) throws(Status) -> [UInt8] {
        let size = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 4 + size else {
            throw Status(
                .dataLoss, "A stored answer is damaged. Ask the operator to check the database.")
        }
        defer { rest = rest.dropFirst(4 + size) }
        return Array(rest.dropFirst(4).prefix(size))
    }
}
