import Foundation
import Operations
import Testing

/// The whole counter, as `Scripts/run` shows it.
@Suite(.serialized) struct CounterTests {
    @Test func threeDossiersGoThroughAllFiveProcesses() async throws {
        try await withSystem { system in
            let demo = try await system.motcua("demo")
            #expect(demo.exitCode == 0, "\(demo.output)")
            try expectOneOfEach(system, runs: 1)
            let status = try await system.motcua("status")
            #expect(status.exitCode == 0, "\(status.output)")
        }
    }

    @Test func aSecondRunOnTheSameDataWorks() async throws {
        try await withSystem { system in
            for _ in 1...2 {
                let demo = try await system.motcua("demo")
                #expect(demo.exitCode == 0, "\(demo.output)")
            }
            let again = try await system.motcua("import", RunningSystem.catalogue)
            #expect(again.output.contains("imported 0, unchanged 83, refused 0"), "\(again.output)")
            let procedures = try await system.motcua("export-procedures")
            #expect(
                procedures.output
                    == (try String(contentsOfFile: RunningSystem.catalogue, encoding: .utf8)))
            // Rows as the portal prints them: what would be done with them, and nothing of it.
            let rehearsed = try await system.motcua(
                "import", RunningSystem.rawRows, "--dry-run")
            #expect(
                rehearsed.output.contains("would import 6, unchanged 0, refused 0"),
                "\(rehearsed.output)")
            #expect(rehearsed.output.contains("procedures_dirty.jsonl:1: doubtful: limits[0]:"))
            #expect(try await system.motcua("export-procedures").output == procedures.output)
            let organisation = try await system.motcua(
                "import-organisation", RunningSystem.organisation)
            #expect(
                organisation.output.contains("imported 0, unchanged 360, refused 0"),
                "\(organisation.output)")
            let exported = try await system.motcua("export-organisation")
            let file = try String(contentsOfFile: RunningSystem.organisation, encoding: .utf8)
            #expect(exported.output == file)
            try expectOneOfEach(system, runs: 2)
        }
    }

    /// A Saturday, a night, the last week of a year (whose deadlines fall beyond the calendar), and Tết.
    @Test(arguments: [
        "2026-02-14T10:00+07:00", "2026-03-11T23:45+07:00", "2026-12-30T16:20+07:00",
        "2026-02-17T09:00+07:00",
    ])
    func theDemonstrationHoldsAtAnyTime(start: String) async throws {
        try await withSystem(["--sandbox-time", start]) { system in
            let demo = try await system.motcua("demo")
            #expect(demo.exitCode == 0, "\(demo.output)")
        }
    }

    @Test func theSymbolsAreReadByAnIndependentReader() async throws {
        try await withSystem { system in
            let demo = try await system.motcua("demo")
            #expect(demo.exitCode == 0, "\(demo.output)")
            let folder = system.layout.data + "/demonstration"
            let pictures = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                $0.hasSuffix(".png")
            }
            #expect(pictures.count == 2)
            for picture in pictures {
                let path = "\(folder)/\(picture)"
                let payload = try String(
                    contentsOfFile: path.replacingOccurrences(of: ".png", with: ".payload"),
                    encoding: .utf8)
                #expect(try await Self.read(path) == payload)
            }
            // What the terminal shows. `payload 0002…` follows each symbol.
            let payloads = demo.output.split(separator: "\n").compactMap {
                $0.firstMatch(of: /payload (\S+)$/).map { String($0.1) }
            }
            let symbols = TerminalSymbol.find(in: demo.output)
            #expect(symbols.count == 2)
            #expect(payloads.count == 2)
            for (symbol, payload) in zip(symbols, payloads) {
                let picture = system.layout.data + "/terminal.pgm"
                try symbol.greyMap.write(to: URL(fileURLWithPath: picture))
                #expect(try await Self.read(picture) == payload)
            }
        }
    }

    /// What zbar reads in a picture.
    private static func read(_ picture: String) async throws -> String {
        let reader = try SpawnedProgram(
            path: "/usr/bin/zbarimg",
            ["--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture])
        return try await reader.outcome().output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func expectOneOfEach(_ system: RunningSystem, runs: Int) throws {
        #expect(try system.count(.records, "SELECT count(*) FROM dossier") == 3 * runs)
        #expect(try system.count(.payments, "SELECT count(*) FROM bill") == 2 * runs)
        #expect(try system.count(.payments, "SELECT count(*) FROM receipt") == 2 * runs)
        #expect(try system.count(.surveys, "SELECT count(*) FROM answer") == 3 * runs)
    }
}
