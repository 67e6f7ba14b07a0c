/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Domain code never reads a clock: it is handed an instant.
public struct Instant: Hashable, Comparable, Sendable {
    public var millisecondsSinceEpoch: Int64

    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }

    /// Whole milliseconds of the duration; what is finer is dropped.
    public func advanced(by duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        return Instant(
            millisecondsSinceEpoch: millisecondsSinceEpoch + seconds * 1_000
                + attoseconds / 1_000_000_000_000_000)
    }
}
