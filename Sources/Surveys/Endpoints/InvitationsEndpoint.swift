import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct InvitationsEndpoint: SurveysV1.InvitationsService {
    let store: Store
    let secret: TokenSecret
    let clock: @Sendable () -> Instant

    func inviteCitizen(
        _ request: SurveysV1.InviteCitizenRequest, context: CallContext
    ) async throws -> SurveysV1.InviteCitizenResponse {
        let cohort = try Cohort(request)
        let command = try Command(
            principal: try context.caller.principal, method: SurveysV1.Invitations.inviteCitizen,
            request: request)
        return try await store.writer.run(command, at: clock()) { transaction in
            let table = InvitationTable(database: transaction.database)
            if try table.insert(request.dossierID, cohort) {
                try transaction.append(
                    event: SurveysV1.SurveysEvent(invited: request.dossierID),
                    subject: request.dossierID)
            }
            return .success(SurveysV1.InviteCitizenResponse())
        }
    }

    /// What is remembered for the `request_id` is a reply without the token; the token is made
    /// again each time.
    func claimToken(
        _ request: SurveysV1.ClaimTokenRequest, context: CallContext
    ) async throws -> SurveysV1.ClaimTokenResponse {
        try Status.demand([
            .requestID(request.requestID), .identifier("dossier_id", request.dossierID),
        ])
        let principal = try context.caller.principal
        let command = try Command(
            principal: principal, method: SurveysV1.Invitations.claimToken, request: request)
        let token = secret.token(
            principal: principal, requestID: request.requestID, dossierID: request.dossierID)
        var response: SurveysV1.ClaimTokenResponse = try await Status.mapping {
            try await store.writer.run(command, at: clock()) { transaction in
                let table = InvitationTable(database: transaction.database)
                guard let invitation = try table.invitation(of: request.dossierID) else {
                    throw SurveyRejection.notInvited
                }
                guard !invitation.isSpent else { throw SurveyRejection.tokenAlreadyUsed }
                try table.setToken(token, of: request.dossierID)
                transaction.auditSubject = request.dossierID
                return .success(SurveysV1.ClaimTokenResponse())
            }
        }
        response.token = token.printed
        return response
    }
}
