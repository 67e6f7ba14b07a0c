import WorkingTime

extension Organisation {
    /// Why dossiers are not handed in at a unit on a day; `nil` when they are.
    package func refusal(ofReceivingUnit unit: String, on day: CivilDate) -> FieldViolation? {
        func violation(
            _ reason: FieldViolation.Reason, _ remedy: String
        ) -> FieldViolation {
            FieldViolation("receiving_unit", reason, remedy)
        }
        let regime = Regime.inForce(on: day)
        guard regime.unitPattern.matches(unit) else {
            let isOther = Regime.all.contains { $0.unitPattern.matches(unit) }
            return violation(
                unit.isEmpty ? .required : isOther ? .otherRegime : .malformed,
                "name the unit as \(regime.id) writes it, such as \(regime.unitPattern.sample)")
        }
        guard agencies[unit] != nil else {
            return violation(.unknown, "there is no such agency: list those that take dossiers")
        }
        guard let period = agency(unit, on: day) else {
            let successor = answering(for: unit, on: day).map { ": \($0) answers for it" } ?? ""
            return violation(.notInForce, "the agency is not in force on \(day)\(successor)")
        }
        guard period.takesDossiers else {
            return violation(
                .takesNoDossiers,
                "dossiers are not handed in there: choose an agency that takes them"
            )
        }
        return nil
    }
}
