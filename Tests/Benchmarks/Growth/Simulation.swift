import Foundation
import WorkingTime

/// Goes through the days: each day's hand-ins and the visits of dossiers that are open, in order of their time.
struct Simulation {
    let clerk: Clerk
    let seed: UInt64
    let dossiers: Int
    let atOnce: Int
    let first: CivilDate
    /// Hand-ins are spread over these days and the first.
    let days: Int
    let end: Instant
    /// When all is handed in; when nil, drawn for each.
    let moment: Instant?

    private(set) var commands = 0

    init(
        clerk: Clerk, seed: UInt64, dossiers: Int, atOnce: Int, first: CivilDate,
        days: Int = Population.days, end: Instant, moment: Instant? = nil
    ) {
        self.clerk = clerk
        self.seed = seed
        self.dossiers = dossiers
        self.atOnce = atOnce
        self.first = first
        self.days = days
        self.end = end
        self.moment = moment
    }

    mutating func run() async throws {
        var population = Population(
            seed: seed, offers: clerk.offers.count, wards: clerk.wards.count)
        var agenda: [Int: [Clerk.Open]] = [:]
        let start = ContinuousClock.now
        var handedIn = 0
        var told = start
        for day in 0...days {
            let date = CivilDate(daysSinceEpoch: first.daysSinceEpoch + day)
            var today = agenda.removeValue(forKey: date.daysSinceEpoch) ?? []
            let due = dossiers * (day + 1) / (days + 1)
            while handedIn < due {
                var life = population.life(handedIn, handedInOn: date, of: clerk.offers)
                if let moment {
                    life.outcome = .returned
                    life.visits = [(.handIn, moment)]
                }
                today.append(Clerk.Open(life: life))
                handedIn += 1
            }
            // A life may have several visits in one day.
            while !today.isEmpty {
                var later: [Clerk.Open] = []
                for open in try await visit(today) where open.next < open.life.visits.count {
                    let next = open.life.visits[open.next].at
                    let day = next.local(in: .vietnam).date.daysSinceEpoch
                    if day == date.daysSinceEpoch {
                        later.append(open)
                    } else {
                        agenda[day, default: []].append(open)
                    }
                }
                today = later
            }
            try await clerk.office.catchUp()
            if ContinuousClock.now - told > .seconds(5) || day == days {
                told = .now
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                print(
                    String(
                        format:
                            "%6.0f s  day %d of %d  %d dossiers  %d commands  %.0f dossiers/s  %.0f commands/s",
                        seconds, day, days, handedIn, commands,
                        Double(handedIn) / seconds,
                        Double(commands) / seconds))
            }
        }
    }

    private mutating func visit(_ today: [Clerk.Open]) async throws -> [Clerk.Open] {
        let visits = today.sorted { $0.time < $1.time }.prefix { $0.time <= end }
        let (clerk, atOnce) = (clerk, atOnce)
        let seen = try await withThrowingTaskGroup(of: Clerk.Open.self) { group in
            var seen: [Clerk.Open] = []
            seen.reserveCapacity(visits.count)
            for (index, open) in visits.enumerated() {
                if index >= atOnce, let done = try await group.next() { seen.append(done) }
                clerk.office.setTime(open.time)
                group.addTask {
                    var open = open
                    try await clerk.visit(&open)
                    return open
                }
            }
            for try await done in group { seen.append(done) }
            return seen
        }
        commands += seen.reduce(0) { $0 + $1.commands } - visits.reduce(0) { $0 + $1.commands }
        return seen
    }
}

extension Clerk.Open {
    fileprivate var time: Instant { life.visits[next].at }
}
