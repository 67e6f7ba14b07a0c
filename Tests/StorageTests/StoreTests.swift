import Foundation
import GRDB
import RPC
import Storage
import Testing

@Suite struct StoreTests {
    static let second = Migration(
        name: "second", sql: "CREATE TABLE second (id INTEGER PRIMARY KEY) STRICT")

    /// Opens a file that has run `Desk.migration` with other migrations.
    static func code(reopeningWith migrations: [Migration]) async throws -> StorageError.Code? {
        let desk = try Desk()
        try await desk.put("a")
        await desk.store.close()
        do {
            let store = try Store(path: desk.path, migrations: migrations)
            await store.close()
            return nil
        } catch {
            return error.code
        }
    }

    @Test func aMigrationMoreIsRun() async throws {
        #expect(try await Self.code(reopeningWith: [Desk.migration, Self.second]) == nil)
    }

    @Test func anEditedMigrationIsRefused() async throws {
        var edited = Desk.migration
        edited.sql += " "
        #expect(try await Self.code(reopeningWith: [edited]) == .migrationEdited)
        var renamed = Desk.migration
        renamed.name = "things"
        #expect(try await Self.code(reopeningWith: [renamed]) == .migrationEdited)
        #expect(
            try await Self.code(reopeningWith: [Self.second, Desk.migration]) == .migrationEdited)
    }

    @Test func aNewerDatabaseIsRefused() async throws {
        #expect(try await Self.code(reopeningWith: []) == .databaseIsNewer)
    }

    @Test(arguments: [
        "CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER) STRICT",
        "INSERT INTO part (item) VALUES ('nobody')",
    ])
    func aFailedMigrationLeavesNothing(_ sql: String) async throws {
        let desk = try Desk()
        try await desk.put("a")
        await desk.store.close()
        let bad = Migration(name: "bad", sql: sql)
        let error = #expect(throws: StorageError.self) {
            _ = try Store(path: desk.path, migrations: [Desk.migration, Self.second, bad])
        }
        #expect(error?.code == .migrationFailed)
        let after = try await desk.reopened()
        #expect(try await after.itemNames() == ["a"])
        #expect(try await after.count("sqlite_schema WHERE name IN ('half', 'second')") == 0)
    }

    @Test func directoryAndFilesAreTheOwnersAlone() async throws {
        let desk = try Desk()
        try await desk.put("a")
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode((desk.path as NSString).deletingLastPathComponent) == 0o700)
        for file in [desk.path, desk.path + "-wal", desk.path + "-shm"] {
            #expect(try mode(file) == 0o600)
        }
    }

    @Test func anAcknowledgedWriteIsSynced() async throws {
        let desk = try Desk()
        let settings = try await desk.store.writer.perform { database in
            try ["synchronous", "foreign_keys"].map {
                try Int.fetchOne(database, sql: "PRAGMA \($0)")
            }
        }
        #expect(settings == [2, 1])
    }

    @Test func whatIsNoDatabaseIsANamedError() throws {
        let path = NSTemporaryDirectory() + "storage-\(UUID().uuidString)"
        try Data(repeating: 7, count: 8_192).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: StorageError.self) { _ = try Store(path: path) }
        #expect(error?.code == .cannotOpen)
        #expect(throws: StorageError.self) { _ = try Store(path: path + "/below/a/file.sqlite") }
    }

    @Test func oneReadMoreThanTheLimitIsRefused() async throws {
        var options = Store.Options()
        options.readersMax = 2
        options.readsMax = 3
        let desk = try Desk(options: options)
        let gates = (0..<3).map { _ in DispatchSemaphore(value: 0) }
        let started = Mutexed(0)
        let reads = gates.map { gate in
            Task {
                try await desk.store.read { _ in
                    started.value += 1
                    gate.wait()
                }
            }
        }
        while started.value < 2 || desk.store.readsUnderWay < 3 { await Task.yield() }
        #expect(started.value == 2)
        #expect(await refusal { try await desk.store.read { _ in } } == .resourceExhausted)
        for gate in gates { gate.signal() }
        for read in reads { try await read.value }
        try await desk.store.read { _ in }
    }

    @Test func aReaderCannotWrite() async throws {
        let desk = try Desk()
        await #expect(throws: (any Error).self) {
            try await desk.store.read { try $0.execute(sql: "DELETE FROM item") }
        }
    }

    @Test func readersSeeOneStateWhileTheWriterGoesOn() async throws {
        let desk = try Desk()
        let isReading = Mutexed(false)
        let isWritten = Mutexed(false)
        let read = Task {
            try await desk.store.read { database in
                let before = try Int.fetchOne(database, sql: "SELECT count(*) FROM item")
                isReading.value = true
                while !isWritten.value {}
                return try (before, Int.fetchOne(database, sql: "SELECT count(*) FROM item"))
            }
        }
        while !isReading.value { await Task.yield() }
        try await desk.put("a")
        isWritten.value = true
        #expect(try await read.value == (0, 0))
        #expect(try await desk.count("item") == 1)
    }
}
