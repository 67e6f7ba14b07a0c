import WorkingTime

/// All that a dossier's due times are derived from, and nothing else: made from a whole dossier, or
/// from the few columns that a pass over a million of them reads.
package struct DeadlineFacts: Hashable, Sendable {
    /// The step under way.
    package struct Step: Hashable, Sendable {
        package var number: Int
        package var startTime: Instant
        /// In working time; `nil` where the process gives it none.
        package var budgetMinutes: Int?

        package init(number: Int, startTime: Instant, budgetMinutes: Int?) {
            self.number = number
            self.startTime = startTime
            self.budgetMinutes = budgetMinutes
        }
    }

    /// An open part of an interlinked dossier: it runs by its own limit and its agency's clock.
    package struct Part: Hashable, Sendable {
        package var number: Int
        package var agency: String
        package var limit: TimeLimit
        package var startTime: Instant
    }

    /// Whose clock it is.
    package var agency: String
    package var regime: Regime
    package var acceptTime: Instant
    package var limit: TimeLimit
    /// Of the extension.
    package var extraUnits: Int?
    /// In any order; those that overlap are told apart here.
    package var holds: [Hold]
    package var step: Step?
    package var parts: [Part] = []
    /// Whether somebody still works on it: what has ended falls due no more.
    package var isOpen: Bool

    package init(
        agency: String, regime: Regime, acceptTime: Instant, limit: TimeLimit, extraUnits: Int?,
        holds: [Hold], step: Step?, isOpen: Bool
    ) {
        self.agency = agency
        self.regime = regime
        self.acceptTime = acceptTime
        self.limit = limit
        self.extraUnits = extraUnits
        self.holds = holds
        self.step = step
        self.isOpen = isOpen
    }

    /// `nil` before acceptance: no clock runs.
    package init?(_ dossier: Dossier) {
        guard let acceptTime = dossier.acceptTime else { return nil }
        let isOpen = dossier.state.hasOpenDeadline(isAccepted: true)
        self.init(
            agency: dossier.receivingUnit, regime: dossier.regime, acceptTime: acceptTime,
            limit: dossier.limit.limit, extraUnits: dossier.grant?.units,
            holds: dossier.clockHolds, step: isOpen ? dossier.stepFacts : nil, isOpen: isOpen)
        guard isOpen else { return }
        parts = dossier.parts.filter { $0.status == .open }.map {
            Part(number: $0.number, agency: $0.agency, limit: $0.limit, startTime: $0.startTime)
        }
    }
}

extension DossierState {
    /// Whether a dossier in this state may still become overdue.
    func hasOpenDeadline(isAccepted: Bool) -> Bool {
        switch self {
        case .accepted, .processing: true
        case .awaitingSupplement, .awaitingPayment: isAccepted
        case .registered, .refused, .withdrawn, .stopped, .finished, .returned: false
        }
    }
}

extension Dossier {
    /// Who else held it since its acceptance. Supplements before that stopped nothing: no clock ran.
    var clockHolds: [Hold] {
        guard let acceptTime else { return [] }
        let supplements = supplements.compactMap { supplement -> Hold? in
            guard supplement.requestTime >= acceptTime,
                supplement.receiveTime != supplement.requestTime
            else { return nil }
            return Hold(
                from: supplement.requestTime, to: supplement.receiveTime, cause: .supplement)
        }
        return supplements + self.holds.map(\.hold) + parts.compactMap(\.hold)
    }

    fileprivate var stepFacts: DeadlineFacts.Step? {
        guard let step = currentStep, let startTime = step.startTime else { return nil }
        return DeadlineFacts.Step(
            number: step.number, startTime: startTime, budgetMinutes: step.budgetMinutes)
    }
}

extension DeadlineFacts {
    /// The clock stands still, and nobody knows until when.
    package var isSuspended: Bool { holds.contains { $0.to == nil && $0.cause.stopsClock } }

    /// The holds in order and apart. Where several lie over each other the time belongs to the first
    /// of: the citizen who supplements, the citizen who pays, another agency that stops the clock, a
    /// decision, an agency that is asked.
    ///
    /// - Parameter isOpenIncluded: Without them the clock is taken to have run on: a due date is
    ///   wanted even while it stands still.
    func ledger(isOpenIncluded: Bool) -> HoldLedger {
        let wanted = holds.filter { hold in
            hold.from >= acceptTime && (hold.to.map { $0 > hold.from } ?? isOpenIncluded)
        }
        do throws(HoldRejection) {
            // The commands keep far fewer; what is stored never ends the process.
            return try HoldLedger(Self.apart(wanted).prefix(HoldLedger.holdsMax))
        } catch {
            preconditionFailure("holds that end after they begin were taken apart: \(error)")
        }
    }

    private static func apart(_ holds: [Hold]) -> [Hold] {
        let sorted = holds.sorted { $0.from < $1.from }
        let isApart = zip(sorted, sorted.dropFirst()).allSatisfy { first, second in
            first.to.map { $0 <= second.from } ?? false
        }
        if isApart { return sorted }
        let ends = sorted.compactMap(\.to)
        let cuts = Set(sorted.map(\.from) + ends).sorted()
        var parts: [Hold] = []
        var lastIndex: Int?
        for (position, from) in cuts.enumerated() {
            let to = position + 1 < cuts.count ? cuts[position + 1] : nil
            let covering = sorted.indices.filter { index in
                sorted[index].from <= from && sorted[index].to.map { $0 > from } ?? true
            }
            let best = covering.min { sorted[$0].cause.precedence < sorted[$1].cause.precedence }
            defer { lastIndex = best }
            guard let best else { continue }
            if best == lastIndex {
                let begun = parts.removeLast()
                parts.append(Hold(from: begun.from, to: to, cause: begun.cause))
            } else {
                parts.append(Hold(from: from, to: to, cause: sorted[best].cause))
            }
        }
        return parts
    }
}

extension Hold.Cause {
    fileprivate var precedence: Int {
        switch self {
        case .supplement: 0
        case .payment: 1
        case .otherAgency: 2
        case .decision: 3
        case .consultation: 4
        }
    }
}
