/// CRC-16/CCITT-FALSE (also called CRC-16/IBM-3740): polynomial 0x1021, initial value 0xFFFF, not
/// reflected, no final XOR. Its check value over "123456789" is 0x29B1.
///
/// Object 63 of a payload carries it over every byte before its own four digits, "6304" included.
package enum CRC16 {
    package static func ccittFalse(_ bytes: some Sequence<UInt8>) -> UInt16 {
        let table = self.table
        var remainder: UInt16 = 0xFFFF
        for byte in bytes {
            remainder = (remainder << 8) ^ table[Int(UInt8(remainder >> 8) ^ byte)]
        }
        return remainder
    }

    /// Appends four upper-case hexadecimal digits, padded with zeros.
    static func appendDigits(_ value: UInt16, to bytes: inout [UInt8]) {
        for shift: UInt16 in [12, 8, 4, 0] {
            let nibble = UInt8(value >> shift & 0xF)
            bytes.append(nibble < 10 ? 0x30 + nibble : 0x41 + nibble - 10)
        }
    }

    private static let table: [UInt16] = (0..<256).map { index in
        var remainder = UInt16(index) << 8
        for _ in 0..<8 {
            remainder = remainder & 0x8000 == 0 ? remainder << 1 : (remainder << 1) ^ 0x1021
        }
        return remainder
    }
}
