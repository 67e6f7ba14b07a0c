import WorkingTime

/// A month of Vietnam's civil calendar: the finest time that an answer is kept with.
package struct Period: Hashable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int

    /// From 1970 until the year 3000: no dossier is of another time.
    package static let instantsSupported =
        Instant(millisecondsSinceEpoch: 0)..<Instant(millisecondsSinceEpoch: 32_503_680_000_000)

    /// The month in which an instant of ``instantsSupported`` falls at UTC+7.
    package init(of instant: Instant) {
        let date = instant.local(in: .vietnam).date
        year = date.year
        month = date.month
    }

    /// Reads exactly `yyyy-MM`.
    package init?(_ text: String) {
        let digits = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard digits.count == 7, digits[4] == dash,
            let year = Self.number(digits[..<4]), let month = Self.number(digits[5...]),
            year > 0, (1...12).contains(month)
        else { return nil }
        self.year = year
        self.month = month
    }

    package var description: String {
        let year = String(year)
        return String(repeating: "0", count: 4 - year.count) + year + (month < 10 ? "-0" : "-")
            + "\(month)"
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
