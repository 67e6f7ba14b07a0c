import Foundation
import Messages
import RPC

// The fee: a bill, its QR symbol, the bank's entry and the receipt.
extension Journey {
    func settleFee(of dossierID: String) async throws {
        let assessed = try await demonstration.eventually("the fee's assessment") {
            let now = try await get(dossierID)
            return now.feeStatus == .unspecified ? nil : now
        }
        switch story.fee {
        case .free:
            try demonstration.hold(
                assessed.feeStatus == .noneDue,
                "a free dossier has fee status \(assessed.feeStatus)")
            try await expectNoBill(of: dossierID)
            note("nothing to pay: no bill, no QR")
        case .printed:
            try await pay(dossierID)
        case .set(let amount, let reason):
            try demonstration.hold(
                assessed.feeStatus == .awaitingAmount || assessed.feeStatus == .due
                    || assessed.feeStatus == .settled,
                "an open fee has status \(assessed.feeStatus)")
            let bill = try await self.bill(of: dossierID)
            var request = PaymentsV1.SetBillAmountRequest()
            request.requestID = id("amount")
            request.billID = bill.billID
            request.feeLineID = bill.lines[0].feeLineID
            request.amountDong = amount
            request.reason = reason
            _ = try await call {
                try await PaymentsV1.BillsClient(demonstration.channel).setBillAmount(
                    request, options: official)
            }
            note("the source leaves the amount open; the cashier set \(dong(amount)) (\(reason))")
            try await pay(dossierID)
        }
    }

    private func expectNoBill(of dossierID: String) async throws {
        do {
            _ = try await bill(of: dossierID)
        } catch let status as Status where status.code == .notFound {
            return
        }
        throw DemonstrationFailure(message: "a free dossier has a bill")
    }

    private func pay(_ dossierID: String) async throws {
        let bill = try await demonstration.eventually("a payable bill") { () -> PaymentsV1.Bill? in
            let bill = try await self.bill(of: dossierID)
            return bill.reference.isEmpty ? nil : bill
        }
        let content = story.transferContent(bill.reference)
        if !bill.payload.isEmpty { try await showSymbol(of: bill) }
        var entry = PaymentsV1.RecordBankEntryRequest()
        entry.requestID = id("bank")
        entry.account = bill.account
        entry.bankReference = "FT\(demonstration.run)\(story.procedureID)"
        entry.direction = .credit
        entry.amountDong = bill.amountDong
        entry.content = content
        entry.bookTime = bill.createTime
        let booked = try await call {
            try await PaymentsV1.BankEntriesClient(demonstration.channel).recordBankEntry(
                entry, options: demonstration.bank)
        }
        note(
            "the bank books \(dong(booked.amountDong)), content \"\(content)\": \(booked.match.label)"
        )
        try demonstration.hold(
            booked.match == .matched, "the transfer did not match: \(booked.match.label)")
        let paid = try await self.bill(of: dossierID)
        for receiptID in paid.receiptIDs {
            var request = PaymentsV1.GetReceiptRequest()
            request.receiptID = receiptID
            let receipt = try await call {
                try await PaymentsV1.ReceiptsClient(demonstration.channel).getReceipt(
                    request, options: official)
            }
            note(
                "receipt \(receipt.series) no. \(receipt.number): \(dong(receipt.amountDong)) (\(receipt.amountInWords))",
                at: receipt.issueTime
            )
        }
        try demonstration.hold(
            paid.receiptIDs.count == 1, "there are \(paid.receiptIDs.count) receipts, not one")
        _ = try await demonstration.eventually("the settled fee at records") {
            let now = try await get(dossierID)
            return now.feeStatus == .settled ? now : nil
        }
    }

    private func showSymbol(of bill: PaymentsV1.Bill) async throws {
        for (format, suffix) in [
            (PaymentsV1.SymbolFormat.text, "txt"), (.svg, "svg"), (.png, "png"),
        ] {
            var request = PaymentsV1.GetSymbolRequest()
            request.billID = bill.billID
            request.format = format
            let symbol = try await call {
                try await PaymentsV1.BillsClient(demonstration.channel).getSymbol(
                    request, options: official)
            }
            try demonstration.hold(symbol.payload == bill.payload, "the symbol is not the bill's")
            if format == .text { printNow(String(decoding: symbol.content, as: UTF8.self)) }
            try Data(symbol.content).write(
                to: URL(fileURLWithPath: "\(demonstration.output)/\(bill.reference).\(suffix)"))
        }
        try Data(bill.payload.utf8).write(
            to: URL(fileURLWithPath: "\(demonstration.output)/\(bill.reference).payload"))
        note("to pay: \(dong(bill.amountDong)), reference \(bill.reference)", at: bill.createTime)
        note("payload \(bill.payload)")
    }

    private func bill(of dossierID: String) async throws -> PaymentsV1.Bill {
        var request = PaymentsV1.GetBillRequest()
        request.key = .dossierID(dossierID)
        return try await call {
            try await PaymentsV1.BillsClient(demonstration.channel).getBill(
                request, options: official)
        }
    }
}
