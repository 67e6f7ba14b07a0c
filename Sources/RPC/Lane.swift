import Wire

/// A long-lived task on the loop that takes calls off a connection and serves them, one after another.
///
/// A handler that returns without suspending costs no task of its own. When one suspends, the pool lets
/// another lane take the next call; the suspended lane finishes its call when it is resumed, then rests.
/// A cancelled lane retires after its call, since cancellation of a task cannot be taken back.
package final class Lane: @unchecked Sendable {
    // Unchecked: every member is touched by the loop's thread alone.

    private enum Phase {
        case resting
        /// The handler runs and the caller waits.
        case serving
        /// The caller has his answer, or will never get one; the handler may still run.
        case answered
    }

    private unowned let pool: LanePool
    private var task: Task<Void, Never>?
    @exclusivity(unchecked) private var parked: UnsafeContinuation<Void, Never>?

    @exclusivity(unchecked) private var phase = Phase.resting
    @exclusivity(unchecked) private var connection: ServerConnection!
    @exclusivity(unchecked) private var payload = UnsafeRawBufferPointer(start: nil, count: 0)
    @exclusivity(unchecked) private(set) var id: UInt32 = 0
    @exclusivity(unchecked) private var opening = FrameFlags.none
    @exclusivity(unchecked) private var receiving = ReceivingState.unary
    @exclusivity(unchecked) private var inbox: (any InboxPort)?
    @exclusivity(unchecked) private var outlet: Outlet?
    /// In the connection's table: the handler suspended, or the call takes a stream.
    @exclusivity(unchecked) private(set) var isRegistered = false
    /// Of the request, while it counts as held.
    @exclusivity(unchecked) private var metadataByteCount = 0
    @exclusivity(unchecked) private var heldByteCount = 0
    @exclusivity(unchecked) private(set) var context: CallContext!
    @exclusivity(unchecked) private var tally: CallTally!
    @exclusivity(unchecked) private var start: Int64 = 0
    @exclusivity(unchecked) private var requestByteCount = 0
    @exclusivity(unchecked) private var responseByteCount = 0

    init(_ pool: LanePool) { self.pool = pool }

    var deadline: ContinuousClock.Instant? { context.deadline }

    // For the pool

    func wake() {
        if let parked {
            self.parked = nil
            parked.resume()
        } else {
            precondition(task == nil, "a lane is woken while it works")
            task = Task(executorPreference: pool.loop) { await self.work() }
        }
    }

    private nonisolated(nonsending) func work() async {
        while true {
            while let handler = pool.nextCall(for: self) {
                do {
                    try await handler.run(self)
                } catch {
                    fail(with: error)
                }
                finish()
                if Task.isCancelled { return pool.retire(self) }
            }
            guard pool.mayRest else { return pool.retire(self) }
            await withUnsafeContinuation { continuation in
                parked = continuation
                pool.rest(self)
            }
        }
    }

    // For the connection

    func begin(
        _ connection: ServerConnection, id: UInt32, flags: FrameFlags,
        payload: UnsafeRawBufferPointer, metadataByteCount: Int,
        context: CallContext, tally: CallTally
    ) {
        precondition(phase == .resting, "a lane serves one call at a time")
        phase = .serving
        self.connection = connection
        self.id = id
        self.payload = payload
        self.metadataByteCount = metadataByteCount
        self.context = context
        self.tally = tally
        start = tally.now
        requestByteCount = payload.count
        responseByteCount = 0
        tally.addRequestBytes(payload.count)
        opening = flags
        receiving = ReceivingState(
            openedWith: flags, takesRequests: context.method.kind.takesRequests,
            isUnary: context.method.kind == .unary)
    }

    /// From here on frames and deadlines find the call.
    func register() {
        guard phase == .serving, !isRegistered else { return }
        guard !connection.isClosed else { return end(.connectionLost, answer: false) }
        isRegistered = true
        connection.register(self)
        // A stream's first message counts in its inbox.
        heldByteCount = metadataByteCount + (inbox == nil ? payload.count : 0)
        connection.heldRequests.add(heldByteCount)
    }

    /// The runtime ends the call before its handler does.
    ///
    /// - Parameter answer: Nil when there is nobody left to tell.
    func end(_ status: Status, answer: Bool) {
        guard phase == .serving else { return }
        if answer { connection.answer(id, status) }
        endStreams(status)
        leave(answer ? status.code : .cancelled, status)
        connection.releaseWaiters(of: self)
        task?.cancel()
    }

    func receive(_ frame: Frame) {
        // Clients that open every call as a stream say at the end that they send no more.
        if !context.method.kind.takesRequests, frame.header.flags.contains(.noData) { return }
        switch receiving.receive(frame.header.flags) {
        case .message: receive(frame.data)
        case .lastMessage:
            receive(frame.data)
            inbox?.end(nil, dropsQueued: false)
        case .end: inbox?.end(nil, dropsQueued: false)
        case .nothing: break
        case .afterEnd:
            connection.answer(
                id, Status(.invalidArgument, "data handling error: the stream is closed"))
        case .notStreaming:
            end(Status(.invalidArgument, "the method takes no data frames"), answer: true)
        }
    }

    // For the handler's function

    /// The request of a call that has exactly one.
    func takeRequest<Request: Message>() throws(Status) -> Request {
        do {
            return try Request(serialized: payload)
        } catch {
            throw Status(malformed: error, in: Request.fullName)
        }
    }

    func openInbox<Request: Message>() -> Inbox<Request> {
        let connection = connection!
        let isSole = opening.contains(.soleStream)
        let inbox = Inbox<Request>(limits: connection.limits, held: connection.heldMessages) {
            guard isSole else { return }
            connection.loop.submit { connection.unstall() }
        }
        self.inbox = inbox
        if !payload.isEmpty { deliver(payload) }
        if receiving == .ended { inbox.end(nil, dropsQueued: false) }
        register()
        return inbox
    }

    func openOutlet() -> Outlet {
        let outlet = Outlet(connection, streamID: id) { [tally = tally!] byteCount in
            tally.addResponseBytes(byteCount)
        }
        self.outlet = outlet
        register()
        return outlet
    }

    /// Whether an answer may be written now. One that may not keeps its value until it may.
    var canReply: Bool { !connection.outputIsFull }

    /// - Throws: `RESOURCE_EXHAUSTED` when too many answers wait already.
    nonisolated(nonsending) func untilReplyFits(_ response: some Message) async throws {
        guard phase == .serving, !connection.isClosed else { return }
        let connection = connection!
        let byteCount = try connection.holdOutput(response)
        defer { connection.releaseOutput(byteCount) }
        while phase == .serving, connection.outputIsFull, !connection.isClosed {
            await withUnsafeContinuation { continuation in
                connection.whenRoom(for: self) { continuation.resume() }
            }
        }
    }

    func succeed(with response: some Message) {
        precondition(pool.loop.isCurrent, "a handler came back on another thread")
        guard phase == .serving else { return }
        do {
            responseByteCount = try connection.answer(id, with: response)
            tally.addResponseBytes(responseByteCount)
            endStreams(Status(.failedPrecondition, "the call has been answered"))
            leave(.ok, nil)
        } catch {
            fail(with: error)
        }
    }

    func succeedStream() {
        precondition(pool.loop.isCurrent, "a handler came back on another thread")
        guard phase == .serving else { return }
        outlet?.finishNow()
        endStreams(Status(.failedPrecondition, "the call has been answered"))
        leave(.ok, nil)
    }

    private func fail(with error: any Error) {
        guard phase == .serving else { return }
        let status = connection.router.status(of: error, in: context)
        connection.answer(id, status)
        endStreams(status)
        leave(status.code, status)
    }

    private func receive(_ message: UnsafeRawBufferPointer) {
        requestByteCount += message.count
        tally.addRequestBytes(message.count)
        deliver(message)
    }

    private func deliver(_ bytes: UnsafeRawBufferPointer) {
        guard let inbox else { return }
        do {
            switch try inbox.offer(bytes) {
            case .room: break
            case .full: if opening.contains(.soleStream) { connection.stall() }
            case .overflow:
                pool.loop.limitHits.count(.queuedMessages)
                end(
                    Status(.resourceExhausted, "the stream's reader lags; send more slowly"),
                    answer: true)
            case .connectionOverflow:
                pool.loop.limitHits.count(.heldMessages)
                end(
                    Status(
                        .resourceExhausted,
                        "the readers of this connection's streams lag by "
                            + "\(connection.limits.heldBytesMax) bytes; send more slowly, or use a "
                            + "connection for each stream"),
                    answer: true)
            }
        } catch {
            inbox.end(Status(malformed: error, in: "a message of the stream"), dropsQueued: false)
        }
    }

    private func endStreams(_ status: Status) {
        inbox?.end(status, dropsQueued: true)
        outlet?.end(status)
    }

    private func leave(_ code: StatusCode, _ failure: Status?) {
        phase = .answered
        tally.end(code, from: start)
        if let observer = connection.router.observer { tell(observer, code, failure) }
        if isRegistered {
            isRegistered = false
            connection.unregister(self)
        }
    }

    private func tell(
        _ observer: any ServerObserver, _ code: StatusCode, _ failure: Status?
    ) {
        let call = ServedCall(
            context: context, code: code, failure: failure, duration: .zero,
            requestBytes: requestByteCount,
            responseBytes: responseByteCount + (outlet?.byteCount ?? 0))
        pool.loop.callRecorder.tell(observer, of: call, from: start)
    }

    private func finish() {
        let connection = connection!
        if phase == .serving {
            preconditionFailure("\(context.method.path) ended without an answer")
        }
        phase = .resting
        inbox = nil
        outlet = nil
        context = nil
        tally = nil
        payload = UnsafeRawBufferPointer(start: nil, count: 0)
        if heldByteCount > 0 { connection.heldRequests.remove(heldByteCount) }
        heldByteCount = 0
        self.connection = nil
        connection.handlerReturned()
    }
}

extension Method.Kind {
    var takesRequests: Bool {
        switch self {
        case .unary, .serverStreaming: false
        case .clientStreaming, .bidirectional: true
        }
    }

    var sendsResponses: Bool {
        switch self {
        case .unary, .clientStreaming: false
        case .serverStreaming, .bidirectional: true
        }
    }
}
