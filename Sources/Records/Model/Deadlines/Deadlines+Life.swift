import WorkingTime

extension Deadlines {
    /// When an accepted dossier passes to its handler (Decree 61/2018 article 18); `nil` when the
    /// calendar does not reach so far.
    func handOver(of dossier: Dossier) -> Instant? {
        dossier.acceptTime.flatMap {
            book.clock(for: dossier.receivingUnit)
                .handover(receivedAt: $0, cutoff: dossier.regime.handOverCutOff)
        }
    }

    /// When a part that begins now is due by its own limit and its agency's clock; `nil` when the
    /// calendar does not reach so far.
    func due(ofPart part: DossierEdit.NewPart, from start: Instant, in regime: Regime) -> Due? {
        due(
            ofPart: DeadlineFacts.Part(
                number: 0, agency: part.agency, limit: part.limit, startTime: start), in: regime)
    }

    func due(ofPart part: DeadlineFacts.Part, in regime: Regime) -> Due? {
        let deadline: Deadline
        do throws(HoldRejection) {
            deadline = try Deadline(
                reception: part.startTime, limit: part.limit, holds: try HoldLedger([]),
                afterSupplement: regime.afterSupplement, cutoff: regime.handOverCutOff)
        } catch {
            preconditionFailure("no hold, no disorder: \(error)")
        }
        switch book.clock(for: part.agency).due(deadline) {
        case .at(let due, let isProvisional): return isProvisional ? .provisional(due) : .dated(due)
        case .absent(.unspecified): return .noLimit
        case .absent: return nil
        }
    }
}
