import WorkingTime

/// Who controls the document of an internal process, as ISO 9001 asks for.
package struct DocumentControl: Hashable, Sendable {
    /// Such as "QT-TP-07".
    package var number: String
    /// Lần ban hành, counted from 1.
    package var issue: Int
    /// When the process is to be looked at again; `nil` when nobody set a day.
    package var reviewDate: CivilDate?
    package var approver: String
    /// What this issue changed; may be empty for the first one.
    package var change: String
}

/// One step of an internal process: what is done, by whom, and how long it may take.
package struct ProcessStep: Hashable, Sendable {
    /// Counted from 1 through all stages.
    package var number: Int
    package var name: String
    package var role: PostRole
    /// The identifier code of the agency; empty: the dossier's receiving unit.
    package var agency: String
    /// In minutes of working time.
    package var budgetMinutes: Int
}

package struct ProcessStage: Hashable, Sendable {
    package var name: String
    package var steps: [ProcessStep]
}

/// The internal process (quy trình nội bộ) of a procedure version. It holds what ``violations``
/// asks for wherever it is stored.
package struct InternalProcess: Hashable, Sendable {
    package var stages: [ProcessStage]
    /// `nil` when the process is under no document control.
    package var document: DocumentControl?

    package static let stagesMax = 20
    package static let stepsMax = 60

    package init(stages: [ProcessStage], document: DocumentControl? = nil) {
        self.stages = stages
        self.document = document
    }

    /// All steps with the name of their stage, in order.
    package var steps: [(stage: String, step: ProcessStep)] {
        stages.flatMap { stage in stage.steps.map { (stage.name, $0) } }
    }

    package var budgetMinutes: Int {
        stages.lazy.flatMap(\.steps).reduce(0) { $0 + $1.budgetMinutes }
    }
}

extension InternalProcess {
    /// What is wrong with the process for a procedure of these limits; each violation names its
    /// field below `process`.
    ///
    /// The budgets together are at most the shortest limit that is counted in working time, a
    /// working day being 8 hours as the decisions of Hanoi print it (30 days = 240 h). A limit in
    /// days, months or hours of the wall clock has no fixed amount of working time, so budgets
    /// cannot be compared with it, and are not.
    package func violations(limits: [LimitCase]) -> [FieldViolation] {
        var violations: [FieldViolation] = []
        if stages.isEmpty || stages.count > Self.stagesMax {
            violations.append(
                FieldViolation(
                    "process.stages", stages.isEmpty ? .required : .tooLong,
                    "write 1 to \(Self.stagesMax) stages"))
        }
        let shortest = limits.compactMap(\.limit.budgetMinutes).min()
        var (number, sum) = (0, 0)
        for (stageIndex, stage) in stages.enumerated() {
            let path = "process.stages[\(stageIndex)]"
            if stage.steps.isEmpty {
                violations.append(
                    FieldViolation("\(path).steps", .required, "write at least one step"))
            }
            for (index, step) in stage.steps.enumerated() {
                number += 1
                let path = "\(path).steps[\(index)]"
                violations += step.violations(path: path, number: number)
                let before = sum
                sum += max(0, step.budgetMinutes)
                // Told once, where the sum passes the limit.
                if let shortest, before <= shortest, sum > shortest {
                    violations.append(
                        FieldViolation(
                            "\(path).budget_minutes", .outOfRange,
                            "the budgets up to step \(number) add up to \(sum) working minutes, over "
                                + "the shortest limit of \(shortest): shorten steps"))
                }
            }
        }
        if number > Self.stepsMax {
            violations.append(
                FieldViolation(
                    "process.stages", .tooLong, "write at most \(Self.stepsMax) steps in all"))
        }
        return violations + (document?.violations ?? [])
    }
}

extension ProcessStep {
    /// No step takes longer than the longest limit of ten years.
    package static let budgetMinutesMax = 3_650 * TimeLimit.minutesPerWorkingDay

    fileprivate func violations(path: String, number expected: Int) -> [FieldViolation] {
        var violations: [FieldViolation] = []
        if number != expected {
            violations.append(
                FieldViolation(
                    "\(path).number", .outOfRange,
                    "number the steps 1, 2, 3 through all stages: this one is \(expected)"))
        }
        if !(1...Self.budgetMinutesMax).contains(budgetMinutes) {
            violations.append(
                FieldViolation(
                    "\(path).budget_minutes", .outOfRange,
                    "give 1 to \(Self.budgetMinutesMax) minutes of working time"))
        }
        if !agency.isEmpty, !AgencyIdentifier.isWellFormed(agency) {
            violations.append(
                FieldViolation(
                    "\(path).agency", .malformed,
                    "write the agency's identifier, such as H26.001.00, or leave it out for the "
                        + "receiving unit"))
        }
        return violations
    }
}

extension DocumentControl {
    package static let issueMax = 9_999

    fileprivate var violations: [FieldViolation] {
        (1...Self.issueMax).contains(issue)
            ? []
            : [
                FieldViolation(
                    "process.document.issue", .outOfRange, "count issues 1 to \(Self.issueMax)")
            ]
    }
}
