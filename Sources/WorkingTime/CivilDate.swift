/// A date of the proleptic Gregorian calendar, with no time and no place.
///
/// Made from text or from parts it lies in ``yearsSupported``; arithmetic may leave that range.
package struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before it.
    package let daysSinceEpoch: Int

    /// The years that four digits can write.
    package static let yearsSupported = 1...9999

    package init(daysSinceEpoch: Int) {
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// `nil` when there is no such date.
    package init?(year: Int, month: Int, day: Int) {
        guard Self.yearsSupported.contains(year), (1...12).contains(month),
            day >= 1, day <= Self.days(inMonth: month, of: year)
        else { return nil }
        self.init(daysSinceEpoch: Self.dayNumber(year: year, month: month, day: day))
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        Weekday.allCases[(daysSinceEpoch + 3).flooredModulo(7)]
    }

    package var year: Int { parts.year }
    package var month: Int { parts.month }
    package var day: Int { parts.day }

    package func adding(days: Int) -> CivilDate {
        CivilDate(daysSinceEpoch: daysSinceEpoch + days)
    }

    /// The same day of the month `months` later, or that month's last day if there is none
    /// (Civil Code 2015, article 148(3)).
    package func adding(months: Int) -> CivilDate {
        let (year, month, day) = parts
        let index = year * 12 + (month - 1) + months
        let newYear = index.flooredQuotient(12)
        let newMonth = index.flooredModulo(12) + 1
        let newDay = min(day, Self.days(inMonth: newMonth, of: newYear))
        return CivilDate(
            daysSinceEpoch: Self.dayNumber(year: newYear, month: newMonth, day: newDay))
    }

    package static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: isLeap(year) ? 29 : 28
        default: 31
        }
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`: eras of 400
    /// years, each year beginning in March so that the leap day comes last.
    static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredQuotient(400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse, `civil_from_days` of the same paper.
    package var parts: (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

package enum Weekday: Int, CaseIterable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// Decision 188/1999/QĐ-TTg: the week of state agencies runs from Monday to Friday.
    package var isWeekend: Bool { self == .saturday || self == .sunday }
}

extension CivilDate: CustomStringConvertible {
    /// `yyyy-MM-dd`.
    package var description: String {
        let (year, month, day) = parts
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

extension CivilDate {
    /// Reads exactly `yyyy-MM-dd`.
    package init(parsing text: some StringProtocol) throws(TextRejection) {
        var cursor = TextCursor(text)
        guard let date = try cursor.takeDate(), cursor.isAtEnd else {
            throw cursor.rejection(.malformed, "a date is written yyyy-MM-dd, as in 2026-02-25")
        }
        self = date
    }
}

extension Int {
    func flooredQuotient(_ divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    func flooredModulo(_ divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}

func padded(_ value: Int, _ digits: Int) -> String {
    let text = String(value.magnitude)
    return (value < 0 ? "-" : "")
        + String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
}
