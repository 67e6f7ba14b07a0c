/// A text that this room was asked to read and could not: a date, a time, shifts, a limit.
package struct TextRejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// The raw value is the name by which machines know the refusal.
    package enum Code: String, CaseIterable, Sendable {
        case malformed = "MALFORMED"
        case noSuchDate = "DATE_DOES_NOT_EXIST"
        case noSuchTime = "TIME_DOES_NOT_EXIST"
        case noSuchOffset = "OFFSET_DOES_NOT_EXIST"
        case offsetMissing = "OFFSET_MISSING"
        case shiftEmpty = "SHIFT_EMPTY"
        case shiftsOverlap = "SHIFTS_OVERLAP"
        case tooManyShifts = "TOO_MANY_SHIFTS"
        case unknownUnit = "UNIT_UNKNOWN"
        case valueOutOfRange = "VALUE_OUT_OF_RANGE"
        case valueMissing = "VALUE_MISSING"
        case valueNotTaken = "VALUE_NOT_TAKEN"
        case countingNotForUnit = "COUNTING_NOT_FOR_UNIT"
        case nothingToExtend = "NOTHING_TO_EXTEND"
    }

    package let code: Code
    /// What was read, cut to ``textCharactersMax``.
    package let text: String
    /// One sentence for the person who typed it.
    package let reason: String

    package static let textCharactersMax = 60

    package init(_ code: Code, text: some StringProtocol, reason: String) {
        self.code = code
        self.text = String(text.prefix(Self.textCharactersMax))
        self.reason = reason
    }

    package var description: String { "\"\(text)\": \(reason)" }
}

/// Walks ASCII text; the strict readers of this room are written over it.
struct TextCursor {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) {
        self.text = String(text)
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    func rejection(_ code: TextRejection.Code, _ reason: String) -> TextRejection {
        TextRejection(code, text: text, reason: reason)
    }

    mutating func take(_ character: Character) -> Bool {
        guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    /// Exactly `count` digits, or nothing.
    mutating func takeNumber(digits count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += count
        return value
    }

    mutating func takeDigit() -> Int? { takeNumber(digits: 1) }

    /// `nil` when the shape is not `yyyy-MM-dd`.
    ///
    /// - Throws: `.noSuchDate` when the shape is right and the calendar has no such day.
    mutating func takeDate() throws(TextRejection) -> CivilDate? {
        guard let year = takeNumber(digits: 4), take("-"), let month = takeNumber(digits: 2),
            take("-"), let day = takeNumber(digits: 2)
        else { return nil }
        guard let date = CivilDate(year: year, month: month, day: day) else {
            throw rejection(.noSuchDate, Self.whyNoDate(year: year, month: month, day: day))
        }
        return date
    }

    /// `nil` when the shape is not `HH:MM`.
    mutating func takeTimeOfDay() throws(TextRejection) -> TimeOfDay? {
        guard let hour = takeNumber(digits: 2), take(":"), let minute = takeNumber(digits: 2) else {
            return nil
        }
        guard let time = TimeOfDay(hour: hour, minute: minute) else {
            throw rejection(.noSuchTime, "a day runs from 00:00 to 23:59")
        }
        return time
    }

    private static func whyNoDate(year: Int, month: Int, day: Int) -> String {
        guard CivilDate.yearsSupported.contains(year) else { return "there is no year \(year)" }
        guard (1...12).contains(month) else { return "there is no month \(month)" }
        let last = CivilDate.days(inMonth: month, of: year)
        return "month \(padded(month, 2)) of \(year) has days 1 to \(last)"
    }
}
