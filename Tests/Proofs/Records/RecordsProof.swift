import ArgumentParser
import Foundation
import MotCuaClient
import Operations

/// Drives dossiers through records at random, over kills and changes of the calendar, and then works out from what
/// it can read whether everything is where it must be.
@main struct RecordsProof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "records-proof",
        abstract:
            "Drive dossiers at random while processes are killed; then check all that follows.",
        discussion:
            "Wants a new system in a sandbox, and an official's and head's token in MOTCUA_TOKEN.")

    @Option(help: "The system's data directory.")
    var data: String

    @Option(help: "How many dossiers.")
    var dossiers = 1_000

    @Option(help: "How often a random process is killed with SIGKILL meanwhile.")
    var kills = 20

    @Option(help: "Decides what happens to which dossier, and who is killed.")
    var seed: UInt64 = .random(in: 0..<1_000_000)

    func run() async throws {
        print("seed \(seed)")
        let layout = try Layout.running(data: data)
        let channel = try UnixSocketChannel(path: layout.socket(of: .gateway))
        guard let token = ProcessInfo.processInfo.environment["MOTCUA_TOKEN"] else {
            throw ValidationError("MOTCUA_TOKEN holds no token.")
        }
        let desk = ProofDesk(
            channel: channel, official: ["authorization": "Bearer \(token)"], seed: seed)
        try await desk.importProcedures()
        let chaos = Chaos(desk: desk, layout: layout, kills: kills, seed: seed)
        async let disturbed: Void = chaos.run()
        let walks = try await desk.inParallel(dossiers) { number in
            try await Walk(desk: desk, number: number).run()
        }
        try await disturbed
        print("actions \(walks.map(\.actions).reduce(0, +)), kills \(kills)")
        let problems = try await Findings(desk: desk, layout: layout).problems(of: walks)
        problems.prefix(20).forEach { print("PROBLEM \($0)") }
        await channel.close()
        if !problems.isEmpty { throw ExitCode(1) }
        print("records held: \(dossiers) dossiers")
    }
}
