import Synchronization

/// What is counted of the calls of one method on one loop: written by its thread, read by any.
///
/// A server has one for each method of its router, a channel one for each method it has called. The loop's
/// recorder owns what this points at.
struct CallTally: @unchecked Sendable {
    // Unchecked: the counters are atomic; the recorder's state is touched by the loop's thread alone.

    private enum Column {
        static let started = 0
        static let requestBytes = 1
        static let responseBytes = 2
        static let durationNanoseconds = 3
        static let handled = 4
        static let durations = handled + StatusCode.allCases.count
    }

    static let columnCount = Column.durations + CallCounts.boundsNanoseconds.count + 1

    let counters: UnsafeMutablePointer<Atomic<UInt64>>
    let state: UnsafeMutablePointer<CallRecorder.State>

    // On the loop's thread

    func begin() { counters[Column.started].add(1) }

    /// A call that begins now ends ``end(_:from:)`` this moment.
    var now: Int64 { state.pointee.now }

    func addRequestBytes(_ count: Int) { counters[Column.requestBytes].add(UInt64(count)) }
    func addResponseBytes(_ count: Int) { counters[Column.responseBytes].add(UInt64(count)) }

    func end(_ code: StatusCode, from start: Int64) {
        counters[Column.handled + Int(code.rawValue)].add(1)
        state.pointee.ended.append(CallRecorder.EndedCall(tally: self, start: start))
    }

    func add(nanoseconds: Int64) {
        var bucket = 0
        for bound in CallCounts.boundsNanoseconds {
            if nanoseconds <= bound { break }
            bucket += 1
        }
        counters[Column.durations + bucket].add(1)
        counters[Column.durationNanoseconds].add(UInt64(max(nanoseconds, 0)))
    }

    // On any thread

    func counts(of method: Method) -> CallCounts {
        // Ends before beginnings, so that there are never more of them.
        let durations = read(Column.durations, CallCounts.boundsNanoseconds.count + 1)
        let handled = read(Column.handled, StatusCode.allCases.count)
        let sums = read(0, Column.handled)
        return CallCounts(
            method: method, started: sums[Column.started], handled: handled, durations: durations,
            durationSum: .nanoseconds(Int64(clamping: sums[Column.durationNanoseconds])),
            requestBytes: sums[Column.requestBytes], responseBytes: sums[Column.responseBytes])
    }

    private func read(_ first: Int, _ count: Int) -> [UInt64] {
        (first..<first + count).map { counters[$0].load(ordering: .relaxed) }
    }
}

/// What was counted of a method's calls, on all loops together.
package struct CallCounts: Hashable, Sendable {
    /// 50 us to 30 s.
    static let boundsNanoseconds: [Int64] = [
        50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000,
        1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000, 30_000_000_000,
    ]
    /// Where each bucket of the durations ends, inclusive; the last one has no end.
    package static let durationBounds = boundsNanoseconds.map { Duration.nanoseconds($0) }

    package var method: Method
    /// Calls that began; of a channel, attempts.
    package var started: UInt64
    /// Calls that ended, by the number of their status's code.
    package var handled: [UInt64]
    /// Calls whose duration is within each bound of ``durationBounds`` and above the one before;
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
    package static func sum(_ all: [CallCounts]) -> [CallCounts] {
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
    let methods: [Method]
    private let all: [CallTally]
    /// Owns what the tallies point at.
    private let recorder: CallRecorder

    /// On the loop's thread.
    init(_ methods: [Method], _ recorder: CallRecorder) {
        self.methods = methods + [.unknown]
        self.recorder = recorder
        all = self.methods.map { _ in recorder.makeTally() }
    }

    subscript(_ index: Int) -> CallTally { all[index] }

    /// For calls whose method the table does not have, or whose envelope did not say.
    var unknownIndex: Int { all.count - 1 }

    var counts: [CallCounts] { zip(all, methods).map { $0.counts(of: $1) } }
}
