/// All that the decision on one transfer depends on. A store loads it in the transaction that
/// writes the outcome.
package struct TransferEvidence: Sendable {
    /// What became of a pending transfer.
    package enum Resolution: String, Sendable, CaseIterable {
        case unresolved
        case posted
        case voided
    }

    /// The transfer already recorded under the same id.
    package var sameID: Transfer?
    package var debit: Account?
    package var credit: Account?
    /// The transfer that ``Transfer/Phase/pendingID`` names.
    package var pending: Transfer?
    package var resolution: Resolution

    package init(
        sameID: Transfer? = nil, debit: Account?, credit: Account?,
        pending: Transfer? = nil, resolution: Resolution = .unresolved
    ) {
        self.sameID = sameID
        self.debit = debit
        self.credit = credit
        self.pending = pending
        self.resolution = resolution
    }
}

/// What recording a transfer changes: the transfer is appended, these two accounts get these sums,
/// and the pending transfer, if it names one, this resolution.
package struct Posting: Hashable, Sendable {
    package let transfer: Transfer
    package let debit: Account
    package let credit: Account
    /// `nil` when no pending transfer is resolved.
    package let resolution: TransferEvidence.Resolution?
}

package enum Decision: Hashable, Sendable {
    case record(Posting)
    /// Recorded before, with the same fields: nothing changes, and the maker may take it as done.
    case alreadyRecorded
    case reject(TransferRejection)
}

extension Transfer {
    /// The rules of double entry, the only ones in the house: whoever keeps accounts asks here.
    ///
    /// - Precondition: the accounts and transfers in the evidence are those that this transfer
    ///   names.
    package func decide(given evidence: TransferEvidence) -> Decision {
        do throws(TransferRejection) {
            try checkForm()
            if let recorded = evidence.sameID {
                try checkSame(as: recorded)
                return .alreadyRecorded
            }
            guard let debitAccount = evidence.debit else { throw .debitAccountNotFound }
            guard let creditAccount = evidence.credit else { throw .creditAccountNotFound }
            precondition(
                debitAccount.code == debit && creditAccount.code == credit,
                "evidence of other accounts")
            let pending = try resolvable(evidence)
            return .record(try posting(debitAccount, creditAccount, resolving: pending))
        } catch {
            return .reject(error)
        }
    }

    private func checkForm() throws(TransferRejection) {
        guard id.rawValue != 0 else { throw .idMustNotBeZero }
        guard amountDong > 0 else { throw .amountMustBePositive }
        guard debit != credit else { throw .accountsMustDiffer }
        if let pendingID = phase.pendingID {
            guard pendingID.rawValue != 0 else { throw .pendingIDMustNotBeZero }
            guard pendingID != id else { throw .pendingIDMustDiffer }
        }
    }

    private func checkSame(as recorded: Transfer) throws(TransferRejection) {
        precondition(recorded.id == id, "evidence of another transfer")
        guard recorded.phase == phase else { throw .existsWithDifferentPhase }
        guard recorded.debit == debit else { throw .existsWithDifferentDebitAccount }
        guard recorded.credit == credit else { throw .existsWithDifferentCreditAccount }
        guard recorded.amountDong == amountDong else { throw .existsWithDifferentAmount }
        guard recorded.reason == reason else { throw .existsWithDifferentReason }
        guard recorded.subject == subject else { throw .existsWithDifferentSubject }
    }

    private func resolvable(_ evidence: TransferEvidence) throws(TransferRejection) -> Transfer? {
        guard let pendingID = phase.pendingID else { return nil }
        guard let pending = evidence.pending else { throw .pendingTransferNotFound }
        precondition(pending.id == pendingID, "evidence of another transfer")
        guard pending.phase == .pending else { throw .pendingTransferNotPending }
        guard pending.debit == debit else { throw .pendingTransferHasDifferentDebitAccount }
        guard pending.credit == credit else { throw .pendingTransferHasDifferentCreditAccount }
        guard amountDong <= pending.amountDong else { throw .exceedsPendingAmount }
        if case .voids = phase, amountDong != pending.amountDong { throw .voidsDifferentAmount }
        switch evidence.resolution {
        case .unresolved: return pending
        case .posted: throw .pendingTransferAlreadyPosted
        case .voided: throw .pendingTransferAlreadyVoided
        }
    }

    private func posting(
        _ debitAccount: Account, _ creditAccount: Account, resolving pending: Transfer?
    ) throws(TransferRejection) -> Posting {
        var debitAccount = debitAccount
        var creditAccount = creditAccount
        if let pending {
            debitAccount.balances.debitsPendingDong -= pending.amountDong
            creditAccount.balances.creditsPendingDong -= pending.amountDong
        }
        let resolution: TransferEvidence.Resolution?
        switch phase {
        case .posted, .posts:
            try add(to: &debitAccount.balances.debitsPostedDong, else: .overflowsDebits)
            try add(to: &creditAccount.balances.creditsPostedDong, else: .overflowsCredits)
            resolution = pending == nil ? nil : .posted
        case .pending:
            try add(to: &debitAccount.balances.debitsPendingDong, else: .overflowsDebits)
            try add(to: &creditAccount.balances.creditsPendingDong, else: .overflowsCredits)
            resolution = nil
        case .voids:
            resolution = .voided
        }
        try debitAccount.checkSums(
            debitsOverflow: .overflowsDebits, creditsOverflow: .overflowsCredits)
        try creditAccount.checkSums(
            debitsOverflow: .overflowsDebits, creditsOverflow: .overflowsCredits)
        // A resolution only releases what its pending transfer had already taken, so it cannot
        // break a limit.
        if pending == nil {
            if debitAccount.limit == .debitsMustNotExceedCredits, debitAccount.isOverdrawn {
                throw .exceedsCredits
            }
            if creditAccount.limit == .creditsMustNotExceedDebits, creditAccount.isOverdrawn {
                throw .exceedsDebits
            }
        }
        return Posting(
            transfer: self, debit: debitAccount, credit: creditAccount, resolution: resolution)
    }

    private func add(
        to sum: inout Int64, else rejection: TransferRejection
    ) throws(TransferRejection) {
        let (total, overflow) = sum.addingReportingOverflow(amountDong)
        guard !overflow else { throw rejection }
        sum = total
    }
}

extension Account {
    fileprivate var isOverdrawn: Bool { availableDong.map { $0 < 0 } ?? false }

    /// Posted and pending of a side together stay representable, so that ``availableDong`` always
    /// is and no pending transfer can meet an overflow when it is posted.
    fileprivate func checkSums(
        debitsOverflow: TransferRejection, creditsOverflow: TransferRejection
    ) throws(TransferRejection) {
        let debits = balances.debitsPostedDong.addingReportingOverflow(balances.debitsPendingDong)
        guard !debits.overflow else { throw debitsOverflow }
        let credits = balances.creditsPostedDong.addingReportingOverflow(
            balances.creditsPendingDong)
        guard !credits.overflow else { throw creditsOverflow }
    }
}
