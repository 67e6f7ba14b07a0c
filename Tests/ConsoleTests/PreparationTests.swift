import Foundation
import Operations
import Testing
import WorkingTime

@testable import Console

@Suite struct PreparationTests {
    @Test func whatIsThereIsLeftAsItIs() throws {
        try withLayout { layout in
            try Preparation.prepare(layout)
            let files = [
                layout.signingKeyFile, layout.verifyingKeyFile, layout.principalsFile,
                layout.receivingAccountFile,
            ]
            let before = try files.map { try PrivateFile.read($0) }
            #expect(before.allSatisfy { $0 != nil })
            try Preparation.prepare(layout)
            #expect(try files.map { try PrivateFile.read($0) } == before)
        }
    }

    @Test func whatCannotBeReadIsNotReplaced() throws {
        try withLayout { layout in
            try Preparation.prepare(layout)
            for file in [layout.principalsFile, layout.signingKeyFile] {
                // No permission keeps root out; a directory in the file's place does.
                try FileManager.default.moveItem(atPath: file, toPath: file + ".kept")
                try makeDirectories(file)
                #expect(throws: OperationsError.self) { try Preparation.prepare(layout) }
                try FileManager.default.removeItem(atPath: file)
                try FileManager.default.moveItem(atPath: file + ".kept", toPath: file)
            }
            try Preparation.prepare(layout)
        }
    }

    @Test func aSandboxGoesOnWhereItIsAndOnlyForward() throws {
        try withLayout { layout in
            try makeDirectories(layout.data)
            let real = Instant(millisecondsSinceEpoch: 1_000_000)
            let behind = Instant(millisecondsSinceEpoch: 400_000)
            func ahead(_ start: Instant?, after milliseconds: Int64) throws -> Int64 {
                try Sandbox.aheadMilliseconds(
                    layout, startingAt: start,
                    realTime: real.advanced(by: .milliseconds(milliseconds)))
            }
            #expect(try ahead(nil, after: 0) == 0)
            #expect(try ahead(behind, after: 0) == -600_000)
            #expect(try ahead(nil, after: 5_000) == -600_000)
            // Its clock shows 405 seconds by now.
            let passed = Instant(millisecondsSinceEpoch: 404_999)
            #expect(throws: OperationsError.self) { try ahead(passed, after: 5_000) }
            #expect(try ahead(nil, after: 6_000) == -600_000)
            let later = Instant(millisecondsSinceEpoch: 2_000_000)
            #expect(try ahead(later, after: 6_000) == 994_000)
            #expect(try ahead(nil, after: 7_000) == 994_000)
        }
    }

    @Test func dataOfTheRealTimeIsNoSandbox() throws {
        try withLayout { layout in
            _ = try LockedDirectory(locking: layout.data(of: .records))
            #expect(throws: OperationsError.self) {
                try Sandbox.aheadMilliseconds(
                    layout, startingAt: Instant(millisecondsSinceEpoch: 0))
            }
            #expect(try Sandbox.aheadMilliseconds(layout, startingAt: nil) == 0)
        }
    }

    private func withLayout(_ body: (Layout) throws -> Void) throws {
        let data = NSTemporaryDirectory() + "motcua-console-\(UUID().uuidString.prefix(8))"
        // What cannot be removed is no failure of the test's.
        defer { try? FileManager.default.removeItem(atPath: data) }
        try body(Layout(data: data, runtime: data + "/run"))
    }
}
