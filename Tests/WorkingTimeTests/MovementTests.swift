import Testing

@testable import WorkingTime

/// What one minute more of a suspension does to the due instant, unit by unit.
///
/// In every unit: nothing, if it does not stop the clock, if it begins at the due instant or later, or
/// if a later supplement starts the limit anew. A supplement that does so itself makes the limit due as
/// if it were received a minute later. Otherwise:
/// - working time: if the minute is worked, the next working minute that no later suspension covers;
///   if it is not, nothing;
/// - whole working days, and same-day: one working day if a working day begins in that minute's end or
///   the suspension would reach the due instant, not twice for the same day; else nothing;
/// - days and months: the same for every day, and a day off waits for the next working day;
/// - hours: 24 hours if another 24 begin; else nothing.
@Suite struct MovementTests {
    private static let seeds: [UInt64] = Array(101...108)

    private func minute(_ instant: Instant) -> Int { instant.localMinute(in: .vietnam) }

    private func isWorked(_ instant: Instant, by clock: WorkClock) -> Bool {
        clock.workingMinutes(from: instant, to: instant.adding(minutes: 1)) == 1
    }

    /// The deadline with the holds from `index` on, received when the hold before them ended.
    private func begunAnew(_ deadline: Deadline, after index: Int) throws -> Deadline {
        let holds = deadline.holds.holds
        return try Deadline(
            reception: #require(holds[index].to), limit: deadline.limit,
            holds: HoldLedger(holds[(index + 1)...]), afterSupplement: deadline.afterSupplement,
            extra: deadline.extra)
    }

    private func restarts(_ hold: Hold, in deadline: Deadline) -> Bool {
        hold.cause == .supplement && deadline.afterSupplement == .restart
    }

    /// The deadline with its `index`th hold a minute longer; `nil` where the next begins at once.
    private func lengthened(_ deadline: Deadline, _ index: Int) throws -> Deadline? {
        var holds = deadline.holds.holds
        guard let to = holds[index].to?.adding(minutes: 1),
            index + 1 == holds.count || to <= holds[index + 1].from
        else { return nil }
        holds[index] = Hold(from: holds[index].from, to: to, cause: holds[index].cause)
        return try Deadline(
            reception: deadline.reception, limit: deadline.limit, holds: HoldLedger(holds),
            afterSupplement: deadline.afterSupplement, extra: deadline.extra)
    }

    /// One working minute after `due`, suspensions left out.
    private func oneMore(
        after due: Instant, _ deadline: Deadline, beyond index: Int, by clock: WorkClock
    ) throws -> Instant? {
        let holds = deadline.holds.holds
        var (now, passed) = (due, index)
        while true {
            let begun = holds.indices.first {
                $0 > passed && holds[$0].cause.stopsClock && minute(holds[$0].from) == minute(now)
            }
            if let begun {
                if restarts(holds[begun], in: deadline) {
                    return clock.due(try begunAnew(deadline, after: begun)).instant
                }
                (now, passed) = (try #require(holds[begun].to), begun)
            } else if isWorked(now, by: clock) {
                return Instant(localMinute: minute(now) + 1, in: .vietnam)
            } else {
                now = now.adding(minutes: 1)
            }
        }
    }

    @Test(arguments: seeds)
    func inWorkingTimeTheMinuteCountsIfItIsWorked(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        var moved = 0
        for _ in 0..<60 {
            let deadline = try RandomWorld.deadline(
                &random, units: [.workingHour, .workingDay], mayStayOpen: false)
            guard deadline.limit.budgetMinutes != nil else { continue }
            let due = try #require(clock.due(deadline).instant)
            for (index, hold) in deadline.holds.holds.enumerated() {
                guard let longer = try lengthened(deadline, index) else { continue }
                let told = RandomWorld.describe(longer, seed)
                let isRestartedLater = deadline.holds.holds[(index + 1)...].contains {
                    restarts($0, in: deadline) && minute($0.from) < minute(due)
                }
                let expected: Instant?
                if !hold.cause.stopsClock || minute(hold.from) >= minute(due) || isRestartedLater {
                    expected = due
                } else if restarts(hold, in: deadline) {
                    expected = clock.due(try begunAnew(longer, after: index)).instant
                } else if isWorked(try #require(hold.to), by: clock) {
                    expected = try oneMore(after: due, deadline, beyond: index, by: clock)
                } else {
                    expected = due
                }
                #expect(clock.due(longer).instant == expected, told)
                moved += expected == due ? 0 : 1
            }
        }
        #expect(moved > 0, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func inWorkingTimeAShiftTakesWhatItLeavesAndGivesWhatItCovers(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        for _ in 0..<120 {
            let reception = RandomWorld.reception(&random)
            let limit = try RandomWorld.limit(&random, [.workingHour])
            let alone = try #require(
                clock.due(Deadline(reception: reception, limit: limit)).instant)
            let from = reception.adding(minutes: Int.random(in: 0...1_500, using: &random))
            let to = from.adding(minutes: Int.random(in: 1...3_000, using: &random))
            guard minute(from) + 1 < minute(alone) else { continue }
            let dues = try [0, 1].map { shift in
                let hold = Hold(from: from.adding(minutes: shift), to: to.adding(minutes: shift))
                let deadline = try Deadline(
                    reception: reception, limit: limit, holds: HoldLedger([hold]))
                return try #require(clock.due(deadline).instant)
            }
            let expected = (isWorked(to, by: clock) ? 1 : 0) - (isWorked(from, by: clock) ? 1 : 0)
            #expect(
                clock.workingMinutes(from: dues[0], to: dues[1]) == expected,
                "seed \(seed): \(reception.formatted(in: .vietnam)) + \(limit)")
        }
    }

    @Test(arguments: seeds)
    func inWholeDaysItCountsWhereADayBeginsOrTheLimitWouldEnd(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        for _ in 0..<3 {
            let bare = try RandomWorld.deadline(
                &random, units: [.workingDay, .day, .month, .sameDay], mayBeExtended: false)
            guard bare.limit.budgetMinutes == nil else { continue }
            let whole = try Deadline(reception: bare.reception, limit: bare.limit)
            let end = try #require(clock.due(whole).instant)
            // On the last days before the due instant, where all of it happens.
            let from = Instant(
                localMinute: max(
                    minute(bare.reception),
                    minute(end) - Int.random(in: 1...4_000, using: &random)), in: .vietnam)
            guard from >= bare.reception else { continue }
            try sweep(whole, from: from, by: clock, seed)
        }
    }

    /// Lets a suspension that begins at `from` grow for five days, a minute at a time.
    private func sweep(
        _ deadline: Deadline, from: Instant, by clock: WorkClock, _ seed: UInt64
    ) throws {
        let countsDaysOff = deadline.limit.unit == .day || deadline.limit.unit == .month
        func due(to: Int) throws -> Int {
            let hold = Hold(from: from, to: Instant(localMinute: to, in: .vietnam), cause: .payment)
            let held = try Deadline(
                reception: deadline.reception, limit: deadline.limit, holds: HoldLedger([hold]))
            return try minute(#require(clock.due(held).instant))
        }
        let begin = minute(from)
        var before = try minute(#require(clock.due(deadline).instant))
        // A day that was added because the limit would have ended is not added again at midnight.
        var isAddedAhead = false
        for to in begin + 1...begin + 5 * 1_440 {
            let now = try due(to: to)
            let told = Comment(
                rawValue: "seed \(seed): \(deadline.reception.formatted(in: .vietnam))"
                    + " + \(deadline.limit), \(from.formatted(in: .vietnam)) + \(to - begin) min")
            let next = endOfWork(after: before, by: clock)
            let beginsDay =
                to % 1_440 == 0 && (countsDaysOff || isWorkingDay(to / 1_440, by: clock))
            if to == before {
                #expect(now == next, told)
                isAddedAhead = true
            } else if beginsDay {
                if isAddedAhead {
                    #expect(now == before, told)
                } else if countsDaysOff {
                    #expect(now == before || now == next, told)
                } else {
                    #expect(now == next, told)
                }
                isAddedAhead = false
            } else {
                #expect(now == before, told)
            }
            before = now
        }
    }

    private func isWorkingDay(_ day: Int, by clock: WorkClock) -> Bool {
        clock.isWorkingDay(CivilDate(daysSinceEpoch: day)) == true
    }

    private func endOfWork(after minute: Int, by clock: WorkClock) -> Int {
        var day = minute / 1_440 + 1
        while !isWorkingDay(day, by: clock) { day += 1 }
        let date = CivilDate(daysSinceEpoch: day)
        return day * 1_440 + (clock.calendar.specialShifts[date] ?? clock.shifts).end
    }

    @Test(arguments: seeds)
    func inHoursEachTwentyFourBegunAreADay(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        for _ in 0..<40 {
            let reception = RandomWorld.reception(&random)
            let limit = try RandomWorld.limit(&random, [.hour])
            let from = reception.adding(
                minutes: Int.random(in: 0..<(limit.value * 60), using: &random))
            for days in 1...3 {
                for over in [-1, 0, 1] {
                    let to = from.adding(minutes: days * 1_440 + over)
                    let held = try Deadline(
                        reception: reception, limit: limit,
                        holds: HoldLedger([Hold(from: from, to: to, cause: .payment)]))
                    let longer = try TimeLimit(
                        limit.value + 24 * (over > 0 ? days + 1 : days), .hour)
                    let expected = clock.due(try Deadline(reception: reception, limit: longer))
                    #expect(
                        clock.due(held).instant == expected.instant,
                        RandomWorld.describe(held, seed))
                }
            }
        }
    }

    @Test(arguments: seeds)
    func aRestartIsAReceptionInEveryUnit(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        var restarted = 0
        for _ in 0..<60 {
            let deadline = try RandomWorld.deadline(&random, mayStayOpen: false)
            guard deadline.limit.unit != .unspecified else { continue }
            let due = try #require(clock.due(deadline).instant)
            let last = deadline.holds.holds.lastIndex {
                restarts($0, in: deadline) && minute($0.from) < minute(due)
            }
            guard let last else { continue }
            // In time by the final due instant, and so by every one before it that a restart has set.
            let anew = try begunAnew(deadline, after: last)
            guard minute(anew.reception) <= minute(due) else { continue }
            #expect(clock.due(anew).instant == due, RandomWorld.describe(deadline, seed))
            restarted += 1
        }
        #expect(restarted > 0, "seed \(seed)")
    }
}
