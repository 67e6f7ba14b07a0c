import GRDB
import Messages
import RPC
import Testing
import WorkingTime

@testable import Payments

@Suite struct ReceiptTests {
    @Test func aSettledBillHasOneReceiptForEachKind() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(
                dossier: "D1", [.fixed("F1", 300_000), .fixed("F3", 5_000), .charge("F2", 40_000)])
            _ = try await bench.credit(345_000, content: bill.reference)
            let receipts = try await bench.receipts(of: "D1")
            #expect(receipts.map(\.kind) == [.serviceFee, .charge])
            #expect(receipts.map(\.amountDong) == [305_000, 40_000])
            #expect(
                receipts.map(\.amountInWords)
                    == ["Ba trăm linh năm nghìn đồng", "Bốn mươi nghìn đồng"])
            #expect(receipts.map(\.series) == ["1C26TPA", "1C26TLA"])
            #expect(receipts.map(\.number) == [1, 1])
            #expect(receipts.allSatisfy { $0.billID == bill.billID && $0.dossierID == "D1" })
            #expect(receipts.allSatisfy { $0.issueTime == .init(bench.clock.now) })
            let paid = try #require(try await bench.events().last)
            #expect(
                paid
                    == .billPaid(
                        .with {
                            $0.billID = bill.billID
                            $0.dossierID = "D1"
                            $0.receiptIDs = receipts.map(\.receiptID)
                        }))
            await expectRefusal(.notFound, "RECEIPT_NOT_FOUND") {
                _ = try await bench.receipt("receipt-0")
            }
        }
    }

    @Test func numbersHaveNoGapsAcrossCallersAndTheChangeOfTheYear() async throws {
        try await withBench(at: "2026-12-31T23:59:59.999+07:00") { bench in
            var references: [String] = []
            for index in 0..<60 {
                references.append(
                    try await bench.bill(dossier: "D\(index)", [.fixed("F1", 1_000)]).reference)
            }
            for wave in [references[..<20], references[20...]] {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (index, reference) in zip(wave.indices, wave) {
                        group.addTask {
                            // Midnight strikes in the middle of the second wave.
                            if index == 40 { bench.clock.advance(milliseconds: 1) }
                            _ = try await bench.credit(1_000, content: reference)
                            // Refused and repeated payments use no number up.
                            await expectRefusal(.invalidArgument, "FIELD_INVALID") {
                                _ = try await bench.credit(0, content: reference)
                            }
                            _ = try await bench.credit(1_000, content: reference)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            var numbers: [String: [Int32]] = [:]
            for index in 0..<60 {
                for receipt in try await bench.receipts(of: "D\(index)") {
                    numbers[receipt.series, default: []].append(receipt.number)
                    let year = Receipt.year(at: try #require(receipt.issueTime?.instant))
                    #expect(receipt.series == (year == 2026 ? "1C26TPA" : "1C27TPA"))
                }
            }
            #expect(Set(numbers.keys) == ["1C26TPA", "1C27TPA"])
            for (_, found) in numbers {
                #expect(found.sorted() == (1...Int32(found.count)).map { $0 })
            }
            #expect(numbers.values.map(\.count).reduce(0, +) == 60)
        }
    }

    /// Each call reads the clock before its turn, and the turns come in another order.
    @Test func aLaterNumberIsNeverIssuedEarlier() async throws {
        try await withBench { bench in
            var references: [String] = []
            for index in 0..<3 {
                references.append(
                    try await bench.bill(dossier: "D\(index)", [.fixed("F1", 1_000)]).reference)
            }
            for (reference, milliseconds) in zip(references, [0, -5_000, 7_000] as [Int64]) {
                bench.clock.advance(milliseconds: milliseconds)
                _ = try await bench.credit(1_000, content: reference)
            }
            var seconds: [Int64] = []
            for index in 0..<3 {
                let receipt = try #require(try await bench.receipts(of: "D\(index)").first)
                #expect(receipt.number == Int32(index + 1))
                seconds.append(try #require(receipt.issueTime).seconds)
            }
            #expect(seconds.map { $0 - seconds[0] } == [0, 0, 2])
        }
    }

    @Test func moneyIsBookedEvenWhenASeriesHasNoNumberLeft() async throws {
        try await withBench { bench in
            let first = try await bench.bill(dossier: "D1", [.fixed("F1", 1_000)])
            _ = try await bench.credit(1_000, content: first.reference)
            try await bench.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        DROP TRIGGER receipt_numbers_have_no_gaps;
                        INSERT INTO receipt SELECT series, year, 99999999, 'last', 'le-phi', bill_id,
                            amount_dong, amount_in_words, issued_at FROM receipt;
                        """)
            }
            let second = try await bench.bill(dossier: "D2", [.fixed("F1", 1_000)])
            let entry = try await bench.credit(1_000, content: second.reference)
            #expect(entry.match == .unmatched)
            #expect(try await bench.bill("D2").state == .issued)
            #expect(try await bench.balance("unallocated-receipts") == 1_000)
        }
    }

    @Test(arguments: [
        "UPDATE transfer SET amount_dong = amount_dong + 1",
        "DELETE FROM transfer",
        "UPDATE receipt SET amount_dong = 1",
        "DELETE FROM receipt",
        "INSERT INTO receipt SELECT series, year, number + 2, 'r', 'le-phi', bill_id, amount_dong, "
            + "amount_in_words, issued_at FROM receipt",
        "INSERT INTO receipt SELECT series, year, number + 1, 'r', kind, bill_id, amount_dong, "
            + "amount_in_words, issued_at FROM receipt",
        "UPDATE bank_entry SET amount_dong = 1",
        "UPDATE bank_entry SET match = 5, bill_id = NULL, allocated_dong = 0",
        "UPDATE bank_entry SET content = 'x'",
        "UPDATE bank_entry SET content = '', recorded_at = 0",
        "UPDATE receiving_account SET number = 'x'",
        "DELETE FROM receiving_account",
        "DELETE FROM bank_entry",
        "INSERT INTO bank_entry SELECT NULL, 'e', bank_bin, account, bank_reference, direction, "
            + "amount_dong, content, booked_at, recorded_at, match, bill_id, allocated_dong FROM bank_entry",
        "UPDATE bill SET state = 2, paid_dong = 0, settled_at = NULL",
        "UPDATE bill SET reference = 'DVC000000000000'",
        "UPDATE bill SET amount_dong = 1, paid_dong = 1",
        "DELETE FROM bill",
        "UPDATE bill_line SET amount_dong = 1",
        "UPDATE account SET debits_posted_dong = debits_posted_dong - 1 WHERE debits_posted_dong > 0",
        "UPDATE account SET debits_posted_dong = credits_posted_dong + 1 WHERE code = 'unallocated-receipts'",
        "UPDATE account SET code = 'x' WHERE account_id = 1",
        "DELETE FROM account",
        "INSERT INTO bill SELECT 'b', dossier_id, 1, NULL, 0, 0, created_at, NULL FROM bill",
        "UPDATE tariff SET registered_at = 0",
        "DELETE FROM tariff",
        "UPDATE tariff_line SET amount_dong = 1",
        "DELETE FROM tariff_line",
        "UPDATE assessment SET fee_line_ids = ''",
        "DELETE FROM assessment",
    ])
    func theSchemaRefusesToRewriteWhatHappened(sql: String) async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 1_000)])
            _ = try await bench.credit(1_000, content: bill.reference)
            await #expect(throws: DatabaseError.self) {
                try await bench.host.store.writer.perform { try $0.execute(sql: sql) }
            }
            #expect(try await bench.balance("fees-collected:phi") == 1_000)
        }
    }
}
