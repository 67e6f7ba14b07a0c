import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct AnswersEndpoint: SurveysV1.AnswersService {
    let store: Store
    let clock: @Sendable () -> Instant

    func submitAnswer(
        _ request: SurveysV1.SubmitAnswerRequest, context: CallContext
    ) async throws -> SurveysV1.SubmitAnswerResponse {
        let (token, answer) = try request.checked()
        let command = try Command(
            principal: try context.caller.principal, method: SurveysV1.Answers.submitAnswer,
            request: request, audit: .methodOnly)
        return try await Status.mapping {
            // Beside the writer: anyone may call this, and whoever guesses tokens shall cost
            // little.
            let isKnown = try await store.read { database in
                try InvitationTable(database: database).invitation(with: token) != nil
            }
            guard isKnown else { throw SurveyRejection.tokenUnknown }
            return try await store.writer.run(command, at: clock()) { transaction in
                let invitations = InvitationTable(database: transaction.database)
                guard let invitation = try invitations.invitation(with: token) else {
                    throw SurveyRejection.tokenUnknown
                }
                guard !invitation.isSpent else { throw SurveyRejection.tokenSpent }
                try invitations.spend(token)
                try AnswerTable(database: transaction.database).insert(
                    answer, of: invitation.cohort)
                try transaction.append(
                    event: SurveysV1.SurveysEvent(answerReceivedIn: invitation.cohort),
                    subject: invitation.cohort.unit)
                return .success(SurveysV1.SubmitAnswerResponse())
            }
        }
    }
}
