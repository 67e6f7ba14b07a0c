import Messages
import Storage

/// An event and what it is about. Ids, states and amounts only.
///
/// All that tells what a dossier's fee has come to is about the dossier, so that followers who keep
/// order for each subject see it in order.
struct PaymentsFact {
    var event: PaymentsV1.PaymentsEvent
    var subject: String

    private init(_ body: PaymentsV1.PaymentsEvent.Event, subject: String) {
        event = PaymentsV1.PaymentsEvent()
        event.event = body
        self.subject = subject
    }

    static func nothingDue(dossierID: String) -> PaymentsFact {
        var body = PaymentsV1.NothingDue()
        body.dossierID = dossierID
        return PaymentsFact(.nothingDue(body), subject: dossierID)
    }

    static func awaitsAmount(_ bill: Bill) -> PaymentsFact {
        var body = PaymentsV1.BillAwaitsAmount()
        body.billID = bill.id
        body.dossierID = bill.dossierID
        return PaymentsFact(.billAwaitsAmount(body), subject: bill.dossierID)
    }

    static func issued(_ bill: Bill) -> PaymentsFact {
        var body = PaymentsV1.BillIssued()
        body.billID = bill.id
        body.dossierID = bill.dossierID
        body.amountDong = bill.amountDong
        return PaymentsFact(.billIssued(body), subject: bill.dossierID)
    }

    static func paid(_ bill: Bill, receiptIDs: [String]) -> PaymentsFact {
        var body = PaymentsV1.BillPaid()
        body.billID = bill.id
        body.dossierID = bill.dossierID
        body.receiptIDs = receiptIDs
        return PaymentsFact(.billPaid(body), subject: bill.dossierID)
    }

    static func booked(_ entry: BankEntry) -> PaymentsFact {
        var body = PaymentsV1.BankEntryBooked()
        body.entryID = entry.id
        body.match = PaymentsV1.MatchState(entry.match)
        body.billID = entry.billID ?? ""
        body.amountDong = entry.reported.amountDong
        return PaymentsFact(.bankEntryBooked(body), subject: entry.id)
    }
}

extension Transaction {
    mutating func append(_ fact: PaymentsFact) throws {
        try append(event: fact.event, subject: fact.subject)
    }
}
