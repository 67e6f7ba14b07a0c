import WorkingTime

/// One dossier while one command changes it. Each action checks all that it needs before it changes
/// anything, and returns why not, or `nil` when it is done.
///
/// 1. The state changes only through ``move(to:action:note:)``, along
///    ``DossierState/moves(isAccepted:)``.
/// 2. Every change of state is a line of history and an event.
/// 3. A fact is remembered in any state and takes effect when it can.
package struct DossierEdit: Sendable {
    package struct Move: Hashable, Sendable {
        package var from: DossierState
        package var to: DossierState
    }

    package let original: Dossier
    package internal(set) var dossier: Dossier
    /// New lines of history, oldest first.
    package private(set) var entries: [HistoryEntry] = []
    package private(set) var moves: [Move] = []
    package let now: Instant
    let actor: String
    /// Whether the actor decides about others' work: the accountable head of an agency.
    let isHead: Bool
    /// Whether an agency is the actor's own or lies below it; everyone's is his who acts for all.
    var isOwn: @Sendable (_ agency: String) -> Bool = { _ in true }
    /// The principal whom the actor stands in for by a delegation; empty where he acts for himself.
    package var onBehalfOf = ""

    package init(_ dossier: Dossier, actor: String, isHead: Bool = false, now: Instant) {
        original = dossier
        self.dossier = dossier
        self.actor = actor
        self.isHead = isHead
        self.now = now
    }

    /// Why the dossier cannot go to a state, or `nil` when it can.
    func refusal(to state: DossierState) -> DossierRejection? {
        let allowed = dossier.moves
        return allowed.contains(state)
            ? nil : .illegalMove(from: dossier.state, to: state, allowed: allowed)
    }

    mutating func move(
        to state: DossierState, action: String, note: String = "", form: FormKind? = nil
    ) {
        precondition(refusal(to: state) == nil, "an action checks its move first")
        change(to: dossier, moving: state, action: action, note: note, form: form)
    }

    mutating func change(
        to changed: Dossier, moving state: DossierState, action: String, note: String = "",
        form: FormKind? = nil
    ) {
        moves.append(Move(from: dossier.state, to: state))
        dossier = changed
        dossier.state = state
        log(action, note, form: form)
    }

    mutating func log(_ action: String, _ note: String = "", form: FormKind? = nil) {
        entries.append(
            HistoryEntry(
                time: now, state: dossier.state,
                action: onBehalfOf.isEmpty ? action : "\(action) (thay mặt \(onBehalfOf))",
                actor: actor, note: note, form: form.flatMap(dossier.regime.form) ?? "",
                onBehalfOf: onBehalfOf))
    }
}

// Reception.
extension DossierEdit {
    /// What acceptance needs besides the dossier: the regime and the day of reception, for the
    /// code.
    package struct Acceptance: Hashable, Sendable {
        package var regime: Regime
        package var day: CivilDate
    }

    /// Whether the dossier can be accepted now. A dossier that waits for supplement can be, once
    /// all is there.
    package func acceptance(by rules: RegimeRules = .none) -> Result<Acceptance, Refused> {
        if let refusal = refusal(to: .accepted) { return .failure(Refused(refusal)) }
        let missing = dossier.undigitizedComponentIDs
        guard missing.isEmpty else { return .failure(Refused(.componentsNotDigitized(missing))) }
        let day = now.local(in: .vietnam).date
        let regime = rules.applied(to: .inForce(on: day))
        if regime.paymentBeforeAcceptance {
            switch dossier.feeStatus {
            case .noneDue, .settled: break
            case .notAssessed: return .failure(Refused(.feeNotAssessed))
            case .awaitingAmount: return .failure(Refused(.feeAmountOpen))
            case .due: return .failure(Refused(.feeNotPaid))
            }
        }
        guard regime.unitPattern.matches(dossier.receivingUnit) else {
            return .failure(
                Refused(.unitOfOtherRegime(unit: dossier.receivingUnit, regime: regime)))
        }
        return .success(Acceptance(regime: regime, day: day))
    }

    /// Accepts with the sequence number that the store allotted to the unit's day. The clock
    /// starts.
    package mutating func accept(
        _ acceptance: Acceptance, sequence: Int, deadlines: Deadlines
    ) -> DossierRejection? {
        guard
            let code = DossierCode.make(
                unit: dossier.receivingUnit, day: acceptance.day, sequence: sequence,
                regime: acceptance.regime)
        else {
            return .dailyCodesExhausted(unit: dossier.receivingUnit, regime: acceptance.regime)
        }
        var accepted = dossier
        accepted.code = code
        accepted.regime = acceptance.regime
        Self.closeSupplement(of: &accepted, at: latestTime)
        accepted.acceptTime = latestTime
        guard let due = deadlines.due(of: accepted),
            let handOver = deadlines.handOver(of: accepted)
        else { return .calendarExhausted }
        accepted.due = due
        accepted.handOverTime = handOver
        change(
            to: accepted, moving: .accepted, action: "Tiếp nhận hồ sơ và hẹn trả kết quả",
            form: .acceptanceSlip)
        return nil
    }

    package mutating func refuse(reason: String) -> DossierRejection? {
        if let refusal = refusal(to: .refused) { return refusal }
        move(
            to: .refused, action: "Từ chối tiếp nhận giải quyết hồ sơ", note: reason,
            form: .refusal)
        return nil
    }

    package mutating func withdraw(reason: String) -> DossierRejection? {
        if let refusal = refusal(to: .withdrawn) { return refusal }
        endProcessing(because: reason)
        move(to: .withdrawn, action: "Công dân rút hồ sơ", note: reason)
        return nil
    }

    package mutating func stop(_ cause: StopCause, reason: String) -> DossierRejection? {
        if let refusal = refusal(to: .stopped) { return refusal }
        endProcessing(because: reason)
        dossier.stopCause = cause
        var action =
            switch cause {
            case .refusedAfterAppraisal: "Từ chối giải quyết hồ sơ sau thẩm định"
            case .atCitizensRequest: "Dừng giải quyết hồ sơ theo đề nghị của công dân"
            }
        // Refused or not, the time limit binds (Decree 61/2018 article 19(8)).
        if let due = dossier.due.time, latestTime > due { action += ", quá thời hạn giải quyết" }
        move(to: .stopped, action: action, note: reason, form: cause.form)
        return nil
    }

    /// Processing ends without a result. A dossier that was never accepted had none.
    private mutating func endProcessing(because reason: String) {
        guard dossier.isAccepted else { return }
        dossier.finishTime = latestTime
        withdrawOpenParts(because: reason)
    }
}

// Processing.
extension DossierEdit {
    /// - Parameter plan: The steps of the internal process, none of them begun.
    package mutating func startProcessing(
        _ plan: [DossierStep]
    ) -> DossierRejection? {
        if let refusal = refusal(to: .processing) { return refusal }
        // Waiting leads back to processing too, but not by this door.
        guard dossier.state == .accepted else {
            return .wrongState(dossier.state, needed: .accepted, allowed: dossier.moves)
        }
        dossier.steps = plan
        if !dossier.steps.isEmpty {
            // Handed over late, it is the counter's delay and not the handler's.
            dossier.steps[0].startTime = max(now, dossier.handOverTime ?? now)
        }
        move(to: .processing, action: "Chuyển hồ sơ cho đơn vị giải quyết")
        awaitPaymentIfDue()
        return nil
    }

    /// - Parameter number: The step that the caller believes to be current.
    package mutating func completeStep(_ number: Int, note: String) -> DossierRejection? {
        guard dossier.state == .processing else {
            return .wrongState(dossier.state, needed: .processing, allowed: dossier.moves)
        }
        guard let index = dossier.steps.firstIndex(where: { $0.endTime == nil }),
            dossier.steps[index].number == number
        else { return .stepNotCurrent(given: number, current: dossier.currentStep?.number) }
        if let refusal = refusalToAct(on: dossier.steps[index]) { return refusal }
        // Who is done before the hour of handing over has used no time.
        dossier.steps[index].startTime = min(now, dossier.steps[index].startTime ?? now)
        dossier.steps[index].endTime = now
        dossier.steps[index].official = actor
        if index + 1 < dossier.steps.count { dossier.steps[index + 1].startTime = now }
        log("Hoàn thành bước \(number): \(dossier.steps[index].name)", note)
        return nil
    }

    package mutating func issueResult(number: String, summary: String) -> DossierRejection? {
        if let refusal = refusal(to: .finished) { return refusal }
        let open = dossier.steps.filter { $0.endTime == nil }.map(\.number)
        guard open.isEmpty else { return .stepsNotDone(open) }
        let parts = dossier.parts.filter { $0.status == .open }.map(\.number)
        guard parts.isEmpty else { return .partsOpen(parts) }
        dossier.result.number = number
        dossier.result.summary = summary
        dossier.finishTime = latestTime
        dossier.resultHandOver = .awaitingConfirmation
        move(to: .finished, action: "Có kết quả giải quyết", note: "Số \(number)")
        return nil
    }

    package mutating func returnResult() -> DossierRejection? {
        if let refusal = refusal(to: .returned) { return refusal }
        guard dossier.result.documentID != nil else { return .resultNotDigitized }
        dossier.returnTime = now
        dossier.resultHandOver = .handedOver
        move(to: .returned, action: "Trả kết quả cho công dân")
        return nil
    }
}

// Supplement.
extension DossierEdit {
    /// Asks for components again. What was handed in for them counts no more; the clock stops.
    package mutating func requestSupplement(
        reason: String, componentIDs: [String]
    ) -> DossierRejection? {
        if let refusal = refusal(to: .awaitingSupplement) { return refusal }
        guard dossier.supplements.count < dossier.regime.supplementsMax else {
            return .supplementsExhausted(max: dossier.regime.supplementsMax)
        }
        let known = dossier.components.map(\.id)
        let names = known.joined(separator: ", ")
        let violations =
            componentIDs.isEmpty
            ? [FieldViolation("component_ids", .required, "name at least one of \(names)")]
            : FieldViolation.inList(
                componentIDs, field: "component_ids", known: known,
                remedy: "the dossier has \(names)")
        guard violations.isEmpty else { return .invalid(violations) }
        putAside(componentIDs)
        dossier.contacts.add(agency: dossier.receivingUnit, isApplicantsFault: false)
        dossier.supplements.append(
            Supplement(
                number: dossier.supplements.count + 1, reason: reason, componentIDs: componentIDs,
                requestTime: latestTime, receiveTime: nil, dueTimeBefore: dossier.due.time,
                dueTimeAfter: nil))
        move(
            to: .awaitingSupplement, action: "Yêu cầu bổ sung, hoàn thiện hồ sơ", note: reason,
            form: .supplementRequest)
        return nil
    }

    /// Takes in what was asked for. The clock goes on as the regime says; a fee that became due
    /// meanwhile is asked for next.
    package mutating func receiveSupplement(deadlines: Deadlines) -> DossierRejection? {
        let next: DossierState = dossier.isAccepted ? .processing : .registered
        guard dossier.state == .awaitingSupplement, let asked = dossier.supplements.last else {
            return .wrongState(
                dossier.state, needed: .awaitingSupplement, allowed: dossier.moves)
        }
        let missing = dossier.undigitizedComponentIDs.filter(asked.componentIDs.contains)
        guard missing.isEmpty else { return .componentsNotDigitized(missing) }
        var complete = dossier
        Self.closeSupplement(of: &complete, at: latestTime)
        guard let due = deadlines.due(of: complete) else { return .calendarExhausted }
        complete.due = due
        complete.supplements[complete.supplements.count - 1].dueTimeAfter = due.time
        change(to: complete, moving: next, action: "Tiếp nhận hồ sơ bổ sung")
        awaitPaymentIfDue()
        return nil
    }

    private static func closeSupplement(of dossier: inout Dossier, at time: Instant) {
        guard dossier.state == .awaitingSupplement else { return }
        dossier.supplements[dossier.supplements.count - 1].receiveTime = time
        dossier.supplements[dossier.supplements.count - 1].status = .finished
    }

    /// Now, but never before what happened already: a clock that was set back must not make a pause
    /// of less than nothing.
    var latestTime: Instant {
        let last = dossier.supplements.last
        let hold = dossier.holds.last?.hold
        return [dossier.acceptTime, last?.requestTime, last?.receiveTime, hold?.from, hold?.to]
            .compactMap(\.self).reduce(now, max)
    }
}

// Facts.
extension DossierEdit {
    /// - Parameter componentID: Empty for the result.
    package mutating func recordDigitization(
        componentID: String, documentID: String
    ) -> DossierRejection? {
        if componentID.isEmpty {
            guard dossier.result.documentID != documentID else { return nil }
            dossier.result.documentID = documentID
            log("Số hóa kết quả giải quyết")
            return nil
        }
        guard let index = dossier.components.firstIndex(where: { $0.id == componentID }) else {
            return .componentNotFound(componentID)
        }
        guard dossier.components[index].documentID != documentID,
            !dossier.supersededDocumentIDs.contains(documentID)
        else { return nil }
        dossier.components[index].documentID = documentID
        log("Số hóa thành phần hồ sơ \(componentID)")
        awaitAcceptanceIfComplete()
        return nil
    }

    /// - Parameter place: Where the fact comes from; an older one changes nothing.
    package mutating func recordFee(_ status: FeeStatus, from place: FeePlace) {
        guard place.isNewer(than: dossier.feePlace) else { return }
        dossier.feePlace = place
        guard status != dossier.feeStatus else { return }
        dossier.feeStatus = status
        if status == .settled { log("Đã hoàn thành nghĩa vụ tài chính") }
        awaitPaymentIfDue()
        resumeIfPaid()
    }

    /// A fee is asked for before acceptance where the regime says so, and during processing always.
    private mutating func awaitPaymentIfDue() {
        let isAsked =
            dossier.state == .processing
            || (dossier.state == .registered && dossier.regime.paymentBeforeAcceptance)
        guard dossier.feeStatus == .due, isAsked else { return }
        move(to: .awaitingPayment, action: "Yêu cầu thực hiện nghĩa vụ tài chính")
    }

    /// Processing goes on by itself; acceptance is an official's act.
    private mutating func resumeIfPaid() {
        guard dossier.state == .awaitingPayment, dossier.isAccepted,
            [.settled, .noneDue].contains(dossier.feeStatus)
        else { return }
        move(to: .processing, action: "Tiếp tục giải quyết hồ sơ")
    }
}

/// A rejection as the failure of a `Result`; it is returned, never thrown.
package struct Refused: Error, Hashable, Sendable {
    package var rejection: DossierRejection

    package init(_ rejection: DossierRejection) { self.rejection = rejection }
}
