/// ISO/IEC 7064 MOD 1271-36: two check characters of 0-9, A-Z behind a string of the same.
///
/// Finds every single wrong character and every swap of two, and all but about 1 in 1271 of other
/// errors.
package enum CheckCharacters {
    /// The two characters for `body`, or `nil` where it holds anything but 0-9 and A-Z.
    package static func mod1271(for body: some Sequence<UInt8>) -> (UInt8, UInt8)? {
        guard let sum = sum(of: body) else { return nil }
        let check = (1272 - sum * 36 % 1271) % 1271
        return (character(check / 36), character(check % 36))
    }

    /// Whether the last two characters are the right ones for those before them.
    package static func areValid(_ characters: some Collection<UInt8>) -> Bool {
        guard characters.count > 2, let last = characters.suffix(1).first.flatMap(value),
            let sum = sum(of: characters.dropLast())
        else { return false }
        return (sum + last) % 1271 == 1
    }

    private static func sum(of characters: some Sequence<UInt8>) -> UInt32? {
        var sum: UInt32 = 0
        for character in characters {
            guard let value = value(of: character) else { return nil }
            sum = (sum + value) * 36 % 1271
        }
        return sum
    }

    private static func value(of character: UInt8) -> UInt32? {
        if character.isASCIIDigit { return UInt32(character - 0x30) }
        if character.isASCIIUppercase { return UInt32(character - 0x41 + 10) }
        return nil
    }

    private static func character(_ value: UInt32) -> UInt8 {
        value < 10 ? 0x30 + UInt8(value) : 0x41 + UInt8(value - 10)
    }
}
