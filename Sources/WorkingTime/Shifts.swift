/// The working time of one day, as ordered stretches of minutes.
package struct Shifts: Hashable, Sendable, CustomStringConvertible {
    /// Minutes since midnight, `start` inside and `end` outside.
    package let stretches: [Range<Int>]
    package let minutes: Int

    package static let stretchesMax = 8

    /// 07:30-11:30 and 13:30-17:30: eight hours.
    package static let standard = Shifts(unchecked: [450..<690, 810..<1_050])

    private init(unchecked stretches: [Range<Int>]) {
        self.stretches = stretches
        minutes = stretches.reduce(0) { $0 + $1.count }
    }

    /// Reads `07:30-11:30,13:30-17:30`: in order, not overlapping, each at least a minute long.
    package init(parsing text: some StringProtocol) throws(TextRejection) {
        var cursor = TextCursor(text)
        var stretches: [Range<Int>] = []
        repeat {
            guard let start = try cursor.takeTimeOfDay(), cursor.take("-"),
                let end = try cursor.takeTimeOfDay()
            else {
                throw cursor.rejection(
                    .malformed, "shifts are written as in 07:30-11:30,13:30-17:30")
            }
            guard start < end else {
                throw cursor.rejection(.shiftEmpty, "\(start)-\(end) does not end after it starts")
            }
            if let last = stretches.last, start.minutesSinceMidnight < last.upperBound {
                throw cursor.rejection(
                    .shiftsOverlap, "\(start)-\(end) starts before the shift in front of it ends")
            }
            guard stretches.count < Self.stretchesMax else {
                throw cursor.rejection(
                    .tooManyShifts, "a day has at most \(Self.stretchesMax) shifts")
            }
            stretches.append(start.minutesSinceMidnight..<end.minutesSinceMidnight)
        } while cursor.take(",")
        guard cursor.isAtEnd else {
            throw cursor.rejection(.malformed, "shifts are written as in 07:30-11:30,13:30-17:30")
        }
        self.init(unchecked: stretches)
    }

    package var description: String {
        stretches.map { "\(Self.text($0.lowerBound))-\(Self.text($0.upperBound))" }
            .joined(separator: ",")
    }

    private static func text(_ minute: Int) -> String {
        "\(padded(minute / 60, 2)):\(padded(minute % 60, 2))"
    }
}

extension Shifts {
    /// Working minutes from midnight to `minute` of the day.
    func worked(before minute: Int) -> Int {
        var worked = 0
        for stretch in stretches {
            if minute >= stretch.upperBound {
                worked += stretch.count
            } else {
                if minute > stretch.lowerBound { worked += minute - stretch.lowerBound }
                break
            }
        }
        return worked
    }

    /// The minute of the day at whose beginning exactly `worked` minutes are used up: the end of a
    /// stretch rather than the start of the next.
    ///
    /// - Precondition: `worked` is between 1 and ``minutes``.
    func end(ofWorked worked: Int) -> Int {
        var left = worked
        for stretch in stretches {
            if left <= stretch.count { return stretch.lowerBound + left }
            left -= stretch.count
        }
        preconditionFailure("a day of \(minutes) working minutes was asked for \(worked)")
    }

    /// The first moment at or after `minute` that lies in a stretch or is the end of one.
    func pointOfWork(atOrAfter minute: Int) -> Int? {
        for stretch in stretches where minute <= stretch.upperBound {
            return max(minute, stretch.lowerBound)
        }
        return nil
    }

    /// The first working minute at or after `minute`.
    func workingMinute(atOrAfter minute: Int) -> Int? {
        for stretch in stretches where minute < stretch.upperBound {
            return max(minute, stretch.lowerBound)
        }
        return nil
    }

    var start: Int { stretches[0].lowerBound }
    var end: Int { stretches[stretches.count - 1].upperBound }
}
