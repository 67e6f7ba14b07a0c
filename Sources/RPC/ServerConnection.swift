import Wire

/// The server's end of a connection: admits calls, hands them to lanes, writes their answers.
///
/// Whatever is wrong with a frame fails one call; only the transport ends the connection. When it ends,
/// every handler that still works for it is cancelled.
package final class ServerConnection: Connection, DeadlineHolder, @unchecked Sendable {
    // Unchecked: every member is touched by the loop's thread alone.

    let router: Router
    private let peer: Peer
    private let tallies: ServerTallies
    private let onClose: (ServerConnection) -> Void
    @exclusivity(unchecked) private var ids = ServerStreamIDs()
    @exclusivity(unchecked) private var streams = StreamTable<Lane>()
    /// Handlers that have not returned, those included whose calls are over.
    @exclusivity(unchecked) private var handlersRunning = 0
    @exclusivity(unchecked) private var isDraining = false
    @exclusivity(unchecked) private var hasStoppedReceiving = false
    /// What every call is answered with; the connection is closed after the first.
    private let refusesAll: Status?
    @exclusivity(unchecked) private var turnNumber: UInt64 = 0
    /// That may still be looked at in this turn.
    @exclusivity(unchecked) private var framesLeft = 0
    /// Of a frame of which a part has arrived.
    @exclusivity(unchecked) private var frameEnd: ContinuousClock.Instant?
    /// Requests whose handlers have suspended.
    package let heldRequests: HeldBytes

    /// - Parameters:
    ///   - refusal: For a connection that is not to be served.
    ///   - onClose: Called once, on the loop.
    package init(
        loop: EventLoop, router: Router, peer: Peer, limits: Limits, refusal: Status? = nil,
        onClose: @escaping (ServerConnection) -> Void
    ) {
        self.router = router
        self.peer = peer
        refusesAll = refusal
        self.onClose = onClose
        heldRequests = HeldBytes(limits: limits)
        tallies = router.tallies(on: loop)
        super.init(loop: loop, limits: limits)
        loop.add(self)
    }

    /// Refuses new calls; closes when those in flight are answered and their answers are sent.
    package func drain() {
        isDraining = true
        // At the end of the turn, when a handler that runs now has answered or is registered.
        flushLater()
    }

    // For lanes

    func hasFrame() -> Bool { mayRead && framesLeft > 0 && decoder.hasNext() }

    /// Answers what needs no handler, up to the first call that does.
    func nextCall(for lane: Lane) -> Handler? {
        while mayRead, framesLeft > 0 {
            framesLeft -= 1
            if framesLeft % EventLoop.callsPerFlush == 0 {
                loop.flushEarly()
                guard mayRead else { return nil }
            }
            do {
                guard let frame = try decoder.next() else { return nil }
                switch frame.header.type {
                case .request: if let handler = admit(frame, to: lane) { return handler }
                case .data: receiveData(frame)
                default: break
                }
            } catch {
                if case .frameTooLarge(let header) = error {
                    refuseOversize(header, refusal(error))
                    if header.length > limits.skippedFrameLengthMax { drain() }
                }
            }
        }
        return nil
    }

    func register(_ lane: Lane) {
        streams.insert(lane, id: lane.id)
        if let deadline = lane.deadline { loop.noteDeadline(deadline) }
    }

    func unregister(_ lane: Lane) { streams.remove(lane.id) }

    func handlerReturned() {
        handlersRunning -= 1
        if isDraining { flushLater() }
    }

    func answer(_ id: UInt32, _ status: Status) {
        guard !isClosed else { return }
        let frame = output.beginFrame()
        output.appendStatus(
            code: status.code.rawValue, message: status.message,
            details: status.details.map { ($0.typeURL, $0.value) })
        if output.dataByteCount(since: frame) > limits.frameLengthMax {
            output.rollback(to: frame)
            return answer(id, Status(status.code, "the reason is too long to be sent"))
        }
        endFrame(frame, streamID: id, type: .response)
    }

    /// - Returns: The bytes of the message.
    /// - Throws: `Status`, and nothing was appended.
    func answer(_ id: UInt32, with response: some Message) throws(Status) -> Int {
        guard !isClosed else { return 0 }
        let frame = output.beginFrame()
        var messageByteCount = 0
        do {
            try response.serialize { (byteCount) throws(MessageError) in
                messageByteCount = byteCount
                do {
                    return try output.appendPayload(
                        field: ResponseEnvelope.Field.payload, byteCount: byteCount, frame: frame,
                        lengthMax: limits.frameLengthMax)
                } catch {
                    throw MessageError(.tooLarge, message: "\(byteCount) bytes")
                }
            }
        } catch {
            output.rollback(to: frame)
            switch error.code {
            case .tooLarge: throw unsendable(error)
            case .malformed, .invalidUTF8, .embeddedNUL:
                throw Status(
                    .internal, "the server made an answer that cannot be sent: \(error.message)")
            }
        }
        endFrame(frame, streamID: id, type: .response)
        return messageByteCount
    }

    // Connection

    override var mayFlushEarly: Bool { !isDraining }
    override var readsWhileOutputIsFull: Bool { false }
    override var readsWhatIsLeft: Bool { false }

    override func pump() {
        if turnNumber != loop.turnNumber {
            turnNumber = loop.turnNumber
            framesLeft = limits.framesPerTurnMax
        }
        let arrived = decoder.pendingByteCount
        loop.lanes.serve(self)
        if framesLeft == 0, hasMore { pumpNextTurn() }
        if isDraining { flushLater() }
        noteFrame(arrived)
    }

    override func lost() {
        loop.remove(self)
        for lane in streams.removeAll() { lane.end(.connectionLost, answer: false) }
        onClose(self)
    }

    override func didFlush() { if isDraining { closeIfDrained() } }

    // DeadlineHolder

    func expire(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let frameEnd = expireFrame(at: now) else { return expireCalls(at: now) }
        return expireCalls(at: now).map { min($0, frameEnd) } ?? frameEnd
    }

    private func expireCalls(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var earliest: ContinuousClock.Instant?
        for lane in streams.calls {
            guard let deadline = lane.deadline else { continue }
            if deadline <= now {
                lane.end(.deadlineExceeded, answer: true)
            } else {
                earliest = earliest.map { min($0, deadline) } ?? deadline
            }
        }
        return earliest
    }

    private var hasMore: Bool { mayRead && decoder.hasNext() }

    /// - Parameter arrived: What there was before the last look.
    private func noteFrame(_ arrived: Int) {
        let pending = decoder.pendingByteCount
        if pending == 0 {
            frameEnd = nil
        } else if frameEnd == nil || pending < arrived {
            let end = loop.now + limits.frameTimeout
            frameEnd = end
            loop.noteDeadline(end)
        }
    }

    /// - Returns: When the frame that has begun must have come.
    private func expireFrame(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let end = frameEnd, end <= now else { return frameEnd }
        // While it is this side that does not read, the client cannot help it.
        if mayRead, !isRunnable, !decoder.hasNext() {
            loop.limitHits.count(.frameTime)
            close()
            frameEnd = nil
        } else {
            frameEnd = now + limits.frameTimeout
        }
        return frameEnd
    }

    private func closeIfDrained() {
        guard streams.isEmpty, output.isEmpty, !hasMore else { return }
        if hasStoppedReceiving { return close() }
        hasStoppedReceiving = true
        // Calls that were sent and not read yet are refused in words: their callers know then that they
        // were not begun. The refusals are flushed in this turn.
        stopReceiving()
        flushLater()
    }

    private func receiveData(_ frame: Frame) {
        let id = frame.header.streamID
        if id % 2 == 0 {
            answer(id, .evenStreamID)
        } else if let lane = streams[id] {
            lane.receive(frame)
        } else {
            answer(id, Status(.invalidArgument, "StreamID is no longer active"))
        }
    }

    private func refuseOversize(_ header: FrameHeader, _ status: Status) {
        switch header.type {
        case .request:
            // The id is used up, as if the call had been read.
            _ = ids.admit(header.streamID)
            refuse(header.streamID, status, tallies.unknownIndex)
        case .data:
            if let lane = streams[header.streamID] {
                lane.end(status, answer: true)
            } else {
                answer(header.streamID, status)
            }
        default: break
        }
    }

    private func admit(_ frame: Frame, to lane: Lane) -> Handler? {
        let id = frame.header.streamID
        switch ids.admit(id) {
        case .admitted: break
        case .even:
            answer(id, .evenStreamID)
            return nil
        case .notIncreasing:
            answer(id, Status(.invalidArgument, "StreamID cannot be re-used and must increment"))
            return nil
        }
        var index = tallies.unknownIndex
        do throws(Status) {
            if let refusesAll {
                isDraining = true
                throw refusesAll
            }
            let envelope: RequestEnvelope
            do { envelope = try RequestEnvelope(frame.data, limits: limits) } catch {
                throw refusal(error)
            }
            if CancelRequest.isForRuntime(envelope) {
                serveRuntime(envelope, id: id)
                return nil
            }
            let handler = try route(envelope, &index)
            var context = try makeContext(handler.method, envelope)
            for interceptor in router.interceptors {
                do { try interceptor.admit(&context) } catch {
                    refuse(id, error, index, context)
                    return nil
                }
            }
            handlersRunning += 1
            let tally = tallies[index]
            tally.begin()
            lane.begin(
                self, id: id, flags: frame.header.flags, payload: envelope.payload,
                metadataByteCount: envelope.metadataByteCount, context: context, tally: tally)
            return handler
        } catch {
            refuse(id, error, index)
            return nil
        }
    }

    /// Calls to the runtime itself: `motcua.rpc.v1.Calls`. No tally is kept of them.
    private func serveRuntime(_ envelope: RequestEnvelope, id: UInt32) {
        do throws(Status) {
            let name = String(decoding: envelope.method, as: UTF8.self)
            guard name == CancelRequest.method.name else {
                throw Status(.unimplemented, "method \(name)")
            }
            let request: CancelRequest
            do { request = try CancelRequest(serialized: envelope.payload) } catch {
                throw Status(malformed: error, in: CancelRequest.fullName)
            }
            guard request.streamID % 2 == 1 else { throw .evenStreamID }
            streams[request.streamID]?.end(.cancelledByCaller, answer: true)
            let frame = output.beginFrame()
            endFrame(frame, streamID: id, type: .response)
        } catch {
            answer(id, error)
        }
    }

    /// - Parameter index: Of the method's tally, as soon as it is known.
    private func route(
        _ envelope: RequestEnvelope, _ index: inout Int
    ) throws(Status) -> Handler {
        let found: (handler: Handler, index: Int?)
        do {
            found = try router.handler(service: envelope.service, name: envelope.method)
        } catch {
            throw isDraining ? .draining : error
        }
        if let known = found.index { index = known }
        guard !isDraining else { throw .draining }
        try checkRoom(for: envelope)
        return found.handler
    }

    private func checkRoom(for envelope: RequestEnvelope) throws(Status) {
        guard handlersRunning < limits.streamsMax else {
            loop.limitHits.count(.callsInFlight)
            throw Status(
                .resourceExhausted,
                "\(limits.streamsMax) calls are in flight on this connection")
        }
        guard heldRequests.hasRoom(for: envelope.payload.count + envelope.metadataByteCount) else {
            loop.limitHits.count(.heldRequests)
            throw Status(
                .resourceExhausted,
                "the calls in flight on this connection hold \(limits.heldBytesMax) bytes of "
                    + "requests; wait for answers or use another connection")
        }
    }

    /// A call ends that has no handler.
    private func refuse(
        _ id: UInt32, _ status: Status, _ index: Int, _ context: CallContext? = nil
    ) {
        answer(id, status)
        let tally = tallies[index]
        tally.begin()
        tally.end(status.code, from: tally.now)
        guard let observer = router.observer else { return }
        let call = ServedCall(
            context: context ?? CallContext(method: tallies.methods[index], peer: peer),
            code: status.code, failure: status, duration: .zero, requestBytes: 0, responseBytes: 0)
        loop.callRecorder.tell(observer, of: call, from: tally.now)
    }

    private func makeContext(
        _ method: Method, _ envelope: RequestEnvelope
    ) throws(Status) -> CallContext {
        var deadline: ContinuousClock.Instant?
        if envelope.timeoutNano < 0 { throw .deadlineExceeded }
        if envelope.timeoutNano > 0 { deadline = loop.now + .nanoseconds(envelope.timeoutNano) }
        var metadata = Metadata()
        if envelope.metadataEntryCount > 0 {
            do { metadata = Metadata(try MetadataBytes(envelope)) } catch { throw Status(error) }
        }
        return CallContext(method: method, metadata: metadata, deadline: deadline, peer: peer)
    }
}

extension Status {
    fileprivate static var evenStreamID: Status {
        Status(.invalidArgument, "StreamID must be odd for client initiated streams")
    }
}
