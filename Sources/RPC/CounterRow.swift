import Synchronization

/// Counters side by side, written by one thread and read by any.
///
/// One writer needs no locked addition: a relaxed load and a relaxed store cost what a plain one does. A
/// reader sees every counter at some moment of its own, never a torn one.
package final class CounterRow: Sendable {
    // Atomics are used at addresses of their own, which do not move until the row ends.
    private nonisolated(unsafe) let counters: UnsafeMutablePointer<Atomic<UInt64>>
    package let count: Int

    package init(_ count: Int) {
        self.count = count
        counters = .allocate(capacity: count)
        for index in 0..<count { (counters + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counters.deinitialize(count: count)
        counters.deallocate()
    }

    /// By the writing thread. Wraps around after 2^64.
    package func add(_ amount: UInt64, at index: Int) {
        assert(index < count, "a row has \(count) counters")
        let value = counters[index].load(ordering: .relaxed)
        counters[index].store(value &+ amount, ordering: .relaxed)
    }

    /// On any thread.
    package subscript(_ index: Int) -> UInt64 {
        precondition((0..<count).contains(index), "a row has \(count) counters")
        return counters[index].load(ordering: .relaxed)
    }
}
