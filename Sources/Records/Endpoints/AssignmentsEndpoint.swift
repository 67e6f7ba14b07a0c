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
            try edit.standIn(by: table)
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
        return try await dossiers.change(request.dossierID, by: request, context) { edit, _ in
            edit.follow()
        }
    }

    func unfollowDossier(
        _ request: RecordsV1.UnfollowDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        try DossiersEndpoint.check(request.dossierID)
        return try await dossiers.change(request.dossierID, by: request, context) { edit, _ in
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
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        let max = DossiersEndpoint.bulkDossiersMax
        var response = try await dossiers.store.writer.run(command, at: dossiers.clock()) {
            transaction in
            let held = try DossierTable(database: transaction.database)
                .dossiersHeld(by: request.fromOfficial, limit: max + 1)
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
        // What lies beyond the caller's agency is not told of.
        response.results.removeAll { $0.reason == Status.dossierNotFound.errorInfo?.reason }
        response.movedCount = Int32(response.results.count(where: \.moved))
        return response
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
