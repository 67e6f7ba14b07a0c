import Messages
import RPC
import WorkingTime

/// One way to hand a procedure in: what a citizen chose, all that is open to choice.
struct Offer: Sendable {
    var procedureID: String
    var channel: CommonV1.Channel
    var limitID: String
    var feeLineIDs: [String]
    var componentIDs: [String]
    /// About how many days an agency has; what has no limit is worked on for as long as this.
    var limitDays: Double

    /// Every case of every procedure, with the one fee line and the one or two papers that most hand in.
    static func all(of procedures: [RecordsV1.Procedure]) -> [Offer] {
        procedures.flatMap { procedure in
            procedure.limits.map { limit in
                let lines = procedure.feeLines.filter { $0.channels.contains(limit.channel) }
                return Offer(
                    procedureID: procedure.procedureID, channel: limit.channel,
                    limitID: limit.limitID, feeLineIDs: lines.prefix(1).map(\.feeLineID),
                    componentIDs: procedure.components.prefix(2).map(\.componentID),
                    limitDays: days(of: limit.limit ?? .init()))
            }
        }
    }

    private static func days(of limit: RecordsV1.TimeLimit) -> Double {
        let value = Double(limit.value)
        return switch limit.unit {
        case .workingDay: value * 7 / 5
        case .day: value
        case .month: value * 30
        case .hour: value / 24
        case .workingHour: value / 8
        case .sameDay: 0.3
        default: 5
        }
    }
}

/// What comes of a dossier.
enum Outcome: Sendable {
    case returned
    case returnedAfterSupplement
    case refused
    case withdrawn
}

/// One stay at the counter or at a desk, in which a dossier has one or more commands.
enum Visit: Int, Sendable {
    /// Handed in, paid for and digitized, accepted, and given to those who work on it; or refused.
    case handIn
    case askSupplement
    case bringSupplement
    case examine
    case decide
    case issue
    case handOver
    case withdraw
}

/// The life of one dossier, all of it drawn before it begins.
struct Life: Sendable {
    var number: Int
    var offer: Int
    var ward: Int
    var desk: Int
    var applicant: UInt64
    var outcome: Outcome
    var visits: [(visit: Visit, at: Instant)]
}

/// Draws lives: the same for the same seed.
struct Population {
    /// Hand-ins are spread over so many days before the last one: the year so far of a city that takes 1 M.
    static let days = 200
    private static let openingMinute = 7 * 60 + 30
    private static let openMinutes = 570

    private var random: SplitMix64
    private let offerWeights: WeightedChoice
    private let wardWeights: WeightedChoice

    init(seed: UInt64, offers: Int, wards: Int) {
        random = SplitMix64(seed: seed)
        // A few procedures and the wards of the inner city have most of the work.
        offerWeights = WeightedChoice((0..<offers).map { 1 / (Double($0) + 4) })
        wardWeights = WeightedChoice((0..<wards).map { 1 / (Double($0) + 20) })
    }

    mutating func life(_ number: Int, handedInOn day: CivilDate, of offers: [Offer]) -> Life {
        let offer = offerWeights.draw(&random)
        let outcome = outcome(hasPapers: !offers[offer].componentIDs.isEmpty)
        return Life(
            number: number, offer: offer, ward: wardWeights.draw(&random),
            desk: Int.random(in: 0..<4, using: &random), applicant: random.next(), outcome: outcome,
            visits: visits(outcome, from: day, days: offers[offer].limitDays))
    }

    private mutating func outcome(hasPapers: Bool) -> Outcome {
        switch Double.random(in: 0..<1, using: &random) {
        case ..<0.015: .refused
        case ..<0.03: .withdrawn
        case ..<0.11: hasPapers ? .returnedAfterSupplement : .returned
        default: .returned
        }
    }

    /// Most are in time; one in twenty is late.
    private mutating func visits(
        _ outcome: Outcome, from day: CivilDate, days: Double
    ) -> [(visit: Visit, at: Instant)] {
        let share =
            Double.random(in: 0..<1, using: &random) < 0.05
            ? Double.random(in: 1.05..<1.6, using: &random)
            : Double.random(in: 0.3..<0.95, using: &random)
        let work = max(1, days * share)
        var plan: [(Visit, Double)] = [(.handIn, 0)]
        switch outcome {
        case .refused: break
        case .withdrawn: plan.append((.withdraw, work * 0.4))
        case .returned, .returnedAfterSupplement:
            var start = 0.0
            if outcome == .returnedAfterSupplement {
                start = Double.random(in: 1..<7, using: &random)
                plan += [(.askSupplement, work * 0.2), (.bringSupplement, work * 0.2 + start)]
            }
            let wait = Double.random(in: 0..<5, using: &random)
            plan += [
                (.examine, start + work * 0.4), (.decide, start + work * 0.8),
                (.issue, start + work), (.handOver, start + work + wait),
            ]
        }
        var last = Instant(millisecondsSinceEpoch: .min)
        return plan.map { visit, days in
            last = max(last, moment(on: CivilDate(daysSinceEpoch: day.daysSinceEpoch + Int(days))))
            return (visit, last)
        }
    }

    private mutating func moment(on day: CivilDate) -> Instant {
        let minute = Self.openingMinute + Int.random(in: 0..<Self.openMinutes, using: &random)
        let local = LocalTime(day, TimeOfDay(minutesSinceMidnight: minute)!)
        return Instant(local, in: .vietnam)
            .advanced(by: .milliseconds(Int.random(in: 0..<60_000, using: &random)))
    }
}

/// Draws an index with a probability in proportion to its weight.
struct WeightedChoice: Sendable {
    private let ends: [Double]

    init(_ weights: [Double]) {
        precondition(!weights.isEmpty, "there is something to choose from")
        var sum = 0.0
        ends = weights.map { weight in
            sum += weight
            return sum
        }
    }

    func draw(_ random: inout SplitMix64) -> Int {
        let point = Double.random(in: 0..<ends[ends.count - 1], using: &random)
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
