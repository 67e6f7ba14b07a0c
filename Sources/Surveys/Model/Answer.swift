import Foundation

/// The five levels, from `Rất không hài lòng` to `Rất hài lòng`.
package enum Level: Int, Hashable, Sendable, CaseIterable {
    case veryDissatisfied = 1
    case dissatisfied = 2
    case neutral = 3
    case satisfied = 4
    case verySatisfied = 5
}

/// What is asked: the contents of Decree 61/2018 article 31, points a to h.
package enum Question: Int, Hashable, Sendable, CaseIterable {
    case time = 1
    case agencies = 2
    case contacts = 3
    case publishedInformation = 4
    case attitude = 5
    case resultAndCost = 6
    case explanation = 7
    case onlineService = 8
}

/// Other remarks: article 31 point i.
package struct Remarks: Hashable, Sendable {
    /// In Unicode scalars of NFC.
    package static let charactersMax = 2_000

    package let text: String

    /// Returns `nil` for a text that is too long or holds control characters other than tab and
    /// line breaks.
    package init?(_ text: String) {
        let composed = text.precomposedStringWithCanonicalMapping
        guard composed.unicodeScalars.count <= Self.charactersMax,
            composed.unicodeScalars.allSatisfy({ scalar in
                scalar.properties.generalCategory != .control
                    || "\t\n\r".unicodeScalars.contains(scalar)
            })
        else { return nil }
        self.text = composed
    }
}

/// What a citizen says. Nothing in it says who.
package struct Answer: Hashable, Sendable {
    package var overall: Level
    package var ratings: [Question: Level]
    package var remarks: Remarks
}

/// What the dossiers of one unit and one month are asked under.
package struct Cohort: Hashable, Sendable {
    /// The unit's identifier code, such as "H26.001.00".
    package var unit: String
    package var period: Period

    package static let unitBytesMax = 64
}

/// How often each level was chosen.
package struct Tally: Hashable, Sendable {
    private var counts: [Level: Int64] = [:]

    package init() {}

    package subscript(level: Level) -> Int64 {
        get { counts[level, default: 0] }
        set { counts[level] = newValue }
    }
}

/// What is published (article 32). Never holds remarks, which may name their author.
package struct Totals: Hashable, Sendable {
    package var invited: Int64 = 0
    package var answered: Int64 = 0
    package var overall = Tally()
    package var aspects: [Question: Tally] = [:]
}

/// Why the rules say no. None is remembered for the `request_id`: the first may pass, the others
/// never change.
package enum SurveyRejection: Error, Hashable, Sendable {
    /// No invitation has come for the dossier yet.
    case notInvited
    /// The dossier's token was used, so there is none to give.
    case tokenAlreadyUsed
    /// No invitation has this token: mistyped, or replaced by a later one.
    case tokenUnknown
    /// The token was used for another answer.
    case tokenSpent
}
