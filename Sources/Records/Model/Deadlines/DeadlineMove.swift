import WorkingTime

/// One time that a dossier's due time moved after its acceptance, and why.
package struct DeadlineMove: Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        case supplement
        case payment
        case suspension
        case `extension`
        /// A part of an interlinked dossier that stopped the clock.
        case part
        /// The calendar, the shifts or the organisation changed.
        case rederivation
    }

    package var time: Instant
    package var cause: Cause
    package var before: Due
    package var after: Due
    /// By which ``after`` was derived.
    package var clockVersion: Int64

    package init(
        time: Instant, cause: Cause, before: Due, after: Due, clockVersion: Int64
    ) {
        self.time = time
        self.cause = cause
        self.before = before
        self.after = after
        self.clockVersion = clockVersion
    }
}

extension DeadlineMove.Cause {
    /// What one command did to a dossier that moved its due time.
    static func from(_ before: Dossier, to after: Dossier) -> Self {
        if after.grant != before.grant { return .extension }
        if after.supplements != before.supplements { return .supplement }
        if let hold = after.holds.first(where: { !before.holds.contains($0) }) {
            return hold.hold.cause == .payment ? .payment : .suspension
        }
        if after.parts != before.parts { return .part }
        // The command did nothing to its holds: it derived by a newer clock.
        return .rederivation
    }
}
