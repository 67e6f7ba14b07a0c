import WorkingTime

/// Whose dossiers a caller sees and acts on: those that his agency, or one below it, answers for or
/// works on today. A dossier beyond is to him as one that there is not, so that nobody learns by
/// trying which there are.
///
/// A caller without an agency is bounded by his roles alone: portals, which name dossiers by ids
/// that nobody guesses, the gateway, and officials of the whole system. Who is of a closed agency
/// sees nothing: he gets a token for the one that he works for now.
struct Jurisdiction: Hashable, Sendable {
    /// What a caller may do with one dossier; each may what those before it may.
    enum Reach: Int, Comparable, Sendable {
        case none
        /// Read it, follow it, and do the part that his agency was sent.
        case takingPart
        /// Decide about it.
        case handling

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// An identifier; empty for no bound.
    let agency: String

    /// - Parameter organisation: Asked for only where there is a bound.
    func reach(
        to dossier: Dossier, on day: CivilDate, in organisation: () throws -> Organisation
    ) rethrows -> Reach {
        if agency.isEmpty { return .handling }
        let organisation = try organisation()
        func isOwn(_ unit: String) -> Bool { covers(unit, on: day, in: organisation) }
        if isOwn(dossier.receivingUnit) || isOwn(dossier.handlingAgency) { return .handling }
        return dossier.parts.contains { $0.status != .withdrawn && isOwn($0.agency) }
            ? .takingPart : .none
    }

    /// Whether a unit is the caller's. One that the organisation does not know stands where its
    /// identifier puts it: dossiers are older than the organisation where it was imported late.
    func covers(_ unit: String, on day: CivilDate, in organisation: Organisation) -> Bool {
        agency.isEmpty || organisation.isWithin(unit, agency, on: day)
    }

    /// The units whose dossiers are listed; `nil` for all.
    ///
    /// - Parameter known: The units that ever took a dossier in; asked for only where there is a
    ///   bound.
    func units(
        of known: () throws -> [String], on day: CivilDate, in organisation: Organisation
    ) rethrows -> [String]? {
        agency.isEmpty ? nil : organisation.agencies(within: agency, or: try known(), on: day)
    }
}
