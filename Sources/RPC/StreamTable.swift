/// The calls in flight on one connection, by stream id. Open addressing: ids are dense and odd.
struct StreamTable<Call: AnyObject> {
    private struct Slot {
        var id: UInt32
        var call: Call?
    }

    private var slots: [Slot]
    private(set) var count = 0

    init() { slots = Array(repeating: Slot(id: 0, call: nil), count: 64) }

    var isEmpty: Bool { count == 0 }
    var calls: [Call] { slots.compactMap(\.call) }

    private var mask: Int { slots.count - 1 }

    /// Fibonacci hashing: ids that a peer spreads by a power of two do not all meet.
    private func home(_ id: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(id >> 1) &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    }

    subscript(id: UInt32) -> Call? {
        var index = home(id)
        while let call = slots[index].call {
            if slots[index].id == id { return call }
            index = (index + 1) & mask
        }
        return nil
    }

    mutating func insert(_ call: Call, id: UInt32) {
        if count * 2 >= slots.count { grow() }
        var index = home(id)
        while slots[index].call != nil {
            precondition(slots[index].id != id, "stream \(id) is in flight already")
            index = (index + 1) & mask
        }
        slots[index] = Slot(id: id, call: call)
        count += 1
    }

    @discardableResult
    mutating func remove(_ id: UInt32) -> Call? {
        var index = home(id)
        while let call = slots[index].call {
            if slots[index].id == id {
                close(index)
                count -= 1
                return call
            }
            index = (index + 1) & mask
        }
        return nil
    }

    mutating func removeAll() -> [Call] {
        let removed = calls
        self = StreamTable()
        return removed
    }

    /// Moves later entries of the run back, so that no look-up stops at the gap.
    private mutating func close(_ hole: Int) {
        var hole = hole
        var index = hole
        while true {
            index = (index + 1) & mask
            guard slots[index].call != nil else { break }
            let distance = (index - home(slots[index].id)) & mask
            if distance >= (index - hole) & mask {
                slots[hole] = slots[index]
                hole = index
            }
        }
        slots[hole] = Slot(id: 0, call: nil)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(id: 0, call: nil), count: old.count * 2)
        count = 0
        for slot in old {
            if let call = slot.call { insert(call, id: slot.id) }
        }
    }
}
