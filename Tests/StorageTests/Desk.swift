import Dispatch
import Foundation
import GRDB
import RPC
import Storage
import Synchronization
import Testing
import WorkingTime

/// A store in a directory of its own, with a small table to change.
final class Desk: Sendable {
    static let migration = Migration(
        name: "items",
        sql: """
            CREATE TABLE item (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
            CREATE TABLE part (
                item TEXT NOT NULL REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED
            ) STRICT;
            """)
    static let put = Method(service: "motcua.test.v1.Items", name: "Put", hasRequestID: true)
    static let noon = Instant(millisecondsSinceEpoch: 1_767_243_600_000)

    let path: String
    let store: Store
    private let ownsDirectory: Bool

    init(options: Store.Options = .init()) throws {
        path = NSTemporaryDirectory() + "storage-\(UUID().uuidString)/data/records.sqlite"
        store = try Store(path: path, migrations: [Self.migration], options: options)
        ownsDirectory = true
    }

    private init(path: String) throws {
        self.path = path
        store = try Store(path: path, migrations: [Self.migration])
        ownsDirectory = false
    }

    deinit {
        guard ownsDirectory else { return }
        let root = ((path as NSString).deletingLastPathComponent as NSString)
            .deletingLastPathComponent
        // Nothing depends on what is left in the temporary directory.
        try? FileManager.default.removeItem(atPath: root)
    }

    /// Closes this store and opens its file anew.
    func reopened() async throws -> Desk {
        await store.close()
        return try Desk(path: path)
    }

    /// Puts an item, tells of it in the journal and replies with its name.
    @discardableResult
    func put(
        _ name: String, requestID: String? = nil, principal: String = "official-7",
        audit: Command.Audit = .full,
        _ more: @escaping @Sendable (inout Transaction) throws -> Void = { _ in }
    ) async throws -> Note {
        let request = Put(requestID: requestID ?? "r-\(name)", name: name)
        let command = try Command(
            principal: principal, method: Self.put, request: request, audit: audit)
        return try await store.writer.run(command, at: Self.noon) { transaction in
            try transaction.insert(name)
            try transaction.append(event: Note(text: name), subject: "items/\(name)")
            try more(&transaction)
            return .success(Note(text: name))
        }
    }

    func itemNames() async throws -> Set<String> {
        try await store.read { Set(try String.fetchAll($0, sql: "SELECT name FROM item")) }
    }

    func count(_ table: String) async throws -> Int {
        try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// The first row, by column.
    func row(_ sql: String) async throws -> [String: DatabaseValue] {
        try await store.read { database in
            Dictionary(
                uniqueKeysWithValues: try Row.fetchOne(database, sql: sql).map { Array($0) } ?? [])
        }
    }

    /// Holds the writer while the bodies line up behind it, so that they make one batch, and
    /// returns their outcomes in order.
    func batch(
        _ bodies: [@Sendable () async throws -> Void]
    ) async throws -> [Result<Void, any Error>] {
        let gate = try await Gate(store)
        var tasks: [Task<Void, any Error>] = []
        for body in bodies {
            tasks.append(Task { try await body() })
            await store.untilWaiting(tasks.count)
        }
        try await gate.open()
        var outcomes: [Result<Void, any Error>] = []
        for task in tasks { outcomes.append(await task.result) }
        return outcomes
    }
}

/// Keeps the writer busy until it is opened.
struct Gate {
    private let semaphore = DispatchSemaphore(value: 0)
    private let holder: Task<Void, any Error>

    init(_ store: Store) async throws {
        let semaphore = semaphore
        let holds = Mutexed(false)
        holder = Task {
            try await store.writer.perform { _ in
                holds.value = true
                semaphore.wait()
            }
        }
        while !holds.value { await Task.yield() }
    }

    func open() async throws {
        semaphore.signal()
        try await holder.value
    }
}

final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value {
        get { mutex.withLock { $0 } }
        set { mutex.withLock { $0 = newValue } }
    }
}

extension Store {
    func untilWaiting(_ count: Int) async {
        while writer.jobsWaiting != count { await Task.yield() }
    }
}

extension Transaction {
    func insert(_ name: String) throws {
        try database.execute(
            sql: "INSERT INTO item (name, content) VALUES (?, x'')", arguments: [name])
    }
}

/// A request whose serialized form is its texts, each behind one byte of size.
struct Put: IdempotentRequest {
    static let fullName = "motcua.test.v1.Put"
    var requestID = ""
    var name = ""

    init() {}
    init(requestID: String, name: String) {
        self.requestID = requestID
        self.name = name
    }
    init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError) {
        (requestID, name) = try texts(bytes)
    }
    func serialize(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        try write([requestID, name], into: place)
    }
}

/// A reply, and an event.
struct Note: Message {
    static let fullName = "motcua.test.v1.Note"
    var text = ""

    init() {}
    init(text: String) { self.text = text }
    init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError) {
        (text, _) = try texts(bytes)
    }
    func serialize(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        try write([text, ""], into: place)
    }
}

private func texts(_ bytes: UnsafeRawBufferPointer) throws(MessageError) -> (String, String) {
    guard let first = bytes.first, bytes.count > Int(first) + 1 else {
        throw MessageError(.malformed, message: "too short")
    }
    return (
        String(decoding: bytes[1...Int(first)], as: UTF8.self),
        String(decoding: bytes.dropFirst(Int(first) + 2), as: UTF8.self)
    )
}

private func write(
    _ texts: [String], into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
) throws(MessageError) {
    let bytes = texts.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    try place(bytes.count).copyMemory(from: bytes, byteCount: bytes.count)
}

/// The code with which a call was refused, `nil` when it was not.
func refusal(_ call: () async throws -> some Any) async -> StatusCode? {
    do {
        _ = try await call()
        return nil
    } catch let status as Status {
        return status.code
    } catch {
        Issue.record("not a status: \(error)")
        return nil
    }
}
