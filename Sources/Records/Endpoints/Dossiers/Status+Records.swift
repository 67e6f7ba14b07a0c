import Messages
import RPC
import WorkingTime

extension Status {
    static let domain = "records.motcua"

    static let procedureNotFound = Status(
        .notFound, reason: "PROCEDURE_NOT_FOUND", domain: domain,
        message: "there is no such procedure or version; search the catalogue for its id")

    static let procedureMissing = Status(invalid: [
        FieldViolation("procedure_id", .required, "name the procedure, such as 1488")
    ])

    static let dossierNotFound = Status(
        .notFound, reason: "DOSSIER_NOT_FOUND", domain: domain,
        message: "there is no such dossier; compare its id or code")

    /// One answer for an unknown code and for a wrong secret: nobody learns which codes exist.
    static let nothingTracked = Status(
        .notFound, reason: "DOSSIER_NOT_FOUND", domain: domain,
        message:
            "no dossier has this code and look-up secret; compare both with the acceptance slip")

    static let badPageToken = Status(invalid: [
        FieldViolation(
            "page_token", .malformed,
            "hand back next_page_token of the last response with the same filter, or leave it out")
    ])

    /// Tells every field at fault at once.
    init(invalid violations: [FieldViolation]) {
        self.init(
            .invalidArgument, reason: "INVALID_FIELDS", domain: Self.domain,
            message: violations.map { "\($0.field): \($0.remedy)" }.joined(separator: "; "),
            fields: violations.map { violation in
                .init(
                    field: violation.field, remedy: violation.remedy,
                    reason: violation.reason.rawValue)
            })
    }

    init(_ rejection: DossierRejection) {
        switch rejection {
        case .illegalMove(let from, let to, let allowed):
            self.init(
                state: from, allowed: allowed, metadata: ["move": to.protoName],
                message: "the dossier cannot go to state \(to.label)")
        case .wrongState(let state, let needed, let allowed):
            self.init(
                state: state, allowed: allowed, metadata: ["needed": needed.protoName],
                message: "this needs a dossier in state \(needed.label)")
        case .supplementsExhausted(let max):
            self.init(
                "SUPPLEMENTS_EXHAUSTED", ["max": String(max)],
                "supplement has been asked for \(max) times, the most that the law allows: decide on "
                    + "what is there")
        case .invalid(let violations):
            self.init(invalid: violations)
        case .componentsNotDigitized(let ids):
            let names = ids.joined(separator: ",")
            self.init(
                "COMPONENTS_NOT_DIGITIZED", ["component_ids": names],
                "digitize these components first: \(names)")
        case .feeNotAssessed:
            self.init(
                "FEE_NOT_ASSESSED", [:],
                "the fee has not been assessed yet: send this again in a moment, as a new request")
        case .feeAmountOpen:
            self.init(
                "FEE_AMOUNT_OPEN", [:],
                "the source leaves the fee's amount open: a cashier sets it, then it is paid")
        case .feeNotPaid:
            self.init(
                "FEE_NOT_PAID", [:], "the fee is due before acceptance: have the bill paid first")
        case .unitOfOtherRegime(let unit, let regime):
            self.init(
                "UNIT_OF_OTHER_REGIME", ["receiving_unit": unit, "regime": regime.id],
                "on this day of reception \(regime.id) holds, whose units are written as "
                    + "\(regime.unitPattern.sample): withdraw the dossier and submit it to such a unit"
            )
        case .dailyCodesExhausted(let unit, let regime):
            self.init(
                "DAILY_CODES_EXHAUSTED", ["receiving_unit": unit, "regime": regime.id],
                "all \(regime.dailyCodesMax ?? 0) codes that \(regime.id) gives unit \(unit) for one "
                    + "day are used: accept the dossier tomorrow")
        case .calendarExhausted:
            self.init(
                "CALENDAR_EXHAUSTED", [:],
                "the due date lies beyond the calendar: have the operator load a later one")
        case .stepNotCurrent(let given, let current):
            let sentence =
                current.map { "the current step is \($0), not \(given): look at the dossier again" }
                ?? "every step is done: issue the result"
            self.init(
                "STEP_NOT_CURRENT", ["current_step": current.map(String.init) ?? ""], sentence)
        case .stepsNotDone(let numbers):
            let names = numbers.map(String.init).joined(separator: ",")
            self.init("STEPS_NOT_DONE", ["steps": names], "complete these steps first: \(names)")
        case .resultNotDigitized:
            self.init("RESULT_NOT_DIGITIZED", [:], "digitize the result before it is returned")
        case .componentNotFound(let id):
            self.init(
                .notFound, reason: "COMPONENT_NOT_FOUND", domain: Self.domain,
                message: "the dossier has no component \(id.prefix(16))")
        case .clock(let rejection): self.init(rejection)
        case .stepOfAnother, .stepOfAnotherAgency, .stepEnded, .stepNotFound, .supplementStatus,
            .resultHandOver,
            .partsOpen, .partNotFound, .partEnded, .partOfAnotherAgency, .notHead,
            .delegationNotFound, .delegationRevoked:
            self.init(ofLife: rejection)
        }
    }

    /// A failed precondition that the same request, sent anew, may meet later.
    init(_ reason: String, _ metadata: [String: String], _ message: String) {
        self.init(
            .failedPrecondition, reason: reason, domain: Self.domain, message: message,
            metadata: metadata)
    }

    private init(
        state: DossierState, allowed: [DossierState], metadata: [String: String], message: String
    ) {
        let moves =
            allowed.isEmpty
            ? "which is final: it allows no move"
            : "which allows \(allowed.map(\.label).joined(separator: ", "))"
        let both = [
            "state": state.protoName, "allowed": allowed.map(\.protoName).joined(separator: ","),
        ]
        self.init(
            "ILLEGAL_MOVE", metadata.merging(both) { $1 },
            "\(message): it is in state \(state.label), \(moves)")
    }
}

extension DossierState {
    var protoName: String { message.protoName ?? "" }
    var label: String { "\(rawValue) (\(message.title))" }
}
