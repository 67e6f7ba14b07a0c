import WorkingTime

/// As the identity card tells it. The raw values are the numbers of the `.proto`.
package enum Sex: Int, Hashable, Sendable, CaseIterable {
    case male = 1
    case female = 2
}

/// Who helped the applicant to hand in at a counter.
package struct Assistance: Hashable, Sendable {
    package var helperName: String
    /// A principal, an identity number or a badge; may be empty.
    package var helperID: String

    package init(helperName: String, helperID: String) {
        self.helperName = helperName
        self.helperID = helperID
    }
}

/// How far a request for supplement is.
package enum SupplementStatus: Int, Hashable, Sendable, CaseIterable {
    case asked = 1
    /// By the citizen, and not all of it is digitized.
    case sent = 2
    /// All is there: an official takes it or returns it.
    case awaitingAcceptance = 3
    case finished = 4

    /// Where a request may go from here, oldest first. What comes to the counter is finished at
    /// once; what does not do goes back to the citizen within the same request.
    package var moves: [SupplementStatus] {
        switch self {
        case .asked: [.sent, .awaitingAcceptance, .finished]
        case .sent: [.asked, .awaitingAcceptance, .finished]
        case .awaitingAcceptance: [.asked, .finished]
        case .finished: []
        }
    }
}

/// How far the handing over of a result is.
package enum ResultHandOver: Int, Hashable, Sendable, CaseIterable {
    /// No result yet.
    case none = 0
    case awaitingConfirmation = 1
    case atCounter = 2
    case handedOver = 3

    /// What is issued where it is handed over needs no confirmation.
    package var moves: [ResultHandOver] {
        switch self {
        case .none: [.awaitingConfirmation]
        case .awaitingConfirmation: [.atCounter, .handedOver]
        case .atCounter: [.handedOver]
        case .handedOver: []
        }
    }
}

/// Why an accepted dossier ends without a result.
package enum StopCause: Int, Hashable, Sendable, CaseIterable {
    case refusedAfterAppraisal = 1
    case atCitizensRequest = 2

    /// The form follows the cause, not the state.
    package var form: FormKind {
        switch self {
        case .refusedAfterAppraisal: .refusal
        case .atCitizensRequest: .stopNotice
        }
    }
}

package enum PartStatus: Int, Hashable, Sendable, CaseIterable {
    case open = 1
    case answered = 2
    case withdrawn = 3
}

/// One agency's share of a dossier that several work on at once (một cửa liên thông). The dossier
/// stays one in every statistic.
package struct DossierPart: Hashable, Sendable {
    /// Counted from 1.
    package var number: Int
    package var agency: String
    package var task: String
    package var limit: TimeLimit
    /// Of the lead agency: at most one part that is not withdrawn.
    package var isLead: Bool
    /// Whether the dossier's clock stands still while the part is open.
    package var stopsClock: Bool
    package var status: PartStatus
    package var startTime: Instant
    package var due: Due
    /// When it was answered or withdrawn.
    package var endTime: Instant?
    /// The answer, or why it was withdrawn.
    package var answer: String
    /// The principal who ended it; empty until then.
    package var official: String
}

extension DossierPart {
    /// The time that another agency has the dossier; `nil` for the lead agency's part, which the
    /// dossier's own clock runs for.
    var hold: Hold? {
        isLead || startTime == endTime
            ? nil
            : Hold(
                from: startTime, to: endTime, cause: stopsClock ? .otherAgency : .consultation)
    }
}

/// How often an applicant was contacted to complete a dossier, and by whom.
package struct ContactFigures: Hashable, Sendable {
    package var count: Int = 0
    package var atApplicantsFault: Int = 0
    /// Sorted, each once.
    package var agencies: [String] = []

    mutating func add(agency: String, isApplicantsFault: Bool) {
        count += 1
        if isApplicantsFault { atApplicantsFault += 1 }
        if !agencies.contains(agency) { agencies = (agencies + [agency]).sorted() }
    }
}

/// Whom an applicant had to deal with.
package enum ContactParty: Int, Hashable, Sendable, CaseIterable {
    case oneStop = 1
    case agency = 2
}

/// One contact with the applicant.
package struct Contact: Hashable, Sendable {
    package var time: Instant
    package var party: ContactParty
    package var agency: String
    package var reason: String
    package var isApplicantsFault: Bool
    package var guidance: String
    /// The principal who recorded it.
    package var official: String
}

/// Lets one official act for another from day to day.
package struct Delegation: Hashable, Sendable {
    package var number: Int64
    package var from: String
    package var to: String
    package var days: ClosedRange<CivilDate>
    package var reason: String
    /// The principal who gave it.
    package var giver: String
    package var giveTime: Instant
    package var revokeTime: Instant?
}
