import Foundation

/// A peer in another language: built once a run, in a folder that stays, so that only changes are built.
struct ForeignPeer: Sendable {
    private let building: Task<String, any Error>

    struct BuildFailure: Error {
        var output: String
    }

    /// - Parameters:
    ///   - command: Is given the folder for what is built; its environment is in front, as for `env`.
    ///   - program: Where the program is then, in that folder.
    init(
        _ language: String, command: @escaping @Sendable (_ folder: String) -> [String],
        program: String
    ) {
        building = Task {
            let folder =
                FileManager.default.temporaryDirectory.path
                + "/motcua-interop-\(language)-\(getuid())"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let build = try ForeignProgram(
                ["--chdir", "\(Sources.folder)/\(language)"] + command(folder))
            guard await build.exitCode(within: .seconds(400)) == 0 else {
                throw BuildFailure(output: build.output)
            }
            return folder + "/" + program
        }
    }

    func start(_ arguments: String...) async throws -> ForeignProgram {
        try ForeignProgram([try await building.value] + arguments)
    }

    fileprivate static func isInPath(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    /// containerd's Go implementation. GOPATH mode: Debian's packages are found there, nothing is fetched.
    static let go = ForeignPeer(
        "Go",
        command: { folder in
            [
                "GO111MODULE=off", "GOPATH=/usr/share/gocode", "GOFLAGS=",
                "GOCACHE=\(folder)/cache", "go", "build", "-buildvcs=false", "-o",
                "\(folder)/interop", ".",
            ]
        }, program: "interop")
    static let whyGo = "needs the Debian packages golang-go and golang-github-containerd-ttrpc-dev"
    static let goIsInstalled =
        isInPath("go")
        && FileManager.default.fileExists(
            atPath: "/usr/share/gocode/src/github.com/containerd/ttrpc/server.go")

    private static let crates = "/usr/share/cargo/registry"

    /// ttrpc-rust, from Debian's crates alone.
    static let rust = ForeignPeer(
        "Rust",
        command: { folder in
            [
                "cargo", "build", "--quiet", "--offline", "--target-dir", folder, "--config",
                "source.crates-io.replace-with='debian'", "--config",
                "source.debian.directory='\(crates)'",
            ]
        }, program: "debug/interop")
    static let whyRust = "needs the Debian packages cargo and librust-ttrpc-dev"
    static let rustIsInstalled =
        isInPath("cargo") && FileManager.default.fileExists(atPath: crates + "/ttrpc-0.5.2")
}
