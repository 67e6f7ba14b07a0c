import WorkingTime

/// Why the clock of a dossier is not stopped, let run or extended.
package enum ClockRejection: Hashable, Sendable {
    /// Before acceptance no clock runs; after the end none does any more.
    case notRunning(DossierState)
    case alreadyStopped(since: Instant)
    case notStopped
    /// Nothing takes back that it was late.
    case lateAlready(due: Instant)
    case tooManyHolds(max: Int)
    /// An earlier hold lasted until then.
    case overlaps(until: Instant)
    case alreadyExtended(letterNumber: String)
    case nothingToExtend
    /// It had to be granted by then; `nil` when the whole limit is shorter than the notice.
    case extensionTooLate(last: Instant?)
}

// The clock.
extension DossierEdit {
    /// Stored holds of a dossier at most: its time is worked out from all of them at each step.
    package static let holdsMax = 200

    /// - Parameter from: When it stopped; `nil` for now.
    package mutating func suspend(
        cause: Hold.Cause, reason: String, legalBasis: String, from: Instant?
    ) -> DossierRejection? {
        guard let acceptTime = dossier.acceptTime,
            dossier.state.hasOpenDeadline(isAccepted: true)
        else { return .clock(.notRunning(dossier.state)) }
        if let since = dossier.clockStopTime { return .clock(.alreadyStopped(since: since)) }
        if let from, from > now {
            return .invalid([FieldViolation("from_time", .outOfRange, "it lies in the future")])
        }
        if let from, from < acceptTime {
            return .invalid([
                FieldViolation("from_time", .outOfRange, "the clock began with the acceptance")
            ])
        }
        // A stop that begins after the due instant moves nothing.
        if let from, let due = dossier.due.time, due < now, from <= due {
            return .clock(.lateAlready(due: due))
        }
        guard dossier.holds.count < Self.holdsMax else {
            return .clock(.tooManyHolds(max: Self.holdsMax))
        }
        let earlier = dossier.clockHolds.compactMap(\.to).max()
        if let from, let earlier, from < earlier { return .clock(.overlaps(until: earlier)) }
        open(cause, from: from ?? latestTime, reason: reason, legalBasis: legalBasis)
        log("Tạm dừng tính thời hạn giải quyết", reason)
        return nil
    }

    /// - Parameter to: When the clock ran again; `nil` for now.
    package mutating func resume(to: Instant?) -> DossierRejection? {
        // What the rules stopped until the citizen pays, no decision lets run.
        let isByRule = dossier.state == .awaitingPayment && dossier.regime.paymentStopsClock
        let decided = dossier.holds.lastIndex {
            $0.hold.to == nil && !(isByRule && $0.hold.cause == .payment)
        }
        guard let index = decided else { return .clock(.notStopped) }
        let from = dossier.holds[index].hold.from
        if let to, to > now || to <= from {
            return .invalid([
                FieldViolation("to_time", .outOfRange, "it lies after the stop and not after now")
            ])
        }
        close(index, at: to ?? now)
        log("Tiếp tục tính thời hạn giải quyết")
        return nil
    }

    package mutating func extend(
        units: Int, letterNumber: String, reason: String, deadlines: Deadlines
    ) -> DossierRejection? {
        guard dossier.state.hasOpenDeadline(isAccepted: dossier.isAccepted) else {
            return .clock(.notRunning(dossier.state))
        }
        if let grant = dossier.grant {
            return .clock(.alreadyExtended(letterNumber: grant.letterNumber))
        }
        if let since = dossier.clockStopTime { return .clock(.alreadyStopped(since: since)) }
        guard let before = deadlines.due(of: dossier)?.time else {
            return .clock(.nothingToExtend)
        }
        guard (try? dossier.limit.limit.extending(by: units)) != nil else {
            // The unit can be extended, for it has a due time: it is the number that cannot.
            return .invalid([
                FieldViolation(
                    "units", .outOfRange,
                    "\(TimeLimit.valueRange.lowerBound) to \(TimeLimit.valueRange.upperBound)")
            ])
        }
        let last = deadlines.lastExtensionTime(of: dossier, due: before)
        guard let last, now <= last else { return .clock(.extensionTooLate(last: last)) }
        var extended = dossier
        extended.grant = ExtensionGrant(
            units: units, letterNumber: letterNumber, reason: reason, time: now, official: actor,
            dueTimeBefore: before, dueTimeAfter: before)
        guard let due = deadlines.due(of: extended), let after = due.time else {
            return .calendarExhausted
        }
        extended.grant?.dueTimeAfter = after
        extended.due = due
        dossier = extended
        log(
            "Gia hạn thời gian giải quyết", "Văn bản số \(letterNumber): \(reason)",
            form: .apology)
        return nil
    }

    /// Derives what time does to the dossier from what the command did to it. Every command ends
    /// with it.
    ///
    /// - Returns: ``DossierRejection/calendarExhausted`` when the calendar does not reach so far.
    package mutating func settle(by deadlines: Deadlines) -> DossierRejection? {
        followState()
        guard let facts = DeadlineFacts(dossier) else { return nil }
        guard facts.isOpen else {
            measure(by: deadlines)
            dossier.nextNoticeTime = nil
            return nil
        }
        let before = DeadlineFacts(original)
        let isCurrent = dossier.clockVersion == deadlines.book.version
        guard facts != before || !isCurrent else { return nil }
        guard let derived = deadlines.derive(facts) else { return .calendarExhausted }
        dossier.due = derived.due
        dossier.clockVersion = deadlines.book.version
        if let index = dossier.steps.firstIndex(where: { $0.endTime == nil }) {
            dossier.steps[index].dueTime = derived.stepDue
        }
        for index in dossier.parts.indices where dossier.parts[index].status == .open {
            let due = derived.partDues[dossier.parts[index].number]
            dossier.parts[index].due = due ?? dossier.parts[index].due
        }
        var notices = derived.notices
        // Those whose time had come were given, unless the watcher has still to come to them. By a
        // newer clock nothing was given yet; what was, for the same due time, is not given again.
        if isCurrent, original.nextNoticeTime.map({ $0 > now }) ?? true, let before,
            let given = deadlines.derive(before)?.notices.filter({ $0.time <= now })
        {
            notices.removeAll(where: given.contains)
        }
        dossier.nextNoticeTime = notices.first?.time
        return nil
    }

    /// The wait for a payment is a hold where the regime says that it stops the clock; what has
    /// ended holds nothing open.
    private mutating func followState() {
        guard dossier.isAccepted, dossier.state != original.state else { return }
        let isOpen = dossier.state.hasOpenDeadline(isAccepted: true)
        for index in dossier.holds.indices where dossier.holds[index].hold.to == nil {
            let isPayment = dossier.holds[index].hold.cause == .payment
            let hasPaid = isPayment && original.state == .awaitingPayment
            if !isOpen || hasPaid { close(index, at: now) }
        }
        let isStopped = dossier.holds.contains { $0.hold.to == nil && $0.hold.cause == .payment }
        if dossier.state == .awaitingPayment, dossier.regime.paymentStopsClock, !isStopped,
            // A fact about a fee is never refused: beyond the limit the clock runs on.
            dossier.holds.count < Self.holdsMax
        {
            open(.payment, from: latestTime, reason: "", legalBasis: "")
        }
    }

    private mutating func open(
        _ cause: Hold.Cause, from: Instant, reason: String, legalBasis: String
    ) {
        dossier.holds.append(
            DossierHold(
                number: dossier.holds.count + 1,
                hold: Hold(from: from, to: nil, cause: cause), reason: reason,
                legalBasis: legalBasis, official: actor))
    }

    private mutating func close(_ index: Int, at time: Instant) {
        let hold = dossier.holds[index].hold
        // A clock that was set back must not make a hold of less than nothing.
        let to = max(time, hold.from.advanced(by: .milliseconds(1)))
        dossier.holds[index].hold = Hold(from: hold.from, to: to, cause: hold.cause)
    }
}

extension Dossier {
    /// Since when the clock has stood still; `nil` while it runs, and before and after it does.
    package var clockStopTime: Instant? {
        guard state.hasOpenDeadline(isAccepted: isAccepted) else { return nil }
        return clockHolds.filter { $0.to == nil && $0.cause.stopsClock }.map(\.from).min()
    }
}
