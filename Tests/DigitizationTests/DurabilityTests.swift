import Crypto
import Digitization
import Foundation
import Messages
import RPC
import Synchronization
import Testing

@Suite struct DurabilityTests {
    @Test func whatAKilledProcessWasWritingIsSweptAtTheStart() async throws {
        let first = try Counter.open()
        let kept = try await first.upload(Sample.png)
        await first.host.close()
        let leftover = first.directory + "/incoming/00112233445566778899aabbccddeeff"
        try Data("half a scan".utf8).write(to: URL(fileURLWithPath: leftover))
        let next = try Counter.open(first.directory)
        #expect(try next.files().incoming.isEmpty)
        #expect(try await next.download(kept.documentID) == Sample.png)
        try await next.remove()
    }

    @Test func aContentWithoutARowIsSweptOnceItIsOldAndOneWithARowNever() async throws {
        let counter = try Counter.open()
        _ = try await counter.upload(Sample.png)
        let orphan = counter.contentPath(Sample.jpeg)
        try Data(Sample.jpeg).write(to: URL(fileURLWithPath: orphan))
        #expect(try await counter.host.sweepOrphans()?.contentsRemoved == 0)
        #expect(try counter.files().content.count == 2)

        counter.clock.advance(by: OrphanSweep.grace + .seconds(60))
        #expect(try await counter.host.sweepOrphans()?.contentsRemoved == 1)
        #expect(!FileManager.default.fileExists(atPath: orphan))
        #expect(FileManager.default.fileExists(atPath: counter.contentPath(Sample.png)))
        #expect(try await counter.host.sweepOrphans()?.contentsRemoved == 0)
        try await counter.remove()
    }

    @Test func aContentThatAnUploadHoldsIsNoOrphanAtAnyAge() throws {
        let directory = try temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let contents = try ContentDirectory(directory)
        let digest = try #require(ContentDigest(Array(SHA256.hash(data: Sample.png))))
        func keep() throws {
            let file = try contents.begin()
            try file.append(Sample.png)
            contents.hold(digest)
            try contents.keep(file, as: file.digest())
            try contents.discard(file)
        }
        try keep()
        contents.beginSweep()
        #expect(try contents.removeOrphan(digest) == false)
        // Released with its row written after this sweep looked for rows: still safe in this sweep.
        contents.release(digest)
        #expect(try contents.removeOrphan(digest) == false)
        contents.beginSweep()
        #expect(try contents.removeOrphan(digest) == true)

        contents.beginSweep()
        try keep()
        contents.release(digest)
        #expect(try contents.removeOrphan(digest) == false)
        #expect(FileManager.default.fileExists(atPath: contents.path(of: digest)))
    }

    @Test func uploadsAndSweepsSideBySideLoseNothing() async throws {
        let counter = try Counter.open()
        counter.clock.advance(by: OrphanSweep.grace + .seconds(3_600))
        let documents = try await withThrowingTaskGroup(of: [(String, [UInt8])].self) { group in
            for lane in 0..<4 {
                group.addTask {
                    var stored: [(String, [UInt8])] = []
                    for number in 0..<10 {
                        // Two lanes at a time share a content.
                        let content = Sample.png + [UInt8(lane / 2), UInt8(number)]
                        stored.append((try await counter.upload(content).documentID, content))
                    }
                    return stored
                }
            }
            group.addTask {
                for _ in 0..<10 { _ = try await counter.host.sweepOrphans() }
                return []
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(documents.count == 40)
        _ = try await counter.host.sweepOrphans()
        for (id, content) in documents { #expect(try await counter.download(id) == content) }
        try await counter.remove()
    }

    /// The n-th sync of an upload fails: 1 is the content's, 2 the directory's.
    @Test(arguments: [1, 2])
    func whatCannotBeMadeDurableIsNotAcknowledged(failing: Int) async throws {
        let syncs = Mutex((count: 0, isArmed: false))
        let counter = try Counter.open(sync: { descriptor in
            let fails = syncs.withLock { state in
                guard state.isArmed else { return false }
                state.count += 1
                return state.count == failing
            }
            guard !fails else {
                errno = EIO
                return -1
            }
            return fsync(descriptor)
        })
        let header = counter.header(for: Sample.png)
        syncs.withLock { $0.isArmed = true }
        let failure = try await status { try await counter.upload(Sample.png) { $0 = header } }
        #expect(failure?.code == .unavailable)
        #expect(failure?.errorInfo?.reason == "FILE_FAILED")
        #expect(failure?.message.contains(counter.directory) == false)
        #expect(try counter.files().incoming.isEmpty)
        #expect(try await counter.list().isEmpty)
        // The same request goes through once the disk is well.
        let stored = try await counter.upload(Sample.png) { $0 = header }
        #expect(try await counter.list() == [stored])
        try await counter.remove()
    }
}
