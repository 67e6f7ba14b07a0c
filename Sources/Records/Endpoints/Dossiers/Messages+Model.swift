import Foundation
import Messages
import WorkingTime

extension IntakeChannel {
    /// The raw values are the numbers of the `.proto`.
    init?(_ message: CommonV1.Channel) { self.init(rawValue: Int(message.rawValue)) }

    var message: CommonV1.Channel { .init(rawValue: Int32(rawValue)) }
}

extension DossierState {
    init?(_ message: RecordsV1.DossierState) { self.init(rawValue: Int(message.rawValue)) }

    var message: RecordsV1.DossierState { .init(rawValue: Int32(rawValue)) }
}

extension FeeStatus {
    init?(_ message: RecordsV1.FeeStatus) { self.init(rawValue: Int(message.rawValue)) }

    var message: RecordsV1.FeeStatus { .init(rawValue: Int32(rawValue)) }
}

extension Applicant {
    init(_ message: RecordsV1.Applicant) {
        self.init(
            fullName: message.fullName.precomposedStringWithCanonicalMapping,
            identityNumber: message.identityNumber, phone: message.phone, email: message.email,
            address: message.address.precomposedStringWithCanonicalMapping,
            sex: Sex(rawValue: Int(message.sex.rawValue)), birthDate: message.birthDate)
    }

    var message: RecordsV1.Applicant {
        var message = RecordsV1.Applicant()
        message.fullName = fullName
        message.identityNumber = identityNumber
        message.phone = phone
        message.email = email
        message.address = address
        message.sex = .init(rawValue: Int32(sex?.rawValue ?? 0))
        message.birthDate = birthDate
        return message
    }
}

extension TimeLimit {
    var message: RecordsV1.TimeLimit {
        var message = RecordsV1.TimeLimit()
        message.value = Int32(value)
        message.unit =
            switch unit {
            case .workingHour: .workingHour
            case .workingDay: .workingDay
            case .hour: .hour
            case .day: .day
            case .month: .month
            case .sameDay: .sameDay
            case .unspecified: .none_
            }
        return message
    }
}

extension LimitCase {
    var message: RecordsV1.LimitCase {
        var message = RecordsV1.LimitCase()
        message.limitID = id
        message.channel = channel.message
        message.limit = limit.message
        message.text = text
        return message
    }
}

extension FeeLine {
    var message: CommonV1.FeeLine {
        var message = CommonV1.FeeLine()
        message.feeLineID = id
        message.kind = .init(rawValue: Int32(kind.rawValue))
        switch amount {
        case .dong(let dong): message.amountDong = dong
        case .open: message.amountOpen = true
        }
        message.per = per
        message.note = note
        message.channels = channels.map(\.message)
        return message
    }
}

extension RecordsV1.Dossier {
    init(_ dossier: Dossier) {
        self.init()
        dossierID = dossier.id
        code = dossier.code ?? ""
        state = dossier.state.message
        procedureID = dossier.procedureID
        procedureVersion = dossier.procedureVersion
        procedureName = dossier.procedureName
        receivingUnit = dossier.receivingUnit
        channel = dossier.channel.message
        applicant = dossier.applicant.message
        limit = dossier.limit.message
        feeLines = dossier.feeLines.map(\.message)
        feeStatus = dossier.feeStatus.message
        components = dossier.components.map(RecordsV1.Component.init)
        steps = dossier.steps.map(RecordsV1.Step.init)
        supplements = dossier.supplements.map(RecordsV1.Supplement.init)
        if !dossier.result.number.isEmpty || dossier.result.documentID != nil {
            var message = RecordsV1.Result()
            message.number = dossier.result.number
            message.summary = dossier.result.summary
            message.documentID = dossier.result.documentID ?? ""
            result = message
        }
        regime = dossier.regime.id
        submitTime = .init(dossier.submitTime)
        acceptTime = dossier.acceptTime.map { .init($0) }
        dueStatus = dossier.due.message
        dueTime = dossier.due.time.map { .init($0) }
        finishTime = dossier.finishTime.map { .init($0) }
        returnTime = dossier.returnTime.map { .init($0) }
        setLife(of: dossier)
        isSuspended = dossier.clockStopTime != nil
        isExtended = dossier.grant != nil
    }
}

extension RecordsV1.Component {
    fileprivate init(_ component: DossierComponent) {
        self.init()
        componentID = component.id
        name = component.name
        originals = Int32(component.originals)
        copies = Int32(component.copies)
        documentID = component.documentID ?? ""
    }
}

extension RecordsV1.Step {
    fileprivate init(_ step: DossierStep) {
        self.init()
        number = Int32(step.number)
        name = step.name
        startTime = step.startTime.map { .init($0) }
        endTime = step.endTime.map { .init($0) }
        official = step.official
        agency = step.agency
        role = .init(rawValue: Int32(step.role?.rawValue ?? 0))
        assignee = step.assignee
        budgetMinutes = Int32(step.budgetMinutes ?? 0)
        stage = step.stage
        dueTime = step.dueTime.map { .init($0) }
    }
}

extension RecordsV1.Supplement {
    fileprivate init(_ supplement: Supplement) {
        self.init()
        number = Int32(supplement.number)
        reason = supplement.reason
        componentIDs = supplement.componentIDs
        requestTime = .init(supplement.requestTime)
        receiveTime = supplement.receiveTime.map { .init($0) }
        dueTimeBefore = supplement.dueTimeBefore.map { .init($0) }
        dueTimeAfter = supplement.dueTimeAfter.map { .init($0) }
        status = .init(rawValue: Int32(supplement.status.rawValue))
        sendTime = supplement.sendTime.map { .init($0) }
        rounds = Int32(supplement.rounds)
    }
}

extension RecordsV1.HistoryEntry {
    init(_ entry: HistoryEntry) {
        self.init()
        time = .init(entry.time)
        state = entry.state.message
        action = entry.action
        actor = entry.actor
        note = entry.note
        form = entry.form
        onBehalfOf = entry.onBehalfOf
    }
}

extension RecordsV1.RecordsEvent {
    init(imported procedure: Procedure) {
        self.init()
        var body = RecordsV1.ProcedureImported()
        body.procedureID = procedure.id
        body.version = procedure.version
        body.feeLines = procedure.content.feeLines.map(\.message)
        event = .procedureImported(body)
    }

    init(retired procedureID: String) {
        self.init()
        var body = RecordsV1.ProcedureRetired()
        body.procedureID = procedureID
        event = .procedureRetired(body)
    }

    init(submitted dossier: Dossier) {
        self.init()
        var body = RecordsV1.DossierSubmitted()
        body.dossierID = dossier.id
        body.procedureID = dossier.procedureID
        body.procedureVersion = dossier.procedureVersion
        body.receivingUnit = dossier.receivingUnit
        body.channel = dossier.channel.message
        body.feeLineIDs = dossier.feeLines.map(\.id)
        event = .dossierSubmitted(body)
    }

    init(moved dossier: Dossier, _ move: DossierEdit.Move) {
        self.init()
        var body = RecordsV1.DossierMoved()
        body.dossierID = dossier.id
        body.code = dossier.code ?? ""
        body.from = move.from.message
        body.to = move.to.message
        body.receivingUnit = dossier.receivingUnit
        event = .dossierMoved(body)
    }
}
