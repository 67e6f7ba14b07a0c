import Glibc
import RPC

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
    private var random: SplitMix64
    private var count = 0
    private var offset = 0.0

    /// - Parameter perSecond: Above zero.
    package init(perSecond: Double, spacing: Spacing = .constant, seed: UInt64) {
        precondition(perSecond > 0, "an open loop has a rate")
        self.perSecond = perSecond
        self.spacing = spacing
        random = SplitMix64(seed: seed)
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
