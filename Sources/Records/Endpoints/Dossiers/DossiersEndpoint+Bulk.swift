import Crypto
import Identity
import Messages
import RPC
import Storage
import Synchronization
import WorkingTime

// One action on many dossiers. Each is a command of its own whose request_id is derived from the
// caller's, so one refusal stops no other and a repeat goes on where it was interrupted.
extension DossiersEndpoint {
    static let bulkDossiersMax = 500
    /// Commands of one bulk in the writer's line at a time: others have their turn between.
    private static let bulkInFlightMax = 32
    private static let dryRunDossiersPerRead = 50

    func moveDossiers(
        _ request: RecordsV1.MoveDossiersRequest, context: CallContext
    ) async throws -> RecordsV1.MoveDossiersResponse {
        try Self.check(request)
        let codes = request.dryRun ? RehearsedCodes() : nil
        guard let act = action(of: request, rehearsing: codes) else { throw Status(invalid: []) }
        var response = RecordsV1.MoveDossiersResponse()
        if let codes {
            response.results = try await dryRun(request, context, codes, act)
        } else {
            // Binds the request_id to this very request, so that another under it is told.
            let command = try Command(
                principal: try context.caller.principal, method: context.method, request: request)
            response = try await store.writer.run(command, at: clock()) { _ in
                .success(RecordsV1.MoveDossiersResponse())
            }
            response.results = try await each(of: request.dossierIDs) { name in
                try await moveOne(name, of: request, context, act)
            }
        }
        response.movedCount = Int32(response.results.count(where: \.moved))
        return response
    }

    private static func check(_ request: RecordsV1.MoveDossiersRequest) throws(Status) {
        var check = FieldCheck()
        if !(1...bulkDossiersMax).contains(request.dossierIDs.count) {
            check.add(
                FieldViolation("dossier_ids", .outOfRange, "name 1 to \(bulkDossiersMax) dossiers"))
        }
        var seen: Set<String> = []
        for (index, name) in request.dossierIDs.prefix(bulkDossiersMax).enumerated() {
            check.name(name, "dossier_ids[\(index)]")
            if !seen.insert(name).inserted {
                check.add(FieldViolation("dossier_ids[\(index)]", .repeated, "name each once"))
            }
        }
        switch request.action {
        case .unspecified, .unrecognized:
            check.add(FieldViolation("action", .required, "choose one of the list"))
        case .completeStep where request.stepNumber < 1:
            check.add(FieldViolation("step_number", .required, "name the current step, from 1"))
        case .assign: check.official(request.official, "official")
        default: break
        }
        check.prose(request.note, "note", isRequired: request.action == .assign)
        try check.finish()
    }

    /// - Returns: `nil` for an action that a checked request does not have.
    private func action(
        of request: RecordsV1.MoveDossiersRequest, rehearsing codes: RehearsedCodes?
    ) -> Action? {
        let clocks = clocks
        switch request.action {
        case .accept: return acceptance(rehearsing: codes)
        case .startProcessing: return startOfProcessing
        case .completeStep:
            return { edit, table in
                try edit.standIn(at: Int(request.stepNumber), by: table)
                return edit.completeStep(Int(request.stepNumber), note: request.note)
            }
        case .receiveSupplement:
            return { edit, table in
                edit.receiveSupplement(deadlines: try clocks.deadlines(in: table.database))
            }
        case .confirmResult: return { edit, _ in edit.confirmResult() }
        case .returnResult: return { edit, _ in edit.returnResult() }
        case .assign:
            let organisations = organisations
            return { edit, table in
                try edit.standIn(by: table)
                let organisation = try organisations.current(in: table.database)
                if let unknown = organisation.violation(
                    ofOfficial: request.official, at: edit.now, field: "official")
                {
                    return .invalid([unknown])
                }
                return edit.assign(
                    step: edit.dossier.currentStep?.number ?? 0, to: request.official,
                    reason: request.note)
            }
        case .unspecified, .unrecognized: return nil
        }
    }

    private func moveOne(
        _ name: String, of request: RecordsV1.MoveDossiersRequest, _ context: CallContext,
        _ act: @escaping Action
    ) async throws -> RecordsV1.MoveResult {
        var one = request
        one.dossierIDs = [name]
        one.requestID = Self.derivedID(request.requestID, name)
        return try await moved(name) {
            try await change(
                name, by: one, context, reply: { RecordsV1.MoveResult(moved: $0, as: name) }, act)
        }
    }

    /// The result of one: what it came to, or why not.
    func moved(
        _ name: String, _ work: () async throws -> RecordsV1.MoveResult
    ) async throws -> RecordsV1.MoveResult {
        let refusal: Status
        do {
            return try await work()
        } catch let status as Status {
            refusal = status
        }
        // One beyond the caller's agency is none to him: nothing is told of it.
        if refusal.code == .notFound {
            return RecordsV1.MoveResult(refused: refusal, as: name, nil)
        }
        let dossier = try await store.read { try DossierTable(database: $0).find(DossierKey(name)) }
        return RecordsV1.MoveResult(refused: refusal, as: name, dossier)
    }

    /// Does something for each, a few at a time; the results come in the order of the names.
    func each(
        of names: [String],
        _ work: @escaping @Sendable (String) async throws -> RecordsV1.MoveResult
    ) async throws -> [RecordsV1.MoveResult] {
        try await withThrowingTaskGroup(of: (Int, RecordsV1.MoveResult).self) { group in
            var results: [RecordsV1.MoveResult?] = Array(repeating: nil, count: names.count)
            for (index, name) in names.enumerated() {
                if index >= Self.bulkInFlightMax, let (done, result) = try await group.next() {
                    results[done] = result
                }
                group.addTask { (index, try await work(name)) }
            }
            for try await (done, result) in group { results[done] = result }
            return results.compactMap(\.self)
        }
    }

    /// 32 visible characters that belong to one item of one request.
    static func derivedID(_ requestID: String, _ name: String) -> String {
        let digest = SHA256.hash(data: Array("\(requestID)\n\(name)".utf8))
        let digits = Array("0123456789abcdef")
        return String(
            digest.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private func dryRun(
        _ request: RecordsV1.MoveDossiersRequest, _ context: CallContext,
        _ codes: RehearsedCodes, _ act: @escaping Action
    ) async throws -> [RecordsV1.MoveResult] {
        let caller = try context.caller
        let now = clock()
        var results: [RecordsV1.MoveResult] = []
        var rest = request.dossierIDs[...]
        while !rest.isEmpty {
            let names = Array(rest.prefix(Self.dryRunDossiersPerRead))
            rest = rest.dropFirst(names.count)
            results += try await store.read { database in
                let table = DossierTable(database: database)
                let organisation = try organisations.read(in: database)
                return try names.map { name in
                    guard let dossier = try table.find(DossierKey(name)) else {
                        return RecordsV1.MoveResult(refused: .dossierNotFound, as: name, nil)
                    }
                    var edit: DossierEdit
                    switch Self.edit(
                        dossier, by: caller, for: .handling, at: now, in: { organisation })
                    {
                    case .failure(let refusal):
                        let known = refusal.code == .notFound ? nil : dossier
                        return RecordsV1.MoveResult(refused: refusal, as: name, known)
                    case .success(let begun): edit = begun
                    }
                    if let rejection = try act(&edit, table)
                        ?? edit.settle(by: try clocks.deadlines(in: database))
                    {
                        return RecordsV1.MoveResult(refused: Status(rejection), as: name, dossier)
                    }
                    if dossier.code == nil, edit.dossier.code != nil {
                        codes.add(dossier.receivingUnit)
                    }
                    return RecordsV1.MoveResult(moved: edit.dossier, as: name)
                }
            }
        }
        return results
    }
}

/// How many codes of each unit a dry run has told: it takes none, and yet each is another.
final class RehearsedCodes: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(of unit: String) -> Int { counts.withLock { $0[unit] ?? 0 } }
    func add(_ unit: String) { counts.withLock { $0[unit, default: 0] += 1 } }
}

extension RecordsV1.MoveResult {
    init(moved dossier: Dossier, as name: String) {
        self.init()
        dossierID = name
        moved = true
        state = dossier.state.message
        code = dossier.code ?? ""
    }

    /// - Parameter dossier: As it stands; `nil` when there is none.
    init(refused status: Status, as name: String, _ dossier: Dossier?) {
        self.init()
        dossierID = name
        state = dossier?.state.message ?? .unspecified
        code = dossier?.code ?? ""
        reason = status.errorInfo?.reason ?? status.code.name
        message = status.message
        isTransient = status.code.isTransient
    }
}
