import Foundation
import MotCuaClient
import RPC
import WorkingTime

/// The calls of the proof. Each is sent again until it is answered for good: processes die under it.
struct ProofDesk: Sendable {
    static let units = ["H26.001.00", "H26.002.00"]
    static let officials = ["le.thi.cam", "pham.van.dung", "hoang.thi.em"]
    static let patience = Duration.seconds(120)
    static let limits = [
        "990001": "1 working_day", "990002": "5 working_day", "990003": "20 working_day",
        "990004": "10 day", "990005": "1 month", "990006": "30 working_hour",
    ]
    static let procedures = limits.keys.sorted()

    let channel: UnixSocketChannel
    let official: Metadata
    let seed: UInt64

    var dossiers: RecordsV1.DossiersClient { .init(channel) }
    var deadlines: RecordsV1.DeadlinesClient { .init(channel) }
    var queues: RecordsV1.QueuesClient { .init(channel) }

    var options: CallOptions { CallOptions(timeout: .seconds(20), metadata: official) }
    var operatorOptions: CallOptions { CallOptions(timeout: .seconds(60)) }

    func persistently<Value>(_ call: () async throws -> Value) async throws -> Value {
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await call()
            } catch let status as Status
                where status.code.isTransient && ContinuousClock.now < end
            {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func get(_ id: String) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.GetDossierRequest()
        request.dossierID = id
        return try await persistently { try await dossiers.getDossier(request, options: options) }
    }

    func importProcedures() async throws {
        var request = RecordsV1.ImportProceduresRequest()
        request.requestID = "proof-\(seed)-procedures"
        request.jsonLines = try Self.procedures.flatMap { id in
            let limit = try TimeLimit(parsing: Self.limits[id]!)
            let row: [String: Any] = [
                "source_id": Int(id)!, "code": NSNull(), "name": "Thủ tục thử \(id)",
                "field": "Thử", "agencies": ["Trung tâm Phục vụ hành chính công"],
                "applicants": ["Công dân Việt Nam"], "result": "Kết quả thử",
                "methods": [
                    [
                        "channel": "direct", "limit_value": limit.value,
                        "limit_unit": limit.unit.rawValue, "limit_text": "thử",
                    ] as [String: Any]
                ],
                "fees": [Any](), "components": [Any](), "legal_basis": [Any](),
            ]
            return Array(try JSONSerialization.data(withJSONObject: row)) + [0x0A]
        }
        let response = try await persistently {
            try await RecordsV1.ProceduresClient(channel).importProcedures(
                request, options: operatorOptions)
        }
        guard response.rejected.isEmpty else {
            throw ProofFailure(description: "procedures: \(response.rejected)")
        }
    }

    /// The same 32 at a time, the results in order.
    func inParallel<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values: [Value?] = Array(repeating: nil, count: count)
            for number in 0..<count {
                if number >= 32, let (done, value) = try await group.next() { values[done] = value }
                group.addTask { (number, try await body(number)) }
            }
            for try await (done, value) in group { values[done] = value }
            return values.compactMap(\.self)
        }
    }
}

struct ProofFailure: Error, CustomStringConvertible { let description: String }
