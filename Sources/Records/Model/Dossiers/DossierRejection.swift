/// One field at fault, with what puts it right. Never repeats what the field held: it may be
/// personal data.
package struct FieldViolation: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable {
        case required = "REQUIRED"
        case malformed = "MALFORMED"
        case implausible = "IMPLAUSIBLE"
        /// Another field says otherwise.
        case contradictory = "CONTRADICTORY"
        case tooLong = "TOO_LONG"
        case unknown = "UNKNOWN"
        case repeated = "REPEATED"
        case ambiguous = "AMBIGUOUS"
        case notOffered = "NOT_OFFERED"
        case outOfRange = "OUT_OF_RANGE"
        /// An agency, a counter or a post that was not there on that day.
        case notInForce = "NOT_IN_FORCE"
        case overlapping = "OVERLAPPING"
        case wrongLevel = "WRONG_LEVEL"
        case takesNoDossiers = "TAKES_NO_DOSSIERS"
        case otherRegime = "OTHER_REGIME"
        case noSuchDate = "DATE_DOES_NOT_EXIST"
    }

    /// A path in the request, such as `applicant.phone`.
    package var field: String
    package var reason: Reason
    package var remedy: String

    package init(_ field: String, _ reason: Reason, _ remedy: String) {
        self.field = field
        self.reason = reason
        self.remedy = remedy
    }

    /// What is wrong with a list of ids: the first unknown one and the first that is repeated, for
    /// a request may name thousands.
    static func inList(
        _ given: [String], field: String, known: [String], remedy: String
    ) -> [FieldViolation] {
        var violations: [FieldViolation] = []
        if let index = given.firstIndex(where: { !known.contains($0) }) {
            violations.append(FieldViolation("\(field)[\(index)]", .unknown, remedy))
        }
        var seen: Set<String> = []
        if let index = given.firstIndex(where: { !seen.insert($0).inserted }) {
            violations.append(FieldViolation("\(field)[\(index)]", .repeated, "name each once"))
        }
        return violations
    }
}

/// Why a dossier stays as it is. The checks run in the order of the cases: the first that applies
/// is reported.
package enum DossierRejection: Hashable, Sendable {
    /// The state has no such move; ``allowed`` is what it has.
    case illegalMove(from: DossierState, to: DossierState, allowed: [DossierState])
    /// The action moves nothing and belongs to another state.
    case wrongState(DossierState, needed: DossierState, allowed: [DossierState])
    case supplementsExhausted(max: Int)
    case invalid([FieldViolation])
    case componentsNotDigitized([String])
    case feeNotAssessed
    case feeAmountOpen
    case feeNotPaid
    case unitOfOtherRegime(unit: String, regime: Regime)
    case dailyCodesExhausted(unit: String, regime: Regime)
    /// The due date lies beyond the years that the calendar reaches.
    case calendarExhausted
    case stepNotCurrent(given: Int, current: Int?)
    case stepsNotDone([Int])
    case resultNotDigitized
    /// A fact about a component that the dossier does not have.
    case componentNotFound(String)
    case clock(ClockRejection)
    /// The step has a holder, and the actor neither is him nor stands in for him nor is a head.
    case stepOfAnother(number: Int, assignee: String)
    /// The step is another agency's, and nobody there is the actor.
    case stepOfAnotherAgency(number: Int, agency: String)
    case stepEnded(Int)
    case stepNotFound(Int)
    /// The request for supplement is at another point; ``allowed`` is where it may go.
    case supplementStatus(SupplementStatus, allowed: [SupplementStatus])
    case resultHandOver(ResultHandOver, allowed: [ResultHandOver])
    case partsOpen([Int])
    case partNotFound(Int)
    case partEnded(Int, PartStatus)
    /// A part is answered by the agency that holds it.
    case partOfAnotherAgency(Int, agency: String)
    case notHead
    case delegationNotFound
    case delegationRevoked
}
