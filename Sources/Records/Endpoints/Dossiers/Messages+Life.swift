import Foundation
import Messages
import WorkingTime

extension RecordsV1.Dossier {
    mutating func setLife(of dossier: Dossier) {
        assistance = dossier.assistance?.message
        guidance = dossier.guidance
        handOverTime = dossier.handOverTime.map { .init($0) }
        resultHandOver = dossier.resultHandOver.message
        resultArriveTime = dossier.resultArriveTime.map { .init($0) }
        stopCause = .init(rawValue: Int32(dossier.stopCause?.rawValue ?? 0))
        endingForm = dossier.endingForm ?? ""
        coWorkers = dossier.coWorkers
        followers = dossier.followers
        parts = dossier.parts.map(RecordsV1.Part.init)
        contactCount = Int32(dossier.contacts.count)
        contactsAtApplicantsFault = Int32(dossier.contacts.atApplicantsFault)
        agenciesContacted = dossier.contacts.agencies
    }
}

extension Assistance {
    init(_ message: RecordsV1.Assistance) {
        self.init(
            helperName: message.helperName.precomposedStringWithCanonicalMapping,
            helperID: message.helperID)
    }

    var message: RecordsV1.Assistance {
        .with { message in
            message.helperName = helperName
            message.helperID = helperID
        }
    }
}

extension Due {
    var statusMessage: RecordsV1.DueStatus {
        switch self {
        case .notAccepted: .unspecified
        case .dated: .dated
        case .provisional: .provisional
        case .noLimit: .noLimit
        }
    }
}

extension RecordsV1.Part {
    fileprivate init(_ part: DossierPart) {
        self.init()
        number = Int32(part.number)
        agency = part.agency
        task = part.task
        limit = part.limit.message
        isLead = part.isLead
        stopsClock = part.stopsClock
        status = part.status.message
        startTime = .init(part.startTime)
        dueStatus = part.due.statusMessage
        dueTime = part.due.time.map { .init($0) }
        endTime = part.endTime.map { .init($0) }
        answer = part.answer
        official = part.official
    }
}

extension TimeLimit {
    /// - Returns: `nil` for a limit that no part may have: none, or one out of range.
    init?(_ message: RecordsV1.TimeLimit) {
        let unit: Unit
        switch message.unit {
        case .workingHour: unit = .workingHour
        case .workingDay: unit = .workingDay
        case .hour: unit = .hour
        case .day: unit = .day
        case .month: unit = .month
        case .sameDay: unit = .sameDay
        case .none_, .unspecified, .unrecognized: return nil
        }
        let value = message.value == 0 && !unit.takesValue ? nil : Int(message.value)
        guard let limit = try? TimeLimit(value, unit) else {
            // Which of its rules a limit breaks, the field's remedy tells.
            return nil
        }
        self = limit
    }
}

extension RecordsV1.Contact {
    init(_ contact: Contact, number: Int) {
        self.init()
        self.number = Int32(number)
        time = .init(contact.time)
        party = .init(rawValue: Int32(contact.party.rawValue))
        agency = contact.agency
        reason = contact.reason
        atApplicantsFault = contact.isApplicantsFault
        guidance = contact.guidance
        official = contact.official
    }
}

extension RecordsV1.PossibleDuplicate {
    init(_ likeness: DossierTable.Likeness) {
        self.init()
        dossierID = likeness.id
        code = likeness.code ?? ""
        state = likeness.state.message
        receivingUnit = likeness.receivingUnit
        submitTime = .init(likeness.submitTime)
    }
}

extension RecordsV1.Delegation {
    init(_ delegation: Delegation) {
        self.init()
        number = delegation.number
        fromOfficial = delegation.from
        toOfficial = delegation.to
        firstDay = delegation.days.lowerBound.description
        lastDay = delegation.days.upperBound.description
        reason = delegation.reason
        giver = delegation.giver
        giveTime = .init(delegation.giveTime)
        revokeTime = delegation.revokeTime.map { .init($0) }
    }
}
