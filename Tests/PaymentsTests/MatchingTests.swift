import Messages
import RPC
import RPCTesting
import Testing
import VietQR

@testable import Payments

/// How a bank may deliver a reference: `@` stands for it.
struct NoisyContent: Sendable, CustomTestStringConvertible {
    var shape: String
    var transform: @Sendable (String) -> String

    init(_ shape: String, _ transform: @escaping @Sendable (String) -> String = { $0 }) {
        self.shape = shape
        self.transform = transform
    }

    func content(_ reference: String) -> String {
        shape.replacing("@", with: transform(reference))
    }

    var testDescription: String { content("DVCK3X9QZ7M2T4J") }
}

@Suite struct MatchingTests {
    @Test(arguments: [
        NoisyContent("@"),
        NoisyContent("@", { $0.lowercased() }),
        NoisyContent(
            "MBVCB.15444160238.@.CT tu 0011009876543 NGUYEN VAN A toi 0011001234567 SO TP"),
        NoisyContent(
            "MBVCB.1234567890.061034.@.CT tu 0071 TRAN THI B toi 0011 (ACB) A Chau GD 174242-090822 15:45:46"
        ),
        NoisyContent("061034.090822.154546.@"),
        NoisyContent("FT24255276428461 061034.090822.154546.@"),
        NoisyContent("@ FT24255276428461"),
        NoisyContent("MBVCB.15444160238.6218BFTVGL256UBX.@"),
        NoisyContent("QRIBFT @"),
        NoisyContent("Napas VietQR TT @ Tu: 0123456789"),
        NoisyContent("IBFT chuyen tien @"),
        NoisyContent("@", { $0.prefix(6) + " " + $0.dropFirst(6) }),
        NoisyContent(
            "@", { $0.prefix(3) + "-" + $0.dropFirst(3).prefix(5) + "-" + $0.dropFirst(8) }),
        NoisyContent("@", { $0.map(String.init).joined(separator: " ") }),
        NoisyContent("nopphi@camon"),
        NoisyContent("Nộp lệ phí hồ sơ @, cảm ơn"),
        NoisyContent("@ va lai @"),
        // Full-width forms, as some keyboards write them.
        NoisyContent(
            "@",
            { text in
                String(
                    String.UnicodeScalarView(text.unicodeScalars.map { .init($0.value + 0xFEE0)! }))
            }),
    ])
    func aReferenceIsFoundThroughTheNoiseOfBanks(_ noise: NoisyContent) async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let entry = try await bench.credit(300_000, content: noise.content(bill.reference))
            #expect(entry.match == .matched)
            #expect(entry.billID == bill.billID)
            #expect(entry.allocatedDong == 300_000)
            #expect(try await bench.bill("D1").state == .paid)
        }
    }

    @Test(arguments: [
        "", "300000", "061034.090822.154546", "FT24255276428461", "DVC", "DVC0000000000ZZ",
        "nop le phi ho so 12345678901234567890", "D V C 1 2 3",
    ])
    func moneyWithoutAReferenceIsBookedAndUnmatched(content: String) async throws {
        try await withBench { bench in
            _ = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let entry = try await bench.credit(300_000, content: content)
            #expect(entry.match == .unmatched)
            #expect(entry.billID == "")
            #expect(entry.allocatedDong == 0)
            #expect(try await bench.bill("D1").state == .issued)
            #expect(try await bench.balance("unallocated-receipts") == 300_000)
        }
    }

    @Test func aDamagedReferenceIsNoReference() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            var damaged = Array(bill.reference)
            damaged[7] = damaged[7] == "A" ? "B" : "A"
            let entry = try await bench.credit(300_000, content: String(damaged))
            #expect(entry.match == .unmatched)
        }
    }

    @Test func aReferenceThatWasNeverIssuedIsUnmatched() async throws {
        try await withBench { bench in
            _ = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            var random = SeededRandom(seed: 99)
            let stranger = Reference.draw(prefix: ReferencePrefix("DVC")!, using: &random)
            #expect(try await bench.credit(300_000, content: stranger.text).match == .unmatched)
        }
    }

    @Test func transfersInPartsAddUpAndThePayloadAsksForTheRest() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(
                dossier: "D1", [.fixed("F1", 300_000), .charge("F2", 40_000)])
            let first = try await bench.credit(100_000, content: bill.reference)
            #expect(first.match == .partial)
            #expect(first.allocatedDong == 100_000)
            let open = try await bench.bill("D1")
            #expect(open.state == .partiallyPaid)
            #expect(open.paidDong == 100_000)
            #expect(open.reference == bill.reference)
            #expect(open.receiptIDs.isEmpty)
            #expect(try PaymentPayload(reading: open.payload).amountDong == 240_000)
            // Until the bill is settled nothing is earned.
            #expect(try await bench.balance("fees-collected:phi") == 0)

            let second = try await bench.credit(240_000, content: bill.reference)
            #expect(second.match == .matched)
            let paid = try await bench.bill("D1")
            #expect(paid.state == .paid)
            #expect(paid.payload == "")
            #expect(paid.receiptIDs.count == 2)
            #expect(try await bench.balance("unallocated-receipts") == 0)
            #expect(try await bench.balance("fees-collected:phi") == 300_000)
            #expect(try await bench.balance("fees-collected:le-phi") == 40_000)
        }
    }

    @Test func whatIsBeyondTheBillStaysUnallocated() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let entry = try await bench.credit(350_000, content: bill.reference)
            #expect(entry.match == .excess)
            #expect(entry.allocatedDong == 300_000)
            #expect(try await bench.bill("D1").state == .paid)
            #expect(try await bench.balance("unallocated-receipts") == 50_000)

            let double = try await bench.credit(300_000, content: bill.reference)
            #expect(double.match == .excess)
            #expect(double.billID == bill.billID)
            #expect(double.allocatedDong == 0)
            #expect(try await bench.balance("unallocated-receipts") == 350_000)
            #expect(try await bench.bill("D1").receiptIDs.count == 1)
        }
    }

    @Test func moneyThatComesLateStillPays() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            bench.clock.advance(milliseconds: 400 * 86_400_000)
            #expect(try await bench.credit(300_000, content: bill.reference).match == .matched)
            #expect(try await bench.bill("D1").settleTime == .init(bench.clock.now))
        }
    }

    @Test func theReferencesOfTwoBillsAreForAPerson() async throws {
        try await withBench { bench in
            let first = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let second = try await bench.bill(dossier: "D2", [.fixed("F1", 300_000)])
            let entry = try await bench.credit(
                600_000, content: "\(first.reference) \(second.reference)")
            #expect(entry.match == .ambiguous)
            #expect(entry.billID == "")
            #expect(try await bench.bill("D1").state == .issued)
            #expect(try await bench.bill("D2").state == .issued)
            #expect(try await bench.balance("unallocated-receipts") == 600_000)
        }
    }

    @Test func anOutgoingEntryIsBookedAndPaysNothing() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let entry = try await bench.report(
                .debit, 300_000, content: bill.reference, bankReference: "FT1")
            #expect(entry.match == .outgoing)
            #expect(try await bench.bill("D1").state == .issued)
            #expect(try await bench.balance("unexplained-payments") == -300_000)
        }
    }

    @Test func aReferenceDrawnUnderAFormerPrefixIsStillFound() async throws {
        try await withTemporaryDirectory { directory in
            let before = try await Bench(directory: directory)
            let bill = try await before.bill(dossier: "D1", [.fixed("F1", 300_000)])
            await before.close()
            let after = try await Bench(directory: directory) { $0.referencePrefix = "HCC" }
            #expect(try await after.credit(300_000, content: bill.reference).match == .matched)
            let other = try await after.bill(dossier: "D2", [.fixed("F1", 300_000)])
            #expect(other.reference.hasPrefix("HCC"))
            await after.close()
        }
    }
}
