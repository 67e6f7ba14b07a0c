import Ledger
import Messages
import WorkingTime

extension FeeKind {
    /// `nil` for a kind that is left out or that this version does not know.
    init?(_ message: CommonV1.FeeKind) {
        switch message {
        case .serviceFee: self = .phi
        case .charge: self = .lePhi
        case .unspecified, .unrecognized: return nil
        }
    }
}

extension CommonV1.FeeKind {
    init(_ kind: FeeKind) {
        self =
            switch kind {
            case .phi: .serviceFee
            case .lePhi: .charge
            }
    }
}

extension ChannelSet {
    init?(_ message: CommonV1.Channel) {
        switch message {
        // Help at the counter changes no fee.
        case .direct, .assisted: self = .direct
        case .online: self = .online
        case .post: self = .post
        case .unspecified, .unrecognized: return nil
        }
    }
}

extension EntryDirection {
    init?(_ message: PaymentsV1.EntryDirection) {
        switch message {
        case .credit: self = .credit
        case .debit: self = .debit
        case .unspecified, .unrecognized: return nil
        }
    }
}

extension PaymentsV1.EntryDirection {
    init(_ direction: EntryDirection) {
        self =
            switch direction {
            case .credit: .credit
            case .debit: .debit
            }
    }
}

extension MatchState {
    init?(_ message: PaymentsV1.MatchState) {
        switch message {
        case .matched: self = .matched
        case .partial: self = .partial
        case .excess: self = .excess
        case .ambiguous: self = .ambiguous
        case .unmatched: self = .unmatched
        case .outgoing: self = .outgoing
        case .unspecified, .unrecognized: return nil
        }
    }
}

extension PaymentsV1.MatchState {
    init(_ state: MatchState) {
        self =
            switch state {
            case .matched: .matched
            case .partial: .partial
            case .excess: .excess
            case .ambiguous: .ambiguous
            case .unmatched: .unmatched
            case .outgoing: .outgoing
            }
    }
}

extension PaymentsV1.BillState {
    init(_ state: BillState) {
        self =
            switch state {
            case .awaitingAmount: .awaitingAmount
            case .issued: .issued
            case .partiallyPaid: .partiallyPaid
            case .paid: .paid
            case .nothingDue: .nothingDue
            }
    }
}

extension PaymentsV1.BillLine {
    init(_ line: BillLine) {
        self.init()
        feeLineID = line.feeLineID
        kind = CommonV1.FeeKind(line.kind)
        switch line.amount {
        case .fixed(let dong): amountDong = dong
        case .open: amountOpen = true
        }
        note = line.note
    }
}

extension PaymentsV1.Bill {
    init(_ bill: Bill, receiptIDs: [String], account: ReceivingAccount) {
        self.init()
        billID = bill.id
        dossierID = bill.dossierID
        state = PaymentsV1.BillState(bill.state)
        lines = bill.lines.map(PaymentsV1.BillLine.init)
        amountDong = bill.amountDong
        paidDong = bill.paidDong
        reference = bill.reference ?? ""
        // Empty also where one transfer cannot carry what remains; GetSymbol says which it is.
        if case .success(let text) = account.payload(for: bill) { payload = text }
        bankBin = account.bankBIN
        self.account = account.number
        self.receiptIDs = receiptIDs
        createTime = GoogleProtobuf.Timestamp(bill.createTime)
        settleTime = bill.settleTime.map(GoogleProtobuf.Timestamp.init)
    }
}

extension PaymentsV1.BankEntry {
    init(_ entry: BankEntry) {
        self.init()
        entryID = entry.id
        account = entry.reported.account.number
        bankReference = entry.reported.bankReference
        direction = PaymentsV1.EntryDirection(entry.reported.direction)
        amountDong = entry.reported.amountDong
        content = entry.reported.content
        bookTime = GoogleProtobuf.Timestamp(entry.reported.bookTime)
        match = PaymentsV1.MatchState(entry.match)
        billID = entry.billID ?? ""
        allocatedDong = entry.allocatedDong
    }
}

extension PaymentsV1.Receipt {
    init(_ receipt: Receipt) {
        self.init()
        receiptID = receipt.id
        series = receipt.series
        // Within eight digits, so within 32 bits.
        number = Int32(receipt.number)
        kind = CommonV1.FeeKind(receipt.kind)
        billID = receipt.billID
        dossierID = receipt.dossierID
        amountDong = receipt.amountDong
        amountInWords = receipt.amountInWords
        issueTime = GoogleProtobuf.Timestamp(receipt.issueTime)
    }
}

extension Account {
    /// What a cashier calls the account, in Vietnamese.
    var vietnameseName: String {
        switch code {
        case Chart.unallocatedReceipts.code: "Tiền thu chưa phân bổ"
        case Chart.unexplainedPayments.code: "Tiền chi chưa rõ nội dung"
        case Chart.refundsPayable.code: "Tiền phải hoàn trả"
        case Chart.feesCollected(.phi).code: "Thu phí"
        case Chart.feesCollected(.lePhi).code: "Thu lệ phí"
        case Chart.treasuryPayable(.phi).code: "Phí phải nộp kho bạc"
        case Chart.treasuryPayable(.lePhi).code: "Lệ phí phải nộp kho bạc"
        default: "Tiền gửi ngân hàng"
        }
    }
}
