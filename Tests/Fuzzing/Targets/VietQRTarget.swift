import VietQR

/// Payment codes and transfer contents that strangers wrote.
///
/// The first byte says which, and whether the right checksum is put behind a payload: no fuzzer guesses it.
enum VietQRTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        var program = Program(input)
        let choice = program.byte()
        let bytes = Array(program.all())
        switch choice % 3 {
        case 0: payload(bytes)
        case 1: payload(sealed(bytes))
        default: content(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func payload(_ bytes: [UInt8]) {
        let payload: PaymentPayload
        do throws(PayloadRefusal) {
            payload = try PaymentPayload(reading: bytes)
        } catch {
            expect((0...bytes.count).contains(error.offset), "offset \(error.offset)")
            return
        }
        expect(bytes.count <= PayloadLimits.payloadBytesMax, "\(bytes.count) bytes were read")
        expect(
            !payload.bankBIN.isEmpty && !payload.accountNumber.isEmpty, "a payload without account")
        if let amount = payload.amountDong {
            expect((1...PayloadLimits.amountDongMax).contains(amount), "amount \(amount)")
        }
        // What can be asked for anew reads as the same request.
        guard let request = payload.request,
            let text = try? request.payload(profile: .standard)
        else { return }
        do {
            let again = try PaymentPayload(reading: text)
            expect(again.request == request, "\(request) became \(text)")
        } catch {
            fatalError("\(text) was written and cannot be read: \(error)")
        }
    }

    private static func content(_ text: String) {
        let prefixes: Set = [ReferencePrefix("DVC")!, ReferencePrefix("HCM")!]
        let found = ReferenceScanner(prefixes: prefixes).references(in: text)
        expect(Set(found).count == found.count, "a reference is found twice: \(found)")
        for reference in found {
            do {
                expect(try Reference(reference.text) == reference, "\(reference)")
            } catch {
                fatalError("\(reference) was found and is none: \(error)")
            }
            expect(
                prefixes.contains { $0.text == reference.prefix },
                "\(reference) has nobody's prefix")
        }
    }

    /// With object 63: CRC-16/CCITT-FALSE over all before its value, ISO/IEC 13239.
    static func sealed(_ body: [UInt8]) -> [UInt8] {
        let checked = body + Array("6304".utf8)
        var crc: UInt16 = 0xffff
        for byte in checked {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
        let digits = String(crc, radix: 16, uppercase: true)
        return checked + Array((String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }
}
