import Foundation
import GRDB
import Messages
import RPC
import Testing
import WorkingTime

@testable import Payments

@Suite struct BankEntriesTests {
    @Test func anEntryIsBookedOnceWhicheverWayItComes() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let request = bench.entry(
                .credit, 300_000, content: "nop phi \(bill.reference)", bankReference: "FT24255")
            let first = try await bench.entries.recordBankEntry(request)
            #expect(first.content == request.content)
            #expect(try await bench.entries.recordBankEntry(request) == first)
            var again = request
            again.requestID = bench.requestID()
            // A statement words the same entry in its own way.
            again.content = "REM \(bill.reference) TFR"
            again.bankReference = " FT24255\t"
            #expect(try await bench.entries.recordBankEntry(again) == first)
            #expect(try await bench.entries.recordBankEntry(again) == first)
            #expect(try await bench.bill("D1").receiptIDs.count == 1)
            #expect(try await bench.list().entries == [first])
            #expect(try await bench.balance("fees-collected:phi") == 300_000)
            #expect(
                try await bench.events().map(\.name)
                    == ["billIssued", "bankEntryBooked", "billPaid"])
        }
    }

    @Test(arguments: [
        (PaymentsV1.EntryDirection.credit, Int64(300_001)), (.debit, 300_000),
    ])
    func anotherAmountOrDirectionUnderTheSameIdentityIsRefused(
        direction: PaymentsV1.EntryDirection, dong: Int64
    ) async throws {
        try await withBench { bench in
            _ = try await bench.report(.credit, 300_000, content: "x", bankReference: "FT1")
            await expectRefusal(.alreadyExists, "ENTRY_DIFFERS") {
                _ = try await bench.report(direction, dong, content: "x", bankReference: "FT1")
            }
            #expect(try await bench.balance("unallocated-receipts") == 300_000)
            // The refusal's audit link names the entry, so that its salt is erased with it.
            let unnamed = try await bench.host.store.read { database in
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM audit WHERE subject NOT LIKE 'entry-%'")
            }
            #expect(unnamed == 0)
        }
    }

    @Test func exactlyOneReceiptUnderConcurrentDuplicates() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(
                dossier: "D1", [.fixed("F1", 300_000), .charge("F2", 40_000)])
            let replies = try await withThrowingTaskGroup(of: PaymentsV1.BankEntry.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        // Half are retries of one request, half are deliveries of their own.
                        var request = bench.entry(
                            .credit, 340_000, content: bill.reference, bankReference: "FT7")
                        if index.isMultiple(of: 2) { request.requestID = "retry" }
                        return try await bench.entries.recordBankEntry(request)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(replies).count == 1)
            #expect(replies[0].match == .matched)
            let paid = try await bench.bill("D1")
            #expect(paid.receiptIDs.count == 2)
            #expect(paid.paidDong == 340_000)
            #expect(try await bench.balance("bank:970436:\(Bench.account)") == 340_000)
            #expect(
                try await bench.events().map(\.name)
                    == ["billIssued", "bankEntryBooked", "billPaid"])
        }
    }

    @Test func aDistinctPaymentForEachOfManyCallersIsAllBooked() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        _ = try await bench.report(
                            .credit, 10_000, content: bill.reference, bankReference: "FT\(index)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.bill("D1").state == .paid)
            #expect(try await bench.bill("D1").receiptIDs.count == 1)
            #expect(try await bench.balance("unallocated-receipts") == 340_000)
        }
    }

    @Test(
        arguments: [
            ("account", { @Sendable in $0.account = "9999" }),
            ("bank_reference", { $0.bankReference = "  " }),
            ("bank_reference", { $0.bankReference = "FT\u{1}" }),
            ("bank_reference", { $0.bankReference = String(repeating: "F", count: 129) }),
            ("direction", { $0.direction = .unspecified }),
            ("direction", { $0.direction = .unrecognized(7) }),
            ("amount_dong", { $0.amountDong = 0 }),
            ("amount_dong", { $0.amountDong = -5 }),
            ("amount_dong", { $0.amountDong = .max }),
            ("content", { $0.content = String(repeating: "c", count: 4_097) }),
            ("book_time", { $0.bookTime = nil }),
        ] as [(String, @Sendable (inout PaymentsV1.RecordBankEntryRequest) -> Void)])
    func aMalformedEntryNamesItsField(
        field: String, spoil: @Sendable (inout PaymentsV1.RecordBankEntryRequest) -> Void
    ) async throws {
        try await withBench { bench in
            var request = bench.entry(.credit, 300_000, content: "x", bankReference: "FT1")
            spoil(&request)
            let spoiled = request
            let status = await expectRefusal(.invalidArgument, "FIELD_INVALID") {
                _ = try await bench.entries.recordBankEntry(spoiled)
            }
            #expect(status?.fields == [field])
            let booked = try await bench.list().entries
            #expect(booked.isEmpty)
            // Not remembered: the same request_id is free for the corrected entry.
            var corrected = bench.entry(.credit, 300_000, content: "x", bankReference: "FT1")
            corrected.requestID = request.requestID
            let entry = try await bench.entries.recordBankEntry(corrected)
            #expect(entry.match == .unmatched)
        }
    }

    @Test func entriesAreListedPageByPageAndByMatch() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 1_000)])
            for index in 0..<25 {
                let content = index.isMultiple(of: 5) ? bill.reference : "x"
                _ = try await bench.credit(Int64(index + 1), content: content)
            }
            for (match, count) in [
                (PaymentsV1.MatchState.unspecified, 25), (.unmatched, 20), (.partial, 5),
                (.ambiguous, 0),
            ] {
                var amounts: [Int64] = []
                var token = ""
                repeat {
                    let page = try await bench.list(match: match, size: 4, token: token)
                    #expect(page.entries.count <= 4)
                    amounts += page.entries.map(\.amountDong)
                    token = page.nextPageToken
                } while token != ""
                #expect(amounts.count == count)
                #expect(amounts == amounts.sorted())
            }
            let next = try await bench.list(match: .unmatched, size: 4).nextPageToken
            for token in [next, "x", "0-", "0--1", "5"] {
                let status = await expectRefusal(.invalidArgument, "FIELD_INVALID") {
                    _ = try await bench.list(match: .partial, size: 4, token: token)
                }
                #expect(status?.fields == ["page_token"])
            }
            #expect(try await bench.list(size: 0).entries.count == 25)
            #expect(try await bench.list(size: 500).entries.count == 25)
            for size in [-1, 501, Int32.max] {
                let status = await expectRefusal(.invalidArgument, "FIELD_INVALID") {
                    _ = try await bench.list(size: size)
                }
                #expect(status?.message == "page_size must be 1 to 500, or left out.")
            }
        }
    }

    @Test func moneyIntoAFormerAccountIsBookedAsItsOwn() async throws {
        try await withTemporaryDirectory { directory in
            let former = try await Bench(directory: directory)
            let bill = try await former.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let booked = try await former.report(
                .credit, 100_000, content: bill.reference, bankReference: "FT1")
            await former.close()

            let bench = try await Bench(directory: directory, seed: 2) {
                $0.accountNumber = "99887766"
            }
            #expect(
                try await bench.report(
                    .credit, 100_000, content: bill.reference, bankReference: "FT1") == booked)
            _ = try await bench.report(
                .credit, 150_000, content: bill.reference, bankReference: "FT2")
            var now = bench.entry(
                .credit, 50_000, content: bill.reference, bankReference: "FT1")
            now.account = "99887766"
            #expect(try await bench.entries.recordBankEntry(now).match == .matched)
            #expect(try await bench.bill("D1").account == "99887766")
            #expect(try await bench.balance("bank:970436:\(Bench.account)") == 250_000)
            #expect(try await bench.balance("bank:970436:99887766") == 50_000)
            await bench.close()

            // The same number at another bank is another account, and so is its entry.
            let moved = try await Bench(directory: directory, seed: 3) { $0.bankBIN = "970415" }
            let other = try await moved.report(.credit, 7, content: "x", bankReference: "FT1")
            #expect(other.entryID != booked.entryID)
            #expect(try await moved.balance("bank:970415:\(Bench.account)") == 7)
            await moved.close()
        }
    }

    @Test func theContentCanBeErasedAndNothingElse() async throws {
        try await withBench { bench in
            let request = bench.entry(.credit, 5, content: "TRAN VAN A", bankReference: "FT1")
            let booked = try await bench.entries.recordBankEntry(request)
            try await bench.host.store.writer.perform {
                try $0.execute(sql: "UPDATE bank_entry SET content = ''")
            }
            var erased = booked
            erased.content = ""
            #expect(try await bench.list().entries == [erased])
            #expect(try await bench.entries.recordBankEntry(request) == erased)
        }
    }

    @Test func theContentStaysInTheEntrysRow() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let name = "NGUYEN THI BIMAT"
            let request = bench.entry(
                .credit, 300_000, content: "\(bill.reference) \(name)", bankReference: "FT1")
            #expect(try await bench.entries.recordBankEntry(request).content == request.content)
            var refused = request
            refused.requestID = bench.requestID()
            refused.amountDong = 1
            let other = refused
            let status = await expectRefusal(.alreadyExists, "ENTRY_DIFFERS") {
                _ = try await bench.entries.recordBankEntry(other)
            }
            #expect(status.map { !"\($0)".contains("BIMAT") } == true)
            let tables = try await bench.host.store.read { database in
                try String.fetchAll(
                    database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            for table in tables {
                let holds = try await bench.host.store.read { database in
                    try Row.fetchAll(database, sql: "SELECT * FROM \(table)").contains { row in
                        row.databaseValues.contains { value in
                            switch value.storage {
                            case .string(let text): text.contains("BIMAT")
                            case .blob(let data): data.range(of: Data("BIMAT".utf8)) != nil
                            case .null, .int64, .double: false
                            }
                        }
                    }
                }
                #expect(holds == (table == "bank_entry"), "\(table)")
            }
        }
    }
}
