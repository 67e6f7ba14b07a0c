import WorkingTime

/// A stretch in which somebody else had to act, or nobody might: kept as it was decided. Supplements
/// are kept apart.
package struct DossierHold: Hashable, Sendable {
    /// Counted from 1.
    package var number: Int
    package var hold: Hold
    package var reason: String
    /// The article that allows it; may be empty.
    package var legalBasis: String
    /// The principal who decided it.
    package var official: String

    package init(
        number: Int, hold: Hold, reason: String, legalBasis: String, official: String
    ) {
        self.number = number
        self.hold = hold
        self.reason = reason
        self.legalBasis = legalBasis
        self.official = official
    }
}

/// The one extension of a dossier (gia hạn), granted with form 04.
package struct ExtensionGrant: Hashable, Sendable {
    /// Of the limit's own unit.
    package var units: Int
    package var letterNumber: String
    package var reason: String
    package var time: Instant
    /// The principal who granted it.
    package var official: String
    package var dueTimeBefore: Instant
    package var dueTimeAfter: Instant

    package init(
        units: Int, letterNumber: String, reason: String, time: Instant, official: String,
        dueTimeBefore: Instant, dueTimeAfter: Instant
    ) {
        self.units = units
        self.letterNumber = letterNumber
        self.reason = reason
        self.time = time
        self.official = official
        self.dueTimeBefore = dueTimeBefore
        self.dueTimeAfter = dueTimeAfter
    }
}
