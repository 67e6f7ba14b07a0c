import Testing
import VietQR

struct PayloadRefusalTests {
    typealias Row = (payload: String, reason: PayloadRefusal.Reason, path: ObjectPath, offset: Int)

    static let head = "000201010211"
    static let account = "38540010A00000072701240006970422011003523509170208QRIBFTTA"
    static let tail = "53037045802VN"
    /// Where object 38 begins, and where whatever follows ``tail`` begins.
    static let at38 = 12
    static let atEnd = 12 + 58 + 13

    static func with(_ more: String) -> String {
        sealed(head + account + tail + more)
    }

    static func withMerchant(_ merchant: String) -> String {
        sealed(head + object("38", merchant) + tail)
    }

    static func withBeneficiary(_ beneficiary: String) -> String {
        withMerchant(object("00", "A000000727") + object("01", beneficiary))
    }

    static let structure: [Row] = [
        ("", .empty, .root, 0),
        (with(String(repeating: "x", count: 500)), .tooLong, .root, 512),
        (with(object("62", "0804a\r\nb")), .controlCharacter, .root, atEnd + 9),
        (with("") + "\n", .controlCharacter, .root, atEnd + 8),
        (sealed("010211000201" + account + tail), .formatIndicatorNotFirst, ObjectPath(1), 0),
        (sealed("000201A10211"), .identifierNotDigits, .root, 6),
        (sealed("000201０１0211"), .identifierNotDigits, .root, 6),
        (sealed("000201010x11"), .lengthNotDigits, ObjectPath(1), 8),
        (sealed("00020101+211"), .lengthNotDigits, ObjectPath(1), 8),
        (sealed("00020101０211"), .lengthNotDigits, ObjectPath(1), 8),
        (with("6200"), .lengthZero, ObjectPath(62), atEnd + 2),
        (sealed(head + account + tail + "6299A"), .lengthBeyondEnd, ObjectPath(62), atEnd + 2),
        (head + account + tail + "99", .objectCutOff, .root, atEnd),
        (with(object("62", "08")), .objectCutOff, ObjectPath(62), atEnd + 4),
        (with(object("62", "0805DVC")), .lengthBeyondEnd, ObjectPath(62, 8), atEnd + 6),
        (with("5402105403100"), .duplicateObject, ObjectPath(54), atEnd + 6),
        (with(object("62", "0801A0801B")), .duplicateObject, ObjectPath(62, 8), atEnd + 9),
        (sealed(head + tail), .objectMissing, ObjectPath(38), 33),
        (sealed("000201" + account + tail), .objectMissing, ObjectPath(1), 85),
        (sealed(head + account + "5802VN"), .objectMissing, ObjectPath(53), 84),
        (sealed(head + account + "5303704"), .objectMissing, ObjectPath(58), 85),
        (withMerchant("0010A000000727"), .objectMissing, ObjectPath(38, 1), at38 + 18),
        (withMerchant("0115000697042201011"), .objectMissing, ObjectPath(38, 0), at38 + 23),
        (withBeneficiary("0006970422"), .objectMissing, ObjectPath(38, 1, 1), at38 + 32),
        (withBeneficiary("01011"), .objectMissing, ObjectPath(38, 1, 0), at38 + 27),
        (
            withMerchant("0010A00000072701150006970422010110301X"), .objectUnexpected,
            ObjectPath(38, 3), at38 + 37
        ),
        (
            withBeneficiary("0006970422011003523509170208QRIBFTTA"), .objectUnexpected,
            ObjectPath(38, 1, 2), at38 + 46
        ),
        (head + account + tail, .checksumMissing, ObjectPath(63), atEnd),
        (with("") + " ", .checksumNotLast, ObjectPath(63), atEnd + 8),
        (with("") + "5402", .checksumNotLast, ObjectPath(63), atEnd + 8),
        (head + account + tail + "6304ZZZZ", .checksumMalformed, ObjectPath(63), atEnd + 4),
        (head + account + tail + "6303ABC", .checksumMalformed, ObjectPath(63), atEnd + 4),
        (head + account + tail + "630479DA", .checksumWrong, ObjectPath(63), atEnd + 4),
    ]

    static let values: [Row] = [
        (sealed("000202" + account + tail), .versionUnsupported, ObjectPath(0), 4),
        (sealed("000201010213" + account + tail), .initiationUnknown, ObjectPath(1), 10),
        (withMerchant(object("00", "A000000728")), .notNAPAS, ObjectPath(38, 0), at38 + 8),
        (
            withMerchant("0010A00000072701150006970422010110208QRIBFTTX"), .serviceUnknown,
            ObjectPath(38, 2), at38 + 41
        ),
        (sealed(head + account + "53038405802VN"), .currencyNotVND, ObjectPath(53), 74),
        (sealed(head + account + "53037045802US"), .countryNotVietnam, ObjectPath(58), 81),
        (
            with(object("62", object("08", String(repeating: "A", count: 26)))), .valueTooLong,
            ObjectPath(62, 8), atEnd + 6
        ),
        (
            withBeneficiary("0006970422" + object("01", "01234567890123456789")), .valueTooLong,
            ObjectPath(38, 1, 1), at38 + 34
        ),
        (with("5414" + "00000000050000"), .valueTooLong, ObjectPath(54), atEnd + 2),
        (
            with(object("59", String(repeating: "A", count: 26))), .valueTooLong, ObjectPath(59),
            atEnd + 2
        ),
        (with(object("60", "THANH PHO HA NOI")), .valueTooLong, ObjectPath(60), atEnd + 2),
        (withBeneficiary("00059704201011"), .valueTooShort, ObjectPath(38, 1, 0), at38 + 24),
        (with("5203123"), .valueTooShort, ObjectPath(52), atEnd + 2),
        (withBeneficiary("000697042A01011"), .notDigits, ObjectPath(38, 1, 0), at38 + 31),
        (withBeneficiary("000697042６01011"), .notDigits, ObjectPath(38, 1, 0), at38 + 31),
        (with("5204123x"), .notDigits, ObjectPath(52), atEnd + 7),
        (
            with(object("62", object("08", "Lệ phí"))), .notPrintableASCII, ObjectPath(62, 8),
            atEnd + 9
        ),
        (with(object("59", "SỞ TƯ PHÁP")), .notPrintableASCII, ObjectPath(59), atEnd + 5),
        (
            withBeneficiary("0006970422" + object("01", "0352 350")), .accountNumberCharacter,
            ObjectPath(38, 1, 1), at38 + 40
        ),
        (
            withBeneficiary("0006970422" + object("01", "０352")), .accountNumberCharacter,
            ObjectPath(38, 1, 1), at38 + 36
        ),
        (with(object("54", "50 000")), .amountMalformed, ObjectPath(54), atEnd + 6),
        (with(object("54", "50,000")), .amountMalformed, ObjectPath(54), atEnd + 6),
        (with(object("54", "+50000")), .amountMalformed, ObjectPath(54), atEnd + 4),
        (with(object("54", "-50000")), .amountMalformed, ObjectPath(54), atEnd + 4),
        (with(object("54", "5e4")), .amountMalformed, ObjectPath(54), atEnd + 5),
        (with(object("54", ".")), .amountMalformed, ObjectPath(54), atEnd + 4),
        (with(object("54", "25.000.000")), .amountMalformed, ObjectPath(54), atEnd + 6),
        (with(object("54", "５0000")), .amountMalformed, ObjectPath(54), atEnd + 4),
        (with(object("54", "50000.5")), .amountHasDecimals, ObjectPath(54), atEnd + 9),
        (with(object("54", "50000.00")), .amountHasDecimals, ObjectPath(54), atEnd + 9),
        (with(object("54", "0")), .amountZero, ObjectPath(54), atEnd + 4),
        (with(object("54", "000.")), .amountZero, ObjectPath(54), atEnd + 4),
        (with(object("54", "500000000")), .amountAboveTransferLimit, ObjectPath(54), atEnd + 4),
        (with(object("54", "9999999999999")), .amountAboveTransferLimit, ObjectPath(54), atEnd + 4),
    ]

    @Test(arguments: structure + values)
    func faultsAreNamedWithTheirPlace(row: Row) {
        let refusal = #expect(throws: PayloadRefusal.self) {
            try PaymentPayload(reading: row.payload)
        }
        #expect(refusal == PayloadRefusal(row.reason, row.path, offset: row.offset))
    }

    @Test func everyReasonIsReachable() {
        let reached = Set((Self.structure + Self.values).map(\.reason)).union([.notUTF8])
        #expect(reached == Set(PayloadRefusal.Reason.allCases))
    }

    @Test func bytesThatAreNotTextAreRefusedWhereTheyBreak() {
        let sound = Array(Self.with("").utf8)
        for fault in [[0xFF], [0xC3], [0xEF, 0xBF], [0xED, 0xA0, 0x80], [0xC0, 0xAF]] as [[UInt8]] {
            let bytes = sound.prefix(20) + fault + sound.dropFirst(20)
            let refusal = #expect(throws: PayloadRefusal.self) {
                try PaymentPayload(reading: Array(bytes))
            }
            #expect(refusal == PayloadRefusal(.notUTF8, .root, offset: 20))
        }
        let refusal = #expect(throws: PayloadRefusal.self) {
            try PaymentPayload(reading: sound + [0xE1, 0xBA])
        }
        #expect(refusal == PayloadRefusal(.notUTF8, .root, offset: sound.count))
    }

    @Test(arguments: [
        ("1", 1), ("499999999", 499_999_999), ("50000.", 50_000), ("0000000050000", 50_000),
    ])
    func amountsUpToTheLimitAreRead(text: String, dong: Int64) throws {
        #expect(try PaymentPayload(reading: Self.with(object("54", text))).amountDong == dong)
    }

    @Test func textsAtTheirLimitAreRead() throws {
        let content = String(repeating: "A", count: 25)
        let payload = Self.with(object("62", object("08", content)))
        #expect(try PaymentPayload(reading: payload).content == content)
    }

    @Test func starsAreAnOrderToAskAndNotAText() throws {
        let payload = Self.with(object("62", "0103***0803***"))
        let read = try PaymentPayload(reading: payload)
        #expect(read.content == nil && read.billNumber == nil)
        #expect(read.askedOfPayer == [ObjectPath(62, 1), ObjectPath(62, 8)])
    }

    @Test func lengthsCountCharactersWhereUnicodeIsAllowed() throws {
        let language = object("64", "0002vi" + object("01", "Sở Tư pháp"))
        let read = try PaymentPayload(reading: Self.with(language))
        #expect(read.others.map(\.value) == ["vi", "Sở Tư pháp"])
        #expect(read.others.map(\.path.description) == ["64.00", "64.01"])
    }

    @Test func objectsWithoutMeaningHereAreKept() throws {
        let read = try PaymentPayload(reading: Self.with("52040000550202" + object("80", "x y")))
        #expect(read.others.map(\.path) == [ObjectPath(52), ObjectPath(55), ObjectPath(80)])
    }

    @Test func absentServiceIsReadAsUnsaid() throws {
        let read = try PaymentPayload(
            reading: Self.withBeneficiary("00069704220110" + "0352350917"))
        #expect(read.service == nil && read.request == nil)
        #expect(read.accountNumber == "0352350917")
    }
}
