internal import RPC
package import WorkingTime

extension GoogleProtobuf.Timestamp {
    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, which is what the `.proto` allows.
    static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    package init(_ instant: Instant) {
        self.init()
        let milliseconds = instant.millisecondsSinceEpoch
        let isBelow = milliseconds % 1_000 < 0
        seconds = milliseconds / 1_000 - (isBelow ? 1 : 0)
        nanos = Int32(milliseconds % 1_000 + (isBelow ? 1_000 : 0)) * 1_000_000
    }

    /// The millisecond that it falls in; nil outside the years 1 to 9999 or with nanoseconds
    /// outside a second.
    package var instant: Instant? {
        guard Self.secondsRange.contains(seconds), (0..<1_000_000_000).contains(nanos) else {
            return nil
        }
        return Instant(millisecondsSinceEpoch: seconds * 1_000 + Int64(nanos / 1_000_000))
    }
}

extension GoogleProtobuf.Duration {
    /// Ten thousand years either way, which is what the `.proto` allows.
    static let secondsRange: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

    /// Drops what is finer than a nanosecond.
    public init(_ duration: Swift.Duration) {
        self.init()
        seconds = duration.components.seconds
        nanos = Int32(duration.components.attoseconds / 1_000_000_000)
    }

    /// nil beyond ten thousand years, with nanoseconds outside a second, or with two signs.
    public var duration: Swift.Duration? {
        guard Self.secondsRange.contains(seconds), (-999_999_999...999_999_999).contains(nanos),
            seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
        else { return nil }
        return .seconds(seconds) + .nanoseconds(Int64(nanos))
    }
}
