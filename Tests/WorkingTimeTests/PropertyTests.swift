import Testing

@testable import WorkingTime

/// Random calendars, shifts, limits and holds. Every failure prints the seed that repeats it.
@Suite struct PropertyTests {
    private static let seeds: [UInt64] = Array(1...12)
    private static let deadlinesPerSeed = 40

    private struct World {
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

    private static func reception(_ random: inout SeededRandom) -> Instant {
        let start = CivilDate(year: 2026, month: 1, day: 1)!.daysSinceEpoch * 1_440
        let minute = start + Int.random(in: 0..<(370 * 1_440), using: &random)
        let seconds = random.chance(30) ? Int64.random(in: 0..<60_000, using: &random) : 0
        var instant = Instant(localMinute: minute, in: .vietnam)
        instant.millisecondsSinceEpoch += seconds
        return instant
    }

    private static func limit(
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

    private static func holds(
        _ random: inout SeededRandom, after reception: Instant, mayStayOpen: Bool = true
    ) throws -> HoldLedger {
        var holds: [Hold] = []
        var position = reception
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let scale = [30, 600, 4_000].randomElement(using: &random)!
            position = position.adding(minutes: Int.random(in: 0...scale, using: &random))
            let from = position
            position = position.adding(minutes: Int.random(in: 1...scale, using: &random))
            let isOpen = mayStayOpen && random.chance(5)
            holds.append(
                Hold(
                    from: from, to: isOpen ? nil : position,
                    cause: Hold.Cause.allCases.randomElement(using: &random)!))
            if isOpen { break }
        }
        return try HoldLedger(holds)
    }

    private static func deadline(
        _ random: inout SeededRandom, units: [TimeLimit.Unit] = TimeLimit.Unit.allCases,
        mayStayOpen: Bool = true
    ) throws -> Deadline {
        let reception = reception(&random)
        return try Deadline(
            reception: reception, limit: limit(&random, units),
            holds: holds(&random, after: reception, mayStayOpen: mayStayOpen),
            afterSupplement: random.chance(50) ? .resume : .restart)
    }

    private static func extending(
        _ deadline: Deadline, _ random: inout SeededRandom
    ) throws -> Deadline {
        let units = Int.random(in: 1...5, using: &random)
        return try Deadline(
            reception: deadline.reception, limit: deadline.limit, holds: deadline.holds,
            afterSupplement: deadline.afterSupplement,
            extra: deadline.limit.extending(by: units))
    }

    private func describe(_ deadline: Deadline) -> String {
        let holds = deadline.holds.holds.map {
            "\($0.from.formatted(in: .vietnam))/\($0.to?.formatted(in: .vietnam) ?? "")"
                + " \($0.cause.rawValue)"
        }
        return "\(deadline.reception.formatted(in: .vietnam)) + \(deadline.limit)"
            + " \(deadline.afterSupplement) \(holds)"
    }

    @Test(arguments: seeds)
    func theFastClockAgreesWithTheSlowOne(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let world = try World(&random)
        let countable: [TimeLimit.Unit] = [.workingHour, .workingDay, .day]
        for round in 0..<Self.deadlinesPerSeed {
            var deadline = try Self.deadline(&random, units: countable)
            if round.isMultiple(of: 4) {
                deadline = try Deadline(
                    reception: deadline.reception,
                    limit: Self.limit(&random, [.hour, .month, .sameDay]))
            }
            let due = world.clock.due(deadline).instant?.localMinute(in: .vietnam)
            #expect(due == world.naive.due(deadline), "seed \(seed): \(describe(deadline))")
        }
    }

    @Test(arguments: seeds)
    func ledgersAddUpToTheTimeElapsed(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let deadline = try Self.deadline(&random)
            let until = deadline.reception.adding(
                minutes: Int.random(in: 0...30_000, using: &random))
            let elapsed =
                until.localMinute(in: .vietnam) - deadline.reception.localMinute(in: .vietnam)
            let ledger = clock.explain(deadline, until: until)
            let told = Comment(rawValue: "seed \(seed): \(describe(deadline))")
            #expect(ledger.elapsedMinutes == elapsed, told)
            #expect(
                Holder.allCases.reduce(0) { $0 + ledger.minutes(heldBy: $1) } == elapsed, told)
            for (line, next) in zip(ledger.lines, ledger.lines.dropFirst()) {
                #expect(line.to == next.from, told)
            }
            let held = deadline.heldMinutes(until: until)
            #expect(held.elapsed == elapsed, told)
            for holder in Holder.allCases {
                #expect(ledger.minutes(heldBy: holder) == held[holder], told)
            }
            for holder in Holder.allCases where holder != .agency {
                let held = deadline.holds.holds.filter { $0.cause.holder == holder }.reduce(0) {
                    let from = $1.from.localMinute(in: .vietnam)
                    let to = min($1.to ?? until, until).localMinute(in: .vietnam)
                    return $0 + max(0, to - from)
                }
                #expect(ledger.minutes(heldBy: holder) == held, told)
            }
        }
    }

    @Test(arguments: seeds)
    func atTheDueInstantTheBudgetIsUsedUpExactly(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let deadline = try Self.deadline(&random, units: [.workingHour, .workingDay])
            guard let budget = deadline.limit.budgetMinutes, clock.due(deadline).instant != nil
            else {
                continue
            }
            let ledger = clock.explain(deadline)
            #expect(ledger.countedMinutes == budget, "seed \(seed): \(describe(deadline))")
            #expect(ledger.lines.last?.effect == .counted)
            #expect(ledger.until == ledger.due.instant)
        }
    }

    @Test(arguments: seeds)
    func anExtensionIsALimitOfItsOwnFromWhereTheLimitEnds(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        let units = TimeLimit.Unit.allCases.filter { $0 != .unspecified }
        for _ in 0..<Self.deadlinesPerSeed {
            let held = try Self.deadline(&random, units: units, mayStayOpen: false)
            let extended = try Self.extending(held, &random)
            let told = Comment(rawValue: "seed \(seed): \(describe(extended))")
            let extra = try #require(extended.extra)
            let due = try #require(clock.due(extended).instant, told)
            #expect(try due > #require(clock.due(held).instant), told)
            let ledger = clock.explain(extended)
            if let budget = extra.budgetMinutes { #expect(ledger.extendedMinutes == budget, told) }

            let bare = try Deadline(reception: held.reception, limit: held.limit)
            let end = try #require(clock.due(bare).instant)
            let after = clock.due(try Deadline(reception: end, limit: extra))
            let both = clock.due(
                try Deadline(reception: held.reception, limit: held.limit, extra: extra))
            #expect(both.instant == after.instant, told)
        }
    }

    @Test(arguments: seeds)
    func aSuspensionOneWorkingMinuteLongerMovesTheDueInstantByOne(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        var moved = 0
        for _ in 0..<4 * Self.deadlinesPerSeed {
            let reception = Self.reception(&random)
            let limit = try Self.limit(&random, [.workingHour])
            let begin = reception.adding(minutes: Int.random(in: 0...2_000, using: &random))
            var end = begin.adding(minutes: Int.random(in: 1...6_000, using: &random))
            if random.chance(50) {
                // Ends one minute before a minute that is worked.
                let minutes = Int.random(in: 2...500, using: &random)
                end = try #require(clock.add(workingMinutes: minutes, to: begin)).adding(
                    minutes: -1)
            }
            let dues = try [end, end.adding(minutes: 1)].map { to in
                let holds = try HoldLedger([Hold(from: begin, to: to)])
                return try #require(
                    clock.due(Deadline(reception: reception, limit: limit, holds: holds)).instant)
            }
            let alone = try #require(
                clock.due(Deadline(reception: reception, limit: limit)).instant)
            let isWorked = clock.workingMinutes(from: end, to: end.adding(minutes: 1)) == 1
            let beginsInTime = begin.localMinute(in: .vietnam) < alone.localMinute(in: .vietnam)
            let expected = isWorked && beginsInTime ? 1 : 0
            #expect(
                clock.workingMinutes(from: dues[0], to: dues[1]) == expected, "seed \(seed)")
            if expected == 0 { #expect(dues[0] == dues[1], "seed \(seed)") }
            moved += expected
        }
        #expect(moved > 0)
    }

    @Test(arguments: seeds)
    func laterReceptionsAndLongerLimitsAreNeverDueEarlier(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let late = try Self.deadline(&random, mayStayOpen: false)
            let early = try Deadline(
                reception: late.reception.adding(
                    minutes: -Int.random(in: 0...3_000, using: &random)),
                limit: late.limit, holds: late.holds, afterSupplement: late.afterSupplement)
            let told = Comment(rawValue: "seed \(seed): \(describe(late))")
            guard let due = clock.due(late).instant, let before = clock.due(early).instant else {
                #expect(late.limit.unit == .unspecified, told)
                continue
            }
            #expect(before <= due, told)
            #expect(due > late.reception || late.limit.unit == .sameDay, told)
            guard late.limit.unit.takesValue else { continue }
            let longer = try TimeLimit(
                late.limit.value + 1, late.limit.unit, counting: late.limit.counting)
            let after = clock.due(
                try Deadline(
                    reception: late.reception, limit: longer, holds: late.holds,
                    afterSupplement: late.afterSupplement)
            ).instant
            #expect(try due <= #require(after), told)
        }
    }

    @Test(arguments: seeds)
    func aDueInstantNeverLiesInsideASuspension(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let deadline = try Self.deadline(&random)
            guard let due = clock.due(deadline).instant else { continue }
            for hold in deadline.holds.holds where hold.cause.stopsClock && hold.from < due {
                let told = Comment(rawValue: "seed \(seed): \(describe(deadline))")
                let isInside =
                    due.localMinute(in: .vietnam) > hold.from.localMinute(in: .vietnam)
                    && hold.to.map { due <= $0 } ?? true
                #expect(!isInside, told)
            }
        }
    }

    @Test(arguments: seeds)
    func wallClockHoursNeverOutlastWorkingHours(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let reception = Self.reception(&random)
            let hours = Int.random(in: 1...20, using: &random)
            let wall = clock.due(
                try Deadline(reception: reception, limit: TimeLimit(hours, .hour)))
            let worked = clock.due(
                try Deadline(reception: reception, limit: TimeLimit(hours, .workingHour)))
            #expect(
                try #require(wall.instant) <= #require(worked.instant),
                "seed \(seed): \(reception.formatted(in: .vietnam)) + \(hours)")
        }
    }

    @Test(arguments: seeds)
    func addingWorkingMinutesIsUndoneByCountingThem(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try World(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let from = Self.reception(&random)
            let minutes = Int.random(in: 1...20_000, using: &random)
            let to = try #require(clock.add(workingMinutes: minutes, to: from))
            #expect(clock.workingMinutes(from: from, to: to) == minutes, "seed \(seed)")
            #expect(
                clock.workingMinutes(from: from, to: to.adding(minutes: -1)) == minutes - 1,
                "seed \(seed)")
        }
    }
}
