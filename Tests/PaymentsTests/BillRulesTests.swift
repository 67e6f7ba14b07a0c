import Ledger
import Testing
import WorkingTime

@testable import Payments

private let now = Instant(millisecondsSinceEpoch: 1_770_000_000_000)

private let tariff = Tariff(
    procedureID: "1488", version: 1,
    lines: [
        FeeLine(id: "F1", kind: .phi, amount: .fixed(dong: 300_000)),
        FeeLine(id: "F2", kind: .lePhi, amount: .fixed(dong: 40_000)),
        FeeLine(id: "Z1", kind: .lePhi, amount: .fixed(dong: 0)),
        FeeLine(id: "Z2", kind: .phi, amount: .fixed(dong: 0)),
        FeeLine(id: "O1", kind: .phi, amount: .open),
        FeeLine(id: "O2", kind: .lePhi, amount: .open),
    ])

struct AssessmentCase: Sendable, CustomTestStringConvertible {
    enum Outcome { case nothingDue, awaitsAmount, due, lineNotFound(Int) }

    var lines: [String]
    var outcome: Outcome

    var testDescription: String { "\(lines) \(outcome)" }
}

struct BillRulesTests {
    @Test(arguments: [
        AssessmentCase(lines: [], outcome: .nothingDue),
        AssessmentCase(lines: ["Z1"], outcome: .nothingDue),
        AssessmentCase(lines: ["Z1", "Z2"], outcome: .nothingDue),
        AssessmentCase(lines: ["F1"], outcome: .due),
        AssessmentCase(lines: ["F1", "Z1"], outcome: .due),
        AssessmentCase(lines: ["O1"], outcome: .awaitsAmount),
        AssessmentCase(lines: ["O1", "Z1"], outcome: .awaitsAmount),
        AssessmentCase(lines: ["F1", "O1"], outcome: .awaitsAmount),
        AssessmentCase(lines: ["F1", "F9"], outcome: .lineNotFound(1)),
    ])
    func chosenLinesSayWhetherSomethingIsOwed(_ example: AssessmentCase) {
        let result = Assessment.of(feeLineIDs: example.lines, tariff: tariff)
        switch (example.outcome, result) {
        case (.nothingDue, .success(.nothingDue)): break
        case (.awaitsAmount, .success(.awaitsAmount(let lines))),
            (.due, .success(.due(let lines))):
            #expect(lines.map(\.feeLineID) == example.lines)
        case (.lineNotFound(let index), .failure(.feeLineNotFound(let found))):
            #expect(index == found)
        default: Issue.record("\(result)")
        }
    }

    @Test func anOpenAmountIsNeverTakenForZero() {
        var bill = waitingBill(["F1", "O1", "O2"])
        #expect(bill.state == .awaitingAmount)
        #expect(bill.amountDong == 0)
        #expect(
            bill.setAmount(ofLine: "O1", dong: 0, at: now, newReference: { "R" })
                == .success(.stillAwaits))
        #expect(bill.state == .awaitingAmount)
        #expect(bill.reference == nil)
        #expect(
            bill.setAmount(ofLine: "O2", dong: 5, at: now, newReference: { "R" })
                == .success(.issued))
        #expect(bill.state == .issued)
        #expect(bill.amountDong == 300_005)
        #expect(bill.reference == "R")
    }

    @Test func anOfficialsZeroClosesTheBillWithoutMoney() {
        var bill = waitingBill(["O1", "Z1"])
        let outcome = bill.setAmount(ofLine: "O1", dong: 0, at: now, newReference: { "R" })
        #expect(outcome == .success(.nothingDue))
        #expect(bill.state == .nothingDue)
        #expect(bill.settleTime == now)
        #expect(bill.reference == nil)
    }

    @Test func anAmountIsSetOnceAndOnlyWhereItIsOpen() {
        var bill = waitingBill(["F1", "O1", "O2"])
        _ = bill.setAmount(ofLine: "O1", dong: 7, at: now, newReference: { "R" })
        let before = bill
        #expect(
            bill.setAmount(ofLine: "O1", dong: 8, at: now, newReference: { "R" })
                == .failure(.lineNotOpen(.awaitingAmount)))
        #expect(
            bill.setAmount(ofLine: "F1", dong: 8, at: now, newReference: { "R" })
                == .failure(.lineNotOpen(.awaitingAmount)))
        #expect(
            bill.setAmount(ofLine: "X", dong: 8, at: now, newReference: { "R" })
                == .failure(.feeLineNotFound))
        #expect(bill == before)
    }

    @Test(arguments: [
        (
            dong: Int64(340_000), match: MatchState.matched, taken: Int64(340_000),
            state: BillState.paid
        ),
        (339_999, .partial, 339_999, .partiallyPaid),
        (1, .partial, 1, .partiallyPaid),
        (340_001, .excess, 340_000, .paid),
        (999_999_999_999_999, .excess, 340_000, .paid),
    ])
    func aCreditPaysExactlyWhatRemains(
        dong: Int64, match: MatchState, taken: Int64, state: BillState
    ) {
        var bill = issuedBill(["F1", "F2"])
        let found = Match.ofCredit(dong: dong, named: [bill])
        #expect(found.state == match)
        #expect(found.billID == bill.id)
        #expect(found.allocatedDong == taken)
        #expect(bill.apply(dong: found.allocatedDong, at: now) == taken)
        #expect(bill.state == state)
        #expect(bill.paidDong == taken)
    }

    @Test func aPaidBillTakesNothingMore() {
        var bill = issuedBill(["F2"])
        _ = bill.apply(dong: 40_000, at: now)
        let again = Match.ofCredit(dong: 40_000, named: [bill])
        #expect(again.state == .excess)
        #expect(again.billID == bill.id)
        #expect(again.allocatedDong == 0)
        #expect(bill.apply(dong: 40_000, at: now) == 0)
        #expect(bill.paidDong == 40_000)
    }

    @Test func severalBillsAreForAPersonAndNoneIsUnmatched() {
        let named = [issuedBill(["F1"]), issuedBill(["F2"])]
        #expect(Match.ofCredit(dong: 340_000, named: named).state == .ambiguous)
        #expect(Match.ofCredit(dong: 340_000, named: named).billID == nil)
        #expect(Match.ofCredit(dong: 340_000, named: []).state == .unmatched)
    }

    @Test func aBillIsReceiptedApartForEachKind() {
        let bill = issuedBill(["F1", "F2", "Z1"])
        #expect(bill.amountsByKind.map(\.kind) == [.phi, .lePhi])
        #expect(bill.amountsByKind.map(\.dong) == [300_000, 40_000])
        #expect(issuedBill(["F1", "Z1"]).amountsByKind.map(\.kind) == [.phi])
    }

    @Test func aTariffAgreesWhateverTheOrderOfItsLines() {
        var other = tariff
        other.lines.reverse()
        #expect(tariff.agrees(with: other))
        other.lines[0].amount = .fixed(dong: 1)
        #expect(!tariff.agrees(with: other))
        other.lines.removeFirst()
        #expect(!tariff.agrees(with: other))
    }

    private func waitingBill(_ ids: [String]) -> Bill {
        bill(ids, reference: nil)
    }

    private func issuedBill(_ ids: [String]) -> Bill {
        bill(ids, reference: "DVCK3X9QZ7M2T4J")
    }

    private func bill(_ ids: [String], reference: String?) -> Bill {
        let lines = ids.map { id in
            let line = tariff.lines.first { $0.id == id }!
            return BillLine(feeLineID: line.id, kind: line.kind, amount: line.amount)
        }
        return .raised(
            id: "bill-\(ids)", dossierID: "D", lines: lines, reference: reference, at: now)
    }
}

struct ReceiptSeriesTests {
    @Test(arguments: [
        ("2026-12-31T23:59:59.999+07:00", 2026), ("2027-01-01T00:00+07:00", 2027),
        ("2026-12-31T16:59:59.999Z", 2026), ("2026-12-31T17:00Z", 2027),
    ])
    func aYearBeginsAtMidnightInVietnam(text: String, year: Int) throws {
        #expect(Receipt.year(at: try Instant(parsing: text)) == year)
    }

    @Test(arguments: [
        "", "1C26TAA", "{YY}", "1C{YY}T{YY}", "1c{YY}TAA", "1C{YY}T-A", "12345678{YY}123456789",
    ])
    func aPatternNeedsItsYearOnceAmongCapitalsAndDigits(pattern: String) {
        #expect(ReceiptSeries(pattern: pattern) == nil)
    }

    @Test func theYearIsWrittenInTwoDigits() throws {
        let series = try #require(ReceiptSeries(pattern: "1C{YY}TAA"))
        #expect(series.text(year: 2026) == "1C26TAA")
        #expect(series.text(year: 2105) == "1C05TAA")
    }
}

struct ConfigurationCase: Sendable {
    var bin = "970436"
    var account = "0011001234567"
    var prefix = "DVC"
    var series: [FeeKind: String] = [.phi: "A{YY}", .lePhi: "B{YY}"]
    var code: PaymentsConfigurationError.Code
}

struct ConfigurationTests {
    @Test func theDefaultsAreUsable() throws {
        let terms = try PaymentsTerms(
            checking: PaymentsConfiguration(bankBIN: "970436", accountNumber: "0011001234567"))
        #expect(terms.series(of: .phi, year: 2026) == "1C26TPA")
        #expect(terms.series(of: .lePhi, year: 2027) == "1C27TLA")
    }

    @Test(arguments: [
        ConfigurationCase(bin: "546034", code: .bankUnusable),
        ConfigurationCase(bin: "97043", code: .bankUnusable),
        ConfigurationCase(account: "", code: .accountNumberUnusable),
        ConfigurationCase(account: "0011 01234567", code: .accountNumberUnusable),
        ConfigurationCase(account: "00110012345678901234", code: .accountNumberUnusable),
        ConfigurationCase(prefix: "DLC", code: .referencePrefixUnusable),
        ConfigurationCase(prefix: "dvc", code: .referencePrefixUnusable),
        ConfigurationCase(series: [.phi: "A", .lePhi: "B{YY}"], code: .receiptSeriesMalformed),
        ConfigurationCase(series: [.phi: "A{YY}", .lePhi: "A{YY}"], code: .receiptSeriesShared),
        ConfigurationCase(
            series: [.phi: "1{YY}27", .lePhi: "127{YY}"], code: .receiptSeriesShared),
        ConfigurationCase(series: [.phi: "A{YY}"], code: .receiptSeriesMissing),
    ])
    func whatIsWrongHasAName(_ example: ConfigurationCase) {
        var configuration = PaymentsConfiguration(
            bankBIN: example.bin, accountNumber: example.account)
        configuration.referencePrefix = example.prefix
        configuration.receiptSeries = example.series
        let error = #expect(throws: PaymentsConfigurationError.self) {
            try PaymentsTerms(checking: configuration)
        }
        #expect(error?.code == example.code)
    }
}
