import Foundation
import MotCuaClient
import Operations
import Testing

/// `motcua load` against a whole system of real processes.
@Suite(.serialized) struct LoadCommandTests {
    private struct Report: Decodable {
        struct Line: Decodable {
            struct Latencies: Decodable {
                var p50: Int
                var max: Int
            }

            var name: String
            var calls: Int
            var failed: Int
            var latencyNanoseconds: Latencies
        }

        var arrivals: Int
        var dropped: Int
        var cutShort: Bool
        var total: Line
        var steps: [Line]
    }

    /// A scenario, and the steps that it has.
    private static let scenarios = [
        ("echo", ["Check"]), ("intake", ["SubmitDossier"]), ("track", ["Track", "GetDossier"]),
        ("pay", ["GetBill", "GetSymbol", "RecordBankEntry"]),
        (
            "mixed",
            [
                "Track", "GetDossier", "SearchProcedures", "GetBill", "SubmitDossier",
                "RecordBankEntry",
            ]
        ),
    ]

    @Test func everyScenarioRunsWithoutAFailedCall() async throws {
        try await withSystem { system in
            for (scenario, steps) in Self.scenarios {
                let log = "\(system.layout.data)/\(scenario).hlog"
                let run = try await system.motcua(
                    "load", "--scenario", scenario, "--rate", "60", "--duration", "1s",
                    "--warm-up", "100ms", "--prepare", "4", "--seed", "7", "--fail-on-error",
                    "--output", "json", "--histogram-log", log)
                #expect(run.exitCode == 0, "\(scenario): \(run.output)")
                let report = try Self.report(in: run)
                #expect(report.arrivals == 60)
                #expect(report.total.calls == 60)
                #expect(report.total.failed == 0)
                #expect(!report.cutShort)
                #expect(report.steps.map(\.name) == steps)
                #expect(report.total.latencyNanoseconds.p50 > 0)
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                let tags = Set(
                    lines.filter { $0.hasPrefix("Tag=") }.map {
                        $0.dropFirst(4).prefix { $0 != "," }
                    }
                )
                let called = report.steps.filter { $0.calls > 0 }.map { Substring($0.name) }
                #expect(tags == Set(called))
            }
            let dossiers = try system.count(.records, "SELECT count(*) FROM dossier")
            // Prepared for track, pay (twice) and mixed (twice), and handed in by intake, at least.
            #expect(dossiers >= 4 * 5 + 60)
        }
    }

    @Test func boundsThatWereNotKeptAreAnExitCode() async throws {
        try await withSystem { system in
            let closed = try await system.motcua(
                "load", "--method", "motcua.records.v1.Procedures/GetProcedure", "--request",
                #"{"procedure_id": "${pick:1708|1534}"}"#, "--concurrency", "3", "--duration",
                "500ms", "--warm-up", "0", "--p99-max", "30s")
            #expect(closed.exitCode == 0, "\(closed.output)")
            #expect(closed.output.contains("closed loop, 3 callers"))
            let slow = try await system.motcua(
                "load", "--rate", "50", "--duration", "200ms", "--p99-max", "1us")
            #expect(slow.exitCode == 1)
            #expect(slow.output.contains("p99 is "))
            let failing = try await system.motcua(
                "load", "--method", "motcua.records.v1.Procedures/GetProcedure", "--request",
                #"{"procedure_id": "none-${sequence}"}"#, "--rate", "50", "--duration", "200ms",
                "--warm-up", "0", "--fail-on-error")
            #expect(failing.exitCode == 1)
            #expect(failing.output.contains("GetProcedure: NOT_FOUND 10, such as: "))
        }
    }

    @Test func whatCannotBeRunIsToldAtOnce() async throws {
        let table: [([String], String)] = [
            (["--scenario", "nothing"], "there are echo, intake, track, pay, mixed"),
            (["--scenario", "/nonexistent.json"], "Cannot read"),
            (["--method", "a.B/C"], "there is no method a.B/C"),
            (["--rate", "5", "--concurrency", "5"], "Give --rate"), (["--duration", "5x"], "5x"),
            (["--socket", "/nonexistent/gateway.sock"], "motcua up"),
        ]
        for (arguments, told) in table {
            let outcome = try await SpawnedProgram("motcua", ["load"] + arguments).outcome()
            #expect(outcome.exitCode != 0, "\(arguments)")
            #expect(outcome.output.contains(told), "\(arguments): \(outcome.output)")
        }
        let shown = try await SpawnedProgram("motcua", ["load", "--show", "track"]).outcome()
        #expect(shown.exitCode == 0)
        #expect(shown.output.contains("${accepted.secret}"))
    }

    /// The report's JSON, which the lines of the progress precede.
    private static func report(in run: SpawnedProgram.Outcome) throws -> Report {
        let start = try #require(run.output.firstIndex(of: "{"))
        return try JSONDecoder().decode(Report.self, from: Data(run.output[start...].utf8))
    }
}
