/// What is counted of the calls of one method on one loop: written by its thread, read by any.
///
/// A server has one for each method of its router, a channel one for each method it has called.
package final class CallTally: Sendable {
    /// Where each bucket of the durations ends, inclusive; the last one has no end.
    package static let durationBounds: [Duration] = [
        .microseconds(50), .microseconds(100), .microseconds(250), .microseconds(500),
        .milliseconds(1), .microseconds(2500), .milliseconds(5), .milliseconds(10),
        .milliseconds(25), .milliseconds(50), .milliseconds(100), .milliseconds(250),
        .milliseconds(500), .seconds(1), .milliseconds(2500), .seconds(5), .seconds(10),
        .seconds(30),
    ]
    private static let boundsNanoseconds = durationBounds.map { UInt64($0.nanoseconds) }

    private enum Column {
        static let started = 0
        static let requestBytes = 1
        static let responseBytes = 2
        static let durationNanoseconds = 3
        static let handled = 4
        static let durations = handled + StatusCode.allCases.count
        static let count = durations + durationBounds.count + 1
    }

    package let method: Method
    private let row = CounterRow(Column.count)

    init(_ method: Method) { self.method = method }

    // On the loop's thread

    func begin() { row.add(1, at: Column.started) }
    func addRequestBytes(_ count: Int) { row.add(UInt64(count), at: Column.requestBytes) }
    func addResponseBytes(_ count: Int) { row.add(UInt64(count), at: Column.responseBytes) }
    func end(_ code: StatusCode) { row.add(1, at: Column.handled + Int(code.rawValue)) }

    func add(_ duration: Duration) {
        let nanoseconds = UInt64(max(duration.nanoseconds, 0))
        let bounds = CallTally.boundsNanoseconds
        var bucket = 0
        while bucket < bounds.count, nanoseconds > bounds[bucket] { bucket += 1 }
        row.add(1, at: Column.durations + bucket)
        row.add(nanoseconds, at: Column.durationNanoseconds)
    }

    // On any thread

    package var counts: CallCounts {
        // Ends before beginnings, so that there are never more of them.
        let durations = (0...CallTally.durationBounds.count).map { row[Column.durations + $0] }
        let handled = StatusCode.allCases.indices.map { row[Column.handled + $0] }
        return CallCounts(
            method: method, started: row[Column.started], handled: handled, durations: durations,
            durationSum: .nanoseconds(Int64(clamping: row[Column.durationNanoseconds])),
            requestBytes: row[Column.requestBytes], responseBytes: row[Column.responseBytes])
    }
}

/// What was counted of a method's calls, on all loops together.
package struct CallCounts: Hashable, Sendable {
    package var method: Method
    /// Calls that began; of a channel, attempts.
    package var started: UInt64
    /// Calls that ended, by the number of their status code.
    package var handled: [UInt64]
    /// Calls whose duration is within each bound of `CallTally.durationBounds` and above the one before;
    /// the last has those above all. Every call that ended is in one, once the loop's turn is over.
    package var durations: [UInt64]
    package var durationSum: Duration
    /// Of messages alone: frames, names and metadata are not counted.
    package var requestBytes: UInt64
    package var responseBytes: UInt64

    package var inFlight: UInt64 {
        let ended = handled.reduce(0, +)
        return started > ended ? started - ended : 0
    }

    package subscript(_ code: StatusCode) -> UInt64 { handled[Int(code.rawValue)] }

    /// Those of each method together, in the order in which methods come first.
    static func sum(_ all: [CallCounts]) -> [CallCounts] {
        var sums: [CallCounts] = []
        var indices: [Method: Int] = [:]
        for counts in all {
            if let index = indices[counts.method] {
                sums[index].add(counts)
            } else {
                indices[counts.method] = sums.count
                sums.append(counts)
            }
        }
        return sums
    }

    private mutating func add(_ other: CallCounts) {
        started += other.started
        for index in handled.indices { handled[index] += other.handled[index] }
        for index in durations.indices { durations[index] += other.durations[index] }
        durationSum += other.durationSum
        requestBytes += other.requestBytes
        responseBytes += other.responseBytes
    }
}

extension Method {
    /// Stands for every method that has no series of its own, so that no peer can make one.
    package static let unknown = Method(service: "unknown", name: "unknown")
}

/// A router's tallies on one loop, by the index of the method in its table.
final class ServerTallies: Sendable {
    let all: [CallTally]

    init(_ methods: [Method]) { all = methods.map { CallTally($0) } + [CallTally(.unknown)] }

    /// Calls whose method the table does not have, or whose envelope did not say.
    var unknown: CallTally { all[all.count - 1] }
}
