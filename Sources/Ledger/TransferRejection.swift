/// Why a transfer was refused, in order of precedence: the first that applies is reported.
/// The numbers are stored: never reuse one.
package enum TransferRejection: UInt32, Error, Sendable, CaseIterable {
    case idMustNotBeZero = 1
    case amountMustBePositive = 2
    case accountsMustDiffer = 3
    case pendingIDMustNotBeZero = 4
    case pendingIDMustDiffer = 5

    case existsWithDifferentPhase = 10
    case existsWithDifferentDebitAccount = 11
    case existsWithDifferentCreditAccount = 12
    case existsWithDifferentAmount = 13
    case existsWithDifferentReason = 14
    case existsWithDifferentSubject = 15

    case debitAccountNotFound = 20
    case creditAccountNotFound = 21

    case pendingTransferNotFound = 30
    /// The transfer to resolve was never pending.
    case pendingTransferNotPending = 31
    case pendingTransferHasDifferentDebitAccount = 32
    case pendingTransferHasDifferentCreditAccount = 33
    case exceedsPendingAmount = 34
    /// A void releases the whole amount or nothing.
    case voidsDifferentAmount = 35
    case pendingTransferAlreadyPosted = 36
    case pendingTransferAlreadyVoided = 37

    /// A sum would pass `Int64.max`.
    case overflowsDebits = 40
    case overflowsCredits = 41
    /// The debited account would stand below its limit.
    case exceedsCredits = 50
    /// The credited account would stand below its limit.
    case exceedsDebits = 51

    /// Whether the identical transfer may be accepted later, after others.
    package var isTransient: Bool {
        switch self {
        case .debitAccountNotFound, .creditAccountNotFound, .pendingTransferNotFound,
            .exceedsCredits, .exceedsDebits:
            true
        case .idMustNotBeZero, .amountMustBePositive, .accountsMustDiffer,
            .pendingIDMustNotBeZero, .pendingIDMustDiffer,
            .existsWithDifferentPhase, .existsWithDifferentDebitAccount,
            .existsWithDifferentCreditAccount, .existsWithDifferentAmount,
            .existsWithDifferentReason, .existsWithDifferentSubject,
            .pendingTransferNotPending, .pendingTransferHasDifferentDebitAccount,
            .pendingTransferHasDifferentCreditAccount, .exceedsPendingAmount,
            .voidsDifferentAmount, .pendingTransferAlreadyPosted, .pendingTransferAlreadyVoided,
            .overflowsDebits, .overflowsCredits:
            false
        }
    }
}
