import Ledger
import Testing

struct TransferRuleTests {
    static let open = Account(code: AccountCode("open")!, kind: .asset)
    static let asset = Account(
        code: AccountCode("asset")!, kind: .asset, limit: .creditsMustNotExceedDebits)
    static let liability = Account(
        code: AccountCode("liability")!, kind: .liability, limit: .debitsMustNotExceedCredits)
    static let full = Account(code: AccountCode("full")!, kind: .asset)
    static let source = Account(code: AccountCode("source")!, kind: .income)

    static func transfer(
        _ id: UInt128, _ debit: Account, _ credit: Account, _ amountDong: Int64,
        _ phase: Transfer.Phase = .posted, reason: TransferReason = .correction,
        subject: String = "s"
    ) -> Transfer {
        Transfer(
            id: TransferID(id), debit: debit.code, credit: credit.code, amountDong: amountDong,
            reason: reason, phase: phase, subject: subject)
    }

    static let hoard = Account(code: AccountCode("hoard")!, kind: .income)
    static let missing = Account(code: AccountCode("missing")!, kind: .asset)

    /// 1 gives both limited accounts 100; 2 is pending for 60; 3 and 4 are pending, posted and
    /// voided.
    static func book() -> Book {
        var book = Book()
        for account in [open, asset, liability, full, source, hoard] {
            precondition(book.open(account))
        }
        let history = [
            transfer(1, asset, liability, 100),
            transfer(2, liability, open, 60, .pending),
            transfer(3, open, source, 10, .pending),
            transfer(5, open, source, 10, .posts(TransferID(3))),
            transfer(4, open, source, 10, .pending),
            transfer(6, open, source, 10, .voids(TransferID(4))),
            transfer(7, full, hoard, .max - 10),
        ]
        for step in history { precondition(book.record(step).isRecorded) }
        return book
    }

    static let refused: [(Transfer, TransferRejection)] = [
        (transfer(0, open, source, 0), .idMustNotBeZero),
        (transfer(1, open, open, 0), .amountMustBePositive),
        (transfer(1, open, open, -5), .amountMustBePositive),
        (transfer(1, open, open, 5), .accountsMustDiffer),
        (transfer(50, open, source, 5, .posts(TransferID(0))), .pendingIDMustNotBeZero),
        (transfer(50, open, source, 5, .voids(TransferID(50))), .pendingIDMustDiffer),

        (transfer(1, open, source, 5, .pending), .existsWithDifferentPhase),
        (transfer(1, open, source, 5), .existsWithDifferentDebitAccount),
        (transfer(1, asset, source, 5), .existsWithDifferentCreditAccount),
        (transfer(1, asset, liability, 5), .existsWithDifferentAmount),
        (transfer(1, asset, liability, 100, reason: .remittance), .existsWithDifferentReason),
        (transfer(1, asset, liability, 100, subject: "t"), .existsWithDifferentSubject),

        (transfer(50, missing, missing2, 5), .debitAccountNotFound),
        (transfer(50, open, missing, 5), .creditAccountNotFound),

        (transfer(50, liability, open, 60, .posts(TransferID(40))), .pendingTransferNotFound),
        (transfer(50, asset, liability, 100, .posts(TransferID(1))), .pendingTransferNotPending),
        (
            transfer(50, asset, open, 60, .posts(TransferID(2))),
            .pendingTransferHasDifferentDebitAccount
        ),
        (
            transfer(50, liability, source, 60, .posts(TransferID(2))),
            .pendingTransferHasDifferentCreditAccount
        ),
        (transfer(50, liability, open, 61, .posts(TransferID(2))), .exceedsPendingAmount),
        (transfer(50, liability, open, 59, .voids(TransferID(2))), .voidsDifferentAmount),
        (transfer(50, open, source, 10, .posts(TransferID(3))), .pendingTransferAlreadyPosted),
        (transfer(50, open, source, 10, .voids(TransferID(3))), .pendingTransferAlreadyPosted),
        (transfer(50, open, source, 10, .voids(TransferID(4))), .pendingTransferAlreadyVoided),
        (transfer(50, open, source, 10, .posts(TransferID(4))), .pendingTransferAlreadyVoided),

        (transfer(50, full, open, 11), .overflowsDebits),
        (transfer(50, full, open, 11, .pending), .overflowsDebits),
        (transfer(50, open, hoard, 11), .overflowsCredits),
        (transfer(50, liability, open, 41), .exceedsCredits),
        (transfer(50, liability, open, 41, .pending), .exceedsCredits),
        (transfer(50, open, asset, 101), .exceedsDebits),
    ]

    static let missing2 = Account(code: AccountCode("missing-too")!, kind: .asset)

    @Test(arguments: refused)
    func rejectionsAreNamedInOrderAndChangeNothing(
        transfer: Transfer, rejection: TransferRejection
    ) {
        var book = Self.book()
        let before = book
        #expect(book.record(transfer) == .reject(rejection))
        #expect(book.accounts == before.accounts)
        #expect(book.transfers == before.transfers)
        #expect(book.resolution(of: TransferID(2)) == .unresolved)
    }

    @Test func everyRejectionIsReachable() {
        #expect(Set(Self.refused.map(\.1)) == Set(TransferRejection.allCases))
    }

    @Test func rejectionsAreListedInTheirOrder() {
        let numbers = TransferRejection.allCases.map(\.rawValue)
        #expect(numbers == numbers.sorted())
    }

    @Test(arguments: [
        transfer(50, liability, open, 40), transfer(50, open, asset, 100),
        transfer(50, full, open, 10), transfer(50, open, hoard, 10),
        transfer(50, liability, open, 60, .posts(TransferID(2))),
        transfer(50, liability, open, 1, .posts(TransferID(2))),
        transfer(50, liability, open, 60, .voids(TransferID(2))),
    ])
    func limitsThemselvesAreAllowed(transfer: Transfer) {
        var book = Self.book()
        #expect(book.record(transfer).isRecorded)
        #expect(book.trialBalance.isBalanced)
    }

    @Test func recordingTheSameAgainChangesNothing() {
        var book = Self.book()
        let before = book
        for transfer in before.transfers {
            #expect(book.record(transfer) == .alreadyRecorded)
        }
        #expect(book.accounts == before.accounts && book.transfers == before.transfers)
    }

    @Test func postingAPartReleasesTheRest() {
        var book = Self.book()
        let part = Self.transfer(50, Self.liability, Self.open, 25, .posts(TransferID(2)))
        #expect(book.record(part).isRecorded)
        #expect(book[Self.liability.code]?.availableDong == 75)
        #expect(book[Self.liability.code]?.balances.debitsPendingDong == 0)
        #expect(book.resolution(of: TransferID(2)) == .posted)
    }

    @Test func aChainStandsWholeOrNotAtAll() {
        var book = Self.book()
        let before = book
        let chain = [
            Self.transfer(50, Self.liability, Self.open, 20),
            Self.transfer(1, Self.asset, Self.liability, 100),
            Self.transfer(51, Self.liability, Self.open, 60, .posts(TransferID(2))),
            Self.transfer(52, Self.open, Self.source, 1, .pending),
            Self.transfer(53, Self.liability, Self.open, 21),
        ]
        let refused = book.record(all: chain)
        #expect(refused?.index == 4 && refused?.rejection == .exceedsCredits)
        #expect(book.accounts == before.accounts && book.transfers == before.transfers)
        #expect(book.resolution(of: TransferID(2)) == .unresolved)
        #expect(book.resolution(of: TransferID(52)) == nil)
        #expect(book[TransferID(50)] == nil)
        let accepted = book.record(all: Array(chain.dropLast()))
        #expect(accepted == nil)
        #expect(book.transfers.count == before.transfers.count + 3)
        #expect(book.trialBalance.isBalanced)
    }

    @Test func trialBalanceDoesNotOverflow() {
        var book = Self.book()
        let rest = Account(code: AccountCode("rest")!, kind: .liability)
        precondition(book.open(rest))
        #expect(book.record(Self.transfer(50, Self.open, rest, .max - 200)).isRecorded)
        #expect(book.trialBalance.debitsDong > Int128(Int64.max))
        #expect(book.trialBalance.isBalanced)
    }

    @Test(arguments: ["", "a b", "tài-khoản", "a\n", "a/b", String(repeating: "a", count: 65)])
    func accountCodesArePlain(text: String) {
        #expect(AccountCode(text) == nil)
    }

    @Test func accountsOpenOnce() {
        var book = Self.book()
        let reopened = book.open(Account(code: Self.asset.code, kind: .income))
        #expect(!reopened)
        #expect(book[Self.asset.code]?.kind == .asset)
    }
}
