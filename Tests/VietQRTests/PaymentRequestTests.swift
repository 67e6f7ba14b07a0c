import Testing
import VietQR

struct PaymentRequestTests {
    static func request(
        bin: String = "970436", account: String = "0011001234567",
        service: PaymentRequest.Service = .toAccount, amountDong: Int64? = nil,
        content: String? = nil, bill: String? = nil, label: String? = nil
    ) -> PaymentRequest {
        PaymentRequest(
            bankBIN: bin, accountNumber: account, service: service, amountDong: amountDong,
            content: content, billNumber: bill, referenceLabel: label)
    }

    static let refused: [(PaymentRequest, RequestRefusal)] = [
        (request(bin: "97043"), .binNotSixDigits),
        (request(bin: "9704361"), .binNotSixDigits),
        (request(bin: "97043６"), .binNotSixDigits),
        (request(bin: "97٠436"), .binNotSixDigits),
        (request(bin: "971025"), .binNotInStateBankList),
        (request(bin: "970488"), .binNotInStateBankList),
        (request(account: ""), .accountNumberEmpty),
        (request(account: "01234567890123456789"), .accountNumberTooLong(bytes: 20)),
        (request(account: "0011 001"), .accountNumberCharacter(offset: 4)),
        (request(account: "00１"), .accountNumberCharacter(offset: 2)),
        (request(account: "970403110123456A", service: .toCard), .cardNumberNotDigits(offset: 15)),
        (request(service: .purchase), .serviceNotForTransfers),
        (request(service: .cashWithdrawal), .serviceNotForTransfers),
        (request(amountDong: 0), .amountNotPositive),
        (request(amountDong: -1), .amountNotPositive),
        (request(amountDong: .min), .amountNotPositive),
        (request(amountDong: 500_000_000), .amountAboveTransferLimit),
        (request(amountDong: .max), .amountAboveTransferLimit),
        (request(content: ""), .textEmpty(.content)),
        (request(content: "***"), .textAsksThePayer(.content)),
        (request(bill: "***"), .textAsksThePayer(.billNumber)),
        (request(label: "***"), .textAsksThePayer(.referenceLabel)),
        (request(content: "Lệ phí"), .textNotPrintableASCII(.content, offset: 1)),
        (request(content: "Le\u{323}"), .textNotPrintableASCII(.content, offset: 2)),
        (request(content: "A\r\nB"), .textNotPrintableASCII(.content, offset: 1)),
        (request(content: "DVC\0"), .textNotPrintableASCII(.content, offset: 3)),
        (request(bill: "\u{7F}"), .textNotPrintableASCII(.billNumber, offset: 0)),
        (
            request(content: "12345678901234567890"),
            .textTooLong(.content, bytes: 20, bytesMax: 19)
        ),
        (
            request(bill: "12345678901234567890123456"),
            .textTooLong(.billNumber, bytes: 26, bytesMax: 25)
        ),
        (request(content: "DVC-1"), .contentPunctuation(offset: 3)),
    ]

    @Test(arguments: refused)
    func refusalsAreNamed(request: PaymentRequest, refusal: RequestRefusal) {
        #expect(throws: refusal) { try request.payload() }
    }

    @Test(arguments: [
        request(amountDong: 1), request(amountDong: 499_999_999),
        request(account: "0123456789ABCDEfghi"), request(content: "1234567890123456789"),
        request(bill: "1234567890123456789012345"), request(label: "a-b.c/d:e"),
        request(content: "DVCK3X9QZ7M2T4J"),
        request(account: "9704360000000000001", service: .toCard),
    ])
    func limitsThemselvesAreAllowed(request: PaymentRequest) throws {
        #expect(try PaymentPayload(reading: request.payload()).request == request)
    }

    @Test func standardProfileGoesToTheStandardsLimits() throws {
        let long = Self.request(bin: "971025", content: "a-b.c/d:e (f) 12345678901")
        #expect(try PaymentPayload(reading: long.payload(profile: .standard)).request == long)
        let longer = Self.request(content: "12345678901234567890123456")
        #expect(throws: RequestRefusal.textTooLong(.content, bytes: 26, bytesMax: 25)) {
            try longer.payload(profile: .standard)
        }
    }

    @Test func namingTheAmountMakesTheCodeGoodForOnePayment() {
        #expect(Self.request().initiation == .reusable)
        #expect(Self.request(amountDong: 10_000).initiation == .single)
    }
}
