import Ledger
import WorkingTime

/// Where ids and references come from; tests hand in a seeded one.
package struct RandomSource: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    /// - Parameter draw: Called from several threads.
    package init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    package func next() -> UInt64 { draw() }

    /// The operating system's own, which no payer can predict.
    package static let system = RandomSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// 48 bits of milliseconds and 80 random ones: what is made later sorts later, so that indexes
    /// grow at their end.
    func identity(at now: Instant) -> UInt128 {
        UInt128(truncatingIfNeeded: now.millisecondsSinceEpoch & 0xFFFF_FFFF_FFFF) << 80
            | UInt128(next() & 0xFFFF) << 64 | UInt128(next())
    }

    func transferID(at now: Instant) -> TransferID {
        TransferID(identity(at: now))
    }

    /// A word for what it is, and the identity in 26 characters of Crockford's alphabet.
    func identifier(_ word: String, at now: Instant) -> String {
        let bits = identity(at: now)
        let characters = stride(from: 125, through: 0, by: -5).map { shift in
            Self.alphabet[Int(truncatingIfNeeded: (bits >> UInt128(shift)) & 31)]
        }
        return "\(word)-\(String(decoding: characters, as: UTF8.self))"
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
