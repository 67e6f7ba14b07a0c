/// Why a request cannot be written as a payload, in order of precedence.
package enum RequestRefusal: Error, Hashable, Sendable {
    case binNotSixDigits
    case binNotInStateBankList
    case serviceNotForTransfers
    case accountNumberEmpty
    case accountNumberTooLong(bytes: Int)
    case accountNumberCharacter(offset: Int)
    case cardNumberNotDigits(offset: Int)
    case amountNotPositive
    case amountAboveTransferLimit
    case textEmpty(TextField)
    case textNotPrintableASCII(TextField, offset: Int)
    case textTooLong(TextField, bytes: Int, bytesMax: Int)
    case textAsksThePayer(TextField)
    case contentPunctuation(offset: Int)

    package enum TextField: String, Sendable, CaseIterable {
        case billNumber = "62.01"
        case referenceLabel = "62.05"
        case content = "62.08"
    }
}

extension PaymentRequest {
    /// The payload in its one canonical form: objects ascending, no optional merchant fields, the
    /// CRC in upper case.
    ///
    /// Every text is checked byte by byte before it is counted: Swift's own characters would let CR
    /// LF pass as one, and full-width digits as digits.
    package func payload(
        profile: PayloadProfile = .ownAccounts
    ) throws(RequestRefusal) -> String {
        try checkBeneficiary(profile)
        if let amountDong {
            guard amountDong > 0 else { throw .amountNotPositive }
            guard amountDong <= PayloadLimits.amountDongMax else { throw .amountAboveTransferLimit }
        }
        try check(billNumber, .billNumber, bytesMax: PayloadLimits.additionalTextMax)
        try check(referenceLabel, .referenceLabel, bytesMax: PayloadLimits.additionalTextMax)
        try check(content, .content, bytesMax: profile.contentBytesMax)
        if let content, profile.contentCharacters == .lettersDigitsAndBlanks,
            let offset = firstOffset(in: content, failing: { $0.isASCIIAlphanumeric || $0 == 0x20 })
        {
            throw .contentPunctuation(offset: offset)
        }

        var writer = ObjectWriter()
        writer.append(0, "01")
        writer.append(1, initiation.rawValue)
        writer.appendTemplate(38) { merchant in
            merchant.append(0, PayloadLimits.napas)
            merchant.appendTemplate(1) { bank in
                bank.append(0, bankBIN)
                bank.append(1, accountNumber)
            }
            merchant.append(2, service.rawValue)
        }
        writer.append(53, "704")
        if let amountDong { writer.append(54, String(amountDong)) }
        writer.append(58, "VN")
        if billNumber != nil || referenceLabel != nil || content != nil {
            writer.appendTemplate(62) { additional in
                if let billNumber { additional.append(1, billNumber) }
                if let referenceLabel { additional.append(5, referenceLabel) }
                if let content { additional.append(8, content) }
            }
        }
        return writer.sealed()
    }

    private func checkBeneficiary(_ profile: PayloadProfile) throws(RequestRefusal) {
        guard bankBIN.utf8.count == 6, bankBIN.utf8.allSatisfy(\.isASCIIDigit) else {
            throw .binNotSixDigits
        }
        if profile.banks == .stateBankList, Bank.holding(bin: bankBIN) == nil {
            throw .binNotInStateBankList
        }
        let account = accountNumber
        switch service {
        case .toAccount:
            if let offset = firstOffset(in: account, failing: \.isASCIIAlphanumeric) {
                throw .accountNumberCharacter(offset: offset)
            }
        case .toCard:
            if let offset = firstOffset(in: account, failing: \.isASCIIDigit) {
                throw .cardNumberNotDigits(offset: offset)
            }
        case .purchase, .cashWithdrawal:
            throw .serviceNotForTransfers
        }
        guard !account.isEmpty else { throw .accountNumberEmpty }
        guard account.utf8.count <= PayloadLimits.accountNumberMax else {
            throw .accountNumberTooLong(bytes: account.utf8.count)
        }
    }

    private func check(
        _ text: String?, _ field: RequestRefusal.TextField, bytesMax: Int
    ) throws(RequestRefusal) {
        guard let text else { return }
        guard !text.isEmpty else { throw .textEmpty(field) }
        if let offset = firstOffset(in: text, failing: \.isPrintableASCII) {
            throw .textNotPrintableASCII(field, offset: offset)
        }
        guard text.utf8.count <= bytesMax else {
            throw .textTooLong(field, bytes: text.utf8.count, bytesMax: bytesMax)
        }
        guard text != PayloadLimits.askThePayer else { throw .textAsksThePayer(field) }
    }

    private func firstOffset(in text: String, failing isAllowed: (UInt8) -> Bool) -> Int? {
        text.utf8.enumerated().first { !isAllowed($0.element) }?.offset
    }
}

/// Writes data objects: two digits of identifier, two of length, the value.
private struct ObjectWriter {
    private var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(192)
    }

    mutating func append(_ id: UInt8, _ value: String) {
        appendTemplate(id) { $0.bytes.append(contentsOf: value.utf8) }
    }

    /// - Precondition: the value is ASCII and 1 to 99 bytes long; the checks above see to it.
    mutating func appendTemplate(_ id: UInt8, _ value: (inout ObjectWriter) -> Void) {
        appendTwoDigits(id)
        let start = bytes.count
        bytes.append(contentsOf: [0, 0])
        value(&self)
        let length = bytes.count - start - 2
        precondition((1...99).contains(length), "an object holds 1 to 99 characters")
        bytes[start] = 0x30 + UInt8(length / 10)
        bytes[start + 1] = 0x30 + UInt8(length % 10)
    }

    consuming func sealed() -> String {
        bytes.append(contentsOf: "6304".utf8)
        CRC16.appendDigits(CRC16.ccittFalse(bytes), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func appendTwoDigits(_ number: UInt8) {
        bytes.append(0x30 + number / 10)
        bytes.append(0x30 + number % 10)
    }
}
