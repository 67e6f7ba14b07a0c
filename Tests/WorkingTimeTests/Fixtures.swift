import Testing

@testable import WorkingTime

/// An instant of Vietnam, written without its offset.
func at(_ text: String) throws -> Instant {
    try Instant(parsing: text, assuming: .vietnam)
}

func text(_ instant: Instant?) -> String? {
    instant.map { String($0.formatted(in: .vietnam).dropLast(6)) }
}

/// `FROM/TO CAUSE`, the cause being a supplement when it is left out.
func hold(_ text: String) throws -> Hold {
    let words = text.split(separator: " ")
    let cause = words.count > 1 ? try #require(Hold.Cause(rawValue: String(words[1]))) : .supplement
    return try Hold(parsing: words[0], cause: cause, assuming: .vietnam)
}

/// A limit as the command line takes it, `whole` behind it for whole days.
func limit(_ text: String) throws -> TimeLimit {
    guard text.hasSuffix(" whole") else { return try TimeLimit(parsing: text) }
    return try TimeLimit(parsing: text.dropLast(" whole".count), counting: .wholeDays)
}

/// The shipped calendar with lines added, and other shifts.
func clock(adding lines: String = "", shifts: String? = nil) throws -> WorkClock {
    WorkClock(
        calendar: try WorkCalendar(parsing: WorkCalendar.vietnam2025To2026Text + "\n" + lines),
        shifts: try shifts.map { try Shifts(parsing: $0) } ?? .standard)
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

extension WorkClock {
    static let vietnam = WorkClock()
}
