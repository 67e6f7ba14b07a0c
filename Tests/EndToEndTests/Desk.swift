import Foundation
import MotCuaClient
import Operations
import Testing
import WorkingTime

/// What officials do at records, through the gateway: dossiers of made-up procedures without papers or fees, many
/// at once.
struct Desk: Sendable {
    /// Of the shipped organisation, with its officials; and another one beside it.
    static let unit = "H26.001.00"
    static let otherUnit = "H26.002.00"
    static let head = "tran.thi.b"
    static let handler = "le.thi.cam"

    /// The procedures, by the limits that they promise.
    static let procedures: [(id: String, limit: String)] = [
        ("990001", "1 working_day"), ("990002", "5 working_day"), ("990003", "20 working_day"),
        ("990004", "10 day"), ("990005", "1 month"), ("990006", "30 working_hour"),
    ]

    let system: RunningSystem
    /// May do what officials and heads do, everywhere.
    let official: CallOptions

    var dossiers: RecordsV1.DossiersClient { .init(system.channel) }
    var deadlines: RecordsV1.DeadlinesClient { .init(system.channel) }

    static func open(_ system: RunningSystem) async throws -> Desk {
        let file = system.layout.data + "/procedures.jsonl"
        let lines = try procedures.map { try line($0.id, TimeLimit(parsing: $0.limit)) }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: file))
        let imported = try await system.motcua("import", file)
        try #require(imported.exitCode == 0, "\(imported.output)")
        return Desk(system: system, official: try await system.official())
    }

    private static func line(_ id: String, _ limit: TimeLimit) throws -> String {
        let row: [String: Any] = [
            "source_id": Int(id)!, "code": NSNull(), "name": "Thủ tục thử \(id)", "field": "Thử",
            "agencies": ["Trung tâm Phục vụ hành chính công"], "applicants": ["Công dân Việt Nam"],
            "result": "Kết quả thử",
            "methods": [
                [
                    "channel": "direct", "limit_value": limit.value,
                    "limit_unit": limit.unit.rawValue, "limit_text": "thử",
                ] as [String: Any]
            ],
            "fees": [Any](), "components": [Any](), "legal_basis": [Any](),
        ]
        let data = try JSONSerialization.data(withJSONObject: row, options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// An official's options, as his token says.
    func signedIn(
        _ official: String, roles: [String], agency: String = ""
    ) async throws -> CallOptions {
        let arguments = ["--data", system.layout.data, "--official", official, "--agency", agency]
        let token = try await SpawnedProgram(
            "motcua", ["token"] + arguments + roles.flatMap { ["--role", $0] }
        ).outcome()
        try #require(token.exitCode == 0, "\(token.output)")
        let bearer = "Bearer " + token.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return CallOptions(metadata: ["authorization": bearer])
    }

    /// Hands dossiers in, the procedures in turn, and waits until payments has said that none owes anything.
    ///
    /// - Returns: Their ids, in order.
    func submitted(
        _ count: Int, procedures: [String] = procedures.map(\.id), at unit: String = unit,
        named name: String = "desk"
    ) async throws -> [String] {
        let ids = try await inParallel(count) { number in
            var request = RecordsV1.SubmitDossierRequest()
            request.requestID = "\(name)-\(number)"
            request.procedureID = procedures[number % procedures.count]
            request.receivingUnit = unit
            request.channel = .direct
            var applicant = RecordsV1.Applicant()
            applicant.fullName = "Người Nộp \(number)"
            request.applicant = applicant
            let response = try await dossiers.submitDossier(request, options: official)
            return try #require(response.dossier).dossierID
        }
        let isAssessed = try await eventually {
            try system.count(.records, "SELECT count(*) FROM dossier WHERE fee_status = 0") == 0
        }
        try #require(isAssessed)
        return ids
    }

    func accept(_ ids: [String], options: CallOptions? = nil) async throws -> [RecordsV1.Dossier] {
        try await inParallel(ids.count) { number in
            var request = RecordsV1.AcceptDossierRequest()
            request.requestID = "accept-\(ids[number])"
            request.dossierID = ids[number]
            return try await dossiers.acceptDossier(request, options: options ?? official)
        }
    }

    func get(_ id: String, options: CallOptions? = nil) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.GetDossierRequest()
        request.dossierID = id
        return try await dossiers.getDossier(request, options: options ?? official)
    }

    /// When an accepted dossier is due by a calendar, derived from its acceptance alone.
    func due(_ dossier: RecordsV1.Dossier, by calendar: WorkCalendar) throws -> Instant? {
        let limit = try #require(Self.procedures.first { $0.id == dossier.procedureID }?.limit)
        let deadline = try Deadline(
            reception: try #require(dossier.acceptTime?.instant), limit: TimeLimit(parsing: limit))
        guard case .at(let due, _) = WorkClock(calendar: calendar).due(deadline) else { return nil }
        return due
    }

    /// Numbers from zero, 16 of them at a time, the results in order.
    func inParallel<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Result?] = Array(repeating: nil, count: count)
            for number in 0..<count {
                if number >= 16, let (done, result) = try await group.next() {
                    results[done] = result
                }
                group.addTask { (number, try await body(number)) }
            }
            for try await (done, result) in group { results[done] = result }
            return results.compactMap(\.self)
        }
    }

    /// Journals of records without a gap.
    func expectJournalWithoutGap() throws {
        #expect(try system.count(.records, "SELECT max(sequence) - count(*) FROM journal") == 0)
    }
}
