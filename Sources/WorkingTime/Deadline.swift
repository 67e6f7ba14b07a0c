/// What a due date is derived from. The due date itself is never the truth: it is derived again when
/// a calendar changes.
package struct Deadline: Hashable, Sendable {
    /// What happens to the limit when the citizen has completed the dossier: data of the regime.
    package enum AfterSupplement: String, CaseIterable, Sendable {
        /// The rest of the limit runs on (the formula of Decision 766/QĐ-TTg).
        case resume
        /// The limit runs again from zero (Decree 61/2018, article 19(4)).
        case restart
    }

    package let reception: Instant
    package let limit: TimeLimit
    package let holds: HoldLedger
    package let afterSupplement: AfterSupplement
    /// From this time on a same-day limit means the next working day.
    package let cutoff: TimeOfDay
    /// What the one extension adds to the limit (``TimeLimit/extending(by:)``); `nil` without one.
    ///
    /// It runs from the instant at which the limit would have been due, as a limit of its own would
    /// from there, and holds move it as they move the limit. A supplement that restarts the limit
    /// leaves it whole: what was granted stays granted, for it is granted once (Decree 61/2018,
    /// article 19(9)).
    package let extra: TimeLimit?

    /// 15:00, by two rules that part at that very minute, each as it is written. A dossier received
    /// *after* it is handed over on the next working day, so 15:00 sharp is in time (Decree 61/2018,
    /// article 18; Decree 118/2025, article 18: ``WorkClock/handover(receivedAt:cutoff:)``). A
    /// same-day limit holds for what is received *before* it, so 15:00 sharp is the next working
    /// day's (``cutoff``).
    package static let standardCutoff = TimeOfDay(hour: 15, minute: 0)!

    /// - Precondition: `extra` has a number, as ``TimeLimit/extending(by:)`` gives it one.
    package init(
        reception: Instant, limit: TimeLimit, holds: HoldLedger = .none,
        afterSupplement: AfterSupplement = .resume, cutoff: TimeOfDay = Self.standardCutoff,
        extra: TimeLimit? = nil
    ) throws(HoldRejection) {
        precondition(extra?.unit.takesValue ?? true, "\(String(describing: extra)) adds nothing")
        if let first = holds.holds.first, first.from < reception {
            throw .beginsBeforeReception(first)
        }
        self.reception = reception
        self.limit = limit
        self.holds = holds
        self.afterSupplement = afterSupplement
        self.cutoff = cutoff
        self.extra = extra
    }

    /// Who held the dossier for how long from its reception to `until`.
    ///
    /// Costs time in proportion to the holds, whatever lies between.
    package func heldMinutes(until: Instant) -> HeldMinutes {
        HeldMinutes(holds, from: reception, until: until)
    }
}

package enum DueDate: Hashable, Sendable {
    /// Provisional when a year that the calendar does not cover had a part in it.
    case at(Instant, isProvisional: Bool)
    case absent(Absence)

    package enum Absence: String, Hashable, Sendable {
        /// The procedure states no limit.
        case unspecified
        /// The clock stands still and nobody knows until when.
        case suspended
        /// The reception lies outside ``WorkClock/years``.
        case outsideCalendar
        /// The due instant would lie beyond ``WorkClock/years``.
        case beyondHorizon
    }

    package var instant: Instant? {
        guard case .at(let instant, _) = self else { return nil }
        return instant
    }

    package var isProvisional: Bool {
        guard case .at(_, let isProvisional) = self else { return false }
        return isProvisional
    }
}
