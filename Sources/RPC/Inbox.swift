import Synchronization
import Wire

/// The receiving half of a stream: the loop puts messages in, one task takes them out, on any thread.
package final class Inbox<Element: Message>: Sendable, InboxPort {
    private struct State {
        /// Nil once taken: who lags by one message would keep all those before it too, uncounted.
        var messages: [(message: Element?, byteCount: Int)] = []
        /// Of ``messages``, how many were taken.
        var taken = 0
        var byteCount = 0
        var isStalled = false
        var end: End?
        var waiter: UnsafeContinuation<Element?, any Error>?

        var count: Int { messages.count - taken }

        /// - Returns: The oldest message, and whether the reader has now caught up.
        mutating func take(below countMax: Int, _ byteCountMax: Int) -> (Element, Bool)? {
            guard count > 0, let message = messages[taken].message else { return nil }
            messages[taken].message = nil
            byteCount -= messages[taken].byteCount
            taken += 1
            if taken == messages.count {
                messages.removeAll(keepingCapacity: true)
                taken = 0
            } else if taken >= 64 {
                messages.removeFirst(taken)
                taken = 0
            }
            let caughtUp = isStalled && count <= countMax / 2 && byteCount <= byteCountMax / 2
            if caughtUp { isStalled = false }
            return (message, caughtUp)
        }
    }

    private enum End {
        case finished
        case failed(Status)
    }

    private let state = Mutex(State())
    private let countMax: Int
    private let byteCountMax: Int
    private let held: HeldBytes
    private let onRoom: @Sendable () -> Void

    /// - Parameters:
    ///   - held: Of all inboxes of the connection.
    ///   - onRoom: Called on any thread once the reader has caught up after `.full`, or what it had
    ///     not read was dropped.
    init(limits: Limits, held: HeldBytes, onRoom: @escaping @Sendable () -> Void) {
        self.held = held
        countMax = limits.queuedMessagesMax
        byteCountMax = limits.queuedBytesMax
        self.onRoom = onRoom
    }

    deinit { held.remove(state.withLock(\.byteCount)) }

    func offer(_ bytes: UnsafeRawBufferPointer) throws(MessageError) -> InboxRoom {
        let message = try Element(serialized: bytes)
        var waiter: UnsafeContinuation<Element?, any Error>?
        let room: InboxRoom = state.withLock { state in
            guard state.end == nil else { return .room }
            if let taken = state.waiter {
                state.waiter = nil
                waiter = taken
                return .room
            }
            if state.count >= countMax || state.byteCount >= byteCountMax { return .overflow }
            guard held.hasRoom(for: bytes.count) else { return .connectionOverflow }
            state.messages.append((message, bytes.count))
            state.byteCount += bytes.count
            held.add(bytes.count)
            guard state.count >= countMax || state.byteCount >= byteCountMax else { return .room }
            state.isStalled = true
            return .full
        }
        waiter?.resume(returning: message)
        return room
    }

    /// What is in stays to be read, unless the end is a failure of the connection or of the caller.
    func end(_ failure: Status?, dropsQueued: Bool) {
        typealias Waiter = UnsafeContinuation<Element?, any Error>
        let (waiter, wasStalled): (Waiter?, Bool) = state.withLock { state in
            guard state.end == nil || (dropsQueued && state.count > 0) else { return (nil, false) }
            state.end = failure.map(End.failed) ?? .finished
            var wasStalled = false
            if dropsQueued {
                wasStalled = state.isStalled
                state.isStalled = false
                held.remove(state.byteCount)
                state.messages = []
                state.taken = 0
                state.byteCount = 0
            }
            defer { state.waiter = nil }
            return (state.waiter, wasStalled)
        }
        if wasStalled { onRoom() }
        if let failure {
            waiter?.resume(throwing: failure)
        } else {
            waiter?.resume(returning: nil)
        }
    }

    func next() async throws -> Element? {
        switch take(orWait: nil) {
        case .message(let message): return message
        case .finished: return nil
        case .failed(let status): throw status
        case .nothingYet: break
        }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                switch take(orWait: continuation) {
                case .message(let message): continuation.resume(returning: message)
                case .finished: continuation.resume(returning: nil)
                case .failed(let status): continuation.resume(throwing: status)
                case .nothingYet: break
                }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(throwing: Status.taskCancelled)
        }
    }

    private enum Taken {
        case message(Element)
        case finished
        case failed(Status)
        case nothingYet
    }

    private func take(orWait waiter: UnsafeContinuation<Element?, any Error>?) -> Taken {
        let (taken, caughtUp): (Taken, Bool) = state.withLock { state in
            precondition(state.waiter == nil, "one task reads a stream")
            let before = state.byteCount
            if let (message, caughtUp) = state.take(below: countMax, byteCountMax) {
                held.remove(before - state.byteCount)
                return (.message(message), caughtUp)
            }
            switch state.end {
            case .finished?: return (.finished, false)
            case .failed(let status)?: return (.failed(status), false)
            case nil: break
            }
            if waiter != nil, Task.isCancelled { return (.failed(.taskCancelled), false) }
            state.waiter = waiter
            return (.nothingYet, false)
        }
        if caughtUp { onRoom() }
        return taken
    }
}

enum InboxRoom: Hashable {
    case room
    /// The message was taken; who can should offer no other until `onRoom`.
    case full
    /// The message was not taken: the reader lags by the limit.
    case overflow
    /// The message was not taken: all readers of the connection together lag by the limit.
    case connectionOverflow
}

/// An inbox, to a connection that does not know what its messages are.
protocol InboxPort: AnyObject {
    func offer(_ bytes: UnsafeRawBufferPointer) throws(MessageError) -> InboxRoom
    func end(_ failure: Status?, dropsQueued: Bool)
}
