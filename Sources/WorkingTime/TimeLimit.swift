/// How long a procedure may take, as the catalogue states it.
package struct TimeLimit: Hashable, Sendable, CustomStringConvertible {
    package enum Unit: String, CaseIterable, Sendable {
        case workingHour = "working_hour"
        case workingDay = "working_day"
        case hour
        case day
        case month
        case sameDay = "same_day"
        case unspecified

        /// Same-day and unspecified limits have no number.
        package var takesValue: Bool { self != .sameDay && self != .unspecified }
    }

    /// How working days are counted; the other units have one way only.
    package enum Counting: String, CaseIterable, Sendable {
        /// A working day is ``minutesPerWorkingDay`` minutes, wherever in the shifts they fall.
        case workingTime = "working-time"
        /// The first day is not counted; due at the end of the last shift.
        case wholeDays = "whole-days"
    }

    package static let valueRange = 1...9_999
    /// Hanoi, Decisions 663 and 1594/QĐ-TTPVHCC: one day is eight hours, whatever the shifts are.
    package static let minutesPerWorkingDay = 480

    package static let unspecified = TimeLimit(unchecked: 0, .unspecified, .workingTime)
    package static let sameDay = TimeLimit(unchecked: 0, .sameDay, .workingTime)

    /// 0 for the units without a number.
    package let value: Int
    package let unit: Unit
    package let counting: Counting

    private init(unchecked value: Int, _ unit: Unit, _ counting: Counting) {
        self.value = value
        self.unit = unit
        self.counting = counting
    }

    /// - Parameter value: `nil` for the units without a number.
    package init(
        _ value: Int?, _ unit: Unit, counting: Counting = .workingTime
    ) throws(TextRejection) {
        let text = value.map { "\($0) \(unit.rawValue)" } ?? unit.rawValue
        if unit.takesValue {
            guard let value else {
                throw TextRejection(
                    .valueMissing, text: text, reason: "say how many, as in 3 \(unit.rawValue)")
            }
            guard Self.valueRange.contains(value) else {
                throw TextRejection(
                    .valueOutOfRange, text: text,
                    reason: "a limit is \(Self.valueRange.lowerBound) to "
                        + "\(Self.valueRange.upperBound) units")
            }
        } else if value != nil {
            throw TextRejection(
                .valueNotTaken, text: text, reason: "\(unit.rawValue) takes no number")
        }
        if counting == .wholeDays, unit == .workingHour || unit == .hour {
            throw TextRejection(
                .countingNotForUnit, text: text, reason: "hours cannot be counted in whole days")
        }
        self.init(
            unchecked: value ?? 0, unit, unit == .workingDay ? counting : .workingTime)
    }

    /// Reads `N UNIT`, or the unit alone where it takes no number.
    package init(
        parsing text: some StringProtocol, counting: Counting = .workingTime
    ) throws(TextRejection) {
        let words = text.split(separator: " ")
        guard let name = words.last, words.count <= 2 else {
            throw TextRejection(
                .malformed, text: text, reason: "a limit is a number and a unit: 3 working_day")
        }
        guard let unit = Unit(rawValue: String(name)) else {
            let units = Unit.allCases.map(\.rawValue).joined(separator: ", ")
            throw TextRejection(
                .unknownUnit, text: text, reason: "the unit is one of \(units)")
        }
        guard words.count == 2 else {
            try self.init(nil, unit, counting: counting)
            return
        }
        guard words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw TextRejection(
                .malformed, text: text, reason: "a limit is a whole number and a unit")
        }
        try self.init(Int(words[0]) ?? .max, unit, counting: counting)
    }

    package var description: String {
        let base = unit.takesValue ? "\(value) \(unit.rawValue)" : unit.rawValue
        return counting == .wholeDays ? "\(base) (\(counting.rawValue))" : base
    }

    /// Working minutes to use up; `nil` for the units that are not counted in working time.
    package var budgetMinutes: Int? {
        guard case .workingMinutes(let minutes) = count else { return nil }
        return minutes
    }

    /// What an extension by `units` grants: so many of the limit's own unit, counted in the same
    /// way; on a same-day limit so many whole working days.
    package func extending(by units: Int) throws(TextRejection) -> TimeLimit {
        switch unit {
        case .unspecified:
            throw TextRejection(
                .nothingToExtend, text: String(units),
                reason: "the procedure states no limit that could be extended")
        case .sameDay: try TimeLimit(units, .workingDay, counting: .wholeDays)
        default: try TimeLimit(units, unit, counting: counting)
        }
    }

    /// `nil` when there is nothing to count.
    var count: Count? {
        switch (unit, counting) {
        case (.workingHour, _): .workingMinutes(value * 60)
        case (.workingDay, .workingTime): .workingMinutes(value * Self.minutesPerWorkingDay)
        case (.workingDay, .wholeDays): .workingDays(value)
        case (.hour, _): .hours(value)
        case (.day, _): .days(value)
        case (.month, _): .months(value)
        case (.sameDay, _): .sameDay
        case (.unspecified, _): nil
        }
    }
}
