import Foundation
import Glibc
import Operations
import Testing

@Suite struct PrivateFileTests {
    @Test func whatIsWrittenIsReadAndIsThisUsersAlone() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/key"
            #expect(try PrivateFile.read(path) == nil)
            for bytes in [[1, 2, 3], [UInt8](repeating: 9, count: 10_000), []] as [[UInt8]] {
                try PrivateFile.write(bytes, to: path)
                #expect(try PrivateFile.read(path) == bytes)
                #expect(try mode(of: path) == 0o600)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key"])
        }
    }

    @Test func onlyAMissingFileIsMissing() async throws {
        try await withTemporaryDirectory { directory in
            // A directory, a loop of links, a path through a file, and one that is too long.
            let loop = directory + "/loop"
            #expect(symlink(loop, loop) == 0)
            try PrivateFile.write([1], to: directory + "/file")
            try PrivateFile.write(
                [UInt8](repeating: 0, count: PrivateFile.bytesMax + 1), to: directory + "/long")
            for path in [directory, loop, directory + "/file/x", directory + "/long"] {
                #expect(throws: OperationsError.self, "\(path)") { try PrivateFile.read(path) }
            }
        }
    }

    @Test func aFileThatCannotBeWrittenStaysAsItIs() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/taken"
            try FileManager.default.createDirectory(
                atPath: path + "/x", withIntermediateDirectories: true)
            #expect(throws: OperationsError.self) { try PrivateFile.write([1], to: path) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["taken"])
        }
    }

    /// A link that waits under the name of the file to come leads nowhere.
    @Test func aLinkIsReplacedNotFollowed() async throws {
        try await withTemporaryDirectory { directory in
            let (path, other) = (directory + "/token", directory + "/other")
            try PrivateFile.write([7], to: other)
            #expect(symlink(other, path) == 0)
            #expect(symlink(other, "\(path).\(getpid())") == 0)
            try PrivateFile.write([1], to: path)
            #expect(try PrivateFile.read(other) == [7])
            #expect(try PrivateFile.read(path) == [1])
        }
    }

    @Test func textComesWithoutTheBlankSpaceAroundIt() async throws {
        try await withTemporaryDirectory { directory in
            try PrivateFile.write(Array(" a b\r\n".utf8), to: directory + "/text")
            #expect(try PrivateFile.readText(directory + "/text") == "a b")
            try PrivateFile.write(Array("\n".utf8), to: directory + "/text")
            #expect(try PrivateFile.readText(directory + "/text") == "")
        }
    }
}
