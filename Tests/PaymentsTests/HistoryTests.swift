import GRDB
import Messages
import RPC
import RPCTesting
import Testing

@testable import Payments

/// What a history must have left behind, reckoned apart from the code under test.
private struct Outcome: Sendable {
    var receivedDong: Int64 = 0
    var paidOutDong: Int64 = 0
    var collectedDong: [CommonV1.FeeKind: Int64] = [:]
    var receiptCount = 0
    var entryCount = 0

    static func + (left: Outcome, right: Outcome) -> Outcome {
        Outcome(
            receivedDong: left.receivedDong + right.receivedDong,
            paidOutDong: left.paidOutDong + right.paidOutDong,
            collectedDong: left.collectedDong.merging(right.collectedDong, uniquingKeysWith: +),
            receiptCount: left.receiptCount + right.receiptCount,
            entryCount: left.entryCount + right.entryCount)
    }
}

/// One dossier's life: a random tariff, amounts set or left open, and entries of every sort in any
/// order.
private struct History {
    let index: Int32
    let bench: Bench
    private var random: SeededRandom
    private var outcome = Outcome()
    private var sent: [PaymentsV1.RecordBankEntryRequest] = []
    private var named: Int64 = 0

    init(index: Int32, seed: UInt64, bench: Bench) {
        self.index = index
        self.bench = bench
        random = SeededRandom(seed: seed &+ UInt64(index) &* 0x9E37_79B9)
    }

    mutating func run() async throws -> Outcome {
        var lines = (0..<Int.random(in: 0...3, using: &random)).map { position in
            randomLine("F\(position)")
        }
        try await bench.register(lines, version: index + 1)
        let dossier = "D\(index)"
        let billID = try await bench.bills.assessDossier(
            bench.assessment(dossier, lines.map(\.feeLineID), version: index + 1)
        ).billID
        for position in lines.indices where lines[position].amountOpen {
            // Now and then nobody ever sets it.
            guard !chance(10) else { continue }
            let dong = chance(5) ? 0 : Int64.random(in: 1...1_000_000, using: &random)
            _ = try await bench.set(billID, lines[position].feeLineID, dong)
            lines[position].amountDong = dong
            lines[position].amountOpen = false
        }
        let isOpen = lines.contains(where: \.amountOpen)
        let due = lines.reduce(0) { $0 + $1.amountDong }
        var reference = ""
        if isOpen || due > 0 || billID != "" {
            let bill = try await bench.bill(dossier)
            #expect(bill.amountDong == (isOpen ? 0 : due))
            #expect((bill.reference != "") == (!isOpen && due > 0))
            reference = bill.reference
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            try await step(due: due, reference: reference)
        }
        guard reference != "" else { return outcome }
        let bill = try await bench.bill(dossier)
        #expect(bill.paidDong == min(due, named))
        if named >= due {
            #expect(bill.state == .paid)
            for line in lines { outcome.collectedDong[line.kind, default: 0] += line.amountDong }
            outcome.receiptCount += Set(lines.filter { $0.amountDong > 0 }.map(\.kind)).count
        } else {
            #expect(bill.state == (named == 0 ? .issued : .partiallyPaid))
        }
        return outcome
    }

    private mutating func step(due: Int64, reference: String) async throws {
        if let before = sent.randomElement(using: &random), chance(25) {
            // The same entry once more, by the same or another way.
            var again = before
            if chance(50) { again.requestID = bench.requestID() }
            _ = try await bench.entries.recordBankEntry(again)
            return
        }
        let remaining = max(due - named, 0)
        let dong: Int64 =
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where remaining > 0: remaining
            case 1 where remaining > 1: Int64.random(in: 1..<remaining, using: &random)
            case 2: remaining + Int64.random(in: 1...1_000, using: &random)
            default: Int64.random(in: 1...2_000_000, using: &random)
            }
        let isCredit = !chance(10)
        let namesBill = reference != "" && chance(80)
        let request = bench.entry(
            isCredit ? .credit : .debit, dong,
            content: namesBill ? "ck \(reference) ok" : "ck 123456",
            bankReference: "H\(index)-\(sent.count)")
        _ = try await bench.entries.recordBankEntry(request)
        sent.append(request)
        outcome.entryCount += 1
        if isCredit {
            outcome.receivedDong += dong
            if namesBill { named += dong }
        } else {
            outcome.paidOutDong += dong
        }
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func randomLine(_ id: String) -> CommonV1.FeeLine {
        if chance(20) { return .open(id) }
        let dong = chance(20) ? 0 : Int64.random(in: 1...1_000_000, using: &random)
        return chance(50) ? .fixed(id, dong) : .charge(id, dong)
    }
}

@Suite struct HistoryTests {
    private static let historyCount: Int32 = 2_000
    private static let concurrency: Int32 = 64

    @Test(.timeLimit(.minutes(5)))
    func noDongIsCreatedOrLostInAnyHistory() async throws {
        let seed = SeededRandom().seed
        try await withBench(seed: seed) { bench in
            let expected = try await Self.runAll(seed: seed, bench)
            let balance = try await bench.ledger.getTrialBalance(.init())
            #expect(balance.debitsDong == balance.creditsDong, "seed \(seed)")
            let collected = expected.collectedDong.values.reduce(0, +)
            for (account, dong) in [
                ("bank:970436:\(Bench.account)", expected.receivedDong - expected.paidOutDong),
                ("unexplained-payments", -expected.paidOutDong),
                ("unallocated-receipts", expected.receivedDong - collected),
                ("fees-collected:phi", expected.collectedDong[.serviceFee] ?? 0),
                ("fees-collected:le-phi", expected.collectedDong[.charge] ?? 0),
                ("refunds-payable", 0),
            ] {
                #expect(try await bench.balance(account) == dong, "\(account), seed \(seed)")
            }
            let (receipts, receipted, entries) = try await bench.host.store.read { database in
                (
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM receipt"),
                    try Int64.fetchOne(database, sql: "SELECT sum(amount_dong) FROM receipt"),
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM bank_entry")
                )
            }
            #expect(receipts == expected.receiptCount, "seed \(seed)")
            #expect(receipted == collected, "seed \(seed)")
            #expect(entries == expected.entryCount, "seed \(seed)")
        }
    }

    @Test(arguments: [
        "UPDATE transfer SET amount_dong = amount_dong - 1 WHERE position = 1",
        "UPDATE transfer SET amount_dong = amount_dong + 1",
        "DELETE FROM transfer WHERE position = 2",
        "UPDATE account SET debits_posted_dong = debits_posted_dong + 1 WHERE debits_posted_dong > 1",
    ])
    func theTrialBalanceIsRefusedWhenSumsAndTransfersDisagree(sql: String) async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 1_000)])
            _ = try await bench.credit(1_500, content: bill.reference)
            _ = try await bench.ledger.getTrialBalance(.init())
            try await bench.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        DROP TRIGGER transfer_is_never_updated;
                        DROP TRIGGER transfer_is_never_deleted;
                        \(sql);
                        """)
            }
            await expectRefusal(.dataLoss, "LEDGER_DISAGREES") {
                _ = try await bench.ledger.getTrialBalance(.init())
            }
        }
    }

    private static func runAll(seed: UInt64, _ bench: Bench) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var total = Outcome()
            for index in 0..<historyCount {
                if index >= concurrency, let one = try await group.next() { total = total + one }
                group.addTask {
                    var history = History(index: index, seed: seed, bench: bench)
                    return try await history.run()
                }
            }
            for try await one in group { total = total + one }
            return total
        }
    }
}
