import Load
import Testing

@Suite struct ArrivalScheduleTests {
    @Test(arguments: [
        (2000.0, 0, Duration.zero), (2000.0, 3, .microseconds(1500)),
        (3.0, 1, .nanoseconds(333_333_333)), (3.0, 3, .seconds(1)),
        (0.3, 30_000, .seconds(100_000)), (0.5, 2, .seconds(4)),
    ])
    func constantArrivalsStandWhereTheRateSaysAndDoNotDrift(
        _ perSecond: Double, _ number: Int, _ expected: Duration
    ) {
        var schedule = ArrivalSchedule(perSecond: perSecond, seed: 1)
        for _ in 0..<number { _ = schedule.next() }
        #expect(schedule.next() == expected)
    }

    @Test func poissonArrivalsAreTheSameForTheSameSeedAndKeepTheRate() {
        let count = 20_000
        func arrivals(_ seed: UInt64) -> [Duration] {
            var schedule = ArrivalSchedule(perSecond: 1000, spacing: .poisson, seed: seed)
            return (0..<count).map { _ in schedule.next() }
        }
        let first = arrivals(7)
        #expect(first == arrivals(7))
        #expect(first != arrivals(8))
        #expect(zip(first, first.dropFirst()).allSatisfy { $0 <= $1 })
        // Twenty thousand gaps of 1 ms: the sum's standard deviation is 0.14 s.
        let total = first[count - 1] / .seconds(1)
        #expect((19.3...20.7).contains(total), "\(total)")
        // Of exponential gaps, 63.2 % are below the mean; of equal ones all or none.
        let short = zip(first, first.dropFirst()).count { $1 - $0 < .milliseconds(1) }
        #expect((12_300...13_000).contains(short), "\(short)")
    }
}
