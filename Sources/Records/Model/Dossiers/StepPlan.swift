import WorkingTime

extension DossierStep {
    /// The steps with which a dossier goes into processing: its procedure's internal process, or the
    /// standard one, each at the agency that answers for it today. The only holder of a step's role
    /// there has the step at once; where there are several or none, its head assigns.
    package static func plan(
        for dossier: Dossier, process: InternalProcess?, organisation: Organisation,
        on day: CivilDate
    ) -> [DossierStep] {
        var steps = process?.planned ?? standardPlan()
        for index in steps.indices {
            let named = steps[index].agency.isEmpty ? dossier.receivingUnit : steps[index].agency
            steps[index].agency = organisation.answering(for: named, on: day) ?? named
            guard let role = steps[index].role else { continue }
            let holders = Set(
                organisation.officials(holding: role, in: named, on: day).map(\.official))
            if holders.count == 1 { steps[index].assignee = holders.first ?? "" }
        }
        return steps
    }

    /// The internal process of a procedure that has none of its own.
    private static func standardPlan() -> [DossierStep] {
        zip(standardNames, [PostRole.handler, .approver, .clerk]).enumerated().map { index, step in
            DossierStep(
                number: index + 1, name: step.0, startTime: nil, endTime: nil, official: "",
                role: step.1)
        }
    }
}

extension InternalProcess {
    fileprivate var planned: [DossierStep] {
        steps.map { stage, step in
            DossierStep(
                number: step.number, name: step.name, startTime: nil, endTime: nil, official: "",
                stage: stage, agency: step.agency, role: step.role,
                budgetMinutes: step.budgetMinutes)
        }
    }
}
