import Synchronization
import Wire

/// Serialized bytes that the calls of one connection make this side hold, for one reason.
///
/// Without it a peer that keeps each of its streams within its own bound holds as many bounds as it opens
/// streams: at the limits' defaults, 4,096 times 4 MiB.
package final class HeldBytes: Sendable {
    private let count = Atomic(0)
    private let countMax: Int

    init(limits: Limits) { countMax = limits.heldBytesMax }

    package var byteCount: Int { count.load(ordering: .relaxed) }

    /// On the connection's thread, so that nobody else adds between the look and the addition.
    func hasRoom(for byteCount: Int) -> Bool {
        count.load(ordering: .relaxed) + byteCount <= countMax
    }

    /// On the connection's thread.
    func add(_ byteCount: Int) { count.wrappingAdd(byteCount, ordering: .relaxed) }

    /// On any thread.
    func remove(_ byteCount: Int) { count.wrappingSubtract(byteCount, ordering: .relaxed) }
}

extension Message {
    /// Of the serialized form; 0 for a message that cannot be written at all.
    var measuredByteCount: Int {
        var measured = 0
        do {
            try serialize { (byteCount) throws(MessageError) in
                measured = byteCount
                throw MessageError(.tooLarge, message: "it is only measured")
            }
        } catch {
            // The failure is our own, or it comes again when the message is really written.
        }
        return measured
    }
}
