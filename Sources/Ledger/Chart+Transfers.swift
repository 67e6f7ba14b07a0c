extension Transfer {
    /// Who, how much, about what: the part of a transfer that its maker supplies.
    package struct Order: Hashable, Sendable {
        package let id: TransferID
        package let amountDong: Int64
        package let subject: String

        package init(id: TransferID, amountDong: Int64, subject: String) {
            self.id = id
            self.amountDong = amountDong
            self.subject = subject
        }
    }

    /// A credit in the bank's statement. Always bookable, whether or not anybody knows what it
    /// pays.
    package static func bankCredit(_ order: Order, into bank: AccountCode) -> Transfer {
        order.transfer(debit: bank, credit: Chart.unallocatedReceipts.code, .bankCredit)
    }

    /// A debit in the bank's statement that no pending transfer announced. Always bookable.
    package static func bankDebit(_ order: Order, from bank: AccountCode) -> Transfer {
        order.transfer(debit: Chart.unexplainedPayments.code, credit: bank, .bankDebit)
    }

    /// What an unannounced debit turned out to be.
    package enum DebitCause: Hashable, Sendable {
        /// The bank took back a credit. One already allocated is deallocated first.
        case receiptReversed
        case refundPaid
        case feesRemitted(FeeKind)
    }

    package static func bankDebitResolution(_ order: Order, as cause: DebitCause) -> Transfer {
        let account =
            switch cause {
            case .receiptReversed: Chart.unallocatedReceipts
            case .refundPaid: Chart.refundsPayable
            case .feesRemitted(let kind): Chart.treasuryPayable(kind)
            }
        return order.transfer(
            debit: account.code, credit: Chart.unexplainedPayments.code, .bankDebitResolution)
    }

    /// Received money pays a bill. The excess is not part of the order: it stays unallocated.
    package static func allocation(_ order: Order, to kind: FeeKind) -> Transfer {
        order.transfer(
            debit: Chart.unallocatedReceipts.code, credit: Chart.feesCollected(kind).code,
            .allocation)
    }

    /// Takes an allocation back: the money is unallocated again.
    package static func deallocation(_ order: Order, from kind: FeeKind) -> Transfer {
        order.transfer(
            debit: Chart.feesCollected(kind).code, credit: Chart.unallocatedReceipts.code,
            .deallocation)
    }

    /// Grants unallocated money back to its payer. Allocated money is deallocated first.
    package static func refundGrant(_ order: Order) -> Transfer {
        order.transfer(
            debit: Chart.unallocatedReceipts.code, credit: Chart.refundsPayable.code, .refundGrant)
    }

    package static func refundCancellation(_ order: Order) -> Transfer {
        order.transfer(
            debit: Chart.refundsPayable.code, credit: Chart.unallocatedReceipts.code,
            .refundCancellation)
    }

    /// A granted refund on its way out: pending when the bank is told, posted when its statement
    /// shows it, voided when the bank says it failed.
    package static func refundPayment(
        _ order: Order, from bank: AccountCode, phase: Phase
    ) -> Transfer {
        order.transfer(debit: Chart.refundsPayable.code, credit: bank, .refundPayment, phase)
    }

    package static func treasuryDeclaration(_ order: Order, of kind: FeeKind) -> Transfer {
        order.transfer(
            debit: Chart.feesCollected(kind).code, credit: Chart.treasuryPayable(kind).code,
            .treasuryDeclaration)
    }

    /// Declared fees on their way to the State Treasury; phases as for
    /// ``refundPayment(_:from:phase:)``.
    package static func remittance(
        _ order: Order, of kind: FeeKind, from bank: AccountCode, phase: Phase
    ) -> Transfer {
        order.transfer(debit: Chart.treasuryPayable(kind).code, credit: bank, .remittance, phase)
    }

    /// The mirror image of a posted transfer, for a mistake of our own.
    package static func correction(of mistake: Transfer, id: TransferID) -> Transfer {
        Transfer(
            id: id, debit: mistake.credit, credit: mistake.debit, amountDong: mistake.amountDong,
            reason: .correction, subject: mistake.subject)
    }
}

extension Transfer.Order {
    fileprivate func transfer(
        debit: AccountCode, credit: AccountCode, _ reason: TransferReason,
        _ phase: Transfer.Phase = .posted
    ) -> Transfer {
        Transfer(
            id: id, debit: debit, credit: credit, amountDong: amountDong, reason: reason,
            phase: phase, subject: subject)
    }
}
