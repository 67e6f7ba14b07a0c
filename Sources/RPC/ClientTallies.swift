import Synchronization

/// A channel's tallies on one loop: found by its thread without a lock, read by any.
final class ClientTallies: @unchecked Sendable {
    // Unchecked: the slots are touched by the loop's thread alone; the list is in a mutex.

    /// Methods with a series of their own; calls of others are counted together, as of `Method.unknown`.
    static let methodsMax = 256

    private struct Slot {
        /// Kept, so that no other method takes over the identity.
        let method: Method
        let tally: CallTally
    }

    /// Open addressing by the method's identity.
    private var slots: [Slot?] = Array(repeating: nil, count: 2 * ClientTallies.methodsMax)
    private var taken = 0
    private let tallies = Mutex<[CallTally]>([])
    private let other = CallTally(.unknown)

    var counts: [CallCounts] {
        (tallies.withLock { $0 } + [other]).map(\.counts).filter { $0.started > 0 }
    }

    func tally(of method: Method) -> CallTally {
        var index = home(method)
        while let slot = slots[index] {
            if slot.method.identity == method.identity { return slot.tally }
            index = (index + 1) & (slots.count - 1)
        }
        return add(method, at: index)
    }

    private func home(_ method: Method) -> Int {
        let bits = UInt64(UInt(bitPattern: method.identity))
        return Int(truncatingIfNeeded: (bits &* 0x9e37_79b9_7f4a_7c15) >> 32) & (slots.count - 1)
    }

    private func add(_ method: Method, at index: Int) -> CallTally {
        let tally = tallies.withLock { tallies in
            if let equal = tallies.first(where: { $0.method == method }) { return equal }
            guard tallies.count < ClientTallies.methodsMax else { return other }
            let tally = CallTally(method)
            tallies.append(tally)
            return tally
        }
        // Methods made anew for each call would fill the table; those beyond are found by their value.
        guard taken < ClientTallies.methodsMax else { return tally }
        taken += 1
        slots[index] = Slot(method: method, tally: tally)
        return tally
    }
}
