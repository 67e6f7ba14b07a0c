import Synchronization

/// Hands over whatever has gathered: one side appends elements and waits while the buffer is full,
/// the other takes all that is there at once and waits while it is empty.
///
/// One task on each side.
struct BatchBuffer<Element: Sendable>: Sendable {
    static func make(elementsMax: Int) -> (batches: BatchBuffer, feed: Feed) {
        precondition(elementsMax > 0, "a buffer holds something")
        let shared = Shared(elementsMax: elementsMax)
        return (BatchBuffer(shared: shared), Feed(shared: shared))
    }

    private let shared: Shared

    /// All that has gathered, at least one element; `nil` after the end.
    func next() async throws -> [Element]? {
        while true {
            try Task.checkCancellation()
            if let batch = shared.take() { return batch.isEmpty ? nil : batch }
            await shared.filled.wait()
        }
    }

    struct Feed: Sendable {
        fileprivate let shared: Shared

        func append(_ element: Element) async throws {
            while !shared.put(element) {
                try Task.checkCancellation()
                await shared.emptied.wait()
            }
        }

        func finish() { shared.end() }
    }

    fileprivate final class Shared: Sendable {
        private struct State {
            var elements: [Element] = []
            var hasEnded = false
        }

        private let state = Mutex(State())
        private let elementsMax: Int
        let filled = Wakeup()
        let emptied = Wakeup()

        init(elementsMax: Int) { self.elementsMax = elementsMax }

        /// `nil` when there is nothing yet, an empty batch after the end.
        func take() -> [Element]? {
            let batch: [Element]? = state.withLock { state in
                defer { state.elements.removeAll(keepingCapacity: true) }
                return state.elements.isEmpty && !state.hasEnded ? nil : state.elements
            }
            if batch != nil { emptied.signal() }
            return batch
        }

        func put(_ element: Element) -> Bool {
            let fits = state.withLock { state in
                guard state.elements.count < elementsMax else { return false }
                state.elements.append(element)
                return true
            }
            if fits { filled.signal() }
            return fits
        }

        func end() {
            state.withLock { $0.hasEnded = true }
            filled.signal()
        }
    }
}

/// A signal that is remembered until one task has waited for it.
final class Wakeup: Sendable {
    private enum State {
        case idle
        case signalled
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.idle)

    func signal() {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard case .waiting(let waiter) = state else {
                state = .signalled
                return nil
            }
            state = .idle
            return waiter
        }
        waiter?.resume()
    }

    /// Returns at the next signal, or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if case .signalled = state {
                        state = .idle
                        return true
                    }
                    if Task.isCancelled { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            signal()
        }
    }
}
