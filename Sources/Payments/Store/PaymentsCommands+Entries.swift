import Ledger
import Messages
import Storage
import VietQR

extension PaymentsCommands {
    /// Books an entry, and only then asks what it is for: money in our account is never refused.
    ///
    /// An entry that is booked already is returned as it stands, whichever way it comes again; its
    /// content and time may differ, since banks report the same entry in several forms.
    package func record(
        _ reported: ReportedEntry, in transaction: inout Transaction
    ) throws -> Result<BankEntry, EntryRejection> {
        let database = transaction.database
        let entries = EntryTable(database: database)
        let known = try entries.entry(
            account: reported.account, bankReference: reported.bankReference)
        if let known {
            // Before the refusal too, which then names what it was about and can be erased with it.
            transaction.auditSubject = known.id
            guard known.reported.amountDong == reported.amountDong,
                known.reported.direction == reported.direction
            else { return .failure(.identityTaken) }
            return .success(known)
        }

        let id = terms.random.identifier("entry", at: transaction.now)
        let order = Transfer.Order(
            id: terms.random.transferID(at: transaction.now), amountDong: reported.amountDong,
            subject: id)
        let bank = Chart.bank(
            bin: reported.account.bankBIN, accountNumber: reported.account.number)
        let booking: Transfer =
            switch reported.direction {
            case .credit: .bankCredit(order, into: bank.code)
            case .debit: .bankDebit(order, from: bank.code)
            }
        let refusal = try LedgerTable(database: database).record(booking, at: transaction.now)
        guard refusal == nil else { return .failure(.ledgerFull) }

        let (match, settlement) = try allocate(reported, in: transaction)
        let entry = BankEntry(
            id: id, reported: reported, match: match.state, billID: match.billID,
            allocatedDong: match.allocatedDong)
        try entries.insert(entry, at: transaction.now)
        try transaction.append(.booked(entry))
        if let settlement { try settle(settlement, in: &transaction) }
        return .success(entry)
    }

    /// A bill that money was found for, as it stands thereafter.
    private struct Settlement {
        var bill: Bill
        /// Empty until the bill is paid in full.
        var receipts: [Receipt]
    }

    private func allocate(
        _ reported: ReportedEntry, in transaction: borrowing Transaction
    ) throws -> (Match, Settlement?) {
        guard reported.direction == .credit else { return (.outgoing, nil) }
        let bills = BillTable(database: transaction.database)
        let named = try scanner.references(in: reported.content)
            .compactMap { try bills.bill(.reference($0.text)) }
        let match = Match.ofCredit(dong: reported.amountDong, named: named)
        guard match.allocatedDong > 0, var bill = named.first else { return (match, nil) }
        _ = bill.apply(dong: match.allocatedDong, at: transaction.now)
        guard bill.state == .paid else {
            return (match, Settlement(bill: bill, receipts: []))
        }
        guard let receipts = try receipts(for: bill, in: transaction) else {
            return (.forAPerson, nil)
        }
        return (match, Settlement(bill: bill, receipts: receipts))
    }

    /// One for each kind of fee; `nil` when a series has no number left this year.
    private func receipts(
        for bill: Bill, in transaction: borrowing Transaction
    ) throws -> [Receipt]? {
        let table = ReceiptTable(database: transaction.database)
        let year = Receipt.year(at: transaction.now)
        var receipts: [Receipt] = []
        for (kind, dong) in bill.amountsByKind {
            let series = terms.series(of: kind, year: year)
            let last = try table.last(series: series, year: year)
            let number = 1 + (last?.number ?? 0)
            guard number <= Receipt.numberMax else { return nil }
            receipts.append(
                Receipt(
                    id: terms.random.identifier("receipt", at: transaction.now), series: series,
                    year: year, number: number, kind: kind, billID: bill.id,
                    dossierID: bill.dossierID, amountDong: dong,
                    amountInWords: DongInWords.text(dong),
                    // Now was read before this command's turn: another may have come first.
                    issueTime: max(transaction.now, last?.issueTime ?? transaction.now)))
        }
        return receipts
    }

    private func settle(
        _ settlement: Settlement, in transaction: inout Transaction
    ) throws {
        let database = transaction.database
        try BillTable(database: database).update(settlement.bill)
        guard settlement.bill.state == .paid else { return }
        let ledger = LedgerTable(database: database)
        for receipt in settlement.receipts {
            let order = Transfer.Order(
                id: terms.random.transferID(at: transaction.now), amountDong: receipt.amountDong,
                subject: settlement.bill.id)
            let refusal = try ledger.record(
                .allocation(order, to: receipt.kind), at: transaction.now)
            precondition(refusal == nil, "what is allocated was booked before")
            try ReceiptTable(database: database).insert(receipt)
        }
        try transaction.append(
            .paid(settlement.bill, receiptIDs: settlement.receipts.map(\.id)))
    }
}
