import Messages
import WorkingTime

extension Hold.Cause {
    init?(_ message: RecordsV1.HoldCause) {
        switch message {
        case .supplement: self = .supplement
        case .payment: self = .payment
        case .consultation: self = .consultation
        case .otherAgency: self = .otherAgency
        case .decision: self = .decision
        case .unspecified, .unrecognized: return nil
        }
    }

    var message: RecordsV1.HoldCause {
        switch self {
        case .supplement: .supplement
        case .payment: .payment
        case .consultation: .consultation
        case .otherAgency: .otherAgency
        case .decision: .decision
        }
    }
}

extension Holder {
    var message: RecordsV1.Holder {
        switch self {
        case .agency: .agency
        case .citizen: .citizen
        case .otherAgency: .otherAgency
        case .nobody: .nobody
        }
    }
}

extension LedgerLine.Effect {
    var message: RecordsV1.TimeEffect {
        switch self {
        case .counted: .counted
        case .notCounted: .notCounted
        case .suspended: .suspended
        case .overdue: .overdue
        }
    }
}

extension Due {
    var message: RecordsV1.DueStatus {
        switch self {
        case .notAccepted: .unspecified
        case .dated: .dated
        case .provisional: .provisional
        case .noLimit: .noLimit
        }
    }
}

extension RecordsV1.DeadlineLine {
    init(_ line: LedgerLine) {
        self.init()
        fromTime = .init(line.from)
        toTime = .init(line.to)
        minutes = Int64(line.minutes)
        holder = line.holder.message
        effect = line.effect.message
        rule = line.rule.name
        sentence = line.rule.sentence
        source = line.rule.source
    }
}

extension RecordsV1.Extension {
    /// - Parameter granted: What the units came to.
    init(_ grant: ExtensionGrant, granted: TimeLimit?) {
        self.init()
        units = Int32(grant.units)
        limit = granted?.message
        letterNumber = grant.letterNumber
        reason = grant.reason
        grantTime = .init(grant.time)
        official = grant.official
        dueTimeBefore = .init(grant.dueTimeBefore)
        dueTimeAfter = .init(grant.dueTimeAfter)
    }
}

extension RecordsV1.ClockHold {
    init(_ hold: DossierHold) {
        self.init()
        number = Int32(hold.number)
        cause = hold.hold.cause.message
        fromTime = .init(hold.hold.from)
        toTime = hold.hold.to.map { .init($0) }
        reason = hold.reason
        legalBasis = hold.legalBasis
        official = hold.official
    }
}

extension RecordsV1.ExplainDeadlineResponse {
    init(
        _ dossier: Dossier, _ facts: DeadlineFacts, by deadlines: Deadlines, until: Instant,
        today: CivilDate
    ) {
        self.init()
        let ledger = deadlines.explain(facts, until: until)
        dossierID = dossier.id
        code = dossier.code ?? ""
        lines = ledger.lines.map(RecordsV1.DeadlineLine.init)
        agencyMinutes = Int64(ledger.minutes(heldBy: .agency))
        citizenMinutes = Int64(ledger.minutes(heldBy: .citizen))
        otherAgencyMinutes = Int64(ledger.minutes(heldBy: .otherAgency))
        suspendedMinutes = Int64(ledger.minutes(heldBy: .nobody))
        elapsedMinutes = Int64(ledger.elapsedMinutes)
        countedMinutes = Int64(ledger.countedMinutes)
        let due = facts.isOpen ? deadlines.due(of: dossier) ?? dossier.due : dossier.due
        dueStatus = due.message
        dueTime = due.time.map { .init($0) }
        isSuspended = dossier.clockStopTime != nil
        fromTime = .init(ledger.from)
        untilTime = .init(ledger.until)
        limit = dossier.limit.message
        regime = dossier.regime.id
        calendarVersion = deadlines.book.calendar.version
        clockVersion = deadlines.book.version
        agency = facts.agency
        shifts = deadlines.book.shifts(of: facts.agency, on: today).shifts.description
        handOverTime = (dossier.handOverTime ?? deadlines.handOver(of: dossier)).map { .init($0) }
        if let grant = dossier.grant {
            // What was granted could be granted: it is told without its limit otherwise.
            `extension` = .init(
                grant, granted: try? dossier.limit.limit.extending(by: grant.units))
        }
        holds = dossier.holds.map(RecordsV1.ClockHold.init)
    }
}

extension RecordsV1.DeadlineMove {
    /// - Parameter change: What made the version of the clock.
    init(
        _ move: DeadlineMove, calendar: String, change: ClockTable.Cause?,
        changed: ClockBook.ChangedDay?
    ) {
        self.init()
        moveTime = .init(move.time)
        cause = move.cause.rawValue
        statusBefore = move.before.message
        dueTimeBefore = move.before.time.map { .init($0) }
        statusAfter = move.after.message
        dueTimeAfter = move.after.time.map { .init($0) }
        calendarVersion = calendar
        clockVersion = move.clockVersion
        if move.cause == .rederivation { self.change = change?.rawValue ?? "" }
        guard let changed else { return }
        changedDay = changed.day.description
        workedBefore = changed.before
        workedAfter = changed.after
    }
}

extension RecordsV1.Escalation {
    init(_ escalation: Escalation) {
        self.init()
        escalationID = escalation.number
        dossierID = escalation.dossierID
        code = escalation.code
        kind = .init(rawValue: Int32(escalation.kind.number))
        stepNumber = Int32(escalation.kind.stepNumber)
        partNumber = Int32(escalation.kind.partNumber)
        dueTime = .init(escalation.due)
        fireTime = .init(escalation.fireTime)
        agency = escalation.agency
        head = escalation.head
        acknowledgeTime = escalation.acknowledgeTime.map { .init($0) }
        acknowledgedBy = escalation.acknowledgedBy
    }
}

extension RecordsV1.RecordsEvent {
    /// What a command did to a dossier's clock.
    static func clockEvents(of edit: DossierEdit) -> [RecordsV1.RecordsEvent] {
        let (before, after) = (edit.original, edit.dossier)
        var events: [RecordsV1.RecordsEvent] = []
        for (index, hold) in after.holds.enumerated() {
            let old = index < before.holds.count ? before.holds[index] : nil
            if old == nil { events.append(.init(stopped: after, hold)) }
            if let to = hold.hold.to, old?.hold.to == nil {
                events.append(.init(resumed: after, hold, at: to))
            }
        }
        if let grant = after.grant, before.grant == nil {
            var body = RecordsV1.DeadlineExtended()
            body.dossierID = after.id
            body.dueTimeBefore = .init(grant.dueTimeBefore)
            body.dueTimeAfter = .init(grant.dueTimeAfter)
            events.append(.with { $0.event = .deadlineExtended(body) })
        } else if before.isAccepted, before.due != after.due {
            events.append(
                .init(
                    dueMoved: after.id, from: before.due, to: after.due,
                    clockVersion: after.clockVersion))
        }
        return events
    }

    init(dueMoved dossierID: String, from before: Due, to after: Due, clockVersion: Int64) {
        self.init()
        var body = RecordsV1.DueMoved()
        body.dossierID = dossierID
        body.dueTimeBefore = before.time.map { .init($0) }
        body.dueTimeAfter = after.time.map { .init($0) }
        body.clockVersion = clockVersion
        event = .dueMoved(body)
    }

    private init(stopped dossier: Dossier, _ hold: DossierHold) {
        self.init()
        var body = RecordsV1.ClockStopped()
        body.dossierID = dossier.id
        body.holdNumber = Int32(hold.number)
        body.fromTime = .init(hold.hold.from)
        event = .clockStopped(body)
    }

    private init(resumed dossier: Dossier, _ hold: DossierHold, at to: Instant) {
        self.init()
        var body = RecordsV1.ClockResumed()
        body.dossierID = dossier.id
        body.holdNumber = Int32(hold.number)
        body.toTime = .init(to)
        body.dueTime = dossier.due.time.map { .init($0) }
        event = .clockResumed(body)
    }

    init(_ notice: DueNotice, of dossierID: String, escalation: Int64) {
        self.init()
        switch notice.kind {
        case .dueSoon:
            var body = RecordsV1.DossierDueSoon()
            body.dossierID = dossierID
            body.dueTime = .init(notice.due)
            body.escalationID = escalation
            event = .dossierDueSoon(body)
        case .overdue:
            var body = RecordsV1.DossierOverdue()
            body.dossierID = dossierID
            body.dueTime = .init(notice.due)
            body.escalationID = escalation
            event = .dossierOverdue(body)
        case .stepOverdue(let number):
            var body = RecordsV1.StepOverdue()
            body.dossierID = dossierID
            body.stepNumber = Int32(number)
            body.dueTime = .init(notice.due)
            body.escalationID = escalation
            event = .stepOverdue(body)
        case .partOverdue(let number):
            var body = RecordsV1.PartOverdue()
            body.dossierID = dossierID
            body.partNumber = Int32(number)
            body.dueTime = .init(notice.due)
            body.escalationID = escalation
            event = .partOverdue(body)
        }
    }
}
