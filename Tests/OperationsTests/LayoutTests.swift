import Foundation
import Glibc
import Operations
import Testing

@Suite struct LayoutTests {
    @Test func pathsAreMadeAbsolute() throws {
        let layout = try Layout(data: "var/./x/../motcua", runtime: "run")
        let here = FileManager.default.currentDirectoryPath
        #expect(layout.data == here + "/var/motcua")
        #expect(layout.runtime == here + "/run")
    }

    @Test func socketsOfALongDataDirectoryHaveShortPaths() throws {
        let long =
            "/" + Array(repeating: "a-long-name-of-a-directory", count: 12).joined(separator: "/")
        let layout = try Layout(data: long)
        for process in ProcessName.allCases {
            #expect(layout.socket(of: process).utf8.count <= 107)
        }
        #expect(try Layout(data: long + "x").runtime != layout.runtime)
        #expect(try Layout(data: long + "/").runtime == layout.runtime)
    }

    @Test func aClientFindsTheRuntimeDirectoryThatWasChosen() async throws {
        try await withTemporaryDirectory { directory in
            let layout = try Layout(data: directory, runtime: directory + "/elsewhere")
            try layout.makeRuntimeDirectory(isOpen: false)
            try layout.writeRuntimePath()
            #expect(try mode(of: directory + "/runtime-path") == 0o600)
            let found = try Layout.running(data: directory)
            #expect(found.socket(of: .gateway) == layout.socket(of: .gateway))
        }
    }

    @Test func aSystemThatNeverRanIsNotReady() async throws {
        try await withTemporaryDirectory { directory in
            let error = #expect(throws: OperationsError.self) {
                try Layout.running(data: directory)
            }
            #expect(error?.code == .notReady)
            let layout = try Layout(data: directory, runtime: directory + "/gone")
            try layout.writeRuntimePath()
            let gone = #expect(throws: OperationsError.self) { try Layout.running(data: directory) }
            #expect(gone?.code == .notReady)
        }
    }

    /// Whoever can write to the directory can put a socket of his own there, and is handed tokens.
    @Test(arguments: [0o720, 0o702, 0o777, 0o1777])
    func aClientRefusesADirectoryThatOthersWriteTo(permissions: Int) async throws {
        try await withTemporaryDirectory { directory in
            let layout = try Layout(data: directory, runtime: directory + "/run")
            try layout.makeRuntimeDirectory(isOpen: false)
            try layout.writeRuntimePath()
            #expect(chmod(layout.runtime, mode_t(permissions)) == 0)
            let error = #expect(throws: OperationsError.self) {
                try Layout.running(data: directory)
            }
            #expect(error?.code == .unusableSetting)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives a directory away"))
    func aClientRefusesADirectoryOfAnotherUser() async throws {
        try await withTemporaryDirectory { directory in
            let layout = try Layout(data: directory, runtime: directory + "/run")
            try layout.makeRuntimeDirectory(isOpen: false)
            try layout.writeRuntimePath()
            #expect(chown(layout.runtime, 4321, 4321) == 0)
            let error = #expect(throws: OperationsError.self) {
                try Layout.running(data: directory)
            }
            #expect(error?.code == .unusableSetting)
            #expect(throws: OperationsError.self) { try layout.makeRuntimeDirectory(isOpen: false) }
            // Root looks after somebody's system: whoever owns its data may own its sockets.
            #expect(chown(directory, 4321, 4321) == 0)
            #expect(try Layout.running(data: directory).runtime == layout.runtime)
        }
    }

    @Test func aLinkIsNoRuntimeDirectory() async throws {
        try await withTemporaryDirectory { directory in
            let layout = try Layout(data: directory, runtime: directory + "/run")
            #expect(symlink(directory, layout.runtime) == 0)
            try layout.writeRuntimePath()
            #expect(throws: OperationsError.self) { try Layout.running(data: directory) }
            #expect(throws: OperationsError.self) { try layout.makeRuntimeDirectory(isOpen: false) }
        }
    }

    @Test func othersPassThroughAnOpenRuntimeDirectoryAndNoFurther() async throws {
        try await withTemporaryDirectory { directory in
            let layout = try Layout(data: directory, runtime: directory + "/run")
            for (isOpen, permissions) in [(true, 0o711), (true, 0o711), (false, 0o700)] {
                try layout.makeRuntimeDirectory(isOpen: isOpen)
                #expect(try mode(of: layout.runtime) == permissions)
            }
            #expect(chmod(layout.runtime, 0o755) == 0)
            #expect(throws: OperationsError.self) { try layout.makeRuntimeDirectory(isOpen: true) }
        }
    }

    @Test(arguments: [
        ("0600", 0o600), ("0666", 0o666), ("660", 0o660), ("0777", 0o777), ("0066", nil),
        ("0400", nil), ("01777", nil), ("0688", nil), ("-600", nil), ("", nil),
    ])
    func socketModesAreOctalAndLetTheOwnerIn(text: String, permissions: UInt32?) {
        #expect(SocketMode(argument: text)?.permissions == permissions)
    }
}
