import Identity
import Messages
import RPC
import Storage
import WorkingTime

/// Who works on which dossier.
struct AssignmentsEndpoint: RecordsV1.AssignmentsService {
    let dossiers: DossiersEndpoint

    func assignStep(
        _ request: RecordsV1.AssignStepRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        if request.stepNumber < 1 {
            check.add(FieldViolation("step_number", .required, "name the step, from 1"))
        }
        check.official(request.official, "official")
        check.prose(request.reason, "reason")
        try check.finish()
        return try await dossiers.change(request.dossierID, by: request, context) { edit, table in
            try edit.standIn(at: Int(request.stepNumber), by: table)
            if let unknown = try unknown(request.official, "official", edit, table) {
                return unknown
            }
            return edit.assign(
                step: Int(request.stepNumber), to: request.official, reason: request.reason)
        }
    }

    func addCoWorker(
        _ request: RecordsV1.AddCoWorkerRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID, request.official, request.reason)
        return try await dossiers.change(request.dossierID, by: request, context) { edit, table in
            try edit.standIn(by: table)
            if let unknown = try unknown(request.official, "official", edit, table) {
                return unknown
            }
            return edit.addCoWorker(request.official, reason: request.reason)
        }
    }

    func removeCoWorker(
        _ request: RecordsV1.RemoveCoWorkerRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try Self.check(request.dossierID, request.official, request.reason)
        return try await dossiers.change(request.dossierID, by: request, context) { edit, table in
            try edit.standIn(by: table)
            return edit.removeCoWorker(request.official, reason: request.reason)
        }
    }

    func followDossier(
        _ request: RecordsV1.FollowDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try DossiersEndpoint.check(request.dossierID)
        return try await dossiers.change(
            request.dossierID, by: request, context, for: .takingPart
        ) { edit, _ in
            edit.follow()
        }
    }

    func unfollowDossier(
        _ request: RecordsV1.UnfollowDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try DossiersEndpoint.check(request.dossierID)
        return try await dossiers.change(
            request.dossierID, by: request, context, for: .takingPart
        ) { edit, _ in
            edit.unfollow()
        }
    }

    func reassignDossiers(
        _ request: RecordsV1.ReassignDossiersRequest, context: CallContext
    ) async throws -> RecordsV1.ReassignDossiersResponse {
        var check = FieldCheck()
        check.official(request.fromOfficial, "from_official")
        check.official(request.toOfficial, "to_official")
        check.prose(request.reason, "reason")
        if request.fromOfficial == request.toOfficial {
            check.add(FieldViolation("to_official", .repeated, "name another official"))
        }
        try check.finish()
        // Which dossiers, is chosen once: a repeat goes on with the same.
        let caller = try context.caller
        let command = try Command(
            principal: caller.principal, method: context.method, request: request)
        let now = dossiers.clock()
        let organisations = dossiers.organisations
        let max = DossiersEndpoint.bulkDossiersMax
        var response = try await dossiers.store.writer.run(command, at: now) {
            transaction -> Result<RecordsV1.ReassignDossiersResponse, Status> in
            let organisation = try organisations.current(in: transaction.database)
            if let unknown = organisation.violation(
                ofOfficial: request.toOfficial, at: now, field: "to_official")
            {
                return .failure(Status(invalid: [unknown]))
            }
            let held = try Self.held(
                by: request.fromOfficial, for: Jurisdiction(agency: caller.agency),
                on: now.local(in: .vietnam).date, in: organisation, limit: max + 1,
                from: DossierTable(database: transaction.database))
            var chosen = RecordsV1.ReassignDossiersResponse()
            chosen.hasMore = held.count > max
            chosen.results = held.prefix(max).map { id in .with { $0.dossierID = id } }
            return .success(chosen)
        }
        response.results = try await dossiers.each(of: response.results.map(\.dossierID)) { id in
            var one = request
            one.requestID = DossiersEndpoint.derivedID(request.requestID, id)
            let item = one
            return try await dossiers.moved(id) {
                try await dossiers.change(
                    id, by: item, context, reply: { RecordsV1.MoveResult(moved: $0, as: id) }
                ) { edit, table in
                    if let unknown = try unknown(request.toOfficial, "to_official", edit, table) {
                        return unknown
                    }
                    return edit.reassign(
                        from: request.fromOfficial, to: request.toOfficial, reason: request.reason)
                }
            }
        }
        // One that went beyond the caller's agency meanwhile is not told of.
        response.results.removeAll { $0.reason == Status.dossierNotFound.errorInfo?.reason }
        response.movedCount = Int32(response.results.count(where: \.moved))
        return response
    }

    /// Reads on until enough are found whose steps are the head's to pass on: those of other
    /// agencies must not stand before his own.
    static func held(
        by official: String, for jurisdiction: Jurisdiction, on day: CivilDate,
        in organisation: Organisation, limit: Int, from table: DossierTable
    ) throws -> [String] {
        func isOwn(_ agency: String) -> Bool {
            jurisdiction.covers(agency, on: day, in: organisation)
        }
        var found: [String] = []
        var last = ""
        while found.count < limit {
            let page = try table.dossiersHeld(by: official, after: last, limit: limit)
            found += page.filter { held in
                (isOwn(held.receivingUnit) || isOwn(held.handlingAgency))
                    && held.agencies.allSatisfy(isOwn)
            }.map(\.id)
            guard page.count == limit, let end = page.last else { break }
            last = end.id
        }
        return Array(found.prefix(limit))
    }

    /// Work is given to officials who hold a post today.
    private func unknown(
        _ official: String, _ field: String, _ edit: DossierEdit, _ table: DossierTable
    ) throws -> DossierRejection? {
        try dossiers.organisations.current(in: table.database)
            .violation(ofOfficial: official, at: edit.now, field: field).map { .invalid([$0]) }
    }

    private static func check(
        _ dossierID: String, _ official: String, _ reason: String
    ) throws(Status) {
        var check = FieldCheck()
        check.name(dossierID, "dossier_id")
        check.official(official, "official")
        check.prose(reason, "reason")
        try check.finish()
    }
}
