import Synchronization

/// Holds tasks until a test opens it, and counts what became of them.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0
        var arrivals = 0
        var cancellations = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Tasks that have come to the gate, ever.
    package var arrivals: Int { state.withLock(\.arrivals) }
    /// Tasks that were cancelled while they waited.
    package var cancellations: Int { state.withLock(\.cancellations) }

    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            let waiting = state.waiting
            state.waiting = [:]
            return waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// - Throws: `CancellationError`.
    package func pass() async throws {
        let id = state.withLock { state in
            state.arrivals += 1
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayPass = state.withLock { state in
                    if state.isOpen || state.cancelled.remove(id) != nil { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if mayPass { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                state.cancellations += 1
                let waiting = state.waiting.removeValue(forKey: id)
                if waiting == nil { state.cancelled.insert(id) }
                return waiting
            }
            continuation?.resume()
        }
        try Task.checkCancellation()
    }
}

/// Asks again until `condition` holds: for what another thread will do soon.
///
/// - Returns: Whether it held within `patience`.
package func eventually(
    within patience: Duration = .seconds(10), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(1))  // Cancelled: the loop ends by its bound.
    }
    return try await condition()
}
