/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed, on every machine.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    /// What the state moves on by: states that differ stay so until all have been.
    static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= SplitMix64.step
        return SplitMix64.mixed(state)
    }

    /// A permutation: states that differ give numbers that differ.
    static func mixed(_ state: UInt64) -> UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
