import Messages
import RPC
import Testing
import VietQR

@testable import Payments

@Suite struct BillsEndpointTests {
    @Test func aBillCarriesAReferenceAndItsPayload() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(
                dossier: "D1", [.fixed("F1", 300_000), .charge("F2", 40_000), .charge("Z", 0)])
            #expect(bill.state == .issued)
            #expect(bill.amountDong == 340_000)
            #expect(bill.lines.map(\.feeLineID) == ["F1", "F2", "Z"])
            #expect(bill.createTime == .init(bench.clock.now))
            let reference = try Reference(bill.reference)
            #expect(reference.prefix == "DVC")
            let payload = try PaymentPayload(reading: bill.payload)
            #expect(payload.bankBIN == "970436")
            #expect(payload.accountNumber == Bench.account)
            #expect(payload.amountDong == 340_000)
            #expect(payload.content == bill.reference)
            #expect(payload.initiation == .single)

            for key: PaymentsV1.GetBillRequest.Key in [
                .billID(bill.billID), .dossierID("D1"), .reference(bill.reference),
            ] {
                #expect(try await bench.bill(key) == bill)
            }
            #expect(
                try await bench.events() == [
                    .billIssued(
                        .with {
                            $0.billID = bill.billID
                            $0.dossierID = "D1"
                            $0.amountDong = 340_000
                        })
                ])
        }
    }

    @Test(arguments: [[], ["Z"]])
    func aFreeDossierHasNoBill(lines: [String]) async throws {
        try await withBench { bench in
            try await bench.register([.charge("Z", 0), .fixed("F1", 1)])
            let response = try await bench.assess("D1", lines)
            #expect(response.billID == "")
            #expect(try await bench.events() == [.nothingDue(.with { $0.dossierID = "D1" })])
            await expectRefusal(.notFound, "BILL_NOT_FOUND") {
                _ = try await bench.bill("D1")
            }
        }
    }

    @Test func aDossierHasOneBillHoweverOftenItIsAssessed() async throws {
        try await withBench { bench in
            try await bench.register([.fixed("F1", 300_000), .fixed("F2", 5)])
            let request = bench.assessment("D1", ["F1"])
            let first = try await bench.bills.assessDossier(request)
            #expect(try await bench.bills.assessDossier(request) == first)
            #expect(try await bench.assess("D1", ["F1"]) == first)
            #expect(try await bench.events().count == 1)
            await expectRefusal(.alreadyExists, "ASSESSMENT_DIFFERS") {
                _ = try await bench.assess("D1", ["F2"])
            }
            var other = request
            other.feeLineIDs = ["F2"]
            await expectRefusal(.alreadyExists, nil) {
                _ = try await bench.bills.assessDossier(other)
            }
        }
    }

    @Test func anAssessmentBeforeItsTariffTakesEffectOnceTheTariffIsThere() async throws {
        try await withBench { bench in
            let request = bench.assessment("D1", ["F1"])
            await expectRefusal(.notFound, "TARIFF_NOT_FOUND") {
                _ = try await bench.bills.assessDossier(request)
            }
            try await bench.register([.fixed("F1", 300_000)])
            #expect(try await bench.bills.assessDossier(request).billID != "")
        }
    }

    @Test func anUnknownFeeLineIsNamedByItsPlace() async throws {
        try await withBench { bench in
            try await bench.register([.fixed("F1", 300_000)])
            let status = await expectRefusal(.invalidArgument, "FEE_LINE_NOT_FOUND") {
                _ = try await bench.assess("D1", ["F1", "F9"])
            }
            #expect(status?.fields == ["fee_line_ids[1]"])
        }
    }

    @Test func aTariffIsRegisteredOnceAndOtherLinesAreRefused() async throws {
        try await withBench { bench in
            let lines: [CommonV1.FeeLine] = [.fixed("F1", 300_000), .open("O1")]
            try await bench.register(lines)
            try await bench.register(lines.reversed())
            await expectRefusal(.alreadyExists, "TARIFF_DIFFERS") {
                try await bench.register([.fixed("F1", 300_001), .open("O1")])
            }
            await expectRefusal(.alreadyExists, "TARIFF_DIFFERS") {
                try await bench.register([.fixed("F1", 300_000), .charge("O1", 0)])
            }
            try await bench.register([.fixed("F1", 300_001)], version: 2)
        }
    }

    @Test func anOpenAmountWaitsForAnOfficialAndIsThenIssued() async throws {
        try await withBench { bench in
            let waiting = try await bench.bill(
                dossier: "D1", [.fixed("F1", 300_000), .open("O1"), .open("O2")])
            #expect(waiting.state == .awaitingAmount)
            #expect(waiting.amountDong == 0)
            #expect(waiting.reference == "")
            #expect(waiting.payload == "")
            await expectRefusal(.failedPrecondition, "BILL_NOT_ISSUED") {
                _ = try await bench.symbol(waiting.billID, .svg)
            }
            let still = try await bench.set(waiting.billID, "O1", 25_000)
            #expect(still.state == .awaitingAmount)
            await expectRefusal(.failedPrecondition, "LINE_NOT_OPEN") {
                _ = try await bench.set(waiting.billID, "O1", 26_000)
            }
            let issued = try await bench.set(waiting.billID, "O2", 0)
            #expect(issued.state == .issued)
            #expect(issued.amountDong == 325_000)
            #expect(issued == (try await bench.bill("D1")))
            #expect(try PaymentPayload(reading: issued.payload).amountDong == 325_000)
            #expect(try await bench.credit(325_000, content: issued.reference).match == .matched)
            let names = try await bench.events().map(\.name)
            #expect(
                names == ["billAwaitsAmount", "billIssued", "bankEntryBooked", "billPaid"])
        }
    }

    @Test func theSameLinesInAnotherOrderAreTheSameAssessment() async throws {
        try await withBench { bench in
            try await bench.register([.fixed("F1", 300_000), .fixed("F2", 5)])
            let first = try await bench.assess("D1", ["F2", "F1"])
            #expect(try await bench.assess("D1", ["F1", "F2"]) == first)
            #expect(try await bench.bill("D1").lines.map(\.feeLineID) == ["F2", "F1"])
        }
    }

    @Test func anOfficialsZeroSettlesTheBillWithoutMoneyOrReceipt() async throws {
        try await withBench { bench in
            let waiting = try await bench.bill(dossier: "D1", [.open("O1")])
            let closed = try await bench.set(waiting.billID, "O1", 0)
            #expect(closed.state == .nothingDue)
            #expect(closed.amountDong == 0)
            #expect(closed.reference == "")
            #expect(closed.receiptIDs.isEmpty)
            #expect(closed.settleTime != nil)
            #expect(try await bench.events().map(\.name) == ["billAwaitsAmount", "nothingDue"])
            await expectRefusal(.failedPrecondition, "BILL_NOT_ISSUED") {
                _ = try await bench.symbol(waiting.billID, .text)
            }
        }
    }

    @Test(arguments: [
        (Int64(-1), "nghị định", ["amount_dong"]), (500_000_000, "nghị định", ["amount_dong"]),
        (1, " \n", ["reason"]), (Int64.min, "", ["amount_dong", "reason"]),
    ])
    func anAmountIsSetWithinItsLimitsAndWithAReason(
        dong: Int64, reason: String, fields: [String]
    ) async throws {
        try await withBench { bench in
            let waiting = try await bench.bill(dossier: "D1", [.open("O1")])
            let status = await expectRefusal(.invalidArgument, "FIELD_INVALID") {
                _ = try await bench.set(waiting.billID, "O1", dong, reason: reason)
            }
            #expect(status?.fields == fields)
            #expect(try await bench.set(waiting.billID, "O1", 499_999_999).state == .issued)
        }
    }

    @Test(arguments: [PaymentsV1.SymbolFormat.svg, .png, .text])
    func theSymbolIsOfThePayloadThatTheBillHolds(format: PaymentsV1.SymbolFormat) async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 300_000)])
            let symbol = try await bench.symbol(bill.billID, format)
            #expect(symbol.payload == bill.payload)
            #expect(!symbol.content.isEmpty)
            let types: [PaymentsV1.SymbolFormat: String] = [
                .svg: "image/svg+xml", .png: "image/png", .text: "text/plain; charset=utf-8",
            ]
            #expect(symbol.mediaType == types[format])
            _ = try await bench.credit(300_000, content: bill.reference)
            await expectRefusal(.failedPrecondition, "BILL_PAID") {
                _ = try await bench.symbol(bill.billID, format)
            }
        }
    }

    @Test func aFeeThatOneTransferCannotCarryIsBilledWithoutAPayload() async throws {
        try await withBench { bench in
            let bill = try await bench.bill(dossier: "D1", [.fixed("F1", 500_000_000)])
            #expect(bill.state == .issued)
            #expect(bill.payload == "")
            #expect(bill.reference != "")
            await expectRefusal(.failedPrecondition, "AMOUNT_ABOVE_TRANSFER_LIMIT") {
                _ = try await bench.symbol(bill.billID, .svg)
            }
            // What remains after a part is within the limit.
            _ = try await bench.credit(1, content: bill.reference)
            let rest = try await bench.symbol(bill.billID, .svg)
            #expect(try PaymentPayload(reading: rest.payload).amountDong == 499_999_999)
        }
    }

    @Test func everyFaultOfARequestIsNamedAtOnce() async throws {
        try await withBench { bench in
            var line = CommonV1.FeeLine.fixed("F1", -1)
            line.kind = .unspecified
            line.channels = [.direct, .unrecognized(9)]
            var open = CommonV1.FeeLine.open("F1")
            open.amountDong = 5
            let status = await expectRefusal(.invalidArgument, "FIELD_INVALID") {
                try await bench.register([line, open], version: 0)
            }
            #expect(
                status?.fields == [
                    "version", "fee_lines[0].amount_dong", "fee_lines[0].channels[1]",
                    "fee_lines[0].kind", "fee_lines[1].fee_line_id", "fee_lines[1].amount_dong",
                ])
            await expectRefusal(.invalidArgument, "FIELD_INVALID") {
                _ = try await bench.bills.getBill(PaymentsV1.GetBillRequest())
            }
        }
    }
}
