import Ledger
import WorkingTime

/// Where a bill stands. It only ever moves forward: `awaitingAmount` → `issued` → `partiallyPaid` →
/// `paid`, with steps left out where they do not apply, or `awaitingAmount` → `nothingDue`.
package enum BillState: Int64, Hashable, Sendable, CaseIterable {
    /// A line's amount is open: there is nothing to pay yet.
    case awaitingAmount = 1
    case issued = 2
    case partiallyPaid = 3
    case paid = 4
    /// An official set every open amount to zero: closed without money, without reference and
    /// receipt.
    case nothingDue = 5
}

package struct BillLine: Hashable, Sendable {
    package var feeLineID: String
    package var kind: FeeKind
    package var amount: FeeAmount
    package var note: String

    package init(feeLineID: String, kind: FeeKind, amount: FeeAmount, note: String = "") {
        self.feeLineID = feeLineID
        self.kind = kind
        self.amount = amount
        self.note = note
    }
}

/// What is owed for one dossier. Expiry would be about showing the QR, never about refusing money:
/// a bill with something left to pay takes every transfer that names it, however late.
package struct Bill: Hashable, Sendable {
    package let id: String
    package let dossierID: String
    package private(set) var state: BillState
    package private(set) var lines: [BillLine]
    package private(set) var paidDong: Int64
    package private(set) var settleTime: Instant?
    package let createTime: Instant
    /// What a transfer's content must hold; `nil` until the bill is issued.
    package private(set) var reference: String?

    /// As it was stored.
    package init(
        id: String, dossierID: String, state: BillState, lines: [BillLine], paidDong: Int64,
        reference: String?, createTime: Instant, settleTime: Instant?
    ) {
        self.id = id
        self.dossierID = dossierID
        self.state = state
        self.lines = lines
        self.paidDong = paidDong
        self.reference = reference
        self.createTime = createTime
        self.settleTime = settleTime
    }

    /// A new bill: issued under `reference`, or waiting for an amount where there is none yet.
    package static func raised(
        id: String, dossierID: String, lines: [BillLine], reference: String?, at now: Instant
    ) -> Bill {
        Bill(
            id: id, dossierID: dossierID, state: reference == nil ? .awaitingAmount : .issued,
            lines: lines, paidDong: 0, reference: reference, createTime: now, settleTime: nil)
    }

    /// The sum of the lines; zero while one is open.
    package var amountDong: Int64 {
        state == .awaitingAmount ? 0 : Self.sum(lines).dong
    }

    package var remainingDong: Int64 { amountDong - paidDong }

    /// What the bill comes to for each kind of fee, where it is above zero, in the order of
    /// ``FeeKind``.
    package var amountsByKind: [(kind: FeeKind, dong: Int64)] {
        FeeKind.allCases.compactMap { kind in
            let sum = Self.sum(lines.filter { $0.kind == kind })
            return sum.dong > 0 ? (kind, sum.dong) : nil
        }
    }

    /// Cannot overflow: a tariff's lines number at most ``Bill/linesMax``, each within
    /// ``MoneyLimits``.
    static func sum(_ lines: [BillLine]) -> (dong: Int64, isOpen: Bool) {
        var dong: Int64 = 0
        var isOpen = false
        for line in lines {
            switch line.amount {
            case .fixed(let amount): dong += amount
            case .open: isOpen = true
            }
        }
        return (dong, isOpen)
    }

    /// The lines of one tariff, and so of one bill.
    package static let linesMax = 200
}

/// What a dossier's chosen fee lines come to.
package enum Assessment: Hashable, Sendable {
    /// Free of charge, or printed zeros only: there is no bill and no QR.
    case nothingDue
    /// An open amount: a bill that waits for an official.
    case awaitsAmount([BillLine])
    case due([BillLine])

    /// Prices the chosen lines. Which lines apply to a dossier, and for which channel, is the
    /// decision of whoever took the dossier in; alternatives are never summed unasked.
    package static func of(
        feeLineIDs: [String], tariff: Tariff
    ) -> Result<Assessment, AssessmentRejection> {
        var lines: [BillLine] = []
        for (index, id) in feeLineIDs.enumerated() {
            guard let line = tariff.lines.first(where: { $0.id == id }) else {
                return .failure(.feeLineNotFound(index: index))
            }
            lines.append(
                BillLine(feeLineID: line.id, kind: line.kind, amount: line.amount, note: line.note))
        }
        let sum = Bill.sum(lines)
        if sum.isOpen { return .success(.awaitsAmount(lines)) }
        return .success(sum.dong == 0 ? .nothingDue : .due(lines))
    }
}

package enum AssessmentRejection: Error, Hashable, Sendable {
    case tariffNotFound
    case feeLineNotFound(index: Int)
    /// The dossier was assessed before, under other lines.
    case alreadyAssessedOtherwise
}

/// Why an amount cannot be set, in order of precedence.
package enum AmountRejection: Error, Hashable, Sendable {
    case billNotFound
    case feeLineNotFound
    case lineNotOpen(BillState)
}

extension Bill {
    /// What setting an amount led to.
    package enum AmountSet: Hashable, Sendable {
        case stillAwaits
        /// No line is open any more and something is owed.
        case issued
        case nothingDue
    }

    /// Sets the amount of one open line. The bill leaves `awaitingAmount` once no line is open.
    ///
    /// - Precondition: `dong` is within `0...MoneyLimits.setAmountDongMax`.
    package mutating func setAmount(
        ofLine feeLineID: String, dong: Int64, at now: Instant, newReference: () throws -> String
    ) rethrows -> Result<AmountSet, AmountRejection> {
        precondition((0...MoneyLimits.setAmountDongMax).contains(dong), "checked at the door")
        guard let index = lines.firstIndex(where: { $0.feeLineID == feeLineID }) else {
            return .failure(.feeLineNotFound)
        }
        guard state == .awaitingAmount, lines[index].amount == .open else {
            return .failure(.lineNotOpen(state))
        }
        lines[index].amount = .fixed(dong: dong)
        let sum = Self.sum(lines)
        if sum.isOpen { return .success(.stillAwaits) }
        guard sum.dong > 0 else {
            state = .nothingDue
            settleTime = now
            return .success(.nothingDue)
        }
        reference = try newReference()
        state = .issued
        return .success(.issued)
    }

    /// Takes at most what remains; returns what was taken. No tolerance: a dong short is a dong
    /// owed.
    ///
    /// - Precondition: `dong` is above zero and the bill is issued, paid in part or paid.
    package mutating func apply(dong: Int64, at now: Instant) -> Int64 {
        precondition(dong > 0 && reference != nil, "only an issued bill takes money")
        let taken = min(dong, remainingDong)
        guard taken > 0 else { return 0 }
        paidDong += taken
        if remainingDong == 0 {
            state = .paid
            settleTime = now
        } else {
            state = .partiallyPaid
        }
        return taken
    }
}
