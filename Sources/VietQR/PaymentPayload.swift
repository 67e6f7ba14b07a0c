/// A VietQR payload that has been read and found right in every length, value and check digit.
package struct PaymentPayload: Hashable, Sendable {
    /// An object that this reader checks but gives no meaning to.
    package struct Object: Hashable, Sendable {
        package let path: ObjectPath
        package let value: String
    }

    package internal(set) var initiation = PaymentRequest.Initiation.reusable
    /// Any six digits: a counterparty's bank need not be in the State Bank's list.
    package internal(set) var bankBIN = ""
    package internal(set) var accountNumber = ""
    /// `nil` where the payload leaves object 38.02 out, as the document permits.
    package internal(set) var service: PaymentRequest.Service?
    package internal(set) var amountDong: Int64?
    package internal(set) var merchantName: String?
    package internal(set) var merchantCity: String?
    package internal(set) var billNumber: String?
    package internal(set) var referenceLabel: String?
    package internal(set) var content: String?
    /// Those of 62.01 to 62.08 that say `***`: the app asks the payer for them.
    package internal(set) var askedOfPayer: [ObjectPath] = []
    /// Everything else, in the payload's order. A tip or a convenience fee (55 to 57) is here.
    package internal(set) var others: [Object] = []

    /// Objects may come in any order but for 00 first and 63 last. A lower-case CRC is accepted.
    package init(reading text: String) throws(PayloadRefusal) {
        try self.init(validUTF8: Array(text.utf8))
    }

    /// Reads bytes that nobody has vouched for.
    package init(reading bytes: [UInt8]) throws(PayloadRefusal) {
        // Measured first, so that whatever was sent is only walked through once it is short.
        guard bytes.count <= PayloadLimits.payloadBytesMax else {
            throw PayloadRefusal(.tooLong, .root, offset: PayloadLimits.payloadBytesMax)
        }
        if let offset = Self.firstInvalidUTF8(in: bytes) {
            throw PayloadRefusal(.notUTF8, .root, offset: offset)
        }
        try self.init(validUTF8: bytes)
    }

    private init(validUTF8 bytes: [UInt8]) throws(PayloadRefusal) {
        var reading = PayloadReading(bytes)
        self = try reading.payload()
    }

    /// The request that writes this payload, or `nil` where the service is not one that we write.
    package var request: PaymentRequest? {
        guard let service else { return nil }
        return PaymentRequest(
            bankBIN: bankBIN, accountNumber: accountNumber, service: service,
            initiation: initiation, amountDong: amountDong, content: content,
            billNumber: billNumber, referenceLabel: referenceLabel)
    }

    init() {}

    private static func firstInvalidUTF8(in bytes: [UInt8]) -> Int? {
        var parser = UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let scalar): offset += scalar.count
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
