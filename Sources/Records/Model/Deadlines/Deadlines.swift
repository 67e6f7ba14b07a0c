import WorkingTime

/// Derives when a dossier's result and its current step are due, and when somebody must be told: the
/// room's own words for what `WorkingTime` decides.
package struct Deadlines: Sendable {
    package let book: ClockBook

    package init(book: ClockBook = ClockBook()) { self.book = book }

    /// What follows from a dossier's facts by one version of the clock.
    package struct Derived: Hashable, Sendable {
        package var due: Due
        /// Of the step under way; `nil` where it has no budget or the calendar does not reach so far.
        package var stepDue: Instant?
        /// Of the open parts, by number; none for one for which the calendar does not reach so far.
        package var partDues: [Int: Due] = [:]
        /// In the order of their times; none but the parts' while the clock stands still.
        package var notices: [DueNotice]
    }

    /// The due date of an accepted dossier. While its clock stands still it is the one that it would
    /// have if nothing had stopped it: it moves when the clock runs again.
    ///
    /// - Returns: `nil` when the calendar does not reach so far.
    package func due(of dossier: Dossier) -> Due? {
        guard let facts = DeadlineFacts(dossier) else { return .notAccepted }
        return due(of: facts, clock: book.clock(for: facts.agency))
    }

    /// - Returns: `nil` when the calendar does not reach so far.
    package func derive(_ facts: DeadlineFacts) -> Derived? {
        let clock = book.clock(for: facts.agency)
        guard let due = self.due(of: facts, clock: clock) else { return nil }
        let stepDue = facts.step.flatMap { self.due(ofStep: $0, facts, clock: clock) }
        var derived = Derived(due: due, stepDue: stepDue, notices: [])
        guard facts.isOpen else { return derived }
        for part in facts.parts {
            guard let due = self.due(ofPart: part, in: facts.regime) else { continue }
            derived.partDues[part.number] = due
            if let time = due.time {
                derived.notices.append(DueNotice(kind: .partOverdue(part.number), due: time))
            }
        }
        derived.notices.sort { $0.time < $1.time }
        // What one agency waits for, another has to answer.
        guard !facts.isSuspended else { return derived }
        if let time = due.time {
            let soon = clock.instant(workingMinutes: facts.regime.dueSoonMinutes, before: time)
            // One that is due soon from its first minute is news to nobody.
            if let soon, soon > facts.acceptTime {
                derived.notices.append(DueNotice(kind: .dueSoon, time: soon, due: time))
            }
            derived.notices.append(DueNotice(kind: .overdue, due: time))
        }
        if let step = facts.step, let stepDue {
            derived.notices.append(
                DueNotice(kind: .stepOverdue(step.number), due: stepDue))
        }
        derived.notices.sort { $0.time < $1.time }
        return derived
    }

    /// Until when an extension may be granted; `nil` when the limit is shorter than the notice.
    func lastExtensionTime(of dossier: Dossier, due: Instant) -> Instant? {
        guard let acceptTime = dossier.acceptTime else { return nil }
        let last = book.clock(for: dossier.receivingUnit).instant(
            workingMinutes: dossier.regime.extensionNoticeMinutes, before: due)
        return last.flatMap { $0 >= acceptTime ? $0 : nil }
    }

    /// The whole story of a dossier's time, up to an instant.
    package func explain(_ facts: DeadlineFacts, until: Instant) -> DeadlineLedger {
        book.clock(for: facts.agency).explain(
            deadline(of: facts, isOpenIncluded: true), until: until)
    }

    private func due(of facts: DeadlineFacts, clock: WorkClock) -> Due? {
        switch clock.due(deadline(of: facts, isOpenIncluded: false)) {
        case .at(let due, let isProvisional): return isProvisional ? .provisional(due) : .dated(due)
        case .absent(.unspecified): return .noLimit
        case .absent(.outsideCalendar), .absent(.beyondHorizon): return nil
        case .absent(.suspended): preconditionFailure("open holds were left out")
        }
    }

    private func deadline(of facts: DeadlineFacts, isOpenIncluded: Bool) -> Deadline {
        let extra: TimeLimit?
        do throws(TextRejection) {
            extra =
                if let units = facts.extraUnits { try facts.limit.extending(by: units) } else {
                    nil
                }
        } catch {
            preconditionFailure("an extension is granted only where it is one: \(error)")
        }
        do throws(HoldRejection) {
            return try Deadline(
                reception: facts.acceptTime, limit: facts.limit,
                holds: facts.ledger(isOpenIncluded: isOpenIncluded),
                afterSupplement: facts.regime.afterSupplement,
                cutoff: facts.regime.handOverCutOff, extra: extra)
        } catch {
            preconditionFailure("holds begin after acceptance: \(error)")
        }
    }

    private func due(
        ofStep step: DeadlineFacts.Step, _ facts: DeadlineFacts, clock: WorkClock
    ) -> Instant? {
        guard let minutes = step.budgetMinutes else { return nil }
        return clock.due(
            workingMinutes: minutes, from: step.startTime,
            holds: facts.ledger(isOpenIncluded: false),
            afterSupplement: facts.regime.afterSupplement
        ).instant
    }
}

/// Something that somebody must be told when its time has come.
package struct DueNotice: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case dueSoon
        case overdue
        /// The step's number.
        case stepOverdue(Int)
        /// The part's number.
        case partOverdue(Int)

        /// As rows and messages write it.
        package var number: Int {
            switch self {
            case .dueSoon: 1
            case .overdue: 2
            case .stepOverdue: 3
            case .partOverdue: 4
            }
        }

        /// 0 for the dossier itself.
        package var stepNumber: Int {
            guard case .stepOverdue(let number) = self else { return 0 }
            return number
        }

        /// 0 for what is no part's.
        package var partNumber: Int {
            guard case .partOverdue(let number) = self else { return 0 }
            return number
        }
    }

    package var kind: Kind
    /// From when on it is true.
    package var time: Instant
    /// Of what falls due. A due time that moves makes another notice.
    package var due: Instant

    package init(kind: Kind, time: Instant, due: Instant) {
        self.kind = kind
        self.time = time
        self.due = due
    }

    /// Something is overdue once its due instant has passed.
    init(kind: Kind, due: Instant) {
        self.init(kind: kind, time: due.advanced(by: .milliseconds(1)), due: due)
    }
}
