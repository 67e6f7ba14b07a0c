import WorkingTime

/// How a dossier comes in (kênh thực hiện).
package enum IntakeChannel: Int, Hashable, Sendable, CaseIterable {
    case direct = 1
    case online = 2
    case post = 3
    /// A direct hand-in with somebody who helps the applicant. Procedures never list it.
    case assisted = 4

    /// What a procedure lists.
    package static let ofProcedures = allCases.filter { $0.ofTerms == $0 }

    /// The channel whose limits and fees apply: help changes neither.
    package var ofTerms: IntakeChannel {
        switch self {
        case .direct, .online, .post: self
        case .assisted: .direct
        }
    }
}

/// One time limit of a procedure: by channel and, where the source tells cases apart, by case.
package struct LimitCase: Hashable, Sendable {
    /// Unique within the procedure version, such as "L1".
    package var id: String
    package var channel: IntakeChannel
    package var limit: TimeLimit
    /// As the source prints it.
    package var text: String
}

/// Phí and lệ phí are two kinds of money with receipts apart (Law 97/2015).
package enum FeeKind: Int, Hashable, Sendable, CaseIterable {
    case serviceFee = 1
    case charge = 2
}

/// What a fee line costs. Open is not zero: an official sets the amount later.
package enum FeeAmount: Hashable, Sendable {
    case dong(Int64)
    case open
}

/// One line of a procedure version's tariff.
package struct FeeLine: Hashable, Sendable {
    /// Unique within the procedure version, such as "F1".
    package var id: String
    package var kind: FeeKind
    package var amount: FeeAmount
    /// What one amount pays for; may be empty.
    package var per: String
    package var note: String
    /// Without repetitions, in the source's order.
    package var channels: [IntakeChannel]
}

/// A paper that the procedure asks for. Zero originals and zero copies are legal: the source prints
/// them.
package struct RequiredComponent: Hashable, Sendable {
    /// Unique within the procedure version, such as "C1".
    package var id: String
    package var name: String
    package var originals: Int
    package var copies: Int
    /// The file name of the form; may be empty.
    package var form: String
}

/// Whose authority a procedure is under.
package enum AuthorityLevel: Int, Hashable, Sendable, CaseIterable {
    case central = 1
    /// Province, or city under the central government.
    case city = 2
    /// Abolished on 1 July 2025; for the procedures of older law.
    case district = 3
    /// Xã, phường.
    case commune = 4
}

/// How far a procedure goes online (Decree 42/2022).
package enum ServiceLevel: Int, Hashable, Sendable, CaseIterable {
    /// Cung cấp thông tin trực tuyến.
    case information = 1
    /// Một phần.
    case partial = 2
    /// Toàn trình.
    case full = 3
}

/// A reading of the source that the source itself makes doubtful.
package struct Doubt: Hashable, Sendable {
    /// Such as "methods[0]".
    package var field: String
    package var reason: String
}

/// What the catalogue says of a procedure: every part of Decree 63/2010 article 8. All text is NFC,
/// so equal contents are equal bytes.
package struct ProcedureContent: Hashable, Sendable {
    package var name: String
    package var field: String
    /// Who decides.
    package var agencies: [String]
    package var applicants: [String]
    package var resultName: String
    package var limits: [LimitCase]
    package var feeLines: [FeeLine]
    package var components: [RequiredComponent]
    package var legalBasis: [String]
    /// Trình tự thực hiện.
    package var sequence = ""
    /// Cách thức thực hiện, beside the channels of ``limits``.
    package var manner = ""
    /// Số bộ hồ sơ; `nil` where the catalogue does not say.
    package var setCount: Int?
    /// Who takes dossiers in; empty: ``agencies``.
    package var receivingAgencies: [String] = []
    /// Yêu cầu, điều kiện.
    package var requirements = ""
    package var nationalCode: String?
    package var fieldCode: String?
    package var authorityLevel: AuthorityLevel?
    package var serviceLevel: ServiceLevel?
    /// Identifiers of the agencies that offer it; empty: every agency of its level.
    package var offeredBy: [String] = []
    /// Whether the clock of an interlinked dossier stands still while another agency has its part.
    package var otherAgenciesStopClock = false
    /// `nil`: the standard steps, without budgets.
    package var process: InternalProcess?
    package var doubts: [Doubt] = []
}

extension ProcedureContent {
    /// The mandatory parts of Decree 63/2010 art. 8(2), in the order of its letters.
    package enum Part: String, Hashable, Sendable, CaseIterable {
        case name
        case sequence
        case manner
        case components
        case setCount = "set_count"
        case limits
        case applicants
        case agencies
    }

    /// The mandatory parts that are empty. A procedure whose every limit is unspecified has no time
    /// limit; the channels of its limits are its manner where no more is said.
    package var missingParts: [Part] {
        Part.allCases.filter { part in
            switch part {
            case .name: name.isEmpty
            case .sequence: sequence.isEmpty
            case .manner: manner.isEmpty && limits.isEmpty
            case .components: components.isEmpty
            case .setCount: setCount == nil
            case .limits: limits.allSatisfy { $0.limit.unit == .unspecified }
            case .applicants: applicants.isEmpty
            case .agencies: agencies.isEmpty
            }
        }
    }
}

/// One version of a procedure. Once published it never changes: a dossier is bound to it.
package struct Procedure: Hashable, Sendable {
    package var id: String
    /// Counted from 1.
    package var version: Int32
    package var content: ProcedureContent

    package var process: InternalProcess? { content.process }
}
