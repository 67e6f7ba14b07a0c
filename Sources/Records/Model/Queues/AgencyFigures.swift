import WorkingTime

/// What came in at a unit and what came of it: counts of a day, or of several together.
package struct AgencyFigures: Hashable, Sendable {
    /// The raw value is the column's name.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case submitted
        case accepted
        case refused
        case withdrawnUnaccepted = "withdrawn_unaccepted"
        case withdrawnAccepted = "withdrawn_accepted"
        case stopped
        case finishedOnTime = "finished_on_time"
        case finishedLate = "finished_late"
        /// Of a procedure without a limit.
        case finishedNoLimit = "finished_no_limit"
        case returned
        case contacts
        /// Working minutes for which agencies held the accepted dossiers that ended.
        case agencyMinutes = "agency_minutes"
    }

    private var counts: [Kind: Int64] = [:]

    package init() {}

    package subscript(kind: Kind) -> Int64 {
        get { counts[kind] ?? 0 }
        set { counts[kind] = newValue == 0 ? nil : newValue }
    }

    package static func += (left: inout Self, right: Self) {
        for (kind, count) in right.counts { left[kind] += count }
    }

    package var isEmpty: Bool { counts.isEmpty }

    /// By how much these days changed the number of dossiers handed in and not decided on.
    package var waitingChange: Int64 {
        self[.submitted] - self[.accepted] - self[.refused] - self[.withdrawnUnaccepted]
    }

    /// By how much these days changed the number of accepted dossiers that have not ended.
    package var openChange: Int64 {
        self[.accepted] - self[.finishedOnTime] - self[.finishedLate] - self[.finishedNoLimit]
            - self[.stopped] - self[.withdrawnAccepted]
    }
}

extension DossierEdit {
    /// What the command adds to the figures of the receiving unit, by day.
    package var figures: [CivilDate: AgencyFigures] {
        var figures: [CivilDate: AgencyFigures] = [:]
        func count(_ kind: AgencyFigures.Kind, _ count: Int = 1, at time: Instant? = nil) {
            let day = (time ?? now).local(in: .vietnam).date
            figures[day, default: AgencyFigures()][kind] += Int64(count)
        }
        for move in moves {
            switch move.to {
            case .registered, .processing, .awaitingSupplement, .awaitingPayment: break
            case .accepted: count(.accepted, at: dossier.acceptTime)
            case .refused: count(.refused)
            case .withdrawn: count(dossier.isAccepted ? .withdrawnAccepted : .withdrawnUnaccepted)
            case .stopped: count(.stopped)
            case .finished: count(dossier.outcome, at: dossier.finishTime)
            case .returned: count(.returned, at: dossier.returnTime)
            }
        }
        if let minutes = dossier.agencyMinutes, original.agencyMinutes == nil, minutes > 0 {
            count(.agencyMinutes, minutes)
        }
        let contacts = dossier.contacts.count - original.contacts.count
        if contacts > 0 { count(.contacts, contacts) }
        return figures
    }

    /// Keeps how much working time an agency needed, by the clock of the day on which the dossier
    /// ended: a later calendar does not change what was counted.
    mutating func measure(by deadlines: Deadlines) {
        guard dossier.isAccepted, dossier.agencyMinutes == nil, let facts = DeadlineFacts(dossier),
            !facts.isOpen
        else { return }
        dossier.agencyMinutes = deadlines.agencyMinutes(facts, until: dossier.finishTime ?? now)
    }
}

extension Dossier {
    fileprivate var outcome: AgencyFigures.Kind {
        guard let due = due.time, let finishTime else { return .finishedNoLimit }
        return finishTime <= due ? .finishedOnTime : .finishedLate
    }
}

extension Deadlines {
    /// Working minutes for which the agency itself held a dossier.
    func agencyMinutes(_ facts: DeadlineFacts, until end: Instant) -> Int {
        let clock = book.clock(for: facts.agency)
        func worked(from: Instant, to: Instant) -> Int {
            from < to ? clock.workingMinutes(from: from, to: to) ?? 0 : 0
        }
        let held = facts.ledger(isOpenIncluded: true).holds.filter { $0.cause.holder != .agency }
        return held.reduce(worked(from: facts.acceptTime, to: end)) { minutes, hold in
            minutes - worked(from: hold.from, to: min(hold.to ?? end, end))
        }
    }
}
