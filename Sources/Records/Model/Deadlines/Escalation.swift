import WorkingTime

/// A notice that was brought before the accountable head.
package struct Escalation: Hashable, Sendable {
    package var number: Int64
    package var dossierID: String
    /// Of the dossier; escalations are about accepted ones.
    package var code: String
    package var kind: DueNotice.Kind
    package var due: Instant
    package var fireTime: Instant
    /// Who held the dossier.
    package var agency: String
    /// The principal who headed it when it fired; empty when nobody did.
    package var head: String
    /// `nil` until somebody acknowledged it.
    package var acknowledgeTime: Instant?
    package var acknowledgedBy: String
}

extension DueNotice.Kind {
    /// - Parameter step: Or the part.
    /// - Returns: `nil` for a number that is no kind.
    package init?(number: Int, step: Int) {
        switch number {
        case 1: self = .dueSoon
        case 2: self = .overdue
        case 3: self = .stepOverdue(step)
        case 4: self = .partOverdue(step)
        default: return nil
        }
    }
}
