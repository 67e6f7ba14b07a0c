import Synchronization

/// Counters side by side, written by one thread and read by any.
///
/// One writer needs no locked addition: a relaxed load and a relaxed store cost what a plain one does. A
/// reader sees every counter at some moment of its own, never a torn one.
package final class CounterRow: Sendable {
    // Atomics are used at addresses of their own, which do not move until the row ends.
    nonisolated(unsafe) let start: UnsafeMutablePointer<Atomic<UInt64>>
    package let count: Int

    package init(_ count: Int) {
        self.count = count
        start = .allocate(capacity: count)
        for index in 0..<count { (start + index).initialize(to: Atomic(0)) }
    }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
    }

    /// By the writing thread. Wraps around after 2^64.
    package func add(_ amount: UInt64, at index: Int) {
        assert(index < count, "a row has \(count) counters")
        start[index].add(amount)
    }

    /// On any thread.
    package subscript(_ index: Int) -> UInt64 {
        precondition((0..<count).contains(index), "a row has \(count) counters")
        return start[index].load(ordering: .relaxed)
    }
}

extension Atomic<UInt64> {
    /// By the only thread that writes.
    func add(_ amount: UInt64) {
        store(load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}
