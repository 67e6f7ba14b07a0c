/// The two kinds of money that a citizen pays for a procedure (Law 97/2015/QH13, article 3). Kept
/// and receipted apart.
package enum FeeKind: String, Sendable, CaseIterable {
    /// Phí: covers the cost of a public service.
    case phi
    /// Lệ phí: a fixed charge for a service of state management.
    case lePhi = "le-phi"
}

/// The accounts of an agency that collects fees.
///
/// On a cash basis: a bill is not an entry, money is. What a citizen owes stands in the bill; a
/// claim that is waived, cancelled or re-issued therefore needs no counter-entry, and every dong
/// here can be found in a bank statement.
///
/// Only what a person or this software decides has a limit. What the bank reports is a fact and
/// must never be refused, in whatever order it is reported: ``bank(bin:accountNumber:)`` has none,
/// and both suspense accounts grow without bound on the side on which the bank feeds them.
package enum Chart {
    /// Money in one receiving account. Its posted balance equals the closing balance of the bank's
    /// statement.
    ///
    /// - Precondition: both parts are letters and digits, and together within
    ///   ``AccountCode/bytesMax``.
    package static func bank(bin: String, accountNumber: String) -> Account {
        guard let code = AccountCode("bank:\(bin):\(accountNumber)") else {
            preconditionFailure("a bank account is named by letters and digits")
        }
        return Account(code: code, kind: .asset)
    }

    /// Received, and not yet known for what: every credit enters here first. What a payer sent
    /// beyond a bill stays here until it is allocated or granted back.
    package static let unallocatedReceipts = Account(
        code: AccountCode(constant: "unallocated-receipts"), kind: .liability,
        limit: .debitsMustNotExceedCredits)

    /// Paid out by the bank, and not yet known why: reversed credits and charges of the bank enter
    /// here first.
    package static let unexplainedPayments = Account(
        code: AccountCode(constant: "unexplained-payments"), kind: .asset,
        limit: .creditsMustNotExceedDebits)

    /// Allocated to bills of this kind and not yet declared to the State Treasury.
    package static func feesCollected(_ kind: FeeKind) -> Account {
        Account(
            code: AccountCode(constant: "fees-collected:\(kind.rawValue)"), kind: .income,
            limit: .debitsMustNotExceedCredits)
    }

    /// Granted back to payers and not yet out of the bank.
    package static let refundsPayable = Account(
        code: AccountCode(constant: "refunds-payable"), kind: .liability,
        limit: .debitsMustNotExceedCredits)

    /// Declared to the State Treasury and not yet remitted.
    package static func treasuryPayable(_ kind: FeeKind) -> Account {
        Account(
            code: AccountCode(constant: "treasury-payable:\(kind.rawValue)"), kind: .liability,
            limit: .debitsMustNotExceedCredits)
    }

    /// Every account but the banks': what a new ledger opens with.
    package static let fixed: [Account] =
        [unallocatedReceipts, unexplainedPayments, refundsPayable]
        + FeeKind.allCases.flatMap { [feesCollected($0), treasuryPayable($0)] }
}
