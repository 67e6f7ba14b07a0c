import Foundation
import Glibc
import Operations
import Testing

@Suite struct LockedDirectoryTests {
    @Test func aSecondHolderIsRefusedUntilTheFirstLetsGo() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/a/b"
            do {
                let held = try LockedDirectory(locking: path)
                #expect(try mode(of: path) == 0o700)
                let error = #expect(throws: OperationsError.self) { try Self.lock(path) }
                #expect(error?.code == .heldByAnother)
                #expect(error?.message.contains(path) == true)
                withExtendedLifetime(held) {}
            }
            try Self.lock(path)
        }
    }

    @Test func aKilledHolderLetsGo() async throws {
        try await withTemporaryDirectory { directory in
            try Self.lock(directory)
            let holder = Process()
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
            holder.arguments = [
                "--no-fork", "\(directory)/\(LockedDirectory.lockFile)", "sh", "-c",
                "echo held; exec sleep 60",
            ]
            let output = Pipe()
            holder.standardOutput = output
            try holder.run()
            #expect(try output.fileHandleForReading.read(upToCount: 4) == Data("held".utf8))
            #expect(throws: OperationsError.self) { try Self.lock(directory) }
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()
            try Self.lock(directory)
        }
    }

    @Test func theLifelineEndsWithItsLastHolder() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let second = dup(writing)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        async let watched: Void = Lifeline.ended(reading) { end.yield() }
        close(writing)
        close(second)
        await watched
        for await _ in ended { break }
        close(reading)
    }

    private static func lock(_ path: String) throws(OperationsError) {
        _ = try LockedDirectory(locking: path)
    }
}
