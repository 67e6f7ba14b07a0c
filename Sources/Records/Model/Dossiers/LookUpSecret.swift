import Crypto
import Foundation

/// The secret beside a dossier's code, for public tracking: ten characters of Crockford's base 32,
/// 50 bits. No row holds it: it is derived from the dossier's id, so that a hand-in that is sent
/// again is told the same.
package struct LookUpSecret: Sendable {
    package static let characterCount = 10
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    package let text: String

    /// - Parameter bits: The upper 50 count.
    init(bits: UInt64) {
        let bytes = (0..<Self.characterCount).map { Self.alphabet[Int(bits >> (59 - 5 * $0) & 31)] }
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

    /// Compares in constant time.
    package func matches(_ other: LookUpSecret) -> Bool {
        let (own, others) = (Array(text.utf8), Array(other.text.utf8))
        return zip(own, others).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// What look-up secrets are derived with: 32 random bytes, one key for a database and all its life.
///
/// Whoever has the database has the key, and gains nothing: a secret shows the state of a dossier,
/// which stands beside it.
package struct LookUpKey: Sendable {
    package static let byteCount = 32

    private let key: SymmetricKey

    package init(_ bytes: some ContiguousBytes) { key = SymmetricKey(data: bytes) }

    package static func newBytes(from generator: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<byteCount / 8).flatMap { _ in
            let word: UInt64 = generator.next()
            return (0..<8).map { UInt8(word >> (8 * $0) & 0xFF) }
        }
    }

    /// The secret of a dossier: the first 50 bits of HMAC-SHA256 of its id.
    package func secret(of dossierID: String) -> LookUpSecret {
        let code = HMAC<SHA256>.authenticationCode(for: Array(dossierID.utf8), using: key)
        return LookUpSecret(bits: code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
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
