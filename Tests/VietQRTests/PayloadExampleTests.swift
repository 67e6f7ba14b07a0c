import Testing
import VietQR

/// Payloads that others published or that are in use.
struct PayloadExampleTests {
    /// NAPAS, format of the VietQR code, version 1.0, section 6.1. The first is printed there with
    /// a wrong length and stands here as its table of steps gives it.
    static let official: [(payload: String, request: PaymentRequest)] = [
        (
            "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F",
            PaymentRequest(bankBIN: "970403", accountNumber: "0011012345678")
        ),
        (
            "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52",
            PaymentRequest(
                bankBIN: "970403", accountNumber: "9704031101234567", service: .toCard)
        ),
        (
            "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E",
            PaymentRequest(
                bankBIN: "970403", accountNumber: "0011012345678", amountDong: 180_000,
                content: "thanh toan don hang", billNumber: "NPS6869")
        ),
        (
            "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203",
            PaymentRequest(
                bankBIN: "970403", accountNumber: "9704031101234567", service: .toCard,
                amountDong: 180_000, content: "thanh toan don hang", billNumber: "NPS6869")
        ),
    ]

    @Test(arguments: official)
    func officialExamplesAreWrittenByteForByte(
        payload: String, request: PaymentRequest
    ) throws {
        #expect(try request.payload() == payload)
    }

    @Test(arguments: official)
    func officialExamplesAreRead(payload: String, request: PaymentRequest) throws {
        let read = try PaymentPayload(reading: payload)
        #expect(read.request == request)
        #expect(read.others.isEmpty)
    }

    @Test func misprintedExampleIsRefusedForItsNestedLength() {
        // 38.01.01 announces twelve characters, the account has thirteen: one is left over.
        let printed =
            "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"
        let refusal = #expect(throws: PayloadRefusal.self) {
            try PaymentPayload(reading: printed)
        }
        #expect(refusal == PayloadRefusal(.objectCutOff, ObjectPath(38, 1), offset: 60))
        #expect(refusal?.description == "objectCutOff in 38.01 at byte 60")
    }

    @Test(arguments: [
        (
            "00020101021262110807tien le38560010A0000007270126000697041501121133666688880208QRIBFTTA5303704540460005802VN63046893",
            PaymentRequest(
                bankBIN: "970415", accountNumber: "113366668888", amountDong: 6000,
                content: "tien le")
        ),
        (
            "00020101021238630010A0000007270133000697042201190023457923442ASDFLJ0208QRIBFTTA53037045405401235802VN62290825chuyen khoan alsdkf laksj6304E5DB",
            PaymentRequest(
                bankBIN: "970422", accountNumber: "0023457923442ASDFLJ", amountDong: 40_123,
                content: "chuyen khoan alsdkf laksj")
        ),
        (
            "00020101021138580010A000000727012800069704070114190304136010180208QRIBFTTA53037045802VN63040283",
            PaymentRequest(bankBIN: "970407", accountNumber: "19030413601018")
        ),
        (
            "00020101021138540010A00000072701240006970422011003523509170208QRIBFTTA53037045802VN630479db",
            PaymentRequest(bankBIN: "970422", accountNumber: "0352350917")
        ),
        (
            "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C",
            PaymentRequest(
                bankBIN: "970415", accountNumber: "0011001932418", amountDong: 120_000,
                content: "ung ho lu lut")
        ),
    ])
    func payloadsInUseAreRead(payload: String, request: PaymentRequest) throws {
        #expect(try PaymentPayload(reading: payload).request == request)
    }

    @Test func checksumKeepsItsLeadingZero() throws {
        let request = PaymentRequest(bankBIN: "970407", accountNumber: "19030413601018")
        #expect(try request.payload().hasSuffix("63040283"))
    }

    @Test func stateBankListIsWhole() {
        #expect(Bank.stateBankList.count == 56)
        #expect(Bank.stateBankList.allSatisfy { $0.bin.hasPrefix("9704") && $0.bin.count == 6 })
        #expect(Bank.holding(bin: "970418")?.name == "BIDV")
        #expect(Bank.holding(bin: "970488") == nil)
        #expect(Bank.holding(bin: "971025") == nil)
    }
}
