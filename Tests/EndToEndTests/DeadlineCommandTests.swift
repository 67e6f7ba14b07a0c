import Testing

/// `motcua deadline`, as scripts call it: the due instant alone on standard output, or nothing and exit code 2.
@Suite struct DeadlineCommandTests {
    private static let reception = "2026-02-13T16:10"

    @Test(
        arguments: [
            (["--limit", "4 working_hour"], "2026-02-23T10:10+07:00"),
            (["--limit", "3 working_day"], "2026-02-25T16:10+07:00"),
            (["--limit", "3 working_day", "--count", "working-time"], "2026-02-25T16:10+07:00"),
            (["--limit", "3 working_day", "--count", "whole-days"], "2026-02-25T17:30+07:00"),
            (["--limit", "24 hour"], "2026-02-23T07:30+07:00"),
            (["--limit", "5 day"], "2026-02-23T17:30+07:00"),
            (["--limit", "1 month"], "2026-03-13T17:30+07:00"),
            (["--limit", "same_day"], "2026-02-23T17:30+07:00"),
            // A working day given back: from Monday 23 February, 07:30, to the next day's.
            (
                [
                    "--limit", "3 working_day", "--suspend",
                    "2026-02-23T07:30+07:00/2026-02-24T07:30+07:00",
                ], "2026-02-26T16:10+07:00"
            ),
        ] as [([String], String)])
    func theTableOfTheUnitsHolds(options: [String], due: String) async throws {
        let outcome = try await deadline(["--from", Self.reception] + options)
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == due + "\n")
    }

    @Test(
        arguments: [
            ["--from", "2026-02-30T16:10", "--limit", "3 working_day"],
            ["--from", "2026-13-01T16:10", "--limit", "3 working_day"],
            ["--from", "2026-02-13T24:10", "--limit", "3 working_day"],
            ["--from", "13/02/2026", "--limit", "3 working_day"],
            ["--from", reception, "--limit", "3 fortnight"],
            ["--from", reception, "--limit", "0 day"],
            ["--from", reception, "--limit", "4 working_hour", "--count", "whole-days"],
            ["--from", reception, "--limit", "3 day", "--shifts", "07:30-11:30,11:00-17:30"],
            ["--from", reception, "--limit", "3 day", "--suspend", "2026-02-24/2026-02-23"],
            ["--from", reception, "--limit", "3 day", "--suspend", "2026-02-29T08:00/"],
            ["--limit", "3 day"], ["--from", reception],
        ])
    func whatCannotBeReadIsRefusedWithNothingOnStandardOutput(options: [String]) async throws {
        let outcome = try await deadline(options)
        #expect(outcome.exitCode == 2)
        #expect(outcome.output == "")
    }

    /// Standard output alone.
    private func deadline(_ options: [String]) async throws -> SpawnedProgram.Outcome {
        try await SpawnedProgram(
            path: "/bin/sh",
            ["-c", "exec \"$0\" deadline \"$@\" 2>/dev/null", SpawnedProgram.binaries + "/motcua"]
                + options
        ).outcome()
    }
}
