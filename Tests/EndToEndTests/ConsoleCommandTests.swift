import Foundation
import MotCuaClient
import Operations
import Testing
import WorkingTime

/// The commands that an integrator tries first.
@Suite(.serialized) struct ConsoleCommandTests {
    private static let submit = "motcua.records.v1.Dossiers/SubmitDossier"

    @Test func callsAndUploadsWorkFromTheTerminal() async throws {
        try await withSystem { system in
            let tokenFile = system.layout.data + "/token"
            let token = try await system.motcua(
                "token", "--official", "tran.thi.b", "--role", "official", "--out", tokenFile)
            #expect(token.exitCode == 0)
            #expect(token.output.isEmpty)

            let request =
                #"{"procedure_id": "1708", "receiving_unit": "H26.001.00", "channel": "CHANNEL_DIRECT","#
                + #" "applicant": {"full_name": "request_id"}}"#
            let submitted = try await system.motcua(
                "call", Self.submit, request, "--token-file", tokenFile)
            #expect(submitted.exitCode == 0, "\(submitted.output)")
            let response: RecordsV1.SubmitDossierResponse = try MessageJSON().message(
                submitted.output)
            let dossier = try #require(response.dossier)
            #expect(dossier.applicant?.fullName == "request_id")

            let scan = system.layout.data + "/scan.pdf"
            try Data("%PDF-1.4\n%%EOF\n".utf8).write(to: URL(fileURLWithPath: scan))
            let component = try #require(dossier.components.first?.componentID)
            let uploaded = try await system.motcua(
                "upload", scan, "--dossier", dossier.dossierID, "--component", component,
                "--token-file", tokenFile)
            #expect(uploaded.exitCode == 0, "\(uploaded.output)")
            let document: DigitizationV1.Document = try MessageJSON().message(uploaded.output)
            #expect(document.mediaType == "application/pdf")

            let list = ["call", "motcua.records.v1.Dossiers/ListDossiers"]
            let inherited = try await SpawnedProgram(
                path: "/usr/bin/env",
                [
                    "MOTCUA_TOKEN=\(try String(contentsOfFile: tokenFile, encoding: .utf8).dropLast())",
                    SpawnedProgram.binaries + "/motcua",
                ] + list + ["--data", system.layout.data]
            ).outcome()
            #expect(inherited.exitCode == 0, "\(inherited.output)")
            #expect(inherited.output.contains(dossier.dossierID))
            let withoutToken = try await system.motcua(list[0], list[1])
            #expect(withoutToken.exitCode == 1)
            #expect(withoutToken.output.contains("PERMISSION_DENIED"))
        }
    }

    @Test func whatIsWrongWithARequestIsTold() async throws {
        try await withSystem { system in
            let unknown = try await system.motcua("call", "motcua.records.v1.Dossiers/Nothing")
            #expect(unknown.exitCode == 1)
            #expect(unknown.output.contains("motcua describe"))
            let table = [
                (#"{"applicant": {"full_nam": "x"}}"#, "applicant.full_nam"),
                (#"{"applicant": {"full_name": 7}}"#, "applicant.full_name"),
                (#"{"applicant": "#, "INVALID_ARGUMENT"),
            ]
            for (request, told) in table {
                let call = try await system.motcua("call", Self.submit, request)
                #expect(call.exitCode == 1)
                #expect(call.output.contains(told), "\(call.output)")
            }
            let upload = try await system.motcua("upload", "/nonexistent.pdf", "--dossier", "x")
            #expect(upload.exitCode == 1)
        }
    }

    @Test func theMethodsAreDescribedWithoutASystem() async throws {
        let all = try await SpawnedProgram("motcua", ["describe"]).outcome()
        #expect(all.exitCode == 0)
        #expect(all.output.contains(Self.submit + " (motcua.records.v1.SubmitDossierRequest)"))
        let one = try await SpawnedProgram("motcua", ["describe", Self.submit]).outcome()
        #expect(one.output.contains("request_id"))
        #expect(one.output.contains("official"))
        let none = try await SpawnedProgram("motcua", ["describe", "nothing"]).outcome()
        #expect(none.exitCode == 1)
    }

    @Test func aDeadlineIsWorkedOutWithoutASystem() async throws {
        let asked = ["deadline", "--from", "2026-02-13T16:10", "--limit"]
        let due = try await SpawnedProgram("motcua", asked + ["3 working_day"]).outcome()
        #expect(due.exitCode == 0)
        #expect(due.output == "2026-02-25T16:10+07:00\n")
        let explained = try await SpawnedProgram("motcua", asked + ["same_day", "--explain"])
            .outcome()
        #expect(explained.output.hasPrefix("2026-02-23T17:30+07:00\n"))
        #expect(explained.output.contains("Nghị định 118/2025/NĐ-CP, Điều 18"))
        let refused = try await SpawnedProgram("motcua", asked + ["-3 day"]).outcome()
        #expect(refused.exitCode == 2)
        #expect(refused.output.hasPrefix("--limit: MALFORMED: "))
    }

    @Test func aCalendarIsRehearsedAndImportedFromAFile() async throws {
        try await withSystem(["--sandbox-time", "2026-03-02T09:00+07:00"]) { system in
            let file = system.layout.data + "/lich.txt"
            let text = WorkCalendar.vietnam2025To2026Text
                .replacing("version vn-2025-2026", with: "version thu")
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let table = [
                (["--dry-run"], "would import thu, effective 2025-01-01: 0 of 0 open deadlines"),
                ([], "imported thu, effective 2025-01-01"),
                ([], "unchanged: thu, effective 2025-01-01"),
            ]
            for (options, told) in table {
                let outcome = try await SpawnedProgram(
                    "motcua", ["import-calendar", "--data", system.layout.data, file] + options
                ).outcome()
                #expect(outcome.exitCode == 0)
                #expect(outcome.output.hasPrefix(told), "\(outcome.output)")
            }
            let swap = text + "\n2026-03-14 work bù 05/03\n2026-02-30 off Không có\n"
            try Data(swap.utf8).write(to: URL(fileURLWithPath: file))
            let refused = try await system.motcua("import-calendar", file)
            #expect(refused.exitCode == 2)
            #expect(refused.output.contains("SWAP_WITHOUT_DAY_OFF"), "\(refused.output)")
            #expect(refused.output.contains("DATE_DOES_NOT_EXIST"), "\(refused.output)")
        }
    }

    @Test func withNothingRunningEveryCommandSaysSoAtOnce() async throws {
        let system = try await RunningSystem.start()
        defer { system.remove() }
        _ = try await system.end()
        let data = system.layout.data
        let commands = [
            ["call", "motcua.records.v1.Procedures/SearchProcedures", "--data", data],
            ["import", RunningSystem.catalogue, "--data", data], ["status", "--data", data],
            ["demo", "--data", data], ["status", "--data", data + "-never"],
        ]
        let started = ContinuousClock.now
        for command in commands {
            let outcome = try await SpawnedProgram("motcua", command).outcome()
            #expect(outcome.exitCode == 1, "\(command)")
            #expect(outcome.output.contains("motcua up"), "\(command): \(outcome.output)")
        }
        #expect(ContinuousClock.now - started < .seconds(10))
    }
}
