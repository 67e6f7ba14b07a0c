import Wire

/// A call with a stream in one direction or both, on a connection of its own.
final class StreamingCall<Request: Message, Response: Message>: ClientCall, @unchecked Sendable {
    // Unchecked: as its superclass; the inbox may be used on any thread.

    private(set) var inbox: Inbox<Response>!
    private let request: Request?
    private var outlet: Outlet?
    private var opening: UnsafeContinuation<Outlet, any Error>?
    private var receiving: ReceivingState

    /// - Parameter request: Of a server-streaming call.
    init(
        _ method: Method, _ request: Request?, _ options: CallOptions,
        _ deadline: ContinuousClock.Instant?, on side: ChannelSide
    ) {
        self.request = request
        receiving = method.kind.sendsResponses ? .open : .unary
        super.init(method, options, deadline)
        // The connection is the call's alone, and so is what is held for it.
        inbox = Inbox(limits: side.limits, held: HeldBytes(limits: side.limits)) {
            [weak self, loop = side.loop] in
            guard let self else { return }
            loop.submit { self.connection?.unstall() }
        }
    }

    /// The call's sending half, once the call is on a connection.
    func open(on side: ChannelSide) async throws -> Outlet {
        try await withUnsafeThrowingContinuation { continuation in
            side.loop.submit {
                guard !self.isOver else {
                    return continuation.resume(throwing: Status.taskCancelled)
                }
                self.opening = continuation
                side.start(self)
            }
        }
    }

    override var streamedByteCount: Int { outlet?.byteCount ?? 0 }

    override var needsOwnConnection: Bool { true }

    /// Where the caller sends messages too, some may be on their way to the server that refused.
    override var mayBeSentAgain: Bool { !method.kind.takesRequests }

    override var flags: FrameFlags {
        method.kind.takesRequests ? [.remoteOpen, .soleStream] : [.remoteClosed, .soleStream]
    }

    override func serializeRequest(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        try request?.serialize(into: place)
    }

    override func didSend(on connection: ClientConnection, id: UInt32) {
        guard method.kind.takesRequests else { return }
        let outlet = Outlet(connection, streamID: id) { [tally] in tally?.addRequestBytes($0) }
        self.outlet = outlet
        opening?.resume(returning: outlet)
        opening = nil
    }

    override func didFail(_ status: Status) {
        opening?.resume(throwing: status)
        opening = nil
        outlet?.end(status)
        inbox.end(status, dropsQueued: status.code == .cancelled)
    }

    override func receive(_ envelope: ResponseEnvelope) {
        if let failure = envelope.failure { return refuse(failure) }
        // A server without streaming answers a streaming call so, and its payload is a message all the same.
        if method.kind == .clientStreaming || !envelope.payload.isEmpty {
            deliver(envelope.payload)
        }
        finish()
    }

    override func receiveData(_ frame: Frame) {
        switch receiving.receive(frame.header.flags) {
        case .message: deliver(frame.data)
        case .lastMessage:
            deliver(frame.data)
            finish()
        case .end: finish()
        case .nothing: break
        case .afterEnd, .notStreaming:
            fail(Status(.internal, "the server sent a data frame that the call does not take"))
        }
    }

    private func deliver(_ bytes: UnsafeRawBufferPointer) {
        addResponse(bytes.count)
        do {
            switch try inbox.offer(bytes) {
            case .room: break
            case .full: connection?.stall()
            case .overflow, .connectionOverflow:
                fail(Status(.internal, "a message came in while the connection was stalled"))
            }
        } catch {
            fail(
                Status(
                    .internal, "the server's message is no \(Response.fullName): \(error.message)"))
        }
    }

    /// The server has ended the call well.
    private func finish() {
        guard leave() else { return }
        count(nil)
        outlet?.end(Status(.cancelled, "the server has ended the call"))
        inbox.end(nil, dropsQueued: false)
    }
}
