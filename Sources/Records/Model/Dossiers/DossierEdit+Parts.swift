import WorkingTime

// One dossier at several agencies (một cửa liên thông, Decree 61/2018 article 19(6)): electronic
// dossiers are sent to all at once, each with its task and its limit.
extension DossierEdit {
    /// Parts of a dossier at most, the withdrawn ones among them.
    package static let partsMax = 20

    package struct NewPart: Hashable, Sendable {
        package var agency: String
        package var task: String
        package var limit: TimeLimit
        package var isLead: Bool
        package var stopsClock: Bool

        package init(
            agency: String, task: String, limit: TimeLimit, isLead: Bool, stopsClock: Bool
        ) {
            self.agency = agency
            self.task = task
            self.limit = limit
            self.isLead = isLead
            self.stopsClock = stopsClock
        }
    }

    package mutating func sendParts(
        _ new: [NewPart], deadlines: Deadlines
    ) -> DossierRejection? {
        guard dossier.state == .processing else {
            return .wrongState(dossier.state, needed: .processing, allowed: dossier.moves)
        }
        if let violation = violation(of: new) { return .invalid([violation]) }
        var parts = dossier.parts
        for part in new {
            guard
                let due = deadlines.due(ofPart: part, from: latestTime, in: dossier.regime)
            else { return .calendarExhausted }
            parts.append(
                DossierPart(
                    number: parts.count + 1, agency: part.agency, task: part.task,
                    limit: part.limit, isLead: part.isLead, stopsClock: part.stopsClock,
                    status: .open, startTime: latestTime, due: due, endTime: nil, answer: "",
                    official: ""))
        }
        dossier.parts = parts
        let names = new.map { $0.isLead ? "\($0.agency) (chủ trì)" : $0.agency }
        log("Chuyển liên thông: \(names.joined(separator: ", "))")
        return nil
    }

    private func violation(of new: [NewPart]) -> FieldViolation? {
        if new.isEmpty {
            return FieldViolation("parts", .required, "name at least one agency with its task")
        }
        if dossier.parts.count + new.count > Self.partsMax {
            return FieldViolation(
                "parts", .outOfRange, "a dossier takes at most \(Self.partsMax) parts")
        }
        var open = Set(dossier.parts.filter { $0.status == .open }.map(\.agency))
        for (index, part) in new.enumerated() where !open.insert(part.agency).inserted {
            return FieldViolation(
                "parts[\(index)].agency", .repeated, "an agency has one open part at a time")
        }
        let leads = new.indices.filter { new[$0].isLead }
        let hasLead = dossier.parts.contains { $0.isLead && $0.status != .withdrawn }
        if let second = hasLead ? leads.first : leads.dropFirst().first {
            return FieldViolation(
                "parts[\(second)].is_lead", .repeated, "one agency leads: the dossier has its lead")
        }
        return nil
    }

    package mutating func answerPart(_ number: Int, answer: String) -> DossierRejection? {
        guard let index = dossier.parts.firstIndex(where: { $0.number == number }) else {
            return .partNotFound(number)
        }
        let part = dossier.parts[index]
        guard part.status == .open else { return .partEnded(number, part.status) }
        guard isOwn(part.agency) else {
            return .partOfAnotherAgency(number, agency: part.agency)
        }
        end(index, as: .answered, answer: answer)
        var action = "Trả lời phần việc liên thông \(number): \(part.agency)"
        if let due = part.due.time, latestTime > due { action += ", quá hạn" }
        log(action, answer)
        return nil
    }

    package mutating func withdrawPart(_ number: Int, reason: String) -> DossierRejection? {
        guard let index = dossier.parts.firstIndex(where: { $0.number == number }) else {
            return .partNotFound(number)
        }
        let part = dossier.parts[index]
        guard part.status == .open else { return .partEnded(number, part.status) }
        end(index, as: .withdrawn, answer: reason)
        log("Rút phần việc liên thông \(number): \(part.agency)", reason)
        return nil
    }

    /// A dossier that ends waits for nobody.
    mutating func withdrawOpenParts(because reason: String) {
        for index in dossier.parts.indices where dossier.parts[index].status == .open {
            end(index, as: .withdrawn, answer: reason)
        }
    }

    private mutating func end(_ index: Int, as status: PartStatus, answer: String) {
        dossier.parts[index].status = status
        dossier.parts[index].endTime = max(latestTime, dossier.parts[index].startTime)
        dossier.parts[index].answer = answer
        dossier.parts[index].official = actor
    }
}

// Contacts with the applicant (Circular 01/2018 article 13, indicators 3 and 4).
extension DossierEdit {
    package mutating func recordContact(_ contact: Contact) {
        dossier.contacts.add(
            agency: contact.agency, isApplicantsFault: contact.isApplicantsFault)
        let by = contact.party == .oneStop ? "Bộ phận Một cửa" : contact.agency
        log("Liên hệ với người nộp hồ sơ: \(by)", contact.reason)
    }
}
