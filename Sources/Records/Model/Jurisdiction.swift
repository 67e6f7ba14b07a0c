import WorkingTime

/// Whose dossiers a caller sees and acts on: those that his agency, or one below it, answers for or
/// works on today. A dossier beyond is to him as one that there is not, so that nobody learns by
/// trying which there are.
///
/// A caller without an agency is bounded by his roles alone: portals, which name dossiers by ids
/// that nobody guesses, the gateway, and officials of the whole system. Who is of a closed agency
/// sees nothing: he gets a token for the one that he works for now.
struct Jurisdiction: Hashable, Sendable {
    /// An identifier; empty for no bound.
    let agency: String

    /// - Parameter organisation: Asked for only where there is a bound.
    func admits(
        _ dossier: Dossier, on day: CivilDate, in organisation: () throws -> Organisation
    ) rethrows -> Bool {
        if agency.isEmpty { return true }
        let organisation = try organisation()
        return dossier.concernedAgencies.contains {
            covers($0, on: day, in: organisation)
        }
    }

    /// Whether a unit is the caller's. One that the organisation does not know stands where its
    /// identifier puts it: dossiers are older than the organisation where it was imported late.
    func covers(_ unit: String, on day: CivilDate, in organisation: Organisation) -> Bool {
        if agency.isEmpty { return true }
        return organisation.agencies[unit] == nil
            ? pathByIdentifier(unit).contains(agency)
            : organisation.isWithin(unit, agency, on: day)
    }

    /// The units whose dossiers are listed; `nil` for all.
    func units(on day: CivilDate, in organisation: Organisation) -> [String]? {
        if agency.isEmpty { return nil }
        return organisation.agencies[agency] == nil
            ? [agency] : organisation.agencies(within: agency, on: day)
    }
}

extension Dossier {
    /// The agencies that have to do with it now: who took it in, who holds the current
    /// step, and who was sent a part of it.
    var concernedAgencies: [String] {
        var agencies = [receivingUnit]
        if let step = currentStep, !step.agency.isEmpty { agencies.append(step.agency) }
        for part in parts where part.status != .withdrawn { agencies.append(part.agency) }
        return agencies
    }
}
