import Ledger
import Testing

struct HistoryTests {
    private let seed = Comment(rawValue: "MOTCUA_TEST_SEED=\(SeededRandom.seed)")

    @Test func randomHistoriesKeepEveryPromise() {
        var random = SeededRandom()
        let desk = Desk()
        var pending: [Transfer] = []
        var refusals = 0
        for step in 0..<100_000 {
            let transfer = nextTransfer(desk, pending, &random)
            let accounts = desk.book.accounts
            let count = desk.book.transfers.count
            switch desk.book.record(transfer) {
            case .record:
                if transfer.phase == .pending { pending.append(transfer) }
                if desk.book.transfers.count != count + 1 { Issue.record("step \(step), \(seed)") }
            case .alreadyRecorded, .reject:
                refusals += 1
                if desk.book.accounts != accounts || desk.book.transfers.count != count {
                    Issue.record("step \(step) changed the book, \(seed)")
                }
            }
            if let broken = brokenLimit(desk.book) {
                Issue.record("step \(step) broke \(broken), \(seed)")
            }
        }
        #expect(refusals > 10_000 && desk.book.transfers.count > 20_000, seed)
        #expect(desk.book.accounts == replayed(desk.book), seed)
        expectEveryDongAccountedFor(desk)
    }

    private func nextTransfer(
        _ desk: Desk, _ pending: [Transfer], _ random: inout SeededRandom
    ) -> Transfer {
        let kind = FeeKind.allCases.randomElement(using: &random)!
        let bank = Desk.bank.code
        if Int.random(in: 0..<20, using: &random) == 0,
            let earlier = desk.book.transfers.randomElement(using: &random)
        {
            return earlier
        }
        if Int.random(in: 0..<5, using: &random) == 0,
            let target = pending.suffix(50).randomElement(using: &random)
        {
            let part = Int64.random(in: 1...target.amountDong + 1, using: &random)
            let order = desk.order(Bool.random(using: &random) ? part : target.amountDong)
            return Transfer(
                id: order.id, debit: target.debit, credit: target.credit,
                amountDong: order.amountDong, reason: target.reason,
                phase: Bool.random(using: &random) ? .posts(target.id) : .voids(target.id),
                subject: target.subject)
        }
        let order = desk.order(Int64.random(in: -10...1_000_000, using: &random))
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2: return .bankCredit(order, into: bank)
        case 3: return .bankDebit(order, from: bank)
        case 4, 5: return .allocation(order, to: kind)
        case 6: return .deallocation(order, from: kind)
        case 7: return .refundGrant(order)
        case 8: return .refundPayment(order, from: bank, phase: .pending)
        case 9: return .treasuryDeclaration(order, of: kind)
        case 10: return .remittance(order, of: kind, from: bank, phase: .pending)
        default:
            let causes = [Transfer.DebitCause.receiptReversed, .refundPaid, .feesRemitted(kind)]
            return .bankDebitResolution(order, as: causes.randomElement(using: &random)!)
        }
    }

    private func brokenLimit(_ book: Book) -> AccountCode? {
        var debitsDong: Int64 = 0
        var creditsDong: Int64 = 0
        for account in book.accounts.values {
            let sums = account.balances
            let debits = sums.debitsPostedDong + sums.debitsPendingDong
            let credits = sums.creditsPostedDong + sums.creditsPendingDong
            if min(sums.debitsPendingDong, sums.creditsPendingDong) < 0 { return account.code }
            switch account.limit {
            case .unlimited: break
            case .debitsMustNotExceedCredits:
                if debits > sums.creditsPostedDong { return account.code }
            case .creditsMustNotExceedDebits:
                if credits > sums.debitsPostedDong { return account.code }
            }
            debitsDong += debits
            creditsDong += credits
        }
        return debitsDong == creditsDong ? nil : Desk.bank.code
    }

    /// The same accounts, summed from the transfers alone.
    private func replayed(_ book: Book) -> [AccountCode: Account] {
        var accounts: [AccountCode: Account] = [:]
        for account in Chart.fixed + [Desk.bank] { accounts[account.code] = account }
        for transfer in book.transfers {
            let isOpen = book.resolution(of: transfer.id) == .unresolved
            switch transfer.phase {
            case .posted, .posts:
                accounts[transfer.debit]?.balances.debitsPostedDong += transfer.amountDong
                accounts[transfer.credit]?.balances.creditsPostedDong += transfer.amountDong
            case .pending where isOpen:
                accounts[transfer.debit]?.balances.debitsPendingDong += transfer.amountDong
                accounts[transfer.credit]?.balances.creditsPendingDong += transfer.amountDong
            case .pending, .voids: break
            }
        }
        return accounts
    }

    private func expectEveryDongAccountedFor(_ desk: Desk) {
        let trial = desk.book.trialBalance
        #expect(trial.isBalanced, seed)
        let held = [Desk.bank, Chart.unexplainedPayments].compactMap(desk.balance).reduce(0, +)
        let owed =
            ([Chart.unallocatedReceipts, Chart.refundsPayable]
            + FeeKind.allCases.flatMap { [Chart.feesCollected($0), Chart.treasuryPayable($0)] })
            .compactMap(desk.balance).reduce(0, +)
        #expect(held == owed, seed)
    }
}
