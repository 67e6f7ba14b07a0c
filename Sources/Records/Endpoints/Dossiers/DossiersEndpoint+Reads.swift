import Messages
import RPC
import Storage
import WorkingTime

extension CallContext {
    /// Whether the caller may know of a dossier.
    func sees(
        _ dossier: Dossier, at now: Instant, in organisation: Organisation
    ) throws(Status) -> Bool {
        try jurisdiction.reach(
            to: dossier, on: now.local(in: .vietnam).date, in: { organisation }) > .none
    }
}

extension DossiersEndpoint {
    func getDossier(
        _ request: RecordsV1.GetDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        let key = try context.dossierKey(request.dossierID)
        let (found, organisation) = try await store.read { database in
            (
                try key.flatMap { try DossierTable(database: database).find($0) },
                try organisations.read(in: database)
            )
        }
        let now = clock()
        guard let found, try context.sees(found, at: now, in: organisation) else {
            throw try Self.notFound(request.dossierID)
        }
        var reply = RecordsV1.Dossier(found)
        reply.nameUnits(by: organisation, at: now)
        return reply
    }

    func getHistory(
        _ request: RecordsV1.GetHistoryRequest, context: CallContext
    ) async throws -> RecordsV1.GetHistoryResponse {
        let page = try NumberedPage(
            size: request.pageSize, token: request.pageToken,
            scope: "history \(request.dossierID)")
        let now = clock()
        let entries = try await store.read { database -> [HistoryEntry]? in
            let table = DossierTable(database: database)
            guard let dossier = try table.find(DossierKey(request.dossierID)),
                try context.sees(dossier, at: now, in: try organisations.read(in: database))
            else { return nil }
            return try table.history(of: dossier.id, after: page.after, limit: page.size + 1)
        }
        guard let entries else { throw try Self.notFound(request.dossierID) }
        var response = RecordsV1.GetHistoryResponse()
        (response.entries, response.nextPageToken) = try page.cut(
            entries.map(RecordsV1.HistoryEntry.init))
        return response
    }

    private static func notFound(_ id: String) throws(Status) -> Status {
        var check = FieldCheck()
        check.name(id, "dossier_id")
        try check.finish()
        return .dossierNotFound
    }

    func listDossiers(
        _ request: RecordsV1.ListDossiersRequest, context: CallContext
    ) async throws -> RecordsV1.ListDossiersResponse {
        var check = FieldCheck()
        let size = PageSize.resolve(request.pageSize, default: 50)
        if size == nil { check.add(PageSize.violation) }
        let state = DossierState(request.state)
        if state == nil, request.state != .unspecified {
            check.add(
                FieldViolation("state", .unknown, "choose one of the ten states or leave it out"))
        }
        check.unit(request.receivingUnit)
        try check.finish()
        let token = PageToken(
            scope: "dossiers \(request.state.rawValue) \(request.receivingUnit)")
        var before = Int64.max
        if !request.pageToken.isEmpty {
            guard let key = token.key(in: request.pageToken).flatMap(Int64.init) else {
                throw Status.badPageToken
            }
            before = key
        }
        let limit = size ?? 0
        let unit = request.receivingUnit
        let jurisdiction = try context.jurisdiction
        let now = clock()
        let today = now.local(in: .vietnam).date
        let (page, organisation) = try await store.read { [before] database in
            let organisation = try organisations.read(in: database)
            let table = DossierTable(database: database)
            if !unit.isEmpty {
                // The unit is everybody's knowledge: this tells nothing of its dossiers.
                guard jurisdiction.covers(unit, on: today, in: organisation) else {
                    throw Status.outsideAgency(jurisdiction.agency)
                }
            } else if let units = try jurisdiction.units(
                of: FiguresTable(database: database).units, on: today, in: organisation)
            {
                return (
                    try table.page(state: state, units: units, before: before, limit: limit),
                    organisation
                )
            }
            return (
                try table.page(
                    state: state, unit: unit.isEmpty ? nil : unit, before: before, limit: limit),
                organisation
            )
        }
        var response = RecordsV1.ListDossiersResponse()
        let dossiers = page.dossiers.map { dossier in
            var message = RecordsV1.Dossier(dossier)
            message.nameUnits(by: organisation, at: now)
            return message
        }
        let count = try PageSize.fitting(dossiers)
        response.dossiers = Array(dossiers.prefix(count))
        if count < dossiers.count || !page.isLast {
            response.nextPageToken = token.text(after: String(page.numbers[count - 1]))
        }
        return response
    }

    func trackDossier(
        _ request: RecordsV1.TrackDossierRequest, context: CallContext
    ) async throws -> RecordsV1.TrackDossierResponse {
        var check = FieldCheck()
        check.name(request.code, "code")
        check.name(request.lookUpSecret, "look_up_secret")
        try check.finish()
        guard let secret = LookUpSecret(typed: request.lookUpSecret) else {
            throw Status.nothingTracked
        }
        let (found, key) = try await store.read { database in
            let table = DossierTable(database: database)
            return (try table.tracked(code: request.code), try table.lookUpKey())
        }
        // An unknown code takes as long as a wrong secret.
        guard let isRight = key?.secret(of: found?.id ?? "").matches(secret), let found, isRight
        else { throw Status.nothingTracked }
        var response = RecordsV1.TrackDossierResponse()
        response.code = request.code
        response.state = found.state.message
        return response
    }
}
