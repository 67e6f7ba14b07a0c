import WorkingTime

/// Why a text is the code of no dossier.
package enum CodeRejection: Hashable, Sendable {
    case malformed
    case noSuchDay
    /// The unit is written as another circular writes it than the one in force on that day.
    case otherRegime(Regime)
    /// The regime has no such number on one day.
    case beyondDailyCodes(Regime)
}

extension DossierCode {
    /// What is wrong with a code, by the regime of its own day; `nil` when a dossier may have it.
    ///
    /// A number has four digits at least and may grow; those of centralised systems begin with the
    /// system's two (Circular 04/2025 article 13(3)).
    package static func rejection(of code: String) -> CodeRejection? {
        let parts = code.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count == 6, (4...12).contains(parts[2].utf8.count),
            parts[1...].joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            Regime.all.contains(where: { $0.unitPattern.matches(String(parts[0])) })
        else { return .malformed }
        let digits = Int(parts[1])!
        guard
            let day = CivilDate(
                year: 2000 + digits / 10_000, month: digits / 100 % 100, day: digits % 100)
        else { return .noSuchDay }
        let regime = Regime.inForce(on: day)
        guard regime.unitPattern.matches(String(parts[0])) else { return .otherRegime(regime) }
        let sequence = Int(parts[2])!
        if sequence == 0 { return .malformed }
        if let most = regime.dailyCodesMax, sequence > most { return .beyondDailyCodes(regime) }
        return nil
    }
}

extension CodeRejection {
    /// For a field that names a dossier.
    func violation(field: String) -> FieldViolation {
        switch self {
        case .malformed:
            FieldViolation(
                field, .malformed,
                "write the id, or the code as the slip prints it, such as H26.001.00-260213-0001")
        case .noSuchDay:
            FieldViolation(field, .noSuchDate, "the code's six digits in the middle name no day")
        case .otherRegime(let regime):
            FieldViolation(
                field, .otherRegime,
                "on the code's day \(regime.id) held, whose units are written as "
                    + "\(regime.unitPattern.sample)")
        case .beyondDailyCodes(let regime):
            FieldViolation(
                field, .outOfRange,
                "\(regime.id) gives a unit at most \(regime.dailyCodesMax ?? 0) codes on one day")
        }
    }
}
