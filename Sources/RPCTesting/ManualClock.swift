import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: Clock, Sendable {
    package typealias Instant = ContinuousClock.Instant

    private struct Sleeper {
        var id: UInt64
        var point: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Instant
        var lastID: UInt64 = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<UInt64> = []
        var observers: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    package init() { state = Mutex(State(now: .now)) }

    package var now: Instant { state.withLock(\.now) }
    package var minimumResolution: Duration { .nanoseconds(1) }

    /// Wakes every sleeper whose time has come, and tells the observers.
    package func advance(by duration: Duration) {
        precondition(duration >= .zero, "time does not run back")
        let (due, observers) = state.withLock { state in
            state.now += duration
            let now = state.now
            let due = state.sleepers.filter { $0.point <= now }
            state.sleepers.removeAll { $0.point <= now }
            return (due, state.observers)
        }
        for sleeper in due.sorted(by: { $0.point < $1.point }) { sleeper.continuation.resume() }
        for observer in observers { observer() }
    }

    /// - Parameter observer: Called after each move, on the thread that moved the clock.
    package func onAdvance(_ observer: @escaping @Sendable () -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if state.now >= deadline { return .success(()) }
                    state.sleepers.append(
                        Sleeper(id: id, point: deadline, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
