import Identity
import Messages
import RPC
import Storage
import WorkingTime

extension DossierEdit {
    /// Lets the actor stand in for the holder of a step where a delegation says so.
    ///
    /// - Parameter number: Of the step; the current one without.
    mutating func standIn(at number: Int? = nil, by table: DossierTable) throws {
        let step =
            number.map { number in dossier.steps.first { $0.number == number } }
            ?? dossier.currentStep
        guard let holder = step?.assignee, !holder.isEmpty, holder != actor else { return }
        let delegations = DelegationTable(database: table.database)
        let today = now.local(in: .vietnam).date
        if try delegations.isInForce(from: holder, to: actor, on: today) { onBehalfOf = holder }
    }
}

// Supplement and hand-over.
extension DossiersEndpoint {
    func sendSupplement(
        _ request: RecordsV1.SendSupplementRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.prose(request.note, "note", isRequired: false)
        try check.finish()
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.sendSupplement(note: request.note)
        }
    }

    func returnSupplement(
        _ request: RecordsV1.ReturnSupplementRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.prose(request.reason, "reason")
        if request.componentIDs.isEmpty {
            check.add(FieldViolation("component_ids", .required, "name at least one component"))
        }
        try check.finish()
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.returnSupplement(reason: request.reason, componentIDs: request.componentIDs)
        }
    }

    func confirmResult(
        _ request: RecordsV1.ConfirmResultRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID)
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.confirmResult()
        }
    }
}

// Parts.
extension DossiersEndpoint {
    func sendParts(
        _ request: RecordsV1.SendPartsRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        if request.parts.isEmpty || request.parts.count > DossierEdit.partsMax {
            check.add(
                FieldViolation("parts", .outOfRange, "name 1 to \(DossierEdit.partsMax) agencies"))
        }
        var parts: [DossierEdit.NewPart] = []
        for (index, message) in request.parts.prefix(DossierEdit.partsMax).enumerated() {
            check.name(message.agency, "parts[\(index)].agency")
            check.prose(message.task, "parts[\(index)].task")
            guard let limit = message.limit.flatMap(TimeLimit.init) else {
                check.add(
                    FieldViolation(
                        "parts[\(index)].limit", .required,
                        "give the agency a limit, such as 3 working days"))
                continue
            }
            parts.append(
                DossierEdit.NewPart(
                    agency: message.agency, task: message.task, limit: limit,
                    isLead: message.isLead, stopsClock: false))
        }
        try check.finish()
        let clocks = clocks
        let organisations = organisations
        return try await change(request.dossierID, by: request, context) { [parts] edit, table in
            let organisation = try organisations.current(in: table.database)
            for (index, part) in parts.enumerated() {
                if let unknown = organisation.violation(
                    ofAgency: part.agency, at: edit.now, field: "parts[\(index)].agency")
                {
                    return .invalid([unknown])
                }
            }
            let stopsClock = try Catalogue(database: table.database).otherAgenciesStopClock(
                edit.dossier.procedureID, version: edit.dossier.procedureVersion)
            let sent = parts.map { part in
                var part = part
                part.stopsClock = stopsClock && !part.isLead
                return part
            }
            return edit.sendParts(sent, deadlines: try clocks.deadlines(in: table.database))
        }
    }

    func answerPart(
        _ request: RecordsV1.AnswerPartRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID, part: request.partNumber, request.answer, "answer")
        return try await change(
            request.dossierID, by: request, context, for: .takingPart
        ) { edit, _ in
            edit.answerPart(Int(request.partNumber), answer: request.answer)
        }
    }

    func withdrawPart(
        _ request: RecordsV1.WithdrawPartRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID, part: request.partNumber, request.reason, "reason")
        return try await change(request.dossierID, by: request, context) { edit, _ in
            edit.withdrawPart(Int(request.partNumber), reason: request.reason)
        }
    }

    private static func check(
        _ dossierID: String, part number: Int32, _ text: String, _ field: String
    ) throws(Status) {
        var check = FieldCheck()
        check.name(dossierID, "dossier_id")
        if number < 1 {
            check.add(FieldViolation("part_number", .required, "name the part, from 1"))
        }
        check.prose(text, field)
        try check.finish()
    }
}

// Contacts.
extension DossiersEndpoint {
    /// A dossier that took more has another trouble than its figures.
    private static let contactsMax = 1_000

    func recordContact(
        _ request: RecordsV1.RecordContactRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        let party = check.choice(ContactParty(rawValue: Int(request.party.rawValue)), "party")
        if party == .agency {
            check.name(request.agency, "agency")
        } else if !request.agency.isEmpty {
            check.add(
                FieldViolation("agency", .notOffered, "leave it out: the one-stop is the unit's"))
        }
        check.prose(request.reason, "reason")
        check.prose(request.guidance, "guidance", isRequired: false)
        try check.finish()
        let actor = try context.caller.principal
        let organisations = organisations
        return try await change(
            request.dossierID, by: request, context, for: .takingPart
        ) { edit, table in
            if party == .agency,
                let unknown = try organisations.current(in: table.database).violation(
                    ofAgency: request.agency, at: edit.now, field: "agency")
            {
                return .invalid([unknown])
            }
            guard edit.dossier.contacts.count < Self.contactsMax, let party else {
                return .invalid([
                    FieldViolation(
                        "dossier_id", .outOfRange,
                        "a dossier takes at most \(Self.contactsMax) contacts")
                ])
            }
            let contact = Contact(
                time: edit.now, party: party,
                agency: party == .agency ? request.agency : edit.dossier.receivingUnit,
                reason: request.reason, isApplicantsFault: request.atApplicantsFault,
                guidance: request.guidance, official: actor)
            edit.recordContact(contact)
            try table.append(contact, to: edit.dossier.id)
            return nil
        }
    }

    func listContacts(
        _ request: RecordsV1.ListContactsRequest, context: CallContext
    ) async throws -> RecordsV1.ListContactsResponse {
        try Self.check(request.dossierID)
        let page = try NumberedPage(
            size: request.pageSize, token: request.pageToken,
            scope: "contacts \(request.dossierID)")
        let now = clock()
        let contacts = try await store.read { database -> [Contact]? in
            let table = DossierTable(database: database)
            guard let dossier = try table.find(DossierKey(request.dossierID)),
                try context.sees(dossier, at: now, in: try organisations.read(in: database))
            else { return nil }
            return try table.contacts(of: dossier.id, after: page.after, limit: page.size + 1)
        }
        guard let contacts else { throw Status.dossierNotFound }
        var response = RecordsV1.ListContactsResponse()
        (response.contacts, response.nextPageToken) = try page.cut(
            contacts.enumerated().map {
                RecordsV1.Contact($0.element, number: page.after + $0.offset + 1)
            })
        return response
    }
}
