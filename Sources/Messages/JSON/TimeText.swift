internal import WorkingTime

/// Times as proto3's JSON mapping writes them: RFC 3339 with 0, 3, 6 or 9 digits of a second, and
/// `3.5s`.
enum TimeText {
    static func timestamp(seconds: Int64, nanos: Int32) -> String? {
        guard GoogleProtobuf.Timestamp.secondsRange.contains(seconds),
            (0..<1_000_000_000).contains(nanos)
        else { return nil }
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let second = Int(seconds - days * 86_400)
        let date = CivilDate(daysSinceEpoch: Int(days))
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { pad($0, 2) }
        return "\(date)T\(clock.joined(separator: ":"))\(fraction(Int(nanos)))Z"
    }

    /// Reads `2026-02-25T16:10:00.5+07:00`: seconds are required, and an offset or `Z`.
    static func timestamp(_ text: String) -> (seconds: Int64, nanos: Int32)? {
        let characters = Array(text.utf8)
        guard characters.count >= 20, "Tt".utf8.contains(characters[10]),
            let date = try? CivilDate(parsing: String(decoding: characters[..<10], as: UTF8.self)),
            let time = clock(characters[11..<19]), time.count == 3, time[2] < 60
        else { return nil }
        var rest = characters[19...]
        var nanos: Int32 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard let parsed = nanoseconds(digits) else { return nil }
            nanos = parsed
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offsetSeconds(rest) else { return nil }
        let second = Int64(date.daysSinceEpoch) * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
        let seconds = second - offset
        guard GoogleProtobuf.Timestamp.secondsRange.contains(seconds) else { return nil }
        return (seconds, nanos)
    }

    static func duration(seconds: Int64, nanos: Int32) -> String? {
        var value = GoogleProtobuf.Duration()
        (value.seconds, value.nanos) = (seconds, nanos)
        guard value.duration != nil else { return nil }
        let sign = seconds < 0 || nanos < 0 ? "-" : ""
        return "\(sign)\(seconds.magnitude)\(fraction(Int(nanos.magnitude)))s"
    }

    static func duration(_ text: String) -> (seconds: Int64, nanos: Int32)? {
        guard text.last == "s" else { return nil }
        var digits = Array(text.utf8.dropLast())[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = number(parts[0]),
            GoogleProtobuf.Duration.secondsRange.contains(whole),
            let nanos = parts.count == 2 ? nanoseconds(parts[1]) : 0
        else { return nil }
        return isNegative ? (-whole, -nanos) : (whole, nanos)
    }

    private static func offsetSeconds(_ text: ArraySlice<UInt8>) -> Int64? {
        guard let first = text.first else { return nil }
        if "Zz".utf8.contains(first) { return text.count == 1 ? 0 : nil }
        guard "+-".utf8.contains(first), let time = clock(text.dropFirst()), time.count == 2 else {
            return nil
        }
        let size = time[0] * 3_600 + time[1] * 60
        return first == UInt8(ascii: "-") ? -size : size
    }

    /// `HH:MM` or `HH:MM:SS`.
    private static func clock(_ text: ArraySlice<UInt8>) -> [Int64]? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.count == 2 ? number($0) : nil }
        guard numbers.count == parts.count, numbers.count >= 2, numbers[0] < 24, numbers[1] < 60
        else {
            return nil
        }
        return numbers
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            return nil
        }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func nanoseconds(_ digits: ArraySlice<UInt8>) -> Int32? {
        guard digits.count <= 9, let value = number(digits) else { return nil }
        return Int32((digits.count..<9).reduce(value) { result, _ in result * 10 })
    }

    private static func fraction(_ nanos: Int) -> String {
        if nanos == 0 { return "" }
        if nanos % 1_000_000 == 0 { return ".\(pad(nanos / 1_000_000, 3))" }
        if nanos % 1_000 == 0 { return ".\(pad(nanos / 1_000, 6))" }
        return ".\(pad(nanos, 9))"
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
