import Wire

/// One attempt at a call, from the first try to send it until its last answer. The loop's.
package class ClientCall: @unchecked Sendable {
    // Unchecked: after init, every member is touched by the loop's thread alone.

    private enum Phase {
        case fresh
        case inFlight(ClientConnection, id: UInt32)
        case over
    }

    let method: Method
    @exclusivity(unchecked) private(set) var options: CallOptions
    let deadline: ContinuousClock.Instant?
    @exclusivity(unchecked) private var phase = Phase.fresh
    /// How often a server refused it before it began.
    private var refusals = 0

    /// Refusals after which a call is sent to no further server.
    package static let refusalsMax = 8
    /// Where its first frame ends in the connection's output: a server begins no call that it has in part.
    @exclusivity(unchecked) private(set) var frameEnd: UInt64 = 0
    /// While the call is counted.
    @exclusivity(unchecked) private var side: ChannelSide?
    /// The side's.
    @exclusivity(unchecked) private(set) final var tally: CallTally?
    @exclusivity(unchecked) private var start: Int64 = 0
    /// Of the message that goes with the request frame, and of those that came.
    @exclusivity(unchecked) final var requestByteCount = 0
    @exclusivity(unchecked) private var responseByteCount = 0

    init(_ method: Method, _ options: CallOptions, _ deadline: ContinuousClock.Instant?) {
        self.method = method
        self.options = options
        self.deadline = deadline
    }

    final var isOver: Bool {
        if case .over = phase { return true }
        return false
    }

    /// While the call is in flight.
    final var connection: ClientConnection? {
        if case .inFlight(let connection, _) = phase { return connection }
        return nil
    }

    /// - Returns: False when an interceptor has refused the call, which is over then.
    final func begin(on side: ChannelSide) -> Bool {
        let tally = side.tallies.tally(of: method)
        tally.begin()
        self.tally = tally
        self.side = side
        start = tally.now
        if side.interceptors.isEmpty { return true }
        for interceptor in side.interceptors {
            do { try interceptor.prepare(&options.metadata, for: method) } catch {
                fail(error)
                return false
            }
        }
        return true
    }

    final func sent(on connection: ClientConnection, id: UInt32, until position: UInt64) {
        phase = .inFlight(connection, id: id)
        frameEnd = position
        didSend(on: connection, id: id)
    }

    /// The connection was lost before the call was wholly handed to the transport.
    final func takeBack() { phase = .fresh }

    /// Leaves the connection, if it is on one.
    ///
    /// - Returns: Whether the call was still alive: who ends it tells its caller, once.
    final func leave() -> Bool {
        if case .over = phase { return false }
        if case .inFlight(let connection, let id) = phase { connection.forget(id) }
        phase = .over
        return true
    }

    final func fail(_ status: Status) {
        guard leave() else { return }
        end(status)
    }

    /// After ``leave()``: tells the caller.
    final func end(_ failure: Status) {
        count(failure)
        didFail(failure)
    }

    /// After ``leave()``.
    ///
    /// - Parameter failure: Nil for a call that ended well.
    final func count(_ failure: Status?) {
        guard let side, let tally else { return }
        self.side = nil
        let code = failure?.code ?? .ok
        tally.addRequestBytes(requestByteCount)
        tally.end(code, from: start)
        guard !side.interceptors.isEmpty else { return }
        let call = AnsweredCall(
            method: method, metadata: options.metadata, code: code, failure: failure,
            duration: .zero, requestBytes: requestByteCount + streamedByteCount,
            responseBytes: responseByteCount)
        side.loop.callRecorder.observe(from: start) { duration in
            var call = call
            call.duration = duration
            for interceptor in side.interceptors { interceptor.answered(call) }
        }
    }

    /// A message came.
    final func addResponse(_ byteCount: Int) {
        responseByteCount += byteCount
        if side != nil { tally?.addResponseBytes(byteCount) }
    }

    /// The server answers with a failure. A call that it has not begun is sent again, whatever it does.
    final func refuse(_ view: ResponseEnvelope.StatusView) {
        let status = Status(view)
        guard case .inFlight(let connection, let id) = phase else { return }
        guard status.isRefusalUnprocessed, mayBeSentAgain, refusals < ClientCall.refusalsMax else {
            return fail(status.withoutRuntimeDetails)
        }
        refusals += 1
        phase = .fresh
        connection.handBack(self, id: id)
    }

    /// Its task was cancelled: a server that works on it is told to stop.
    final func abandon() {
        guard case .inFlight(let connection, let id) = phase else { return fail(.taskCancelled) }
        fail(.taskCancelled)
        if !needsOwnConnection { connection.cancel(id) }
    }

    // For subclasses to override

    /// Of the messages that followed the request frame.
    var streamedByteCount: Int { 0 }

    /// The flags of the request frame.
    var flags: FrameFlags { .none }
    /// A streaming call has its connection to itself, so that the socket's buffer is its window.
    var needsOwnConnection: Bool { false }
    /// Whether it may be sent on another connection when nothing of it was sent on this one.
    var mayMove: Bool { !needsOwnConnection }
    /// Whether nothing of it is lost when it starts anew after a refusal.
    var mayBeSentAgain: Bool { true }
    /// Writes the request, if the call begins with one.
    func serializeRequest(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {}
    func didSend(on connection: ClientConnection, id: UInt32) {}
    func didFail(_ status: Status) { preconditionFailure("overridden") }
    func receive(_ response: ResponseEnvelope) { preconditionFailure("overridden") }
    func receiveData(_ frame: Frame) {
        fail(Status(.internal, "the server sent a data frame in answer to a unary call"))
    }
}

/// One request, one response.
final class UnaryCall<Request: Message, Response: Message>: ClientCall, @unchecked Sendable {
    // Unchecked: as its superclass.

    private let request: Request
    @exclusivity(unchecked) private var continuation: UnsafeContinuation<Response, any Error>?

    init(
        _ method: Method, _ request: Request, _ options: CallOptions,
        _ deadline: ContinuousClock.Instant?
    ) {
        self.request = request
        super.init(method, options, deadline)
    }

    nonisolated(nonsending) func run(on side: ChannelSide) async throws -> Response {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                if side.loop.isCurrent {
                    start(on: side, continuation)
                } else {
                    side.loop.submit { self.start(on: side, continuation) }
                }
            }
        } onCancel: {
            side.loop.submit { self.abandon() }
        }
    }

    private func start(
        on side: ChannelSide, _ continuation: UnsafeContinuation<Response, any Error>
    ) {
        // The task may have been cancelled before it came here.
        guard !isOver else { return continuation.resume(throwing: Status.taskCancelled) }
        self.continuation = continuation
        side.start(self)
    }

    override func serializeRequest(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        try request.serialize(into: place)
    }

    override func didFail(_ status: Status) {
        continuation?.resume(throwing: status)
        continuation = nil
    }

    override func receive(_ envelope: ResponseEnvelope) {
        if let failure = envelope.failure { return refuse(failure) }
        guard leave() else { return }
        addResponse(envelope.payload.count)
        do {
            let response = try Response(serialized: envelope.payload)
            count(nil)
            continuation?.resume(returning: response)
            continuation = nil
        } catch {
            end(
                Status(
                    .internal, "the server's answer is no \(Response.fullName): \(error.message)"))
        }
    }
}
