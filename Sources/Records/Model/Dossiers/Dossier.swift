import WorkingTime

package struct Applicant: Hashable, Sendable {
    package var fullName: String
    /// 12 digits, 9 digits of the old card, or a tax code; may be empty.
    package var identityNumber: String
    package var phone: String
    package var email: String
    package var address: String
    package var sex: Sex? = nil
    /// As it was given, yyyy-MM-dd; may be empty.
    package var birthDate = ""
}

package struct DossierComponent: Hashable, Sendable {
    /// Of the procedure version's list.
    package var id: String
    package var name: String
    package var originals: Int
    package var copies: Int
    /// `nil` until the component is digitized.
    package var documentID: String?
}

/// One step of the internal process.
package struct DossierStep: Hashable, Sendable {
    /// Counted from 1.
    package var number: Int
    package var name: String
    package var startTime: Instant?
    package var endTime: Instant?
    /// The principal who ended it; empty until then.
    package var official: String
    /// Of the internal process; may be empty.
    package var stage = ""
    /// The agency that holds the step.
    package var agency = ""
    /// Of the post that holds it.
    package var role: PostRole? = nil
    /// The one accountable holder; empty: the agency's head answers.
    package var assignee = ""
    package var budgetMinutes: Int? = nil
    /// When its budget is used up; `nil` where it has none or has not begun.
    package var dueTime: Instant? = nil

    package var isOpen: Bool { endTime == nil }
}

extension DossierStep {
    /// The internal process of a procedure that has none of its own.
    package static let standardNames = [
        "Thụ lý, thẩm định", "Trình ký, phê duyệt", "Đóng dấu, phát hành",
    ]
}

/// One request for supplement (Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ), from asking to receiving.
package struct Supplement: Hashable, Sendable {
    /// Counted from 1.
    package var number: Int
    package var reason: String
    package var componentIDs: [String]
    package var requestTime: Instant
    package var receiveTime: Instant?
    package var dueTimeBefore: Instant?
    package var dueTimeAfter: Instant?
    package var status = SupplementStatus.asked
    /// When the citizen last sent.
    package var sendTime: Instant? = nil
    /// How often the request was put to the citizen.
    package var rounds = 1
}

package struct DossierResult: Hashable, Sendable {
    /// Số, ký hiệu; empty until the result is issued.
    package var number: String
    package var summary: String
    /// `nil` until the result is digitized.
    package var documentID: String?
}

/// What the dossier's fee has come to, as payments tells it.
package enum FeeStatus: Int, Hashable, Sendable, CaseIterable {
    /// Payments has not answered yet.
    case notAssessed = 0
    case noneDue = 1
    case awaitingAmount = 2
    case due = 3
    case settled = 4
}

/// A place in payments' journal. An epoch is one life of that journal: a restored backup begins
/// another.
package struct FeePlace: Hashable, Sendable {
    package var epoch: String
    package var sequence: Int64

    /// Before the first fact.
    package static let none = FeePlace(epoch: "", sequence: 0)

    /// Whether a fact from here counts after one from `earlier`. Of two epochs the one that is told
    /// later is the newer.
    func isNewer(than earlier: FeePlace) -> Bool {
        epoch != earlier.epoch || sequence > earlier.sequence
    }
}

/// When the result is due.
package enum Due: Hashable, Sendable {
    case notAccepted
    case dated(Instant)
    /// Beyond the last loaded calendar year: the date may move.
    case provisional(Instant)
    case noLimit

    package var time: Instant? {
        switch self {
        case .dated(let time), .provisional(let time): time
        case .notAccepted, .noLimit: nil
        }
    }
}

/// By what a dossier is looked up.
package enum DossierKey: Hashable, Sendable {
    /// Nobody guesses one.
    case id(String)
    /// Counts up from 1 each day: anybody can guess one.
    case code(String)

    /// Ids have no hyphen, codes always do.
    package init(_ text: String) {
        self = text.utf8.contains(UInt8(ascii: "-")) ? .code(text) : .id(text)
    }
}

/// A dossier (hồ sơ), from hand-in to result.
package struct Dossier: Hashable, Sendable {
    package var id: String
    /// By the regime's pattern; `nil` before acceptance.
    package var code: String?
    package var state: DossierState
    package var procedureID: String
    package var procedureVersion: Int32
    package var procedureName: String
    /// The identifier code of the unit that took it in.
    package var receivingUnit: String
    package var channel: IntakeChannel
    package var applicant: Applicant
    /// The case of the procedure that applies.
    package var limit: LimitCase
    package var feeLines: [FeeLine]
    package var feeStatus: FeeStatus
    /// Where ``feeStatus`` comes from.
    package var feePlace: FeePlace
    package var components: [DossierComponent]
    /// Documents that a request for supplement has put aside: a late fact about one changes
    /// nothing.
    package var supersededDocumentIDs: Set<String>
    package var steps: [DossierStep]
    package var supplements: [Supplement]
    package var result: DossierResult
    package var regime: Regime
    package var submitTime: Instant
    package var acceptTime: Instant?
    package var due: Due
    /// When processing ended, with a result or without; only of an accepted dossier.
    package var finishTime: Instant?
    package var returnTime: Instant?
    /// The principal who handed it in.
    package var submitter = ""
    /// Only with ``IntakeChannel/assisted``.
    package var assistance: Assistance? = nil
    /// What the applicant was told at hand-in; may be empty.
    package var guidance = ""
    /// When the dossier passes to its handler; `nil` before acceptance.
    package var handOverTime: Instant? = nil
    package var resultHandOver = ResultHandOver.none
    /// When the counter confirmed that it has the result.
    package var resultArriveTime: Instant? = nil
    package var stopCause: StopCause? = nil
    /// Principals, in the order in which they came.
    package var coWorkers: [String] = []
    package var followers: [String] = []
    package var parts: [DossierPart] = []
    package var contacts = ContactFigures()
    /// By decision or by the rules; supplements are kept apart.
    package var holds: [DossierHold] = []
    package var grant: ExtensionGrant? = nil
    /// When somebody must be told of something next; `nil` when nothing falls due.
    package var nextNoticeTime: Instant? = nil
    /// The version of the clock that ``due`` was derived by last.
    package var clockVersion: Int64 = 0
    /// Working minutes for which agencies held it, once it has ended after acceptance.
    package var agencyMinutes: Int? = nil

    package var isAccepted: Bool { acceptTime != nil }
    package var moves: [DossierState] { state.moves(isAccepted: isAccepted) }

    /// The step under way; `nil` before processing and when all are done.
    package var currentStep: DossierStep? { steps.first(where: \.isOpen) }

    /// The form that ended the dossier without a result; `nil` where none did.
    package var endingForm: String? {
        state == .refused ? regime.form(.refusal) : stopCause.flatMap { regime.form($0.form) }
    }

    package var undigitizedComponentIDs: [String] {
        components.filter { $0.documentID == nil }.map(\.id)
    }
}

/// One line of a dossier's history, as the control slip (form 06) prints it.
package struct HistoryEntry: Hashable, Sendable {
    package var time: Instant
    package var state: DossierState
    /// In Vietnamese.
    package var action: String
    /// The principal who acted.
    package var actor: String
    package var note: String
    /// The number of the form that goes with it; may be empty.
    package var form = ""
    /// The principal whom the actor stood in for; empty where he acted for himself.
    package var onBehalfOf = ""
}
