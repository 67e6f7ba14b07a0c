import Digitization
import Foundation
import Testing

/// One after another: each blocks a thread that other tests need.
@Suite(.serialized) struct PageCountTests {
    /// Hands a shell script that stands for the tool.
    private func withTool<Value>(
        _ script: String, _ body: (_ path: String) throws -> Value
    ) throws -> Value {
        let directory = try temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/tool"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        return try body(path)
    }

    private func limits(_ wallClock: Duration) -> LimitedProcess.Limits {
        .init(
            wallClock: wallClock, processorSeconds: 1, memoryBytes: 64 << 20, outputBytesMax: 10_000
        )
    }

    private func run(
        _ script: String, within wallClock: Duration = .seconds(5)
    ) throws -> (LimitedProcess.Outcome, Duration) {
        let process = LimitedProcess(limits: limits(wallClock))
        return try withTool(script) { path in
            let start = ContinuousClock.now
            return (try process.run(path, ["argument"]), ContinuousClock.now - start)
        }
    }

    @Test func theOutputAndTheCodeOfAToolComeBack() throws {
        #expect(
            try run("echo \"$1\"; exit 3").0 == .exited(code: 3, output: Array("argument\n".utf8)))
    }

    @Test func aToolThatSleepsIsKilledInTime() throws {
        let (outcome, duration) = try run("sleep 60", within: .milliseconds(300))
        #expect(outcome == .tooSlow)
        #expect(duration < .seconds(5))
        let silent = try run("exec >/dev/null; sleep 60", within: .milliseconds(300))
        #expect(silent.0 == .tooSlow)
        #expect(silent.1 < .seconds(5))
    }

    @Test func aToolThatEatsMemoryEnds() throws {
        let (outcome, duration) = try run("x=aaaaaaaaaaaaaaaa; while :; do x=$x$x$x$x; done")
        switch outcome {
        case .exited(let code, _): #expect(code != 0)
        // A tool that does not look whether it got memory crashes.
        case .signalled: break
        case .tooSlow, .tooTalkative, .notStarted: Issue.record("\(outcome)")
        }
        #expect(duration < .seconds(5))
    }

    @Test func aToolThatPrintsEndlesslyIsKilled() throws {
        let (outcome, duration) = try run("yes")
        #expect(outcome == .tooTalkative)
        #expect(duration < .seconds(5))
    }

    @Test func aToolThatComputesEndlesslyIsKilled() throws {
        let (outcome, _) = try run("while :; do :; done", within: .seconds(30))
        guard case .signalled(let signal) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect([SIGXCPU, SIGKILL].contains(signal))
    }

    @Test func aToolCanWriteNoFile() throws {
        let directory = try temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/written"
        _ = try run("echo something > \(path)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
    }

    @Test func aToolInheritsNothingOfOurs() throws {
        // Without O_CLOEXEC, as a careless library would.
        let descriptor = open("/dev/zero", O_RDONLY)
        defer { close(descriptor) }
        let (outcome, _) = try run("ls -l /proc/self/fd; env")
        guard case .exited(0, let output) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let text = String(decoding: output, as: UTF8.self)
        #expect(!text.contains("/dev/zero"))
        #expect(!text.contains("HOME="))
    }

    @Test func whatAToolLeavesBehindEndsWithIt() async throws {
        let mark = "61.\(UInt32.random(in: 0...UInt32.max))"
        let (outcome, _) = try run("sleep \(mark) >/dev/null 2>&1 & echo \"Pages: 1\"")
        #expect(outcome == .exited(code: 0, output: Array("Pages: 1\n".utf8)))
        let isGone = try await eventually {
            let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc")
            return !processes.contains { process in
                let line =
                    FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
                return String(decoding: line, as: UTF8.self).contains(mark)
            }
        }
        #expect(isGone)
    }

    @Test func aHarmfulFileOnlyLosesItsCount() throws {
        let pages = try withTool("sleep 60") { path in
            let counter = PageCounter(pdfTool: path, limits: limits(.milliseconds(200)))
            return try counter.count("/dev/null", .pdf)
        }
        #expect(pages == 0)
    }

    @Test(
        arguments: [
            ("Pages:           2\n", 2),
            ("Title: x\nPages: 99\nPages:           3\nEncrypted: no\n", 3),
            ("", 0), ("Pages:\n", 0), ("Pages: -4\n", 0), ("Pages: 99999999999\n", 0),
            ("Pages: 2x\n", 0),
        ] as [(String, Int32)])
    func theLastLineThatSaysItCounts(output: String, pages: Int32) {
        #expect(PDFInformation.pageCount(in: Array(output.utf8)) == pages)
    }

    @Test func tiffDirectoriesAreCountedAndNeverInACircle() {
        func count(_ bytes: [UInt8]) -> Int32 {
            TIFFPages.count { offset, count in
                guard offset < bytes.count else { return [] }
                return Array(bytes[Int(offset)...].prefix(count))
            }
        }
        #expect(count(Sample.tiff(pages: 1)) == 1)
        #expect(count(Sample.tiff(pages: 5, isLittleEndian: false)) == 5)
        #expect(count(Sample.tiff(pages: TIFFPages.pagesMax)) == Int32(TIFFPages.pagesMax))
        #expect(count(Sample.tiff(pages: TIFFPages.pagesMax + 1)) == 0)
        #expect(count(Sample.tiff(pages: 4, lastNext: 8)) == 0)
        #expect(count(Sample.tiff(pages: 1, lastNext: 0xFFFF_FFF0)) == 0)
        #expect(count(Sample.tiff(pages: 1, lastNext: 4)) == 0)
        #expect(count(Array(Sample.tiff(pages: 2).dropLast())) == 0)
        #expect(count(Array(Sample.tiff(pages: 1).prefix(8))) == 0)
        #expect(count(Array(Sample.tiff(pages: 1).prefix(5))) == 0)
    }
}
