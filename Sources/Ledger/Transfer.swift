/// 128 bits that the maker of a transfer chooses and keeps before recording it: the same id
/// recorded again is the same transfer.
package struct TransferID: Hashable, Comparable, Sendable {
    package let rawValue: UInt128

    package init(_ rawValue: UInt128) {
        self.rawValue = rawValue
    }

    package static func < (left: TransferID, right: TransferID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Money moved from the credited account to the debited one. Never edited and never deleted: what
/// was wrong is put right by another transfer.
package struct Transfer: Hashable, Sendable {
    package enum Phase: Hashable, Sendable {
        /// Done at once.
        case posted
        /// Held on both accounts until one other transfer posts or voids it.
        case pending
        /// Carries out a pending transfer, in whole or in part; the rest is released.
        case posts(TransferID)
        /// Releases a pending transfer in whole.
        case voids(TransferID)

        /// The pending transfer that this one resolves.
        package var pendingID: TransferID? {
            switch self {
            case .posted, .pending: nil
            case .posts(let id), .voids(let id): id
            }
        }
    }

    package let id: TransferID
    package let debit: AccountCode
    package let credit: AccountCode
    /// At least 1.
    package let amountDong: Int64
    package let reason: TransferReason
    package let phase: Phase
    /// The bill, bank entry or refund that this is about, named as its owner names it. The ledger
    /// only keeps it.
    package let subject: String

    package init(
        id: TransferID, debit: AccountCode, credit: AccountCode, amountDong: Int64,
        reason: TransferReason, phase: Phase = .posted, subject: String
    ) {
        self.id = id
        self.debit = debit
        self.credit = credit
        self.amountDong = amountDong
        self.reason = reason
        self.phase = phase
        self.subject = subject
    }
}

/// Why money moves. The numbers are stored: never reuse one.
package enum TransferReason: UInt16, Sendable, CaseIterable {
    /// The bank received money.
    case bankCredit = 1
    /// The bank paid money out that nobody here had announced, a reversal of an earlier credit
    /// among it.
    case bankDebit = 2
    /// Received money pays a bill.
    case allocation = 3
    /// An allocation is taken back.
    case deallocation = 4
    /// A refund is granted.
    case refundGrant = 5
    /// A granted refund leaves the bank.
    case refundPayment = 6
    /// A granted refund is given up.
    case refundCancellation = 7
    /// A payment out of the bank is explained.
    case bankDebitResolution = 8
    /// Fees collected are declared to the State Treasury.
    case treasuryDeclaration = 9
    /// Declared fees leave the bank for the State Treasury.
    case remittance = 10
    /// A mistake of our own is undone.
    case correction = 11
}
