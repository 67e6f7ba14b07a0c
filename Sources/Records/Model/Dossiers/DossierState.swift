/// The ten states of the National Public Service Portal, by its numbers.
package enum DossierState: Int, Hashable, Sendable, CaseIterable {
    case registered = 1
    case accepted = 2
    case refused = 3
    case processing = 4
    case awaitingSupplement = 5
    case awaitingPayment = 6
    case withdrawn = 7
    case stopped = 8
    case finished = 9
    case returned = 10

    /// Where a dossier may go from here, in the portal's order; empty for a final state.
    ///
    /// - Parameter isAccepted: Whether the dossier has been accepted. Waiting (5, 6) leads
    ///   elsewhere before and after, and nothing reaches processing (4) without acceptance (2).
    package func moves(isAccepted: Bool) -> [DossierState] {
        switch self {
        case .registered: [.accepted, .refused, .awaitingSupplement, .awaitingPayment, .withdrawn]
        case .accepted: [.processing, .withdrawn, .stopped]
        case .processing:
            [.awaitingSupplement, .awaitingPayment, .withdrawn, .stopped, .finished]
        case .awaitingSupplement:
            isAccepted
                ? [.processing, .withdrawn, .stopped] : [.registered, .accepted, .withdrawn]
        case .awaitingPayment:
            isAccepted ? [.processing, .withdrawn, .stopped] : [.accepted, .withdrawn]
        case .finished: [.returned]
        case .refused, .withdrawn, .stopped, .returned: []
        }
    }
}
