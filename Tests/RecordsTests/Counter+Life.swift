import Identity
import Messages
import RPC
import RPCTesting

@testable import Records

/// Any caller, as the gateway would have proved him.
struct NamedCaller: ServerInterceptor {
    var principal: String
    var roles: [CommonV1.Role] = [.official]
    var agency = ""

    func admit(_ context: inout CallContext) throws(Status) {
        var caller = CommonV1.Caller()
        caller.principal = principal
        caller.roles = roles
        caller.agency = agency
        context[CallerKey.self] = caller
        try caller.authorize(context.method)
    }
}

extension Counter {
    func dossiers(as caller: NamedCaller) -> RecordsV1.DossiersClient {
        .init(InProcessServer(services: host.services, interceptors: [caller]).makeChannel())
    }

    func assignments(as caller: NamedCaller) -> RecordsV1.AssignmentsClient {
        .init(InProcessServer(services: host.services, interceptors: [caller]).makeChannel())
    }

    /// Digitized and free of charge: nothing but an official's act is missing.
    func complete(_ procedureID: String = "1658") async throws -> RecordsV1.Dossier {
        let dossier = try await submitted(procedureID)
        try await digitizeAll(dossier)
        try await fee(dossier, .noneDue, sequence: 1)
        return dossier
    }

    func started(_ procedureID: String = "1658") async throws -> RecordsV1.Dossier {
        try await start(try await accepted(procedureID))
    }

    func history(of dossier: RecordsV1.Dossier) async throws -> [RecordsV1.HistoryEntry] {
        try await dossiers.getHistory(.with { $0.dossierID = dossier.dossierID }).entries
    }

    func refuse(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        try await dossiers.refuseDossier(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.reason = "Không thuộc thẩm quyền"
            })
    }

    func stop(
        _ dossier: RecordsV1.Dossier, _ cause: RecordsV1.StopCause
    ) async throws -> RecordsV1.Dossier {
        try await dossiers.stopDossier(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.reason = "Không đủ điều kiện"
                $0.cause = cause
            })
    }

    func move(
        _ ids: [String], _ action: RecordsV1.BulkAction, requestID: String? = nil,
        dryRun: Bool = false, official: String = "", step: Int32 = 0
    ) async throws -> RecordsV1.MoveDossiersResponse {
        try await dossiers.moveDossiers(
            .with {
                $0.requestID = requestID ?? newRequestID()
                $0.dossierIDs = ids
                $0.action = action
                $0.dryRun = dryRun
                $0.official = official
                $0.stepNumber = step
                $0.note = official.isEmpty ? "" : "Phân công lại"
            })
    }
}
