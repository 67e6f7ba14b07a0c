import Foundation
import WorkingTime

/// `clock-benchmark LIMIT HOLDS SECONDS`: derives due dates on one core; prints one line of JSON.
///
/// The deadlines are received at all hours of a year and held HOLDS times, an hour each, early
/// enough for every limit of `Scripts/bench` to be moved.
@main
struct ClockBenchmark {
    static let deadlineCount = 4_096

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let holdCount = Int(arguments[2]), holdCount >= 0,
            let seconds = Double(arguments[3])
        else {
            print("clock-benchmark LIMIT HOLDS SECONDS")
            exit(64)
        }
        let clock = WorkClock()
        let deadlines = try deadlines(limit: TimeLimit(parsing: arguments[1]), holdCount)
        for deadline in deadlines {
            precondition(clock.due(deadline).instant != nil, "every deadline is due some day")
        }
        let start = cpuSeconds()
        var derivations = 0
        var elapsed = 0.0
        var sum: Int64 = 0
        while elapsed < seconds {
            for deadline in deadlines {
                sum &+= clock.due(deadline).instant?.millisecondsSinceEpoch ?? 0
            }
            derivations += deadlines.count
            elapsed = cpuSeconds() - start
        }
        precondition(sum != 0)
        print("{\"derivations\": \(derivations), \"cpu_seconds\": \(elapsed)}")
    }

    /// Receptions a prime number of minutes apart fall on all hours, weekends and days off.
    private static func deadlines(limit: TimeLimit, _ holdCount: Int) throws -> [Deadline] {
        let first = try Instant(parsing: "2026-01-01T00:00+07:00")
        return try (0..<deadlineCount).map { number in
            let reception = first.adding(minutes: number * 7_919 % (365 * 1_440))
            let holds = (0..<holdCount).map { hold in
                let from = reception.adding(minutes: 30 + hold * 90)
                return Hold(from: from, to: from.adding(minutes: 60))
            }
            return try Deadline(reception: reception, limit: limit, holds: HoldLedger(holds))
        }
    }

    /// Of this thread.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        precondition(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
