import Ledger
import Testing

/// The stories that the chart of accounts is for.
struct ChartTests {
    private let desk = Desk()

    @Test func receivedMoneyPaysItsBillAndTheExcessStays() {
        let credit = Transfer.bankCredit(desk.order(350_000), into: Desk.bank.code)
        #expect(desk.book.record(credit).isRecorded)
        let bill = [
            Transfer.allocation(desk.order(200_000), to: .phi),
            Transfer.allocation(desk.order(100_000), to: .lePhi),
        ]
        #expect(desk.book.record(all: bill) == nil)
        #expect(desk.balance(Desk.bank) == 350_000)
        #expect(desk.balance(Chart.unallocatedReceipts) == 50_000)
        #expect(desk.balance(Chart.feesCollected(.phi)) == 200_000)
        #expect(desk.balance(Chart.feesCollected(.lePhi)) == 100_000)
    }

    @Test func moneyNotReceivedPaysNothing() {
        let allocation = Transfer.allocation(desk.order(1), to: .phi)
        #expect(desk.book.record(allocation) == .reject(.exceedsCredits))
    }

    @Test func refundIsPendingUntilTheBankShowsIt() {
        receive(100_000)
        let grant = Transfer.refundGrant(desk.order(40_000))
        #expect(desk.book.record(grant).isRecorded)
        let told = Transfer.refundPayment(
            desk.order(40_000), from: Desk.bank.code, phase: .pending)
        #expect(desk.book.record(told).isRecorded)
        #expect(desk.balance(Desk.bank) == 100_000)
        #expect(desk.book[Chart.refundsPayable.code]?.availableDong == 0)

        let twice = Transfer.refundPayment(desk.order(1), from: Desk.bank.code, phase: .pending)
        #expect(desk.book.record(twice) == .reject(.exceedsCredits))

        let shown = Transfer.refundPayment(
            desk.order(40_000), from: Desk.bank.code, phase: .posts(told.id))
        #expect(desk.book.record(shown).isRecorded)
        #expect(desk.balance(Desk.bank) == 60_000)
        #expect(desk.balance(Chart.refundsPayable) == 0)
    }

    @Test func failedRefundIsOwedAgain() {
        receive(100_000)
        #expect(desk.book.record(.refundGrant(desk.order(40_000))).isRecorded)
        let told = Transfer.refundPayment(
            desk.order(40_000), from: Desk.bank.code, phase: .pending)
        #expect(desk.book.record(told).isRecorded)
        let failed = Transfer.refundPayment(
            desk.order(40_000), from: Desk.bank.code, phase: .voids(told.id))
        #expect(desk.book.record(failed).isRecorded)
        #expect(desk.book[Chart.refundsPayable.code]?.availableDong == 40_000)
        #expect(desk.book.record(.refundCancellation(desk.order(40_000))).isRecorded)
        #expect(desk.balance(Chart.unallocatedReceipts) == 100_000)
    }

    @Test func refundIsNeverMoreThanReceived() {
        receive(100_000)
        #expect(desk.book.record(.refundGrant(desk.order(100_001))) == .reject(.exceedsCredits))
    }

    @Test func whatTheBankReportsIsBookedInAnyOrder() {
        // The reversal arrives before the credit that it reverses.
        let reversal = Transfer.bankDebit(desk.order(70_000), from: Desk.bank.code)
        #expect(desk.book.record(reversal).isRecorded)
        #expect(desk.balance(Desk.bank) == -70_000)
        let early = Transfer.bankDebitResolution(desk.order(70_000), as: .receiptReversed)
        #expect(desk.book.record(early) == .reject(.exceedsCredits))
        #expect(TransferRejection.exceedsCredits.isTransient)
        receive(70_000)
        #expect(desk.book.record(early).isRecorded)
        #expect(desk.balance(Desk.bank) == 0)
        #expect(desk.balance(Chart.unexplainedPayments) == 0)
        #expect(desk.balance(Chart.unallocatedReceipts) == 0)
    }

    @Test func reversalOfAnAllocatedReceiptTakesTheAllocationBack() {
        receive(70_000)
        #expect(desk.book.record(.allocation(desk.order(70_000), to: .phi)).isRecorded)
        let chain = [
            Transfer.bankDebit(desk.order(70_000), from: Desk.bank.code),
            Transfer.deallocation(desk.order(70_000), from: .phi),
            Transfer.bankDebitResolution(desk.order(70_000), as: .receiptReversed),
        ]
        #expect(desk.book.record(all: chain) == nil)
        #expect(desk.balance(Chart.feesCollected(.phi)) == 0)
        #expect(desk.balance(Desk.bank) == 0)
    }

    @Test func collectedFeesReachTheTreasuryByKind() {
        receive(90_000)
        let chain = [
            Transfer.allocation(desk.order(90_000), to: .lePhi),
            Transfer.treasuryDeclaration(desk.order(90_000), of: .lePhi),
            Transfer.remittance(
                desk.order(90_000), of: .lePhi, from: Desk.bank.code, phase: .posted),
        ]
        #expect(desk.book.record(all: chain) == nil)
        #expect(desk.balance(Desk.bank) == 0)
        #expect(desk.balance(Chart.treasuryPayable(.lePhi)) == 0)
        let otherKind = Transfer.treasuryDeclaration(desk.order(1), of: .phi)
        #expect(desk.book.record(otherKind) == .reject(.exceedsCredits))
    }

    @Test func correctionMirrorsTheMistake() {
        receive(90_000)
        let mistake = Transfer.allocation(desk.order(90_000), to: .lePhi)
        #expect(desk.book.record(mistake).isRecorded)
        let correction = Transfer.correction(of: mistake, id: desk.order(1).id)
        #expect(desk.book.record(correction).isRecorded)
        #expect(desk.balance(Chart.feesCollected(.lePhi)) == 0)
        #expect(desk.balance(Chart.unallocatedReceipts) == 90_000)
        #expect(desk.book.transfers.count == 3)
    }

    @Test func codesOfTheChartAreValidAndDifferent() {
        let codes = (Chart.fixed + [Desk.bank]).map(\.code.text)
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { AccountCode($0) != nil })
    }

    private func receive(_ amountDong: Int64) {
        let credit = Transfer.bankCredit(desk.order(amountDong), into: Desk.bank.code)
        #expect(desk.book.record(credit).isRecorded)
    }
}
