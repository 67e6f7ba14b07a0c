import Foundation

/// A fixed number of threads for work that blocks: files, and waiting for child processes. No
/// thread that owns a connection ever does such work.
///
/// Work begins in the order it was handed in, and once begun it runs to its end, even when its
/// caller is cancelled.
package final class WorkerPool: Sendable {
    /// Work that waits for a thread; one more is refused as `.saturated`. A caller has one piece of
    /// work waiting at most, so the queue is as long as there are callers.
    package static let waitingMax = 1_024

    private let queue = WorkQueue()

    package init(name: String, threads: Int) {
        queue.threadsBegin(threads)
        for number in 1...threads {
            let thread = Thread { [queue] in
                while let work = queue.next() { work() }
                queue.threadEnds()
            }
            thread.name = "\(name).\(number)"
            thread.start()
        }
    }

    deinit { queue.stopAccepting() }

    /// - Throws: `DigitizationError`, `.saturated` or `.closing`, or what `work` throws.
    package func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = queue.add { continuation.resume(with: Result { try work() }) }
            if let refusal { continuation.resume(throwing: refusal) }
        }
    }

    /// Takes no more work, does what waits and ends the threads.
    package func close() async {
        queue.stopAccepting()
        await withCheckedContinuation { continuation in
            queue.whenAllThreadsEnded { continuation.resume() }
        }
    }
}

private final class WorkQueue: @unchecked Sendable {
    // Unchecked: every member is touched under the condition's lock alone.
    private let condition = NSCondition()
    private var waiting: [() -> Void] = []
    private var threads = 0
    private var isAccepting = true
    private var onEnd: [() -> Void] = []

    func add(_ work: @escaping @Sendable () -> Void) -> DigitizationError? {
        condition.withLock {
            guard isAccepting else { return DigitizationError(.closing, "the service is stopping") }
            guard waiting.count < WorkerPool.waitingMax else {
                return DigitizationError(.saturated, "too much work waits for the disk")
            }
            waiting.append(work)
            condition.signal()
            return nil
        }
    }

    /// Waits for work; `nil` when there will be no more.
    func next() -> (() -> Void)? {
        condition.withLock {
            while waiting.isEmpty && isAccepting { condition.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    func stopAccepting() {
        condition.withLock {
            isAccepting = false
            condition.broadcast()
        }
    }

    func threadsBegin(_ count: Int) {
        condition.withLock { threads += count }
    }

    func threadEnds() {
        let ended = condition.withLock {
            threads -= 1
            guard threads == 0 else { return [() -> Void]() }
            defer { onEnd = [] }
            return onEnd
        }
        for callback in ended { callback() }
    }

    func whenAllThreadsEnded(_ callback: @escaping @Sendable () -> Void) {
        let isEnded = condition.withLock {
            if threads > 0 { onEnd.append(callback) }
            return threads == 0
        }
        if isEnded { callback() }
    }
}
