import Foundation
import Operations
import Testing

@Suite struct MetricsTests {
    /// Name and labels of each sample, and its value.
    private func samples(_ system: RunningSystem) async throws -> [String: Double] {
        let outcome = try await system.motcua("metrics")
        #expect(outcome.exitCode == 0, "\(outcome.output)")
        var samples: [String: Double] = [:]
        for line in outcome.output.split(separator: "\n") where !line.hasPrefix("#") {
            let blank = try #require(line.lastIndex(of: " "))
            let value = try #require(Double(line[line.index(after: blank)...]), "\(line)")
            #expect(samples.updateValue(value, forKey: String(line[..<blank])) == nil, "\(line)")
        }
        return samples
    }

    @Test func knownCallsAreInTheNumbersOfTheProcessesTheyWentThrough() async throws {
        try await withSystem { system in
            let search = #"service="motcua.records.v1.Procedures",method="SearchProcedures""#
            for _ in 0..<3 {
                let found = try await system.motcua(
                    "call", "motcua.records.v1.Procedures/SearchProcedures",
                    #"{"query": "khai sinh"}"#)
                #expect(found.exitCode == 0, "\(found.output)")
            }
            let first = try await samples(system)
            for process in ProcessName.allCases {
                #expect(first["motcua_up{process=\"\(process.rawValue)\"}"] == 1)
                let memory = first["process_resident_memory_bytes{process=\"\(process.rawValue)\"}"]
                #expect(try #require(memory) > 1e6)
            }
            for process in ["records", "gateway"] {
                let labels = "{process=\"\(process)\",\(search)"
                #expect(first["motcua_rpc_server_started_total\(labels)}"] == 3)
                #expect(first["motcua_rpc_server_handled_total\(labels),code=\"OK\"}"] == 3)
                #expect(first["motcua_rpc_server_in_flight\(labels)}"] == 0)
                #expect(first["motcua_rpc_server_duration_seconds_count\(labels)}"] == 3)
                #expect(
                    first["motcua_rpc_server_duration_seconds_bucket\(labels),le=\"+Inf\"}"] == 3)
            }
            let sent = "motcua_rpc_client_started_total{process=\"gateway\",\(search)}"
            #expect(first[sent] == 3)
            let limit = "motcua_rpc_limit_hits_total{process=\"gateway\",limit=\"connections\"}"
            #expect(first[limit] == 0)

            let surveys = try #require(system.processID(of: .surveys))
            let up = "motcua_up{process=\"surveys\"}"
            kill(surveys, SIGSTOP)
            defer { kill(surveys, SIGCONT) }
            #expect(try await samples(system)[up] == 0)
            kill(surveys, SIGCONT)
            #expect(try await eventually { try await samples(system)[up] == 1 })
        }
    }

    @Test func metricsAreForOperatorsAlone() async throws {
        try await withSystem { system in
            let token = system.layout.data + "/an.token"
            let issued = try await system.motcua(
                "token", "--official", "an", "--role", "official", "--out", token)
            #expect(issued.exitCode == 0, "\(issued.output)")
            let refused = try await system.motcua("metrics", "--token-file", token)
            #expect(refused.exitCode == 1 && refused.output.contains("PERMISSION_DENIED"))
        }
    }
}
