/// Three letters that say whose reference it is. Only letters that survive misreading: no I, L, O
/// or U.
package struct ReferencePrefix: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard text.utf8.count == 3,
            text.utf8.allSatisfy({ $0.isASCIIUppercase && Reference.isInAlphabet($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// What a payer's transfer carries and a bill is found by: prefix, ten random characters, two check
/// characters over both, such as `DVCK3X9QZ7M2T4J`.
///
/// Fifteen characters of Crockford's 32 (0-9 and A-Z without I, L, O, U). Random, so that a slip
/// that passes the check meets another live reference about once in a hundred million times. A
/// value of this type has valid check characters; whether the reference was ever issued, only a
/// look-up can tell.
package struct Reference: Hashable, Sendable, CustomStringConvertible {
    package static let length = 15
    private static let bodyLength = 10

    package let text: String

    package var prefix: String { String(text.prefix(3)) }
    package var description: String { text }

    /// Reads a reference exactly as it is issued.
    package init(_ text: String) throws(ReferenceRefusal) {
        let bytes = Array(text.utf8)
        if let offset = bytes.firstIndex(where: { !Self.isInAlphabet($0) }) {
            throw .characterNotInAlphabet(offset: offset)
        }
        guard bytes.count == Self.length else { throw .wrongLength(bytes: bytes.count) }
        guard bytes.prefix(3).allSatisfy(\.isASCIIUppercase) else { throw .prefixNotLetters }
        guard CheckCharacters.areValid(bytes) else { throw .checkCharactersWrong }
        self.text = text
    }

    /// - Parameter bytes: fifteen of the alphabet, the first three letters.
    init?(folded bytes: some Collection<UInt8>) {
        guard CheckCharacters.areValid(bytes) else { return nil }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// Draws a new reference.
    ///
    /// Draws again when a check character falls outside the alphabet (about one draw in five), or
    /// when the body repeats the prefix, so that no reference seems to begin inside another.
    ///
    /// - Parameter source: must be unpredictable to payers, as the system's own generator is.
    package static func draw(
        prefix: ReferencePrefix, using source: inout some RandomNumberGenerator
    ) -> Reference {
        for _ in 0..<drawsMax {
            var bits: UInt64 = source.next()
            var bytes = Array(prefix.text.utf8)
            for _ in 0..<bodyLength {
                bytes.append(alphabet[Int(bits & 31)])
                bits >>= 5
            }
            guard let (first, second) = CheckCharacters.mod1271(for: bytes),
                isInAlphabet(first), isInAlphabet(second)
            else { continue }
            bytes += [first, second]
            let start = bytes.prefix(3)
            if (1...length - 3).contains(where: { bytes[$0..<$0 + 3].elementsEqual(start) }) {
                continue
            }
            return Reference(unchecked: bytes)
        }
        preconditionFailure("the source of randomness repeats itself")
    }

    private init(unchecked bytes: [UInt8]) {
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// A sound source fails this often with a probability of about 10⁻⁸⁰.
    private static let drawsMax = 128
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    static func isInAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "O"), UInt8(ascii: "U"): false
        default: byte.isASCIIDigit || byte.isASCIIUppercase
        }
    }
}

/// Why a text is not a reference, in order of precedence.
package enum ReferenceRefusal: Error, Hashable, Sendable {
    case characterNotInAlphabet(offset: Int)
    case wrongLength(bytes: Int)
    case prefixNotLetters
    case checkCharactersWrong
}
