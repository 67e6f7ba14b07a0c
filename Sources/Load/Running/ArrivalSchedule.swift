import Glibc

/// When the calls of an open loop are to start, counted from the loop's beginning. Endless; the same for the
/// same seed.
package struct ArrivalSchedule: Sendable {
    package enum Spacing: String, Sendable, CaseIterable {
        /// Equal gaps.
        case constant
        /// Gaps drawn from the exponential distribution, as of many callers who know nothing of each other.
        case poisson
    }

    private let perSecond: Double
    private let spacing: Spacing
    private var random: SeededGenerator
    private var count = 0
    private var offset = 0.0

    /// - Parameter perSecond: Above zero.
    package init(perSecond: Double, spacing: Spacing = .constant, seed: UInt64) {
        precondition(perSecond > 0, "an open loop has a rate")
        self.perSecond = perSecond
        self.spacing = spacing
        random = SeededGenerator(seed: seed)
    }

    package mutating func next() -> Duration {
        switch spacing {
        case .constant:
            // From the count and not from the last one: rounding must not add up.
            defer { count += 1 }
            return .nanoseconds(Int64((Double(count) * 1e9 / perSecond).rounded()))
        case .poisson:
            offset += -log(1 - Double.random(in: 0..<1, using: &random)) / perSecond
            return .nanoseconds(Int64((offset * 1e9).rounded()))
        }
    }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
