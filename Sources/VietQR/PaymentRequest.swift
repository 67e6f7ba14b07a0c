/// What a VietQR code asks a payer for: one transfer to one account.
///
/// Source: NAPAS, format of the VietQR code in the NAPAS247 transfer service, version 1.0
/// (September 2021).
package struct PaymentRequest: Hashable, Sendable {
    /// Object 01.
    package enum Initiation: String, Sendable, CaseIterable {
        /// Static: the code may be paid many times.
        case reusable = "11"
        /// Dynamic: the code is for one payment.
        case single = "12"
    }

    /// Object 38.02.
    package enum Service: String, Sendable, CaseIterable {
        case toAccount = "QRIBFTTA"
        case toCard = "QRIBFTTC"
        /// Payment of goods, from version 1.5.2: read, never written.
        case purchase = "QRPUSH"
        /// Withdrawal of cash, from version 1.5.2: read, never written.
        case cashWithdrawal = "QRCASH"
    }

    /// Six digits, issued by the State Bank. See ``Bank``.
    package var bankBIN: String
    /// The account number, with its leading zeros; for ``Service/toCard`` the number of the card.
    package var accountNumber: String
    package var service: Service
    package var initiation: Initiation
    /// `nil` leaves the amount to the payer.
    package var amountDong: Int64?
    /// What banks carry into the transfer's content (object 62.08): put the ``Reference`` here.
    package var content: String?
    /// Object 62.01. Banks do not carry it into the content.
    package var billNumber: String?
    /// Object 62.05. Banks do not carry it into the content.
    package var referenceLabel: String?

    /// - Parameter initiation: by default a request that names its amount is for one payment.
    package init(
        bankBIN: String, accountNumber: String, service: Service = .toAccount,
        initiation: Initiation? = nil, amountDong: Int64? = nil, content: String? = nil,
        billNumber: String? = nil, referenceLabel: String? = nil
    ) {
        self.bankBIN = bankBIN
        self.accountNumber = accountNumber
        self.service = service
        self.initiation = initiation ?? (amountDong == nil ? .reusable : .single)
        self.amountDong = amountDong
        self.content = content
        self.billNumber = billNumber
        self.referenceLabel = referenceLabel
    }
}

/// Which requests are written: the standard's own limits, or narrower ones.
package struct PayloadProfile: Hashable, Sendable {
    package enum Banks: Sendable { case stateBankList, anySixDigits }
    package enum ContentCharacters: Sendable { case lettersDigitsAndBlanks, printableASCII }

    package let banks: Banks
    package let contentBytesMax: Int
    package let contentCharacters: ContentCharacters

    /// For accounts that receive fees: what every bank and gateway known to us delivers unharmed.
    /// Nineteen characters without punctuation is the narrowest of their limits (VietQR.vn).
    package static let ownAccounts = PayloadProfile(
        banks: .stateBankList, contentBytesMax: 19, contentCharacters: .lettersDigitsAndBlanks)

    /// What the NAPAS document allows.
    package static let standard = PayloadProfile(
        banks: .anySixDigits, contentBytesMax: PayloadLimits.additionalTextMax,
        contentCharacters: .printableASCII)
}

/// Limits of the NAPAS document, for writing and reading alike.
package enum PayloadLimits {
    /// A whole payload, in bytes (EMVCo Merchant-Presented Mode).
    package static let payloadBytesMax = 512
    /// An account or card number (38.01.01), in characters.
    package static let accountNumberMax = 19
    /// Each text in object 62 up to 62.08, in characters.
    package static let additionalTextMax = 25
    /// One NAPAS247 transfer stays under 500,000,000 dong (section 8.1.1).
    package static let amountDongMax: Int64 = 499_999_999
    /// Object 54, in characters.
    package static let amountDigitsMax = 13
    /// The identifier of NAPAS in object 38.00.
    package static let napas = "A000000727"
    /// In 62.01 to 62.08 not a text but an order to the app: ask the payer.
    package static let askThePayer = "***"
}
