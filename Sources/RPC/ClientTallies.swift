import Synchronization

/// A channel's tallies on one loop: found by its thread without a lock, read by any.
final class ClientTallies: @unchecked Sendable {
    // Unchecked: the slots are touched by the loop's thread alone; the list is in a mutex.

    /// Methods with a series of their own; calls of others are counted together, as of `Method.unknown`.
    static let methodsMax = 256

    private struct Slot {
        /// 0 for none.
        var identity: UInt
        var tally: CallTally
    }

    /// Owns what the tallies point at.
    private let recorder: CallRecorder
    /// Open addressing by the method's identity.
    private let slots: UnsafeMutableBufferPointer<Slot>
    /// Kept, so that no other method takes over an identity.
    private var kept: [Method] = []
    private let series = Mutex<[(method: Method, tally: CallTally)]>([])
    private let other: CallTally

    /// On any thread, before the loop uses it.
    init(_ recorder: CallRecorder) {
        self.recorder = recorder
        other = recorder.makeTally()
        slots = .allocate(capacity: 2 * ClientTallies.methodsMax)
        slots.initialize(repeating: Slot(identity: 0, tally: other))
    }

    deinit { slots.deallocate() }

    var counts: [CallCounts] {
        (series.withLock { $0 } + [(.unknown, other)]).map { $1.counts(of: $0) }
            .filter { $0.started > 0 }
    }

    func tally(of method: Method) -> CallTally {
        let identity = UInt(bitPattern: method.identity)
        let mask = slots.count - 1
        let hash = UInt64(identity) &* 0x9e37_79b9_7f4a_7c15
        var index = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[index].identity != identity {
            if slots[index].identity == 0 { return add(method, at: index) }
            index = (index + 1) & mask
        }
        return slots[index].tally
    }

    private func add(_ method: Method, at index: Int) -> CallTally {
        let tally = series.withLock { series in
            if let equal = series.first(where: { $0.method == method }) { return equal.tally }
            guard series.count < ClientTallies.methodsMax else { return other }
            let tally = recorder.makeTally()
            series.append((method, tally))
            return tally
        }
        // Methods made anew for each call would fill the table; those beyond are found by their value.
        guard kept.count < ClientTallies.methodsMax else { return tally }
        kept.append(method)
        slots[index] = Slot(identity: UInt(bitPattern: method.identity), tally: tally)
        return tally
    }
}
