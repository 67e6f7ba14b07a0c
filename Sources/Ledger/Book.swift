/// A ledger in memory: the model that a store is held against.
package struct Book: Sendable {
    package private(set) var accounts: [AccountCode: Account] = [:]
    /// In the order of recording.
    package private(set) var transfers: [Transfer] = []
    private var indices: [TransferID: Int] = [:]
    private var resolutions: [TransferID: TransferEvidence.Resolution] = [:]

    package init() {}

    /// Opens an account.
    ///
    /// - Precondition: its sums are zero. Money enters only by transfers, so that debits always
    ///   equal credits.
    /// - Returns: `false`, and changes nothing, when the code is taken.
    package mutating func open(_ account: Account) -> Bool {
        precondition(account.balances == Balances(), "an account opens empty")
        guard accounts[account.code] == nil else { return false }
        accounts[account.code] = account
        return true
    }

    package subscript(_ code: AccountCode) -> Account? {
        accounts[code]
    }

    package subscript(_ id: TransferID) -> Transfer? {
        indices[id].map { transfers[$0] }
    }

    /// What became of a pending transfer; `nil` for any other id.
    package func resolution(of id: TransferID) -> TransferEvidence.Resolution? {
        resolutions[id]
    }

    /// What this book knows that bears on the transfer.
    package func evidence(for transfer: Transfer) -> TransferEvidence {
        let pendingID = transfer.phase.pendingID
        return TransferEvidence(
            sameID: self[transfer.id], debit: accounts[transfer.debit],
            credit: accounts[transfer.credit], pending: pendingID.flatMap { self[$0] },
            resolution: pendingID.flatMap { resolutions[$0] } ?? .unresolved)
    }

    /// Records the transfer unless the rules say no; a rejection changes nothing.
    package mutating func record(_ transfer: Transfer) -> Decision {
        let decision = transfer.decide(given: evidence(for: transfer))
        if case .record(let posting) = decision { apply(posting) }
        return decision
    }

    /// Records all or none, each seeing those before it.
    ///
    /// - Returns: `nil` when all stand; else the first that was refused, and nothing has changed.
    package mutating func record(all chain: [Transfer]) -> ChainRejection? {
        var recorded: [(transfer: Transfer, before: TransferEvidence)] = []
        for (index, transfer) in chain.enumerated() {
            let before = evidence(for: transfer)
            switch transfer.decide(given: before) {
            case .record(let posting):
                apply(posting)
                recorded.append((transfer, before))
            case .alreadyRecorded:
                continue
            case .reject(let rejection):
                for step in recorded.reversed() { revert(step.transfer, to: step.before) }
                return ChainRejection(index: index, rejection: rejection)
            }
        }
        return nil
    }

    /// Every account's posted sums, by code.
    package var trialBalance: TrialBalance {
        TrialBalance(accounts.values)
    }

    private mutating func apply(_ posting: Posting) {
        let transfer = posting.transfer
        accounts[transfer.debit] = posting.debit
        accounts[transfer.credit] = posting.credit
        indices[transfer.id] = transfers.count
        transfers.append(transfer)
        if transfer.phase == .pending { resolutions[transfer.id] = .unresolved }
        if let pendingID = transfer.phase.pendingID { resolutions[pendingID] = posting.resolution }
    }

    /// - Parameter transfer: the last one applied.
    private mutating func revert(_ transfer: Transfer, to before: TransferEvidence) {
        accounts[transfer.debit] = before.debit
        accounts[transfer.credit] = before.credit
        transfers.removeLast()
        indices[transfer.id] = nil
        if transfer.phase == .pending { resolutions[transfer.id] = nil }
        if let pendingID = transfer.phase.pendingID { resolutions[pendingID] = before.resolution }
    }
}

/// The transfer for which a chain was refused.
package struct ChainRejection: Hashable, Sendable {
    package let index: Int
    package let rejection: TransferRejection
}
