import Wire

/// The sending half of a stream, for tasks on any thread.
package final class Outlet: @unchecked Sendable {
    // Unchecked: the members below are touched by the connection's thread alone.

    private enum State {
        case open
        /// We have said that we send no more.
        case finished
        case ended(Status)
    }

    private let connection: Connection
    private let streamID: UInt32
    private var state = State.open
    private let onAppend: (_ byteCount: Int) -> Void
    /// Of the messages written. The loop's.
    private(set) var byteCount = 0

    /// - Parameter onAppend: Told on the loop of each message that was written.
    init(
        _ connection: Connection, streamID: UInt32, onAppend: @escaping (_ byteCount: Int) -> Void
    ) {
        self.connection = connection
        self.streamID = streamID
        self.onAppend = onAppend
    }

    func write(_ message: some Message) async throws {
        if connection.loop.isCurrent, !connection.outputIsFull, connection.takeWriteShare() {
            return try append(message)
        }
        let ticket = Ticket()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation {
                (continuation: UnsafeContinuation<Void, any Error>) in
                connection.loop.submit { [self] in
                    writeWhenRoom(message, ticket: ticket, continuation)
                }
            }
        } onCancel: {
            connection.loop.submit { [connection] in
                ticket.isCancelled = true
                connection.releaseWaiters(of: ticket)
            }
        }
    }

    func finish() async {
        await connection.loop.run { self.finishNow() }
    }

    /// On the loop.
    func finishNow() {
        guard case .open = state, !connection.isClosed else { return }
        state = .finished
        connection.appendEndOfData(streamID: streamID)
    }

    /// On the loop: the call is over, and every write from here on says so.
    func end(_ status: Status) {
        if case .ended = state { return }
        state = .ended(status)
        for ticket in waiting { connection.releaseWaiters(of: ticket) }
    }

    private var waiting: [Ticket] = []

    private func writeWhenRoom(
        _ message: some Message, ticket: Ticket, _ continuation: UnsafeContinuation<Void, any Error>
    ) {
        // What will fail waits for nobody: the peer of a call that is over may never read.
        guard case .open = state, !ticket.isCancelled else {
            return write(message, ticket, continuation)
        }
        if !connection.outputIsFull, connection.takeWriteShare() {
            return write(message, ticket, continuation)
        }
        let heldByteCount: Int
        do {
            heldByteCount = try connection.holdOutput(message)
        } catch {
            return continuation.resume(throwing: error)
        }
        waiting.append(ticket)
        connection.whenTurn(for: ticket) { [self] in
            waiting.removeAll { $0 === ticket }
            connection.releaseOutput(heldByteCount)
            write(message, ticket, continuation)
        }
    }

    private func write(
        _ message: some Message, _ ticket: Ticket,
        _ continuation: UnsafeContinuation<Void, any Error>
    ) {
        do {
            if ticket.isCancelled { throw Status.taskCancelled }
            try append(message)
            continuation.resume()
        } catch {
            continuation.resume(throwing: error)
        }
    }

    private func append(_ message: some Message) throws(Status) {
        switch state {
        case .ended(let status): throw status
        case .finished: throw Status(.failedPrecondition, "nothing can be written after finish()")
        case .open: break
        }
        guard !connection.isClosed else { throw .connectionLost }
        let count = try connection.appendData(message, streamID: streamID)
        byteCount += count
        onAppend(count)
    }
}

/// Names one write that waits.
private final class Ticket: @unchecked Sendable {
    // Unchecked: touched by the loop's thread alone.
    var isCancelled = false
}
