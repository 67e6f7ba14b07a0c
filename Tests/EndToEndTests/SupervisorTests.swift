import Foundation
import Glibc
import MotCuaClient
import Operations
import Testing
import WorkingTime

/// How `motcua up` starts, stops and goes on.
@Suite(.serialized) struct SupervisorTests {
    @Test func aSecondSupervisorOnTheSameDirectoriesIsRefused() async throws {
        try await withSystem { system in
            let sameData = try await system.motcua("up")
            #expect(sameData.exitCode != 0)
            #expect(sameData.output.contains("another process holds the data directory"))
            let otherData = RunningSystem.newDataDirectory()
            defer { try? FileManager.default.removeItem(atPath: otherData) }
            let sameRuntime = try await SpawnedProgram(
                "motcua", ["up", "--data", otherData, "--runtime", system.layout.runtime]
            ).outcome()
            #expect(sameRuntime.exitCode != 0)
            #expect(sameRuntime.output.contains("another process holds the runtime directory"))
            let status = try await system.motcua("status")
            #expect(status.exitCode == 0, "\(status.output)")
        }
    }

    @Test func theSystemStopsInOrderAndComesUpAgain() async throws {
        let first = try await RunningSystem.start(on: nil, ["--log-level", "notice"])
        defer { first.remove() }
        let demo = try await first.motcua("demo", "--run", "first")
        #expect(demo.exitCode == 0, "\(demo.output)")
        let end = try await first.end()
        #expect(end.exitCode == 0, "\(end.output)")
        let stopped = end.output.split(separator: "\n").filter {
            $0.contains("\"message\":\"stopped\"")
        }
        #expect(stopped.count == ProcessName.allCases.count, "\(end.output)")
        for (line, process) in zip(stopped, ProcessName.allCases.reversed()) {
            #expect(line.contains("motcua.\(process)"), "\(stopped)")
        }
        #expect(ProcessName.allCases.allSatisfy { first.processID(of: $0) == nil })

        let second = try await RunningSystem.start(on: first.layout.data)
        // The same name repeats nothing, another goes through.
        for (run, dossiers) in [("first", 3), ("second", 6)] {
            let demo = try await second.motcua("demo", "--run", run)
            #expect(demo.exitCode == 0, "\(demo.output)")
            #expect(try second.count(.records, "SELECT count(*) FROM dossier") == dossiers)
            #expect(try second.count(.surveys, "SELECT count(*) FROM answer") == dossiers)
        }
        let status = try await second.motcua("status")
        #expect(status.exitCode == 0, "\(status.output)")
        #expect(try await second.end().exitCode == 0)
    }

    @Test func aStopDuringTheStartIsHeeded() async throws {
        let data = RunningSystem.newDataDirectory()
        let layout = try Layout(data: data, runtime: data + "-run")
        defer {
            for path in [data, layout.runtime] {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        // Payments never serves, so the start is never over.
        let binaries = data + "/binaries"
        try FileManager.default.createDirectory(
            atPath: binaries, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: binaries + "/motcua-records",
            withDestinationPath: SpawnedProgram.binaries + "/motcua-records")
        let hanging = binaries + "/motcua-payments"
        try Data("#!/bin/sh\nexec sleep 60\n".utf8).write(to: URL(fileURLWithPath: hanging))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: hanging)
        let up = try SpawnedProgram(
            "motcua",
            ["up", "--data", data, "--runtime", layout.runtime, "--binaries", binaries])
        let hangs = try await eventually {
            FileManager.default.fileExists(atPath: layout.processIDFile(of: .payments))
        }
        #expect(hangs, "\(up.output.prefix(2000))")
        kill(up.processID, SIGTERM)
        #expect(try await up.outcome().exitCode == 0)
        #expect(!up.output.contains("motcua is up"))
        for process in ProcessName.allCases {
            let file = layout.processIDFile(of: process)
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func aSandboxGoesOnAfterAKillAndAnotherStart() async throws {
        let start = try Instant(parsing: "2026-12-30T16:20+07:00")
        let first = try await RunningSystem.start(
            on: nil, ["--sandbox-time", "2026-12-30T16:20+07:00"])
        defer { first.remove() }
        let earlier = try await submitTime(first, 1)
        #expect(earlier > start)
        let before = first.processID(of: .records)
        first.killNow(.records)
        #expect(
            try await eventually {
                let now = first.processID(of: .records)
                return now != nil && now != before
            })
        let afterKill = try await submitTime(first, 2)
        #expect(afterKill > earlier)
        #expect(try await first.end().exitCode == 0)

        let back = try await SpawnedProgram(
            "motcua",
            ["up", "--data", first.layout.data, "--sandbox-time", "2026-12-30T16:20+07:00"]
        ).outcome()
        #expect(back.exitCode != 0)
        #expect(back.output.contains("its clock only goes forward"), "\(back.output)")

        let second = try await RunningSystem.start(on: first.layout.data)
        let afterStart = try await submitTime(second, 3)
        #expect(afterStart > afterKill)
        #expect(afterStart < start.advanced(by: .seconds(600)))
        #expect(try await second.end().exitCode == 0)
    }

    @Test func anOpenSocketOpensNothingElse() async throws {
        try await withSystem(["--socket-mode", "0666"]) { system in
            let layout = system.layout
            var expected = [
                layout.data: 0o700, layout.runtime: 0o711, layout.startSecretFile: 0o600,
            ]
            for process in ProcessName.allCases {
                expected[layout.processIDFile(of: process)] = 0o600
                expected[layout.socket(of: process)] = process == .gateway ? 0o666 : 0o600
            }
            for (path, permissions) in expected {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == permissions, "\(path)")
            }
        }
    }

    private func submitTime(_ system: RunningSystem, _ number: Int) async throws -> Instant {
        let response = try await RecordsV1.DossiersClient(system.channel).submitDossier(
            IntakeTests.submission(number), options: system.official())
        return try #require(response.dossier?.submitTime?.instant)
    }
}
