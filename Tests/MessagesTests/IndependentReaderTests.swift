import Foundation
import GoldenMessages
import Messages
import RPC
import Testing

/// protoc, which shares no code with us, reads what we write and writes what we read.
@Suite(
    .enabled(
        if: IndependentReader.isInstalled,
        "protoc is not installed: apt-get install protobuf-compiler"))
struct IndependentReaderTests {
    @Test(arguments: Golden.all)
    func protocReadsOurBytesAndWritesThemBack(_ fixture: any AnyFixture) throws {
        let name = type(of: fixture.value as any Message).fullName
        let bytes = try fixture.value.serialized()
        let text = try IndependentReader.run("--decode=\(name)", bytes)
        // Fields that protoc does not know would stand by number.
        #expect(!String(decoding: text, as: UTF8.self).contains(/(?m)^\s*[0-9]+[:\s{]/))
        #expect(try IndependentReader.run("--encode=\(name)", text).hex == bytes.hex)
    }

    @Test func theDescriptorSetIsReadable() throws {
        let text = try IndependentReader.run(
            "--decode=google.protobuf.FileDescriptorSet", MessageRegistry.golden.descriptorSet,
            file: "google/protobuf/descriptor.proto")
        let words = String(decoding: text, as: UTF8.self)
        #expect(words.contains("name: \"motcua/testing/v1/golden.proto\""))
        #expect(words.contains("name: \"google/protobuf/timestamp.proto\""))
        #expect(words.contains("[motcua.common.v1.roles]") || words.contains("50101"))
    }
}

enum IndependentReader {
    static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/protoc")

    static func run(
        _ mode: String, _ input: [UInt8], file: String = "motcua/testing/v1/golden.proto"
    ) throws -> [UInt8] {
        let protos = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Protos")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/protoc")
        process.arguments = ["-I", protos.path(), "-I", "/usr/include", mode, file]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return [UInt8](output)
    }
}
