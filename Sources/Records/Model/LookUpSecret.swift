import Crypto

/// The secret beside a dossier's code, for public tracking: ten characters of Crockford's base 32,
/// 50 bits. Only a salted hash of it is kept in the dossier; the remembered answer to the hand-in
/// holds it until that answer is forgotten.
package struct LookUpSecret: Sendable {
    package static let characterCount = 10
    package static let saltBytes = 16
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    package let text: String

    package init(from generator: inout some RandomNumberGenerator) {
        // One draw and not ten: each asks the operating system, on the writer's thread.
        let bits: UInt64 = generator.next()
        let bytes = (0..<Self.characterCount).map { Self.alphabet[Int(bits >> (5 * $0) & 31)] }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what a person typed: in any case, with spaces and hyphens, O for 0 and I or L for 1.
    package init?(typed: String) {
        guard typed.utf8.count <= 4 * Self.characterCount else { return nil }
        var bytes: [UInt8] = []
        for byte in typed.uppercased().utf8
        where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
            switch byte {
            case UInt8(ascii: "O"): bytes.append(UInt8(ascii: "0"))
            case UInt8(ascii: "I"), UInt8(ascii: "L"): bytes.append(UInt8(ascii: "1"))
            default:
                guard Self.alphabet.contains(byte) else { return nil }
                bytes.append(byte)
            }
        }
        guard bytes.count == Self.characterCount else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// What the store keeps.
    package struct Stored: Hashable, Sendable {
        package var salt: [UInt8]
        package var hash: [UInt8]

        package init(salt: [UInt8], hash: [UInt8]) {
            self.salt = salt
            self.hash = hash
        }

        /// Takes as long to compare as any other and matches nothing.
        package static let impossible = Stored(
            salt: [UInt8](repeating: 0, count: saltBytes), hash: [UInt8](repeating: 0, count: 32))
    }

    package func stored(from generator: inout some RandomNumberGenerator) -> Stored {
        let words: [UInt64] = (0..<Self.saltBytes / 8).map { _ in generator.next() }
        let salt = words.flatMap { word in (0..<8).map { UInt8(word >> (8 * $0) & 0xFF) } }
        return Stored(salt: salt, hash: hash(salt: salt))
    }

    /// Compares in constant time.
    package func matches(_ stored: Stored) -> Bool {
        let own = hash(salt: stored.salt)
        guard own.count == stored.hash.count else { return false }
        return zip(own, stored.hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func hash(salt: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: salt)
        hash.update(data: Array(text.utf8))
        return Array(hash.finalize())
    }
}

/// A dossier's id: the milliseconds of its hand-in and 80 random bits in Crockford's base 32, so
/// that ids sort by time and nobody guesses one.
package enum DossierID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package static func make(
        milliseconds: Int64, from generator: inout some RandomNumberGenerator
    ) -> String {
        var time = UInt64(clamping: milliseconds)
        var bytes = [UInt8](repeating: 0, count: 26)
        for index in (0..<10).reversed() {
            bytes[index] = alphabet[Int(time % 32)]
            time /= 32
        }
        for half in [10..<18, 18..<26] {
            var bits: UInt64 = generator.next()
            for index in half {
                bytes[index] = alphabet[Int(bits & 31)]
                bits >>= 5
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
