import Crypto

/// The right to answer once: 100 random bits, in 20 characters of Crockford's base 32.
///
/// Kept nowhere in the database, only its ``hash``.
package struct SurveyToken: Hashable, Sendable {
    package static let characterCount = 20
    /// On paper and when spelled out.
    package static let charactersPerGroup = 5
    package static let randomBytes = 13

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Without groups: 20 capitals and digits.
    package let characters: String

    /// - Parameter random: At least ``randomBytes`` bytes that nobody can guess; the first 100 bits
    ///   count.
    package init(random: some Sequence<UInt8>) {
        var bits = random.prefix(Self.randomBytes).reduce(into: UInt128(0)) {
            $0 = $0 << 8 | UInt128($1)
        }
        bits >>= 4
        characters = String(
            decoding: (0..<Self.characterCount).map { index in
                let shift = UInt128(5 * (Self.characterCount - 1 - index))
                return Self.alphabet[Int(truncatingIfNeeded: bits >> shift & 31)]
            }, as: UTF8.self)
    }

    /// Reads what a person typed: case, blanks and dashes do not matter, and I, L and O are read as
    /// the digits that they are mistaken for.
    package init?(typed text: String) {
        var characters: [UInt8] = []
        for byte in text.uppercased().utf8 {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "I"), UInt8(ascii: "L"): characters.append(UInt8(ascii: "1"))
            case UInt8(ascii: "O"): characters.append(UInt8(ascii: "0"))
            case _ where Self.alphabet.contains(byte): characters.append(byte)
            default: return nil
            }
            guard characters.count <= Self.characterCount else { return nil }
        }
        guard characters.count == Self.characterCount else { return nil }
        self.characters = String(decoding: characters, as: UTF8.self)
    }

    /// As it is printed: `7K3M2-9PQ4R-…`.
    package var printed: String {
        var groups: [Substring] = []
        var rest = characters[...]
        while !rest.isEmpty {
            groups.append(rest.prefix(Self.charactersPerGroup))
            rest = rest.dropFirst(Self.charactersPerGroup)
        }
        return groups.joined(separator: "-")
    }

    /// SHA-256. No salt: 100 random bits cannot be searched.
    package var hash: [UInt8] {
        Array(SHA256.hash(data: Array("motcua survey token 1 \(characters)".utf8)))
    }
}
