/// A stretch of time in which somebody other than the agency in charge holds the dossier, or in
/// which its clock stands still. A hold that stops the clock is a suspension.
package struct Hold: Hashable, Sendable {
    package enum Cause: String, CaseIterable, Sendable {
        /// The citizen completes the dossier (form 02).
        case supplement
        /// The citizen pays, where the procedure's rules stop the clock for it.
        case payment
        /// Another agency is consulted within the limit: the clock runs on.
        case consultation
        /// Another agency acts, and the procedure's rules take its time out of the limit.
        case otherAgency = "other-agency"
        /// Stopped by decision, with nobody to act.
        case decision

        package var holder: Holder {
            switch self {
            case .supplement, .payment: .citizen
            case .consultation, .otherAgency: .otherAgency
            case .decision: .nobody
            }
        }

        package var stopsClock: Bool { self != .consultation }
    }

    package let from: Instant
    /// The first instant after the hold; `nil` while it lasts.
    package let to: Instant?
    package let cause: Cause

    package init(from: Instant, to: Instant?, cause: Cause = .supplement) {
        self.from = from
        self.to = to
        self.cause = cause
    }

    /// Reads `FROM/TO`, or `FROM/` for a hold that lasts.
    package init(
        parsing text: some StringProtocol, cause: Cause = .supplement,
        assuming offset: UTCOffset? = nil
    ) throws(TextRejection) {
        let ends = text.split(separator: "/", omittingEmptySubsequences: false)
        guard ends.count == 2 else {
            throw TextRejection(
                .malformed, text: text, reason: "a suspension is written FROM/TO, or FROM/ if open")
        }
        self.init(
            from: try Instant(parsing: ends[0], assuming: offset),
            to: ends[1].isEmpty ? nil : try Instant(parsing: ends[1], assuming: offset),
            cause: cause)
    }
}

/// Who holds a dossier. Every minute of its life belongs to exactly one of them.
package enum Holder: String, CaseIterable, Sendable {
    case agency
    case citizen
    case otherAgency = "other-agency"
    case nobody
}

/// Why a list of holds was refused.
package enum HoldRejection: Error, Hashable, Sendable {
    case endsBeforeItBegins(Hold)
    case overlaps(Hold, Hold)
    case beginsBeforeReception(Hold)
    case tooMany(Int)

    /// What machines know the refusal by.
    package var name: String {
        switch self {
        case .endsBeforeItBegins: "SUSPENSION_ENDS_BEFORE_IT_BEGINS"
        case .overlaps: "SUSPENSIONS_OVERLAP"
        case .beginsBeforeReception: "SUSPENSION_BEFORE_RECEPTION"
        case .tooMany: "TOO_MANY_SUSPENSIONS"
        }
    }

    /// A sentence for the person who typed the holds, with times of the place.
    package func reason(in offset: UTCOffset) -> String {
        func text(_ hold: Hold) -> String {
            "\(hold.from.formatted(in: offset))/\(hold.to?.formatted(in: offset) ?? "")"
        }
        return switch self {
        case .endsBeforeItBegins(let hold): "\(text(hold)) does not end after it begins"
        case .overlaps(let first, let second): "\(text(first)) and \(text(second)) overlap"
        case .beginsBeforeReception(let hold): "\(text(hold)) begins before the reception"
        case .tooMany(let count): "\(count) holds; at most \(HoldLedger.holdsMax) are kept"
        }
    }
}

/// The holds of one dossier: in order, apart, only the last one open.
package struct HoldLedger: Hashable, Sendable {
    package let holds: [Hold]

    package static let holdsMax = 1_000
    package static let none = HoldLedger(unchecked: [])

    private init(unchecked holds: [Hold]) {
        self.holds = holds
    }

    /// Takes the holds in any order.
    package init(_ holds: some Sequence<Hold>) throws(HoldRejection) {
        let sorted = holds.sorted { $0.from < $1.from }
        guard sorted.count <= Self.holdsMax else { throw .tooMany(sorted.count) }
        for hold in sorted {
            if let to = hold.to, to <= hold.from { throw .endsBeforeItBegins(hold) }
        }
        for (first, second) in zip(sorted, sorted.dropFirst()) {
            guard let to = first.to, to <= second.from else { throw .overlaps(first, second) }
        }
        self.init(unchecked: sorted)
    }
}

/// The minutes of a stretch of a dossier's life by their holder. They add up to the time elapsed:
/// what nobody else holds is the agency's.
package struct HeldMinutes: Hashable, Sendable {
    package private(set) var agency = 0
    package private(set) var citizen = 0
    package private(set) var otherAgency = 0
    /// Suspended, with nobody to act.
    package private(set) var nobody = 0

    /// - Parameter until: nothing was held before `from`.
    package init(_ holds: HoldLedger, from: Instant, until: Instant) {
        // Whole minutes, as everywhere; every offset in use is whole minutes too.
        let start = from.localMinute(in: .utc)
        let end = max(start, until.localMinute(in: .utc))
        var others = 0
        for hold in holds.holds {
            let from = max(start, hold.from.localMinute(in: .utc))
            let to = min(end, hold.to?.localMinute(in: .utc) ?? end)
            guard from < to else { continue }
            others += to - from
            switch hold.cause.holder {
            case .agency: others -= to - from
            case .citizen: citizen += to - from
            case .otherAgency: otherAgency += to - from
            case .nobody: nobody += to - from
            }
        }
        agency = end - start - others
    }

    package var elapsed: Int { agency + citizen + otherAgency + nobody }

    package subscript(holder: Holder) -> Int {
        switch holder {
        case .agency: agency
        case .citizen: citizen
        case .otherAgency: otherAgency
        case .nobody: nobody
        }
    }
}
