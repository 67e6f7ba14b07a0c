// Who works on a dossier. Each change is a line of history with who and why.
extension DossierEdit {
    /// Co-workers of a dossier at most, and followers.
    package static let officialsMax = 20

    /// Why the actor may not end or pass on a step: it is its holder's, his delegate's, or a head's
    /// of the agency that has it; one without a holder is anybody's of that agency.
    func refusalToAct(on step: DossierStep) -> DossierRejection? {
        if !step.assignee.isEmpty, [actor, onBehalfOf].contains(step.assignee) { return nil }
        let agency = step.agency.isEmpty ? dossier.receivingUnit : step.agency
        guard isOwn(agency) else {
            return .stepOfAnotherAgency(number: step.number, agency: agency)
        }
        return step.assignee.isEmpty || isHead
            ? nil : .stepOfAnother(number: step.number, assignee: step.assignee)
    }

    /// Gives a step that is not done to one official.
    package mutating func assign(
        step number: Int, to official: String, reason: String
    ) -> DossierRejection? {
        guard let index = dossier.steps.firstIndex(where: { $0.number == number }) else {
            return .stepNotFound(number)
        }
        guard dossier.steps[index].isOpen else { return .stepEnded(number) }
        if let refusal = refusalToAct(on: dossier.steps[index]) { return refusal }
        if let refusal = refusalWhenEnded() { return refusal }
        let before = dossier.steps[index].assignee
        guard before != official else { return nil }
        dossier.steps[index].assignee = official
        let change = before.isEmpty ? official : "\(before) → \(official)"
        log("Phân công bước \(number): \(change)", reason)
        return nil
    }

    /// Passes every step that is not done from one holder to another.
    package mutating func reassign(
        from official: String, to next: String, reason: String
    ) -> DossierRejection? {
        if let refusal = refusalWhenEnded() { return refusal }
        let numbers = dossier.steps.filter { $0.isOpen && $0.assignee == official }.map(\.number)
        guard let first = numbers.first else { return .stepNotFound(0) }
        guard isHead else {
            return .stepOfAnother(number: first, assignee: official)
        }
        for number in numbers {
            if let refusal = assign(step: number, to: next, reason: reason) { return refusal }
        }
        return nil
    }

    package mutating func addCoWorker(_ official: String, reason: String) -> DossierRejection? {
        if let refusal = refusalToDirect() { return refusal }
        guard !dossier.coWorkers.contains(official) else { return nil }
        guard dossier.coWorkers.count < Self.officialsMax else {
            return .invalid([Self.tooMany("official")])
        }
        dossier.coWorkers.append(official)
        log("Thêm người phối hợp: \(official)", reason)
        return nil
    }

    package mutating func removeCoWorker(_ official: String, reason: String) -> DossierRejection? {
        if let refusal = refusalToDirect() { return refusal }
        guard dossier.coWorkers.contains(official) else { return nil }
        dossier.coWorkers.removeAll { $0 == official }
        log("Bớt người phối hợp: \(official)", reason)
        return nil
    }

    /// The actor wants to be told of the dossier.
    package mutating func follow() -> DossierRejection? {
        guard !dossier.followers.contains(actor) else { return nil }
        guard dossier.followers.count < Self.officialsMax else {
            return .invalid([Self.tooMany("dossier_id")])
        }
        dossier.followers.append(actor)
        log("Theo dõi hồ sơ")
        return nil
    }

    package mutating func unfollow() -> DossierRejection? {
        guard dossier.followers.contains(actor) else { return nil }
        dossier.followers.removeAll { $0 == actor }
        log("Thôi theo dõi hồ sơ")
        return nil
    }

    /// Co-workers are called in by whoever holds the current step.
    private func refusalToDirect() -> DossierRejection? {
        refusalWhenEnded() ?? dossier.currentStep.flatMap(refusalToAct)
    }

    private func refusalWhenEnded() -> DossierRejection? {
        dossier.moves.isEmpty || dossier.state == .finished
            ? .wrongState(dossier.state, needed: .processing, allowed: dossier.moves) : nil
    }

    private static func tooMany(_ field: String) -> FieldViolation {
        FieldViolation(
            field, .outOfRange, "a dossier takes at most \(officialsMax): take somebody out first")
    }
}
