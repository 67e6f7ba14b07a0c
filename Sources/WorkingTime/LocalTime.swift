/// A minute of the day, 00:00 to 23:59.
package struct TimeOfDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let minutesSinceMidnight: Int

    package init?(minutesSinceMidnight: Int) {
        guard (0..<minutesPerDay).contains(minutesSinceMidnight) else { return nil }
        self.minutesSinceMidnight = minutesSinceMidnight
    }

    package init?(hour: Int, minute: Int) {
        guard (0..<24).contains(hour), (0..<60).contains(minute) else { return nil }
        minutesSinceMidnight = hour * 60 + minute
    }

    /// Reads exactly `HH:MM`.
    package init(parsing text: some StringProtocol) throws(TextRejection) {
        var cursor = TextCursor(text)
        guard let time = try cursor.takeTimeOfDay(), cursor.isAtEnd else {
            throw cursor.rejection(.malformed, "a time of day is written HH:MM, as in 07:30")
        }
        self = time
    }

    package static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
        left.minutesSinceMidnight < right.minutesSinceMidnight
    }

    package var description: String {
        "\(padded(minutesSinceMidnight / 60, 2)):\(padded(minutesSinceMidnight % 60, 2))"
    }
}

let minutesPerDay = 1_440
let millisecondsPerMinute: Int64 = 60_000

/// A fixed distance from UTC. Vietnam has kept +07:00 since 1975, without summer time.
package struct UTCOffset: Hashable, Sendable, CustomStringConvertible {
    package let minutes: Int

    /// The widest offsets in civil use are -12:00 and +14:00.
    package static let minutesRange = -14 * 60...14 * 60
    package static let utc = UTCOffset(unchecked: 0)
    package static let vietnam = UTCOffset(unchecked: 7 * 60)

    package init?(minutes: Int) {
        guard Self.minutesRange.contains(minutes) else { return nil }
        self.init(unchecked: minutes)
    }

    private init(unchecked minutes: Int) {
        self.minutes = minutes
    }

    package var description: String {
        let size = Int(minutes.magnitude)
        return "\(minutes < 0 ? "-" : "+")\(padded(size / 60, 2)):\(padded(size % 60, 2))"
    }
}

/// What the wall clock of a place shows, to the minute.
package struct LocalTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var date: CivilDate
    package var time: TimeOfDay

    package init(_ date: CivilDate, _ time: TimeOfDay) {
        self.date = date
        self.time = time
    }

    init(minutesSinceEpoch: Int) {
        date = CivilDate(daysSinceEpoch: minutesSinceEpoch.flooredQuotient(minutesPerDay))
        time = TimeOfDay(minutesSinceMidnight: minutesSinceEpoch.flooredModulo(minutesPerDay))!
    }

    var minutesSinceEpoch: Int {
        date.daysSinceEpoch * minutesPerDay + time.minutesSinceMidnight
    }

    package static func < (left: LocalTime, right: LocalTime) -> Bool {
        left.minutesSinceEpoch < right.minutesSinceEpoch
    }

    package var description: String { "\(date)T\(time)" }
}

extension Instant {
    package init(_ local: LocalTime, in offset: UTCOffset) {
        self.init(localMinute: local.minutesSinceEpoch, in: offset)
    }

    /// The minute that this instant falls in; its seconds are dropped.
    package func local(in offset: UTCOffset) -> LocalTime {
        LocalTime(minutesSinceEpoch: localMinute(in: offset))
    }

    init(localMinute: Int, in offset: UTCOffset) {
        self.init(
            millisecondsSinceEpoch: Int64(localMinute - offset.minutes) * millisecondsPerMinute)
    }

    func localMinute(in offset: UTCOffset) -> Int {
        let quotient = millisecondsSinceEpoch / millisecondsPerMinute
        let isBelow = millisecondsSinceEpoch % millisecondsPerMinute < 0
        return Int(isBelow ? quotient - 1 : quotient) + offset.minutes
    }

    package func adding(minutes: Int) -> Instant {
        Instant(
            millisecondsSinceEpoch: millisecondsSinceEpoch + Int64(minutes) * millisecondsPerMinute)
    }
}

extension Instant {
    /// ISO 8601 with the offset: `2026-02-25T16:10+07:00`. Seconds and milliseconds are written
    /// only when they are not zero.
    package func formatted(in offset: UTCOffset) -> String {
        let minute = localMinute(in: offset)
        let start = Instant(localMinute: minute, in: offset)
        let rest = Int(millisecondsSinceEpoch - start.millisecondsSinceEpoch)
        var text = LocalTime(minutesSinceEpoch: minute).description
        if rest != 0 { text += ":\(padded(rest / 1_000, 2))" }
        if rest % 1_000 != 0 { text += ".\(padded(rest % 1_000, 3))" }
        return text + offset.description
    }

    /// Reads `yyyy-MM-ddTHH:MM[:SS[.fff]]` followed by `Z`, `+HH:MM` or `-HH:MM`.
    ///
    /// - Parameter assumed: the offset of a text that names none; without it such a text is refused.
    package init(
        parsing text: some StringProtocol, assuming assumed: UTCOffset? = nil
    ) throws(TextRejection) {
        var cursor = TextCursor(text)
        guard let date = try cursor.takeDate(), cursor.take("T"),
            let time = try cursor.takeTimeOfDay()
        else { throw cursor.rejection(.malformed, Self.shape) }
        let milliseconds = try cursor.takeSeconds()
        let offset: UTCOffset
        if cursor.isAtEnd {
            guard let assumed else {
                throw cursor.rejection(.offsetMissing, "the offset is missing; \(Self.shape)")
            }
            offset = assumed
        } else {
            offset = try cursor.takeOffset()
        }
        guard cursor.isAtEnd else { throw cursor.rejection(.malformed, Self.shape) }
        self.init(LocalTime(date, time), in: offset)
        millisecondsSinceEpoch += Int64(milliseconds)
    }

    static let shape = "an instant is written as in 2026-02-25T16:10+07:00"
}

extension TextCursor {
    /// Milliseconds; 0 when the text has no seconds.
    fileprivate mutating func takeSeconds() throws(TextRejection) -> Int {
        guard take(":") else { return 0 }
        guard let seconds = takeNumber(digits: 2) else {
            throw rejection(.malformed, Instant.shape)
        }
        guard seconds < 60 else { throw rejection(.noSuchTime, "seconds run from 00 to 59") }
        guard take(".") else { return seconds * 1_000 }
        var milliseconds = 0
        var digits = 0
        while let digit = takeDigit() {
            digits += 1
            guard digits <= 3 else {
                throw rejection(.malformed, "instants are kept to the millisecond")
            }
            milliseconds = milliseconds * 10 + digit
        }
        guard digits > 0 else { throw rejection(.malformed, Instant.shape) }
        return seconds * 1_000 + milliseconds * (digits == 1 ? 100 : digits == 2 ? 10 : 1)
    }

    fileprivate mutating func takeOffset() throws(TextRejection) -> UTCOffset {
        if take("Z") { return .utc }
        let isWest = take("-")
        guard isWest || take("+"), let hours = takeNumber(digits: 2), take(":"),
            let minutes = takeNumber(digits: 2)
        else { throw rejection(.malformed, Instant.shape) }
        let size = hours * 60 + minutes
        guard minutes < 60, let offset = UTCOffset(minutes: isWest ? -size : size) else {
            throw rejection(.noSuchOffset, "offsets run from -14:00 to +14:00")
        }
        return offset
    }
}
