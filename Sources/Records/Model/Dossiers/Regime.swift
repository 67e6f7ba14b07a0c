import WorkingTime

/// The rules that a circular sets, by the day of reception.
package struct Regime: Hashable, Sendable {
    /// The order of the parts of a unit's identifier, which begins a dossier's code.
    package enum UnitPattern: Hashable, Sendable {
        /// `V1V2V3.Z1Z2.Y1Y2.MX1X2` (Circular 01/2018 art. 19).
        case levelOneLast
        /// `MX1X2.Y1Y2Y3.Z1Z2` (Circular 03/2025).
        case levelOneFirst
    }

    package var id: String
    /// The last day of reception that it holds for; `nil` while it is in force.
    package var lastDay: CivilDate?
    package var unitPattern: UnitPattern
    /// The largest daily sequence number of a unit; `nil` where the number may grow.
    package var dailyCodesMax: Int?
    /// What becomes of the time limit when a supplement is in.
    package var afterSupplement: Deadline.AfterSupplement
    /// How often a citizen may be made to supplement (Decree 63/2010 art. 20(4)).
    package var supplementsMax: Int
    package var paymentBeforeAcceptance: Bool
    /// A dossier received after this is handed over on the next working day.
    package var handOverCutOff: TimeOfDay
    /// Whether the wait for a payment after acceptance stops the clock. The national measure leaves
    /// out the time of supplements alone; that no decree stops the clock is not verified.
    package var paymentStopsClock = false
    /// An extension is granted while at least so much working time is left: one working day (Decree
    /// 61/2018 art. 19(9); that the decree of 2025 keeps it is not verified).
    package var extensionNoticeMinutes = TimeLimit.minutesPerWorkingDay
    /// A dossier is due soon when no more working time is left than this.
    package var dueSoonMinutes = TimeLimit.minutesPerWorkingDay
    /// The circular's numbers of the forms.
    package var forms: [FormKind: String] = forms2025
}

extension Regime {
    /// Effective-dated, oldest first. That the regime of 2025 goes on with the limit rather than
    /// begin it anew is our reading of the national measure: the decree's own words were not at
    /// hand.
    package static let all: [Regime] = [
        Regime(
            id: "circular-01-2018", lastDay: CivilDate(year: 2025, month: 6, day: 30),
            unitPattern: .levelOneLast,
            dailyCodesMax: 9999, afterSupplement: .restart, supplementsMax: 2,
            paymentBeforeAcceptance: true, handOverCutOff: TimeOfDay(hour: 15, minute: 0)!,
            forms: forms2018),
        Regime(
            id: "circular-03-2025", lastDay: nil, unitPattern: .levelOneFirst, dailyCodesMax: nil,
            afterSupplement: .resume, supplementsMax: 2, paymentBeforeAcceptance: true,
            handOverCutOff: TimeOfDay(hour: 15, minute: 0)!, forms: forms2025),
    ]

    /// The regime in force on a day.
    package static func inForce(on day: CivilDate) -> Regime {
        all.first { regime in regime.lastDay.map { day <= $0 } ?? true }!
    }

    package static func named(_ id: String) -> Regime? { all.first { $0.id == id } }
}

extension Regime.UnitPattern {
    package var sample: String {
        switch self {
        case .levelOneLast: "000.00.01.H26"
        case .levelOneFirst: "H26.001.00"
        }
    }

    /// Whether a unit's identifier follows the pattern: digits and capital letters, level 1 begins
    /// with A to Y.
    package func matches(_ unit: String) -> Bool {
        let parts = unit.split(separator: ".", omittingEmptySubsequences: false).map { $0.utf8 }
        let lengths: [Int]
        let levelOne: Int
        switch self {
        case .levelOneLast: (lengths, levelOne) = ([3, 2, 2, 3], 3)
        case .levelOneFirst: (lengths, levelOne) = ([3, 3, 2], 0)
        }
        guard parts.map(\.count) == lengths else { return false }
        for (index, part) in parts.enumerated() {
            if index == levelOne {
                let bytes = Array(part)
                guard isLevelOneLetter(bytes[0]), bytes[1...].allSatisfy(isDigit) else {
                    return false
                }
            } else if !part.allSatisfy({ isDigit($0) || (0x41...0x5A).contains($0) }) {
                return false
            }
        }
        return true
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private func isLevelOneLetter(_ byte: UInt8) -> Bool { (0x41...0x59).contains(byte) }
}

/// The code of an accepted dossier: unit, day of reception, the unit's sequence number of the day.
package enum DossierCode {
    /// - Returns: `nil` when the regime's day is full.
    package static func make(
        unit: String, day: CivilDate, sequence: Int, regime: Regime
    ) -> String? {
        precondition(sequence >= 1, "sequence numbers begin with 1")
        if let most = regime.dailyCodesMax, sequence > most { return nil }
        let (year, month, dayOfMonth) = day.parts
        let date = [year % 100, month, dayOfMonth].map { padded($0, to: 2) }.joined()
        return "\(unit)-\(date)-\(padded(sequence, to: 4))"
    }

    private static func padded(_ number: Int, to digitCount: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, digitCount - digits.count)) + digits
    }
}
