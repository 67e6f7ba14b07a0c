import WorkingTime

extension AuthorityLevel {
    /// Whose procedures an agency handles, by its level in the tree.
    package init(_ level: AgencyLevel) {
        self =
            switch level {
            case .city, .centre, .branch, .receptionPoint, .department: .city
            case .district: .district
            case .commune, .ward: .commune
            }
    }
}

/// What one agency offers of the procedures of its level.
package struct Coverage: Hashable, Sendable {
    package var agency: String
    package var name: String
    package var offered = 0
    package var byService: [ServiceLevel: Int] = [:]

    /// The coverage of every agency of a level that is in force on a day, in the order of their
    /// identifiers.
    ///
    /// - Parameter services: Each procedure of the level: how far it goes online, and who offers it
    ///   where not everybody does.
    package static func all(
        of authority: AuthorityLevel, in organisation: Organisation, on day: CivilDate,
        services: [(service: ServiceLevel?, offeredBy: [String])]
    ) -> [Coverage] {
        var everywhere = Coverage(agency: "", name: "")
        var own: [String: Coverage] = [:]
        for (service, offeredBy) in services {
            if offeredBy.isEmpty { everywhere.count(service) }
            for agency in offeredBy {
                own[agency, default: Coverage(agency: agency, name: "")].count(service)
            }
        }
        return organisation.agencies.values.compactMap { agency -> Coverage? in
            guard let period = agency.period(on: day), AuthorityLevel(period.level) == authority
            else { return nil }
            var coverage = everywhere
            (coverage.agency, coverage.name) = (agency.id, period.name)
            if let own = own[agency.id] {
                coverage.offered += own.offered
                coverage.byService.merge(own.byService, uniquingKeysWith: +)
            }
            return coverage
        }.sorted { $0.agency < $1.agency }
    }

    private mutating func count(_ service: ServiceLevel?) {
        offered += 1
        if let service { byService[service, default: 0] += 1 }
    }
}

extension ProcedureContent {
    /// Agencies that the organisation has never had. Nothing is said before an organisation is
    /// imported.
    package func unknownAgencies(in organisation: Organisation) -> [FieldViolation] {
        guard organisation.version > 0 else { return [] }
        var violations: [FieldViolation] = []
        func check(_ agency: String, _ field: String) {
            guard !agency.isEmpty, organisation.agencies[agency] == nil else { return }
            violations.append(
                FieldViolation(
                    "procedure.\(field)", .unknown,
                    "the organisation has no such agency: import it first"))
        }
        for (index, agency) in offeredBy.enumerated() { check(agency, "offered_by[\(index)]") }
        for (stageIndex, stage) in (process?.stages ?? []).enumerated() {
            for (index, step) in stage.steps.enumerated() {
                check(step.agency, "process.stages[\(stageIndex)].steps[\(index)].agency")
            }
        }
        return violations
    }
}
