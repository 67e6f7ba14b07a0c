import Testing

@testable import WorkingTime

/// A clock of a random calendar and random shifts, and the slow one beside it.
struct RandomWorld {
    let clock: WorkClock
    let naive: NaiveClock

    init(_ random: inout SeededRandom) throws {
        let calendar = try WorkCalendar(parsing: Self.calendarText(&random))
        let shifts = try Shifts(parsing: Self.shiftsText(&random))
        clock = WorkClock(calendar: calendar, shifts: shifts)
        naive = NaiveClock(calendar: calendar, shifts: shifts)
    }

    /// Ends the loaded years in 2026, so that a part of the due dates is provisional.
    private static func calendarText(_ random: inout SeededRandom) -> String {
        var lines = [
            "version random", "effective 2025-01-01", "covers 2025 2026",
            "2025-01-01 off a", "2026-01-01 off a", "yearly 01-01 a",
            "yearly 05-01 from 2027 b",
        ]
        var free: [CivilDate] = []
        let first = CivilDate(year: 2026, month: 1, day: 1)!
        for date in (1..<365).map(first.adding(days:)) {
            if date.weekday.isWeekend {
                if let paid = free.last, random.chance(10) {
                    let (_, month, day) = paid.parts
                    lines.append("\(date) work bù \(padded(day, 2))/\(padded(month, 2))")
                    free.removeLast()
                }
            } else if random.chance(8) {
                lines.append("\(date) off x")
                free.append(date)
            } else if random.chance(5) {
                lines.append("\(date) shifts \(shiftsText(&random))")
            }
        }
        return lines.shuffled(using: &random).joined(separator: "\n")
    }

    private static func shiftsText(_ random: inout SeededRandom) -> String {
        if random.chance(40) { return "07:30-11:30,13:30-17:30" }
        let count = Int.random(in: 1...3, using: &random)
        var ends = Set<Int>()
        while ends.count < 2 * count {
            ends.insert(Int.random(in: 60...287, using: &random) * 5 - 1)
        }
        let sorted = ends.sorted().map { TimeOfDay(minutesSinceMidnight: $0)!.description }
        return stride(from: 0, to: sorted.count, by: 2)
            .map { "\(sorted[$0])-\(sorted[$0 + 1])" }.joined(separator: ",")
    }
}

/// Receptions of 2026, and limits, holds and extensions that end soon after.
extension RandomWorld {
    static func reception(_ random: inout SeededRandom) -> Instant {
        let start = CivilDate(year: 2026, month: 1, day: 1)!.daysSinceEpoch * 1_440
        let minute = start + Int.random(in: 0..<(370 * 1_440), using: &random)
        let seconds = random.chance(30) ? Int64.random(in: 0..<60_000, using: &random) : 0
        var instant = Instant(localMinute: minute, in: .vietnam)
        instant.millisecondsSinceEpoch += seconds
        return instant
    }

    static func limit(
        _ random: inout SeededRandom, _ units: [TimeLimit.Unit]
    ) throws -> TimeLimit {
        let unit = units.randomElement(using: &random)!
        let most =
            switch unit {
            case .workingHour: 30
            case .hour: 100
            case .month: 4
            default: 8
            }
        let isWhole = unit == .workingDay && random.chance(50)
        return try TimeLimit(
            unit.takesValue ? Int.random(in: 1...most, using: &random) : nil, unit,
            counting: isWhole ? .wholeDays : .workingTime)
    }

    static func holds(
        _ random: inout SeededRandom, after reception: Instant, mayStayOpen: Bool = true
    ) throws -> HoldLedger {
        var holds: [Hold] = []
        var position = reception
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let scale = [30, 600, 4_000].randomElement(using: &random)!
            position = later(position, by: 0...scale, &random)
            let from = position
            position = later(position, by: 0...scale, &random)
            let isOpen = mayStayOpen && random.chance(5)
            holds.append(
                Hold(
                    from: from, to: isOpen ? nil : position,
                    cause: Hold.Cause.allCases.randomElement(using: &random)!))
            if isOpen { break }
        }
        return try HoldLedger(holds)
    }

    /// By minutes and by seconds, so that a hold may begin and end within a minute.
    private static func later(
        _ instant: Instant, by minutes: ClosedRange<Int>, _ random: inout SeededRandom
    ) -> Instant {
        var later = instant.adding(minutes: Int.random(in: minutes, using: &random))
        later.millisecondsSinceEpoch += Int64.random(in: 1..<60_000, using: &random)
        return later
    }

    static func deadline(
        _ random: inout SeededRandom, units: [TimeLimit.Unit] = TimeLimit.Unit.allCases,
        mayStayOpen: Bool = true, mayBeExtended: Bool = true
    ) throws -> Deadline {
        let reception = reception(&random)
        let deadline = try Deadline(
            reception: reception, limit: limit(&random, units),
            holds: holds(&random, after: reception, mayStayOpen: mayStayOpen),
            afterSupplement: random.chance(50) ? .resume : .restart)
        let isExtended = mayBeExtended && deadline.limit.unit != .unspecified && random.chance(30)
        return isExtended ? try extending(deadline, &random) : deadline
    }

    static func extending(
        _ deadline: Deadline, _ random: inout SeededRandom
    ) throws -> Deadline {
        let units = Int.random(in: 1...5, using: &random)
        return try Deadline(
            reception: deadline.reception, limit: deadline.limit, holds: deadline.holds,
            afterSupplement: deadline.afterSupplement,
            extra: deadline.limit.extending(by: units))
    }

    /// What a failure says, so that it can be repeated.
    static func describe(_ deadline: Deadline, _ seed: UInt64) -> Comment {
        let holds = deadline.holds.holds.map {
            "\($0.from.formatted(in: .vietnam))/\($0.to?.formatted(in: .vietnam) ?? "")"
                + " \($0.cause.rawValue)"
        }
        let extra = deadline.extra.map { " + \($0)" } ?? ""
        return Comment(
            rawValue: "seed \(seed): \(deadline.reception.formatted(in: .vietnam))"
                + " + \(deadline.limit)\(extra) \(deadline.afterSupplement) \(holds)")
    }
}
