import WorkingTime

/// Derives when a dossier's result is due: the room's own words for what `WorkingTime` decides.
package struct Deadlines: Sendable {
    private let clock: WorkClock

    package init(clock: WorkClock = WorkClock()) { self.clock = clock }

    /// The due date of an accepted dossier none of whose supplements is open.
    ///
    /// - Returns: `nil` when the calendar does not reach so far.
    func due(of dossier: Dossier) -> Due? {
        guard let reception = dossier.acceptTime else { return .notAccepted }
        let deadline: Deadline
        do throws(HoldRejection) {
            deadline = try Deadline(
                reception: reception, limit: dossier.limit.limit,
                holds: try HoldLedger(holds(of: dossier, since: reception)),
                afterSupplement: dossier.regime.afterSupplement,
                cutoff: dossier.regime.handOverCutOff)
        } catch {
            preconditionFailure("supplements follow each other: \(error)")
        }
        switch clock.due(deadline) {
        case .at(let due, let isProvisional): return isProvisional ? .provisional(due) : .dated(due)
        case .absent(.unspecified): return .noLimit
        case .absent(.outsideCalendar), .absent(.beyondHorizon): return nil
        case .absent(.suspended): preconditionFailure("a due date is derived when the clock runs")
        }
    }

    /// Supplements before acceptance stop nothing: no clock ran.
    private func holds(of dossier: Dossier, since reception: Instant) -> [Hold] {
        dossier.supplements.compactMap { supplement in
            guard supplement.requestTime >= reception,
                supplement.receiveTime != supplement.requestTime
            else { return nil }
            return Hold(
                from: supplement.requestTime, to: supplement.receiveTime, cause: .supplement)
        }
    }
}
