import Identity
import Messages
import RPC
import Storage
import Synchronization
import WorkingTime

extension DossiersEndpoint {
    func submitDossier(
        _ request: RecordsV1.SubmitDossierRequest, context: CallContext
    ) async throws -> RecordsV1.SubmitDossierResponse {
        let caller = try context.caller
        let actor = caller.principal
        let command = try Command(principal: actor, method: context.method, request: request)
        let now = clock()
        let today = now.local(in: .vietnam).date
        // Prepared here, off the writer's thread, and used there if the version is still in force.
        let kept = procedures.procedure(request.procedureID)
        let jurisdiction = try context.jurisdiction
        let known = try await organisations.latest(from: store)
        let prepared = kept.map { Submission.prepare(request, by: actor, for: $0, in: known, now) }
        let read = Mutex<Procedure?>(nil)
        var reply = try await store.writer.run(command, at: now, memory: .submission) {
            transaction in
            // Asked here and not before: a request sent again gets its answer, whatever the
            // catalogue says now.
            let catalogue = Catalogue(database: transaction.database)
            let inForce = try catalogue.versionInForce(
                of: request.procedureID, on: today)
            let organisation = try organisations.current(in: transaction.database)
            let submission: Submission
            if let prepared, inForce == kept?.version, organisation.version == known.version {
                submission = try prepared.get()
            } else {
                guard !request.procedureID.isEmpty else { return .failure(.procedureMissing) }
                guard let inForce,
                    let procedure = try catalogue.procedure(request.procedureID, version: inForce)
                else {
                    return .failure(Status(try catalogue.absence(of: request.procedureID)))
                }
                read.withLock { $0 = procedure }
                submission = try Submission.prepare(
                    request, by: actor, for: procedure, in: organisation, now
                ).get()
            }
            let dossier = submission.dossier
            guard jurisdiction.covers(dossier.receivingUnit, on: today, in: organisation) else {
                return .failure(.outsideAgency(jurisdiction.agency))
            }
            let table = DossierTable(database: transaction.database)
            var response = submission.response
            try response.tellDuplicates(of: dossier, from: table, to: caller) { unit in
                jurisdiction.covers(unit, on: today, in: organisation)
            }
            try table.insert(
                dossier,
                entries: [
                    HistoryEntry(
                        time: now, state: .registered, action: "Nộp hồ sơ", actor: actor,
                        note: dossier.guidance)
                ])
            try transaction.append(event: submission.event, subject: dossier.id)
            var generator = SystemRandomNumberGenerator()
            response.lookUpSecret = try table.ownLookUpKey(from: &generator).secret(of: dossier.id)
                .text
            return .success(response)
        }
        // Committed by now: what a transaction read that was lost must not be kept.
        if let procedure = read.withLock({ $0 }) { procedures.keep(procedure) }
        reply.dossier?.nameUnits(by: try await organisations.latest(from: store), at: now)
        return reply
    }
}

/// A hand-in that was checked against its procedure and its regime, and what it makes.
private struct Submission {
    let dossier: Dossier
    let event: RecordsV1.RecordsEvent
    /// Without the look-up secret.
    let response: RecordsV1.SubmitDossierResponse

    static func prepare(
        _ request: RecordsV1.SubmitDossierRequest, by actor: String, for procedure: Procedure,
        in organisation: Organisation, _ now: Instant
    ) -> Result<Submission, Status> {
        let day = now.local(in: .vietnam).date
        let regime = Regime.inForce(on: day)
        let applicant = Applicant(request.applicant ?? .init())
        var violations = applicant.violations(on: day)
        let unit = organisation.refusal(ofReceivingUnit: request.receivingUnit, on: day)
        if let unit { violations.insert(unit, at: 0) }
        guard let channel = IntakeChannel(request.channel) else {
            let names = IntakeChannel.allCases.map(\.protoName).joined(separator: ", ")
            violations.append(FieldViolation("channel", .required, "choose one of \(names)"))
            return .failure(Status(invalid: violations))
        }
        violations += request.helpViolations(channel: channel)
        let choice = CaseSelection.Choice(
            channel: channel, limitID: request.limitID, feeLineIDs: request.feeLineIDs,
            componentIDs: request.componentIDs)
        switch CaseSelection.select(choice, of: procedure.content) {
        case .failure(let failure):
            return .failure(Status(invalid: violations + failure.violations))
        case .success(let selection):
            guard violations.isEmpty else { return .failure(Status(invalid: violations)) }
            var generator = SystemRandomNumberGenerator()
            let id = DossierID.make(milliseconds: now.millisecondsSinceEpoch, from: &generator)
            var dossier = Dossier(
                id: id, procedure: procedure, selection: selection, applicant: applicant,
                channel: channel, receivingUnit: request.receivingUnit, regime: regime,
                submitTime: now)
            dossier.submitter = actor
            dossier.assistance = request.assistance.map(Assistance.init)
            dossier.guidance = request.guidance
            return .success(Submission(dossier))
        }
    }

    private init(_ dossier: Dossier) {
        self.dossier = dossier
        event = RecordsV1.RecordsEvent(submitted: dossier)
        response = .with { $0.dossier = RecordsV1.Dossier(dossier) }
    }
}

extension Dossier {
    /// A dossier that is handed in now.
    fileprivate init(
        id: String, procedure: Procedure, selection: CaseSelection, applicant: Applicant,
        channel: IntakeChannel, receivingUnit: String, regime: Regime, submitTime: Instant
    ) {
        self.init(
            id: id, code: nil, state: .registered, procedureID: procedure.id,
            procedureVersion: procedure.version, procedureName: procedure.content.name,
            receivingUnit: receivingUnit, channel: channel, applicant: applicant,
            limit: selection.limit, feeLines: selection.feeLines, feeStatus: .notAssessed,
            feePlace: .none,
            components: selection.components.map { component in
                DossierComponent(
                    id: component.id, name: component.name, originals: component.originals,
                    copies: component.copies, documentID: nil)
            }, supersededDocumentIDs: [], steps: [], supplements: [],
            result: DossierResult(number: "", summary: "", documentID: nil), regime: regime,
            submitTime: submitTime, acceptTime: nil, due: .notAccepted, finishTime: nil,
            returnTime: nil)
    }
}
