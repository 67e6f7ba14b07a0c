import Identity
import Messages
import RPC
import Storage
import WorkingTime

extension DossiersEndpoint {
    func submitDossier(
        _ request: RecordsV1.SubmitDossierRequest, context: CallContext
    ) async throws -> RecordsV1.SubmitDossierResponse {
        let actor = try context.caller.principal
        let command = try Command(principal: actor, method: context.method, request: request)
        let now = clock()
        return try await store.writer.run(command, at: now) { transaction in
            // Checked here and not before: a request sent again gets its answer, whatever the
            // catalogue says now.
            let submission: Submission
            switch try Submission.read(
                request, catalogue: .init(database: transaction.database), now)
            {
            case .failure(let status): return .failure(status)
            case .success(let checked): submission = checked
            }
            var generator = SystemRandomNumberGenerator()
            let secret = LookUpSecret(from: &generator)
            let dossier = submission.dossier(
                id: DossierID.make(milliseconds: now.millisecondsSinceEpoch, from: &generator))
            try DossierTable(database: transaction.database).insert(
                dossier, secret: secret.stored(from: &generator),
                entries: [
                    HistoryEntry(
                        time: now, state: .registered, action: "Nộp hồ sơ", actor: actor, note: "")
                ])
            try transaction.append(
                event: RecordsV1.RecordsEvent(submitted: dossier), subject: dossier.id)
            var response = RecordsV1.SubmitDossierResponse()
            response.dossier = RecordsV1.Dossier(dossier)
            response.lookUpSecret = secret.text
            return .success(response)
        }
    }
}

/// A hand-in that was checked against its procedure and its regime.
private struct Submission {
    let procedure: Procedure
    let selection: CaseSelection
    let applicant: Applicant
    let channel: IntakeChannel
    let receivingUnit: String
    let regime: Regime
    let now: Instant

    static func read(
        _ request: RecordsV1.SubmitDossierRequest, catalogue: Catalogue, _ now: Instant
    ) throws -> Result<Submission, Status> {
        guard !request.procedureID.isEmpty else {
            return .failure(
                Status(invalid: [
                    FieldViolation("procedure_id", .required, "name the procedure, such as 1488")
                ]))
        }
        guard let procedure = try catalogue.procedure(request.procedureID) else {
            return .failure(.procedureNotFound)
        }
        let day = now.local(in: .vietnam).date
        let regime = Regime.inForce(on: day)
        let applicant = Applicant(request.applicant ?? .init())
        var violations = applicant.violations(on: day)
        if !regime.unitPattern.matches(request.receivingUnit) {
            violations.insert(
                FieldViolation(
                    "receiving_unit", request.receivingUnit.isEmpty ? .required : .malformed,
                    "name the unit as \(regime.id) writes it, such as \(regime.unitPattern.sample)"),
                at: 0)
        }
        guard let channel = IntakeChannel(request.channel) else {
            let names = IntakeChannel.allCases.map(\.protoName).joined(separator: ", ")
            violations.append(FieldViolation("channel", .required, "choose one of \(names)"))
            return .failure(Status(invalid: violations))
        }
        let choice = CaseSelection.Choice(
            channel: channel, limitID: request.limitID, feeLineIDs: request.feeLineIDs,
            componentIDs: request.componentIDs)
        switch CaseSelection.select(choice, of: procedure.content) {
        case .failure(let failure):
            return .failure(Status(invalid: violations + failure.violations))
        case .success(let selection):
            guard violations.isEmpty else { return .failure(Status(invalid: violations)) }
            return .success(
                Submission(
                    procedure: procedure, selection: selection, applicant: applicant,
                    channel: channel, receivingUnit: request.receivingUnit, regime: regime, now: now
                ))
        }
    }

    func dossier(id: String) -> Dossier {
        Dossier(
            id: id, code: nil, state: .registered, procedureID: procedure.id,
            procedureVersion: procedure.version, procedureName: procedure.content.name,
            receivingUnit: receivingUnit, channel: channel, applicant: applicant,
            limit: selection.limit, feeLines: selection.feeLines, feeStatus: .notAssessed,
            feeSequence: 0,
            components: selection.components.map { component in
                DossierComponent(
                    id: component.id, name: component.name, originals: component.originals,
                    copies: component.copies, documentID: nil)
            }, supersededDocumentIDs: [], steps: [], supplements: [],
            result: DossierResult(number: "", summary: "", documentID: nil), regime: regime,
            submitTime: now, acceptTime: nil, due: .notAccepted, finishTime: nil, returnTime: nil)
    }
}
