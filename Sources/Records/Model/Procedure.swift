import WorkingTime

/// How a dossier comes in (kênh thực hiện).
package enum IntakeChannel: Int, Hashable, Sendable, CaseIterable {
    case direct = 1
    case online = 2
    case post = 3
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

/// What the catalogue says of a procedure. All text is NFC, so equal contents are equal bytes.
package struct ProcedureContent: Hashable, Sendable {
    package var name: String
    package var field: String
    package var agencies: [String]
    package var applicants: [String]
    package var resultName: String
    package var limits: [LimitCase]
    package var feeLines: [FeeLine]
    package var components: [RequiredComponent]
    package var legalBasis: [String]
}

/// One version of a procedure. A version never changes: a dossier is bound to it.
package struct Procedure: Hashable, Sendable {
    package var id: String
    /// Counted from 1.
    package var version: Int32
    package var content: ProcedureContent
}
