/// What one scalar of a transfer's content is to a reference.
///
/// Written out instead of asking for NFKC: only Latin letters and digits can be part of a
/// reference, and the standard library decomposes none of them in public. Đ has no decomposition at
/// all.
enum ContentFolding: Equatable {
    /// 0-9 or A-Z.
    case character(UInt8)
    /// Blanks, line ends, hyphens, dots, combining marks, invisible characters: may stand inside a
    /// reference.
    case skipped
    case boundary

    static func fold(_ scalar: Unicode.Scalar) -> ContentFolding {
        let value = scalar.value
        if value < 0x80 { return foldASCII(UInt8(value)) }
        switch value {
        case 0xC0...0x17F: return letter(latin, at: value - 0xC0)
        case 0x1A0, 0x1A1: return .character(UInt8(ascii: "O"))
        case 0x1AF, 0x1B0: return .character(UInt8(ascii: "U"))
        case 0x1EA0...0x1EF9: return letter(vietnamese, at: value - 0x1EA0)
        case 0xFF01...0xFF5E: return foldASCII(UInt8(value - 0xFF01 + 0x21))
        case 0x300...0x36F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F:
            return .skipped
        case 0x85, 0xA0, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            return .skipped
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF:
            return .skipped
        case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63:
            return .skipped
        case 0xB7, 0x2022, 0x2024, 0x3002, 0xFE52, 0xFF61:
            return .skipped
        default:
            return .boundary
        }
    }

    private static func foldASCII(_ byte: UInt8) -> ContentFolding {
        switch byte {
        case 0x30...0x39, 0x41...0x5A: .character(byte)
        case 0x61...0x7A: .character(byte - 0x20)
        case 0x09...0x0D, 0x20, UInt8(ascii: "-"), UInt8(ascii: "."): .skipped
        default: .boundary
        }
    }

    private static func letter(_ table: [UInt8], at index: UInt32) -> ContentFolding {
        let byte = table[Int(index)]
        return byte == UInt8(ascii: "?") ? .boundary : .character(byte)
    }

    /// U+00C0 to U+017F without their marks; "?" is not one letter with a mark. Eth (Ð, ð) counts
    /// as Đ, for which it is often typed.
    private static let latin = Array(
        """
        AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY??AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY?Y\
        AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII??JJKK?LLLLLLL\
        LLLNNNNNN???OOOOOO??RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS
        """.utf8)

    /// U+1EA0 to U+1EF9.
    private static let vietnamese = Array(
        """
        AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEEEEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUUYYYYYYYY
        """.utf8)
}
