import Testing

@testable import WorkingTime

/// Random calendars, shifts, limits and holds. Every failure prints the seed that repeats it.
@Suite struct PropertyTests {
    private static let seeds: [UInt64] = Array(1...12)
    private static let deadlinesPerSeed = 40

    @Test(arguments: seeds)
    func theFastClockAgreesWithTheSlowOne(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let world = try RandomWorld(&random)
        for _ in 0..<Self.deadlinesPerSeed {
            var deadline = try RandomWorld.deadline(&random)
            if deadline.limit.unit == .hour {
                deadline = try Deadline(reception: deadline.reception, limit: deadline.limit)
            }
            let due = world.clock.due(deadline).instant?.localMinute(in: .vietnam)
            #expect(due == world.naive.due(deadline), RandomWorld.describe(deadline, seed))
        }
    }

    @Test(arguments: seeds)
    func ledgersAddUpToTheTimeElapsed(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let deadline = try RandomWorld.deadline(&random)
            let until = deadline.reception.adding(
                minutes: Int.random(in: 0...30_000, using: &random))
            let elapsed =
                until.localMinute(in: .vietnam) - deadline.reception.localMinute(in: .vietnam)
            let ledger = clock.explain(deadline, until: until)
            let told = RandomWorld.describe(deadline, seed)
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
        let clock = try RandomWorld(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let deadline = try RandomWorld.deadline(&random, units: [.workingHour, .workingDay])
            guard let budget = deadline.limit.budgetMinutes, clock.due(deadline).instant != nil
            else {
                continue
            }
            let ledger = clock.explain(deadline)
            let extra = deadline.extra?.budgetMinutes ?? 0
            #expect(ledger.countedMinutes == budget + extra, RandomWorld.describe(deadline, seed))
            #expect(ledger.lines.last?.effect == .counted)
            #expect(ledger.until == ledger.due.instant)
        }
    }

    @Test(arguments: seeds)
    func anExtensionIsALimitOfItsOwnFromWhereTheLimitEnds(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        let units = TimeLimit.Unit.allCases.filter { $0 != .unspecified }
        for _ in 0..<Self.deadlinesPerSeed {
            let held = try RandomWorld.deadline(
                &random, units: units, mayStayOpen: false, mayBeExtended: false)
            let extended = try RandomWorld.extending(held, &random)
            let told = RandomWorld.describe(extended, seed)
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
        let clock = try RandomWorld(&random).clock
        var moved = 0
        for _ in 0..<4 * Self.deadlinesPerSeed {
            let reception = RandomWorld.reception(&random)
            let limit = try RandomWorld.limit(&random, [.workingHour])
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
        let clock = try RandomWorld(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let late = try RandomWorld.deadline(&random, mayStayOpen: false)
            let early = try Deadline(
                reception: late.reception.adding(
                    minutes: -Int.random(in: 0...3_000, using: &random)),
                limit: late.limit, holds: late.holds, afterSupplement: late.afterSupplement,
                extra: late.extra)
            let told = RandomWorld.describe(late, seed)
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
                    afterSupplement: late.afterSupplement, extra: late.extra)
            ).instant
            #expect(try due <= #require(after), told)
        }
    }

    @Test(arguments: seeds)
    func aDueInstantNeverLiesInsideASuspension(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let clock = try RandomWorld(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let deadline = try RandomWorld.deadline(&random)
            guard let due = clock.due(deadline).instant else { continue }
            for hold in deadline.holds.holds where hold.cause.stopsClock && hold.from < due {
                let told = RandomWorld.describe(deadline, seed)
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
        let clock = try RandomWorld(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let reception = RandomWorld.reception(&random)
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
        let clock = try RandomWorld(&random).clock
        for _ in 0..<Self.deadlinesPerSeed {
            let from = RandomWorld.reception(&random)
            let minutes = Int.random(in: 1...20_000, using: &random)
            let to = try #require(clock.add(workingMinutes: minutes, to: from))
            #expect(clock.workingMinutes(from: from, to: to) == minutes, "seed \(seed)")
            #expect(
                clock.workingMinutes(from: from, to: to.adding(minutes: -1)) == minutes - 1,
                "seed \(seed)")
        }
    }
}
