import Messages
import RPC
import Storage

extension DossiersEndpoint {
    func getDossier(
        _ request: RecordsV1.GetDossierRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        let dossier = try await store.read { database in
            try DossierTable(database: database).find(request.dossierID)
        }
        guard let dossier else { throw try Self.notFound(request.dossierID) }
        return RecordsV1.Dossier(dossier)
    }

    func getHistory(
        _ request: RecordsV1.GetHistoryRequest, context: CallContext
    ) async throws -> RecordsV1.GetHistoryResponse {
        let entries = try await store.read { database -> [HistoryEntry]? in
            let table = DossierTable(database: database)
            return try table.find(request.dossierID).map { try table.history(of: $0.id) }
        }
        guard let entries else { throw try Self.notFound(request.dossierID) }
        var response = RecordsV1.GetHistoryResponse()
        response.entries = entries.map(RecordsV1.HistoryEntry.init)
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
        let unit = request.receivingUnit.isEmpty ? nil : request.receivingUnit
        let page = try await store.read { [before] database in
            try DossierTable(database: database).page(
                state: state, unit: unit, before: before, limit: limit)
        }
        var response = RecordsV1.ListDossiersResponse()
        response.dossiers = page.dossiers.map(RecordsV1.Dossier.init)
        if let next = page.next { response.nextPageToken = token.text(after: String(next)) }
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
        let tracked = try await store.read { database in
            try DossierTable(database: database).tracked(code: request.code)
        }
        // An unknown code takes as long as a wrong secret.
        let isRight = secret.matches(tracked?.secret ?? .impossible)
        guard let tracked, isRight else { throw Status.nothingTracked }
        var response = RecordsV1.TrackDossierResponse()
        response.code = request.code
        response.state = tracked.state.message
        return response
    }
}
