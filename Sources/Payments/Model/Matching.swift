/// What became of a bank entry once it was booked.
package enum MatchState: Int64, Hashable, Sendable, CaseIterable {
    /// Exactly what remained to be paid.
    case matched = 1
    /// Less than what remained: the bill stays open for the rest.
    case partial = 2
    /// More than what remained, or the bill was paid already: the excess is unallocated.
    case excess = 3
    /// The references of several of our bills: no guess, a person decides.
    case ambiguous = 4
    /// No reference of ours.
    case unmatched = 5
    case outgoing = 6
}

package enum EntryDirection: Int64, Hashable, Sendable, CaseIterable {
    case credit = 1
    case debit = 2
}

/// Which bill a booked credit is for and how much of it, told from the bills whose references its
/// content holds. Never told from bare digits: traces, dates and account numbers are everywhere.
package struct Match: Hashable, Sendable {
    package let state: MatchState
    /// `nil` unless exactly one bill is named.
    package let billID: String?
    package let allocatedDong: Int64

    private init(_ state: MatchState, billID: String? = nil, allocatedDong: Int64 = 0) {
        self.state = state
        self.billID = billID
        self.allocatedDong = allocatedDong
    }

    package static let outgoing = Match(.outgoing)
    /// Booked and left to a person: the receipt that an allocation needs cannot be numbered.
    package static let forAPerson = Match(.unmatched)

    /// - Parameter named: the bills of the distinct references found, as they stand. References
    ///   that hold their check characters but are none of ours are left out by the look-up.
    package static func ofCredit(dong: Int64, named: [Bill]) -> Match {
        precondition(dong > 0, "checked at the door")
        guard let bill = named.first else { return Match(.unmatched) }
        guard named.count == 1 else { return Match(.ambiguous) }
        let remaining = bill.remainingDong
        let state: MatchState =
            if remaining == dong { .matched } else if remaining > dong { .partial } else { .excess }
        return Match(state, billID: bill.id, allocatedDong: min(dong, remaining))
    }
}

package enum EntryRejection: Error, Hashable, Sendable {
    /// The same account and bank reference stand booked with another amount or direction.
    case identityTaken
    /// An account's total would pass an `Int64`.
    case ledgerFull
}
