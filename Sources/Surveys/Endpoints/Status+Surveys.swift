import Messages
import RPC

private let domain = "surveys.motcua"

typealias FieldViolation = GoogleRPC.BadRequest.FieldViolation

extension Status {
    init(invalid violations: [FieldViolation]) {
        let sentences = violations.map { "\($0.field): \($0.description)" }
        self.init(
            .invalidArgument, reason: "FIELD_INVALID", domain: domain,
            message: sentences.joined(separator: "; "), fields: violations)
    }

    /// - Throws: INVALID_ARGUMENT when there is any violation.
    static func demand(_ violations: [FieldViolation?]) throws(Status) {
        let violations = violations.compactMap(\.self)
        guard violations.isEmpty else { throw Status(invalid: violations) }
    }

    /// Turns the rejection that a command threw, so as not to be remembered, into its status.
    static func mapping<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let rejection as SurveyRejection {
            throw Status(rejection)
        }
    }

    init(_ rejection: SurveyRejection) {
        let (code, reason, message): (StatusCode, String, String) =
            switch rejection {
            case .notInvited:
                (
                    .notFound, "NOT_INVITED",
                    "There is no invitation for this dossier. It comes soon after the result is "
                        + "ready: try again shortly."
                )
            case .tokenAlreadyUsed:
                (
                    .failedPrecondition, "TOKEN_ALREADY_USED",
                    "The dossier's token was used for an answer, and a dossier is answered for "
                        + "once. Nothing more is to be printed."
                )
            case .tokenUnknown:
                (
                    .notFound, "TOKEN_UNKNOWN",
                    "No dossier has this token. Compare it with the result slip; when the slip "
                        + "was printed again, only the newest token holds."
                )
            case .tokenSpent:
                (
                    .failedPrecondition, "TOKEN_SPENT",
                    "This token was used for an answer already, and holds for one. Ask at the "
                        + "counter if that answer was not yours."
                )
            }
        self.init(code, reason: reason, domain: domain, message: message)
    }
}
