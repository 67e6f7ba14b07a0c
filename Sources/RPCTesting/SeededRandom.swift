import RPC

/// The same numbers for the same seed.
///
/// A property's failure names the seed: `#expect(…, "seed \(random.seed)")`.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var generator: SplitMix64

    /// - Parameter seed: By default one that differs from run to run.
    package init(seed: UInt64 = .random(in: .min ... .max)) {
        self.seed = seed
        generator = SplitMix64(seed: seed)
    }

    package mutating func next() -> UInt64 { generator.next() }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
