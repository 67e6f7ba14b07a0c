import Testing
import VietQR

struct PayloadPropertyTests {
    private let seed = Comment(rawValue: "MOTCUA_TEST_SEED=\(SeededRandom.seed)")

    @Test func everyRequestSurvivesTheRoundTrip() throws {
        var random = SeededRandom(1)
        for _ in 0..<3_000 {
            let request = PaymentRequest.random(using: &random)
            let payload = try request.payload(profile: .standard)
            let read = try PaymentPayload(reading: payload)
            #expect(read.request == request, seed)
            #expect(read.others.isEmpty && read.askedOfPayer.isEmpty, seed)
        }
    }

    @Test func anySingleWrongByteIsRefusedOrChangesNothing() throws {
        var random = SeededRandom(2)
        for _ in 0..<3 {
            let payload = try PaymentRequest.random(using: &random).payload(profile: .standard)
            let read = try PaymentPayload(reading: payload)
            let original = Array(payload.utf8)
            for index in original.indices {
                for byte in UInt8.min...UInt8.max where byte != original[index] {
                    var bytes = original
                    bytes[index] = byte
                    guard let other = try? PaymentPayload(reading: bytes) else { continue }
                    // Only the case of a check digit is free.
                    #expect(other == read && index >= original.count - 4, seed)
                }
            }
        }
    }

    @Test func everyCutOffPayloadIsRefused() throws {
        var random = SeededRandom(3)
        for _ in 0..<20 {
            let payload = try PaymentRequest.random(using: &random).payload(profile: .standard)
            for length in 0..<payload.utf8.count {
                #expect(throws: PayloadRefusal.self, seed) {
                    try PaymentPayload(reading: Array(payload.utf8.prefix(length)))
                }
            }
        }
    }

    /// With the CRC made right again only the structure stands between a damaged payload and a
    /// payer.
    @Test func whatIsReadBehindARightChecksumCanBeWrittenAgain() throws {
        var random = SeededRandom(4)
        var accepted = 0
        for _ in 0..<10_000 {
            let payload = try PaymentRequest.random(using: &random).payload(profile: .standard)
            var body = Array(payload.utf8.dropLast(8))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = body.indices.randomElement(using: &random)!
                body[index] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
            let damaged = sealed(String(decoding: body, as: UTF8.self))
            guard let read = try? PaymentPayload(reading: damaged) else { continue }
            accepted += 1
            guard let request = read.request, read.askedOfPayer.isEmpty,
                let written = try? request.payload(profile: .standard)
            else { continue }
            #expect(try PaymentPayload(reading: written).request == request, seed)
        }
        #expect(accepted > 500, seed)
    }

    @Test func objectsMayComeInAnyOrder() throws {
        var random = SeededRandom(5)
        let request = PaymentRequest(
            bankBIN: "970436", accountNumber: "0011001234567", amountDong: 120_000,
            content: "DVCK3X9QZ7M2T4J", billNumber: "HS-7")
        let bank = ["0006970436", "01130011001234567"]
        for _ in 0..<100 {
            let beneficiary = object("01", bank.shuffled(using: &random).joined())
            let merchant = ["0010A000000727", beneficiary, "0208QRIBFTTA"]
            let texts = ["0104HS-7", "0815DVCK3X9QZ7M2T4J"]
            let root = [
                "010212", object("38", merchant.shuffled(using: &random).joined()), "5303704",
                "5406120000", "5802VN", object("62", texts.shuffled(using: &random).joined()),
            ]
            let payload = sealed("000201" + root.shuffled(using: &random).joined())
            #expect(try PaymentPayload(reading: payload).request == request, seed)
        }
    }
}
