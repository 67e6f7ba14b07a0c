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

    package init(_ dossier: Dossier, actor: String, now: Instant) {
        original = dossier
        self.dossier = dossier
        self.actor = actor
        self.now = now
    }

    /// Why the dossier cannot go to a state, or `nil` when it can.
    func refusal(to state: DossierState) -> DossierRejection? {
        let allowed = dossier.moves
        return allowed.contains(state)
            ? nil : .illegalMove(from: dossier.state, to: state, allowed: allowed)
    }

    mutating func move(to state: DossierState, action: String, note: String = "") {
        precondition(refusal(to: state) == nil, "an action checks its move first")
        change(to: dossier, moving: state, action: action, note: note)
    }

    mutating func change(
        to changed: Dossier, moving state: DossierState, action: String, note: String = ""
    ) {
        moves.append(Move(from: dossier.state, to: state))
        dossier = changed
        dossier.state = state
        log(action, note)
    }

    mutating func log(_ action: String, _ note: String = "") {
        entries.append(
            HistoryEntry(time: now, state: dossier.state, action: action, actor: actor, note: note))
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
    package func acceptance() -> Result<Acceptance, Refused> {
        if let refusal = refusal(to: .accepted) { return .failure(Refused(refusal)) }
        let missing = dossier.undigitizedComponentIDs
        guard missing.isEmpty else { return .failure(Refused(.componentsNotDigitized(missing))) }
        let day = now.local(in: .vietnam).date
        let regime = Regime.inForce(on: day)
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
        guard let due = deadlines.due(of: accepted) else { return .calendarExhausted }
        accepted.due = due
        change(to: accepted, moving: .accepted, action: "Tiếp nhận hồ sơ và hẹn trả kết quả")
        return nil
    }

    package mutating func refuse(reason: String) -> DossierRejection? {
        if let refusal = refusal(to: .refused) { return refusal }
        move(to: .refused, action: "Từ chối tiếp nhận giải quyết hồ sơ", note: reason)
        return nil
    }

    package mutating func withdraw(reason: String) -> DossierRejection? {
        if let refusal = refusal(to: .withdrawn) { return refusal }
        move(to: .withdrawn, action: "Công dân rút hồ sơ", note: reason)
        return nil
    }

    package mutating func stop(reason: String) -> DossierRejection? {
        if let refusal = refusal(to: .stopped) { return refusal }
        move(to: .stopped, action: "Dừng giải quyết hồ sơ", note: reason)
        return nil
    }
}

// Processing.
extension DossierEdit {
    package mutating func startProcessing(
        stepNames: [String] = DossierStep.standardNames
    ) -> DossierRejection? {
        if let refusal = refusal(to: .processing) { return refusal }
        // Waiting leads back to processing too, but not by this door.
        guard dossier.state == .accepted else {
            return .wrongState(dossier.state, needed: .accepted, allowed: dossier.moves)
        }
        dossier.steps = stepNames.enumerated().map { index, name in
            DossierStep(
                number: index + 1, name: name, startTime: index == 0 ? now : nil, endTime: nil,
                official: "")
        }
        move(to: .processing, action: "Chuyển hồ sơ cho đơn vị giải quyết")
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
        dossier.result.number = number
        dossier.result.summary = summary
        dossier.finishTime = now
        move(to: .finished, action: "Có kết quả giải quyết", note: "Số \(number)")
        return nil
    }

    package mutating func returnResult() -> DossierRejection? {
        if let refusal = refusal(to: .returned) { return refusal }
        guard dossier.result.documentID != nil else { return .resultNotDigitized }
        dossier.returnTime = now
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
        for index in dossier.components.indices
        where componentIDs.contains(dossier.components[index].id) {
            if let document = dossier.components[index].documentID {
                dossier.supersededDocumentIDs.insert(document)
                dossier.components[index].documentID = nil
            }
        }
        dossier.supplements.append(
            Supplement(
                number: dossier.supplements.count + 1, reason: reason, componentIDs: componentIDs,
                requestTime: latestTime, receiveTime: nil, dueTimeBefore: dossier.due.time,
                dueTimeAfter: nil))
        move(to: .awaitingSupplement, action: "Yêu cầu bổ sung, hoàn thiện hồ sơ", note: reason)
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
    }

    private mutating func awaitPaymentIfDue() {
        guard dossier.feeStatus == .due, dossier.state == .registered,
            dossier.regime.paymentBeforeAcceptance
        else { return }
        move(to: .awaitingPayment, action: "Yêu cầu thực hiện nghĩa vụ tài chính")
    }
}

/// A rejection as the failure of a `Result`; it is returned, never thrown.
package struct Refused: Error, Hashable, Sendable {
    package var rejection: DossierRejection

    package init(_ rejection: DossierRejection) { self.rejection = rejection }
}
