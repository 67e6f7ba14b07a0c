/// One reading of one payload, from bytes to a ``PaymentPayload`` or the first fault.
struct PayloadReading {
    private let bytes: [UInt8]
    private var result = PaymentPayload()

    /// - Parameter bytes: valid UTF-8.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func payload() throws(PayloadRefusal) -> PaymentPayload {
        try checkBytes()
        let objects = try rootObjects()
        try checkChecksum(objects)
        for object in objects.dropLast() {
            try readRoot(object)
        }
        for id: UInt8 in [1, 38, 53, 58] where !objects.contains(where: { $0.id == id }) {
            throw missing(ObjectPath(id), before: bytes.count)
        }
        return result
    }

    private func checkBytes() throws(PayloadRefusal) {
        guard !bytes.isEmpty else { throw PayloadRefusal(.empty, .root, offset: 0) }
        guard bytes.count <= PayloadLimits.payloadBytesMax else {
            throw PayloadRefusal(.tooLong, .root, offset: PayloadLimits.payloadBytesMax)
        }
        if let offset = bytes.firstIndex(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw PayloadRefusal(.controlCharacter, .root, offset: offset)
        }
    }

    private func rootObjects() throws(PayloadRefusal) -> [ObjectSpan] {
        var objects: [ObjectSpan] = []
        objects.reserveCapacity(12)
        var cursor = ObjectCursor(bytes, in: 0..<bytes.count, of: .root)
        while let object = try cursor.next() {
            if objects.isEmpty, object.id != 0 {
                throw PayloadRefusal(.formatIndicatorNotFirst, object.path, offset: 0)
            }
            objects.append(object)
            if object.id == 63 {
                guard object.value.upperBound == bytes.count else {
                    throw PayloadRefusal(
                        .checksumNotLast, object.path, offset: object.value.upperBound)
                }
                return objects
            }
        }
        throw PayloadRefusal(.checksumMissing, ObjectPath(63), offset: bytes.count)
    }

    private func checkChecksum(_ objects: [ObjectSpan]) throws(PayloadRefusal) {
        guard let object = objects.last else {
            throw PayloadRefusal(.checksumMissing, ObjectPath(63), offset: bytes.count)
        }
        var written: UInt16 = 0
        for index in object.value {
            guard let nibble = Self.hexadecimal(bytes[index]), object.value.count == 4 else {
                throw PayloadRefusal(.checksumMalformed, object.path, offset: index)
            }
            written = written << 4 | nibble
        }
        guard written == CRC16.ccittFalse(bytes[..<object.value.lowerBound]) else {
            throw PayloadRefusal(
                .checksumWrong, object.path, offset: object.value.lowerBound)
        }
    }

    private mutating func readRoot(_ object: ObjectSpan) throws(PayloadRefusal) {
        switch object.id {
        case 0: try expect("01", object, else: .versionUnsupported)
        case 1: result.initiation = try readCode(object, else: .initiationUnknown)
        case 38: try readMerchantAccount(object)
        case 53: try expect("704", object, else: .currencyNotVND)
        case 54: result.amountDong = try readAmount(object)
        case 58: try expect("VN", object, else: .countryNotVietnam)
        case 59: result.merchantName = try readText(object, max: 25)
        case 60: result.merchantCity = try readText(object, max: 15)
        case 62: try readAdditionalData(object)
        case 64: try readAlternateLanguage(object)
        default: try readOther(object)
        }
    }

    private mutating func readMerchantAccount(_ template: ObjectSpan) throws(PayloadRefusal) {
        var cursor = ObjectCursor(bytes, in: template.value, of: template.path)
        while let object = try cursor.next() {
            switch object.id {
            case 0: try expect(PayloadLimits.napas, object, else: .notNAPAS)
            case 1: try readBeneficiary(object)
            case 2: result.service = try readCode(object, else: .serviceUnknown)
            default: throw PayloadRefusal(.objectUnexpected, object.path, offset: object.offset)
            }
        }
        for id: UInt8 in [0, 1] where !cursor.hasPassed(id) {
            throw missing(template.path.appending(id), before: template.value.upperBound)
        }
    }

    private mutating func readBeneficiary(_ template: ObjectSpan) throws(PayloadRefusal) {
        var cursor = ObjectCursor(bytes, in: template.value, of: template.path)
        while let object = try cursor.next() {
            switch object.id {
            case 0:
                try check(object, \.isASCIIDigit, else: .notDigits)
                try checkLength(object, 6...6)
                result.bankBIN = text(object)
            case 1:
                try check(object, \.isASCIIAlphanumeric, else: .accountNumberCharacter)
                try checkLength(object, 1...PayloadLimits.accountNumberMax)
                result.accountNumber = text(object)
            default: throw PayloadRefusal(.objectUnexpected, object.path, offset: object.offset)
            }
        }
        for id: UInt8 in [0, 1] where !cursor.hasPassed(id) {
            throw missing(template.path.appending(id), before: template.value.upperBound)
        }
    }

    private mutating func readAdditionalData(_ template: ObjectSpan) throws(PayloadRefusal) {
        var cursor = ObjectCursor(bytes, in: template.value, of: template.path)
        while let object = try cursor.next() {
            let text = try readText(object, max: object.id == 9 ? 3 : Self.additionalMax(object.id))
            if (1...8).contains(object.id), text == PayloadLimits.askThePayer {
                result.askedOfPayer.append(object.path)
                continue
            }
            switch object.id {
            case 1: result.billNumber = text
            case 5: result.referenceLabel = text
            case 8: result.content = text
            default: result.others.append(.init(path: object.path, value: text))
            }
        }
    }

    private mutating func readAlternateLanguage(_ template: ObjectSpan) throws(PayloadRefusal) {
        var cursor = ObjectCursor(bytes, in: template.value, of: template.path)
        while let object = try cursor.next() {
            switch object.id {
            case 0:
                try check(object, \.isASCIIAlphanumeric, else: .notPrintableASCII)
                try checkLength(object, 2...2)
            case 1: try checkLength(object, 1...25)
            case 2: try checkLength(object, 1...15)
            default: try checkLength(object, 1...99)
            }
            result.others.append(.init(path: object.path, value: text(object)))
        }
    }

    private mutating func readOther(_ object: ObjectSpan) throws(PayloadRefusal) {
        switch object.id {
        case 52:
            try check(object, \.isASCIIDigit, else: .notDigits)
            try checkLength(object, 4...4)
        case 55:
            try check(object, \.isASCIIDigit, else: .notDigits)
            try checkLength(object, 2...2)
        case 56, 57:
            try check(object, { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }, else: .notDigits)
            try checkLength(object, 1...(object.id == 56 ? PayloadLimits.amountDigitsMax : 5))
        case 61:
            _ = try readText(object, max: 10)
        case 26...51:
            break
        default:
            try check(object, \.isPrintableASCII, else: .notPrintableASCII)
        }
        result.others.append(.init(path: object.path, value: text(object)))
    }

    private func readAmount(_ object: ObjectSpan) throws(PayloadRefusal) -> Int64 {
        try checkLength(object, 1...PayloadLimits.amountDigitsMax)
        var amount: Int64 = 0
        var digits = 0
        var offset = object.value.lowerBound
        while offset < object.value.upperBound, bytes[offset].isASCIIDigit {
            amount = amount * 10 + Int64(bytes[offset] - 0x30)
            digits += 1
            offset += 1
        }
        guard digits > 0 else {
            throw PayloadRefusal(.amountMalformed, object.path, offset: offset)
        }
        if offset < object.value.upperBound {
            guard bytes[offset] == UInt8(ascii: ".") else {
                throw PayloadRefusal(.amountMalformed, object.path, offset: offset)
            }
            guard offset + 1 == object.value.upperBound else {
                let onlyDigits = bytes[offset + 1..<object.value.upperBound].allSatisfy(
                    \.isASCIIDigit)
                throw PayloadRefusal(
                    onlyDigits ? .amountHasDecimals : .amountMalformed, object.path, offset: offset)
            }
        }
        let start = object.value.lowerBound
        guard amount > 0 else { throw PayloadRefusal(.amountZero, object.path, offset: start) }
        guard amount <= PayloadLimits.amountDongMax else {
            throw PayloadRefusal(.amountAboveTransferLimit, object.path, offset: start)
        }
        return amount
    }

    private func readCode<Code: RawRepresentable<String>>(
        _ object: ObjectSpan, else reason: PayloadRefusal.Reason
    ) throws(PayloadRefusal) -> Code {
        guard let code = Code(rawValue: text(object)) else {
            throw PayloadRefusal(reason, object.path, offset: object.value.lowerBound)
        }
        return code
    }

    private func readText(_ object: ObjectSpan, max: Int) throws(PayloadRefusal) -> String {
        try check(object, \.isPrintableASCII, else: .notPrintableASCII)
        try checkLength(object, 1...max)
        return text(object)
    }

    private func expect(
        _ value: String, _ object: ObjectSpan, else reason: PayloadRefusal.Reason
    ) throws(PayloadRefusal) {
        guard bytes[object.value].elementsEqual(value.utf8) else {
            throw PayloadRefusal(reason, object.path, offset: object.value.lowerBound)
        }
    }

    private func check(
        _ object: ObjectSpan, _ isAllowed: (UInt8) -> Bool, else reason: PayloadRefusal.Reason
    ) throws(PayloadRefusal) {
        if let offset = object.value.first(where: { !isAllowed(bytes[$0]) }) {
            throw PayloadRefusal(reason, object.path, offset: offset)
        }
    }

    private func checkLength(
        _ object: ObjectSpan, _ allowed: ClosedRange<Int>
    ) throws(PayloadRefusal) {
        let length = bytes[object.value].count { $0 & 0xC0 != 0x80 }
        guard length >= allowed.lowerBound else {
            throw PayloadRefusal(.valueTooShort, object.path, offset: object.offset + 2)
        }
        guard length <= allowed.upperBound else {
            throw PayloadRefusal(.valueTooLong, object.path, offset: object.offset + 2)
        }
    }

    private func text(_ object: ObjectSpan) -> String {
        String(decoding: bytes[object.value], as: UTF8.self)
    }

    private func missing(_ path: ObjectPath, before offset: Int) -> PayloadRefusal {
        PayloadRefusal(.objectMissing, path, offset: offset)
    }

    /// Objects 62.10 and up belong to other payment systems, which set their own limits.
    private static func additionalMax(_ id: UInt8) -> Int {
        id <= 8 ? PayloadLimits.additionalTextMax : 99
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt16? {
        switch byte {
        case 0x30...0x39: UInt16(byte - 0x30)
        case 0x41...0x46: UInt16(byte - 0x41 + 10)
        case 0x61...0x66: UInt16(byte - 0x61 + 10)
        default: nil
        }
    }
}
