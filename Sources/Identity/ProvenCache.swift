import Synchronization

/// Remembers what was proven, so that a proof which comes with every call is worked out once.
///
/// Only what holds is remembered: who has no key can put nothing in. When it is full it starts anew, which
/// costs each proof in use once more.
final class ProvenCache<Proof: Hashable & Sendable, Proven: Sendable>: Sendable {
    private let known = Mutex<[Proof: Proven]>([:])
    private let countMax: Int

    init(countMax: Int) { self.countMax = countMax }

    var count: Int { known.withLock(\.count) }

    /// - Parameter prove: Nil for what does not hold.
    func proven<Failure: Error>(
        _ proof: Proof, _ prove: () throws(Failure) -> Proven?
    ) throws(Failure) -> Proven? {
        if let found = known.withLock({ $0[proof] }) { return found }
        guard let proven = try prove() else { return nil }
        known.withLock { known in
            if known.count >= countMax { known.removeAll(keepingCapacity: true) }
            known[proof] = proven
        }
        return proven
    }
}
