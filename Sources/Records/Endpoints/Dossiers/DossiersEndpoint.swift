import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct DossiersEndpoint: RecordsV1.DossiersService {
    let store: Store
    let procedures: ProcedureCache
    let organisations: OrganisationCache
    let clocks: ClockBookCache
    let clock: @Sendable () -> Instant

    /// What one command does to its dossier: a refusal, or `nil` when it is done.
    typealias Action = @Sendable (inout DossierEdit, DossierTable) throws -> DossierRejection?

    /// Runs a command on one dossier: the change, its history and an event for each move, or
    /// nothing of it.
    ///
    /// - Parameters:
    ///   - name: The dossier's id or code.
    ///   - reach: What the caller needs for it.
    func change<Reply: Message>(
        _ name: String, by request: some IdempotentRequest, _ context: CallContext,
        for reach: Jurisdiction.Reach = .handling, memory: ReplyMemory<Reply> = .whole,
        reply: @escaping @Sendable (Dossier) -> Reply, _ act: @escaping Action
    ) async throws -> Reply {
        let caller = try context.caller
        let key = try context.dossierKey(name)
        let command = try Command(
            principal: caller.principal, method: context.method, request: request)
        let now = clock()
        return try await store.writer.run(command, at: now, memory: memory) { transaction in
            let table = DossierTable(database: transaction.database)
            guard let key, let dossier = try table.find(key) else {
                return .failure(.dossierNotFound)
            }
            var edit: DossierEdit
            switch try Self.edit(
                dossier, by: caller, for: reach, at: now,
                in: { try organisations.current(in: transaction.database) })
            {
            case .failure(let refusal): return .failure(refusal)
            case .success(let begun): edit = begun
            }
            transaction.auditSubject = dossier.id
            if let rejection = try act(&edit, table)
                ?? edit.settle(by: try clocks.deadlines(in: transaction.database))
            {
                return .failure(Status(rejection))
            }
            try table.save(edit)
            for move in edit.moves {
                try transaction.append(
                    event: RecordsV1.RecordsEvent(moved: edit.dossier, move), subject: dossier.id)
            }
            for event in RecordsV1.RecordsEvent.clockEvents(of: edit) {
                try transaction.append(event: event, subject: dossier.id)
            }
            return .success(reply(edit.dossier))
        }
    }

    func change(
        _ id: String, by request: some IdempotentRequest, _ context: CallContext,
        for reach: Jurisdiction.Reach = .handling, _ act: @escaping Action
    ) async throws -> RecordsV1.Dossier {
        var reply = try await change(
            id, by: request, context, for: reach, memory: .dossier,
            reply: { RecordsV1.Dossier($0) }, act)
        reply.nameUnits(by: try await organisations.latest(from: store), at: clock())
        return reply
    }
}

extension DossiersEndpoint {
    /// A dossier in the hands of a caller, or why it is not his to change.
    ///
    /// - Parameter organisation: Asked for only where his agency bounds him.
    static func edit(
        _ dossier: Dossier, by caller: CommonV1.Caller, for reach: Jurisdiction.Reach,
        at now: Instant, in organisation: () throws -> Organisation
    ) rethrows -> Result<DossierEdit, Status> {
        let jurisdiction = Jurisdiction(agency: caller.agency)
        let today = now.local(in: .vietnam).date
        let own = try jurisdiction.reach(to: dossier, on: today, in: organisation)
        if own == .none { return .failure(.dossierNotFound) }
        if own < reach { return .failure(.notHandling(dossier.handlingAgency)) }
        var edit = DossierEdit(
            dossier, actor: caller.principal, isHead: caller.roles.contains(.head), now: now)
        if !caller.agency.isEmpty {
            let organisation = try organisation()
            edit.isOwn = { jurisdiction.covers($0, on: today, in: organisation) }
        }
        return .success(edit)
    }
}

extension CallContext {
    var jurisdiction: Jurisdiction {
        get throws(Status) { Jurisdiction(agency: try caller.agency) }
    }

    /// What a caller names a dossier by; `nil` when it is the code, which anybody can guess, and the
    /// caller comes in as a portal alone: officials alone work with codes.
    func dossierKey(_ name: String) throws(Status) -> DossierKey? {
        let key = DossierKey(name)
        guard case .code(let code) = key else { return key }
        let others = method.roles.subtracting(RoleSet(CommonV1.Role.portal))
        let isPortalAlone = try caller.roleSet.isDisjoint(with: others)
        if isPortalAlone { return nil }
        // What is no code at all is simply not found.
        if let rejection = DossierCode.rejection(of: code), rejection != .malformed {
            throw Status(invalid: [rejection.violation(field: "dossier_id")])
        }
        return key
    }
}

// Reception.
extension DossiersEndpoint {
    func acceptDossier(
        _ request: RecordsV1.AcceptDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID)
        return try await change(
            request.dossierID, by: request, context, acceptance())
    }

    /// - Parameter codes: Of a dry run, which looks at the next number without taking it.
    func acceptance(rehearsing codes: RehearsedCodes? = nil) -> Action {
        let clocks = clocks
        return { edit, table in
            switch edit.acceptance(by: try RegimeTable(database: table.database).rules()) {
            case .failure(let refused): return refused.rejection
            case .success(let acceptance):
                let unit = edit.dossier.receivingUnit
                let sequence =
                    if let codes {
                        try table.nextSequence(unit: unit, day: acceptance.day)
                            + codes.count(of: unit)
                    } else {
                        try table.allotSequence(unit: unit, day: acceptance.day)
                    }
                return edit.accept(
                    acceptance, sequence: sequence,
                    deadlines: try clocks.deadlines(in: table.database))
            }
        }
    }

    func refuseDossier(
        _ request: RecordsV1.RefuseDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID, reason: request.reason)
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.refuse(reason: request.reason)
        }
    }

    func withdrawDossier(
        _ request: RecordsV1.WithdrawDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID, reason: request.reason)
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.withdraw(reason: request.reason)
        }
    }

    func stopDossier(
        _ request: RecordsV1.StopDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.prose(request.reason, "reason")
        let cause = check.choice(StopCause(rawValue: Int(request.cause.rawValue)), "cause")
        try check.finish()
        return try await change(request.dossierID, by: request, context) { edit, _ in
            cause.flatMap { edit.stop($0, reason: request.reason) }
        }
    }

    static func check(_ dossierID: String) throws(Status) {
        var check = FieldCheck()
        check.name(dossierID, "dossier_id")
        try check.finish()
    }

    static func check(_ dossierID: String, reason: String) throws(Status) {
        var check = FieldCheck()
        check.name(dossierID, "dossier_id")
        check.prose(reason, "reason")
        try check.finish()
    }
}

// Processing and supplement.
extension DossiersEndpoint {
    func startProcessing(
        _ request: RecordsV1.StartProcessingRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID)
        return try await change(request.dossierID, by: request, context, startOfProcessing)
    }

    var startOfProcessing: Action {
        let organisations = organisations
        return { edit, table in
            let dossier = edit.dossier
            let process = try Catalogue(database: table.database).process(
                of: dossier.procedureID, version: dossier.procedureVersion)
            return edit.startProcessing(
                DossierStep.plan(
                    for: dossier, process: process,
                    organisation: try organisations.current(in: table.database),
                    on: edit.now.local(in: .vietnam).date))
        }
    }

    func completeStep(
        _ request: RecordsV1.CompleteStepRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.prose(request.note, "note", isRequired: false)
        if request.stepNumber < 1 {
            check.add(FieldViolation("step_number", .required, "name the current step, from 1"))
        }
        try check.finish()
        return try await change(request.dossierID, by: request, context) { edit, table in
            try edit.standIn(at: Int(request.stepNumber), by: table)
            return edit.completeStep(Int(request.stepNumber), note: request.note)
        }
    }

    func requestSupplement(
        _ request: RecordsV1.RequestSupplementRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.prose(request.reason, "reason")
        if request.componentIDs.isEmpty {
            check.add(FieldViolation("component_ids", .required, "name at least one component"))
        }
        try check.finish()
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.requestSupplement(reason: request.reason, componentIDs: request.componentIDs)
        }
    }

    func receiveSupplement(
        _ request: RecordsV1.ReceiveSupplementRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID)
        let clocks = clocks
        return try await change(request.dossierID, by: request, context) { edit, table in
            edit.receiveSupplement(deadlines: try clocks.deadlines(in: table.database))
        }
    }

    func issueResult(
        _ request: RecordsV1.IssueResultRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.name(request.number, "number")
        check.prose(request.summary, "summary")
        try check.finish()
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.issueResult(number: request.number, summary: request.summary)
        }
    }

    func returnResult(
        _ request: RecordsV1.ReturnResultRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID)
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.returnResult()
        }
    }
}

// Facts.
extension DossiersEndpoint {
    func recordDigitization(
        _ request: RecordsV1.RecordDigitizationRequest, context: CallContext
    ) async throws -> RecordsV1.RecordDigitizationResponse {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.name(request.documentID, "document_id")
        try check.finish()
        return try await change(
            request.dossierID, by: request, context, reply: { _ in .init() }
        ) { edit, _ in
            edit.recordDigitization(
                componentID: request.componentID, documentID: request.documentID)
        }
    }

    func recordFee(
        _ request: RecordsV1.RecordFeeRequest, context: CallContext
    ) async throws -> RecordsV1.RecordFeeResponse {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        let status = FeeStatus(request.feeStatus)
        if status == nil || status == .notAssessed {
            check.add(
                FieldViolation("fee_status", .required, "say what the fee has come to"))
        }
        check.name(request.epoch, "epoch")
        if request.sequence < 1 {
            check.add(
                FieldViolation("sequence", .required, "give the journal position of the fact"))
        }
        try check.finish()
        return try await change(
            request.dossierID, by: request, context, reply: { _ in .init() }
        ) { edit, _ in
            if let status {
                edit.recordFee(
                    status, from: FeePlace(epoch: request.epoch, sequence: request.sequence))
            }
            return nil
        }
    }
}
