import Messages
import RPC

private let domain = Status.paymentsDomain

extension Status {
    static let paymentsDomain = "payments.motcua"

    init(_ rejection: TariffRejection) {
        switch rejection {
        case .alreadyRegisteredWithOtherLines:
            self.init(
                .alreadyExists, reason: "TARIFF_DIFFERS", domain: domain,
                message:
                    "This procedure version is registered with other fee lines. Changed lines are a "
                    + "new version of the procedure.")
        }
    }

    init(_ rejection: AssessmentRejection) {
        switch rejection {
        case .tariffNotFound:
            self.init(
                .notFound, reason: "TARIFF_NOT_FOUND", domain: domain,
                message:
                    "No tariff of this procedure version is registered. Register it and send the "
                    + "same request again.")
        case .feeLineNotFound(let index):
            self = .invalidArgument(
                field: "fee_line_ids[\(index)]",
                remedy: "must name a line of this procedure version's tariff",
                reason: "FEE_LINE_NOT_FOUND", domain: domain)
        case .alreadyAssessedOtherwise:
            self.init(
                .alreadyExists, reason: "ASSESSMENT_DIFFERS", domain: domain,
                message:
                    "This dossier was assessed before under other fee lines. A dossier has one "
                    + "assessment and one bill: look at GetBill.")
        }
    }

    init(_ rejection: AmountRejection) {
        switch rejection {
        case .billNotFound: self = .billNotFound
        case .feeLineNotFound:
            self.init(
                .notFound, reason: "FEE_LINE_NOT_FOUND", domain: domain,
                message: "The bill has no such fee line. GetBill lists its lines.")
        case .lineNotOpen(let state):
            self.init(
                .failedPrecondition, reason: "LINE_NOT_OPEN", domain: domain,
                message:
                    "The line's amount is not open; the bill is \(state.sentence). An amount is set "
                    + "once, and only where the source leaves it open.")
        }
    }

    init(_ rejection: EntryRejection) {
        switch rejection {
        case .identityTaken:
            self.init(
                .alreadyExists, reason: "ENTRY_DIFFERS", domain: domain,
                message:
                    "An entry with this account and bank_reference is booked with another amount or "
                    + "direction. Check the entry at the bank; a correction has a reference of its own."
            )
        case .ledgerFull:
            self.init(
                .outOfRange, reason: "LEDGER_FULL", domain: domain,
                message: "The ledger cannot hold a sum this large. Ask the operator.")
        }
    }

    init(_ rejection: PayloadRejection) {
        switch rejection {
        case .notIssued(let state):
            self.init(
                .failedPrecondition, reason: "BILL_NOT_ISSUED", domain: domain,
                message: "There is nothing to pay by QR: the bill is \(state.sentence).")
        case .nothingRemains:
            self.init(
                .failedPrecondition, reason: "BILL_PAID", domain: domain,
                message: "Nothing remains to be paid: the bill is paid in full.")
        case .aboveTransferLimit(let remainingDong):
            self.init(
                .failedPrecondition, reason: "AMOUNT_ABOVE_TRANSFER_LIMIT", domain: domain,
                message:
                    "\(remainingDong) dong remain, and one VietQR transfer stays under 500,000,000. "
                    + "Pay by an ordinary transfer, or in parts, with the bill's reference in the content."
            )
        }
    }

    static var billNotFound: Status {
        Status(
            .notFound, reason: "BILL_NOT_FOUND", domain: domain,
            message: "There is no such bill. A dossier with nothing to pay has none.")
    }

    static var receiptNotFound: Status {
        Status(
            .notFound, reason: "RECEIPT_NOT_FOUND", domain: domain,
            message: "There is no such receipt. GetBill lists the receipts of a bill.")
    }

    static var ledgerDisagrees: Status {
        Status(
            .dataLoss, reason: "LEDGER_DISAGREES", domain: domain,
            message:
                "The accounts' sums do not agree with their transfers. Ask the operator to compare "
                + "the database with a backup.")
    }
}

extension BillState {
    /// The state in words, and what it allows.
    fileprivate var sentence: String {
        switch self {
        case .awaitingAmount: "AWAITING_AMOUNT: SetBillAmount is allowed"
        case .issued: "ISSUED: paying it is allowed"
        case .partiallyPaid: "PARTIALLY_PAID: paying the rest is allowed"
        case .paid: "PAID: nothing more is allowed"
        case .nothingDue: "NOTHING_DUE: nothing more is allowed"
        }
    }
}
