import VietQR

/// An account of ours by which a bank's entries are told apart, whether fees are still to be paid
/// into it or no longer.
package struct OwnAccount: Hashable, Sendable {
    package let bankBIN: String
    package let number: String

    package init(bankBIN: String, number: String) {
        self.bankBIN = bankBIN
        self.number = number
    }
}

/// Our account at a bank of the State Bank's list, into which fees are paid.
package struct ReceivingAccount: Hashable, Sendable {
    package let bankBIN: String
    package let number: String

    /// - Throws: the refusal with which every payload of this account would meet.
    package init(bankBIN: String, number: String) throws(RequestRefusal) {
        self.bankBIN = bankBIN
        self.number = number
        _ = try PaymentRequest(bankBIN: bankBIN, accountNumber: number).payload()
    }

    package var own: OwnAccount { OwnAccount(bankBIN: bankBIN, number: number) }

    /// The VietQR payload for what remains of a bill.
    package func payload(for bill: Bill) -> Result<String, PayloadRejection> {
        guard let reference = bill.reference else { return .failure(.notIssued(bill.state)) }
        let remaining = bill.remainingDong
        guard remaining > 0 else { return .failure(.nothingRemains) }
        guard remaining <= PayloadLimits.amountDongMax else {
            return .failure(.aboveTransferLimit(remainingDong: remaining))
        }
        let request = PaymentRequest(
            bankBIN: bankBIN, accountNumber: number, amountDong: remaining, content: reference)
        do {
            return .success(try request.payload())
        } catch {
            preconditionFailure("the account was checked when it was named: \(error)")
        }
    }
}

/// Why a bill has no payment QR.
package enum PayloadRejection: Error, Hashable, Sendable {
    case notIssued(BillState)
    case nothingRemains
    /// One NAPAS247 transfer stays under 500,000,000 dong: such a bill is paid by an ordinary
    /// transfer, or in parts, with the same reference.
    case aboveTransferLimit(remainingDong: Int64)
}
