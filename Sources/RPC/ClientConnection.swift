import Wire

/// The client's end of a connection: gives calls their ids, and answers back to them.
package final class ClientConnection: Connection, DeadlineHolder, @unchecked Sendable {
    // Unchecked: every member is touched by the loop's thread alone.

    /// What becomes of a connection, on the loop.
    struct Events {
        /// There may be room for another call.
        var roomed: () -> Void
        /// The server has not begun the call, which is in flight no more, and begins no others.
        var refused: (ClientConnection, ClientCall) -> Void
        /// Closed. With the calls of which nothing was sent.
        var closed: (ClientConnection, _ unsent: [ClientCall]) -> Void
    }

    @exclusivity(unchecked) private var ids: ClientStreamIDs
    @exclusivity(unchecked) private var streams = StreamTable<ClientCall>()
    @exclusivity(unchecked) private var events: Events?
    /// It has answered a call otherwise than with `RESOURCE_EXHAUSTED`.
    @exclusivity(unchecked) private(set) var hasServed = false
    /// Its last `RESOURCE_EXHAUSTED`, while it has served nothing.
    @exclusivity(unchecked) private(set) var refusal: Status?
    /// It takes no more calls, and closes after the last.
    @exclusivity(unchecked) private var isRetired = false
    private var takesCancellations = true
    /// Calls that were given up while the output was full: their ids, at most ``Limits/streamsMax``.
    private var owedCancellations: [UInt32] = []

    init(loop: EventLoop, limits: Limits, events: Events) {
        ids = ClientStreamIDs(last: limits.streamIDMax)
        self.events = events
        super.init(loop: loop, limits: limits)
        loop.add(self)
    }

    /// Whether a call can be sent now.
    var hasRoom: Bool {
        !isClosed && !isMute && !isRetired && !outputIsFull && streams.count < limits.streamsMax
    }

    /// Closes once every call in flight is over.
    func retire() {
        isRetired = true
        if streams.isEmpty { close() }
    }

    /// Ends every call with `status`, then the connection.
    func abort(_ status: Status) {
        for call in streams.calls { call.fail(status) }
        close()
    }

    /// Sends a call's first frame, or fails the call.
    ///
    /// - Returns: False when the connection's ids are used up: it must be retired.
    func send(_ call: ClientCall) -> Bool {
        var timeoutNano: Int64 = 0
        if let deadline = call.deadline {
            guard deadline > loop.now else {
                call.fail(.deadlineExceeded)
                return true
            }
            // 0 would be no deadline at all.
            timeoutNano = max((deadline - loop.now).nanoseconds, 1)
        }
        guard let id = ids.next() else { return false }
        let frame = output.beginFrame()
        do {
            try append(call, frame, timeoutNano)
        } catch {
            output.rollback(to: frame)
            call.fail(error)
            return true
        }
        endFrame(frame, streamID: id, type: .request, flags: call.flags)
        streams.insert(call, id: id)
        if let deadline = call.deadline { loop.noteDeadline(deadline) }
        call.sent(on: self, id: id, until: output.position)
        return true
    }

    /// The server, which shuts down, has not begun the call.
    func handBack(_ call: ClientCall, id: UInt32) {
        streams.remove(id)
        events?.refused(self, call)
    }

    func forget(_ id: UInt32) {
        let wasFull = streams.count >= limits.streamsMax
        streams.remove(id)
        if isRetired, streams.isEmpty {
            close()
        } else if wasFull {
            events?.roomed()
        }
    }

    /// Tells the server that nobody waits any more for the call that had that id. Where the connection
    /// closes instead, that says it; where it cannot be told now, it is told later or not at all.
    func cancel(_ id: UInt32) {
        guard takesCancellations, !isClosed, !isMute else { return }
        guard !outputIsFull else {
            if owedCancellations.count < limits.streamsMax { owedCancellations.append(id) }
            return
        }
        // Without an id left for it the server works on in vain; no call waits for that.
        _ = send(Cancellation(of: id, deadline: loop.now + Cancellation.patience))
    }

    func serverTakesNoCancellations() { takesCancellations = false }

    // Connection

    override var readsWhileOutputIsFull: Bool { true }
    override var readsWhatIsLeft: Bool { true }

    override func didFlush() {
        while !outputIsFull, let id = owedCancellations.popLast() { cancel(id) }
        if hasRoom { events?.roomed() }
    }

    override func pump() {
        while mayRead {
            do {
                guard let frame = try decoder.next() else { return }
                guard let call = streams[frame.header.streamID] else { continue }
                switch frame.header.type {
                case .response: receive(frame, for: call)
                case .data:
                    hasServed = true
                    call.receiveData(frame)
                default: break
                }
            } catch {
                if case .frameTooLarge(let header) = error {
                    streams[header.streamID]?.fail(refusal(error))
                    if header.length > limits.skippedFrameLengthMax { close() }
                }
            }
        }
    }

    override func lost() {
        loop.remove(self)
        let sentBytes = output.consumedByteCount
        var unsent: [ClientCall] = []
        for call in streams.removeAll() {
            if call.mayMove, call.frameEnd > sentBytes {
                call.takeBack()
                unsent.append(call)
            } else {
                call.fail(.connectionLost)
            }
        }
        let closed = events?.closed
        events = nil
        closed?(self, unsent)
    }

    // DeadlineHolder

    func expire(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var earliest: ContinuousClock.Instant?
        for call in streams.calls {
            guard let deadline = call.deadline else { continue }
            if deadline <= now {
                call.fail(.deadlineExceeded)
            } else {
                earliest = earliest.map { min($0, deadline) } ?? deadline
            }
        }
        return earliest
    }

    private func append(
        _ call: ClientCall, _ frame: UInt64, _ timeoutNano: Int64
    ) throws(Status) {
        let entries = call.options.metadata.entries
        if !entries.isEmpty { try check(entries) }
        output.appendRequestHead(service: call.method.service, method: call.method.name)
        do {
            try call.serializeRequest { (byteCount) throws(MessageError) in
                call.requestByteCount = byteCount
                do {
                    return try output.appendPayload(
                        field: RequestEnvelope.Field.payload, byteCount: byteCount, frame: frame,
                        lengthMax: limits.frameLengthMax)
                } catch {
                    throw MessageError(.tooLarge, message: "\(byteCount) bytes")
                }
            }
        } catch {
            throw unsendable(error)
        }
        output.appendTimeout(timeoutNano)
        for entry in entries { output.appendMetadata(key: entry.key, value: entry.value) }
        let byteCount = output.dataByteCount(since: frame)
        guard byteCount <= limits.frameLengthMax else {
            throw refusal(.dataTooLarge(byteCount: byteCount))
        }
    }

    private func check(_ entries: [Metadata.Entry]) throws(Status) {
        let byteCount = entries.reduce(0) {
            $0 + OutputBuffer.fieldByteCount($1.key.utf8.count)
                + OutputBuffer.fieldByteCount($1.value.utf8.count)
        }
        guard entries.count <= limits.metadataEntriesMax, byteCount <= limits.metadataBytesMax
        else {
            throw refusal(.tooMuchMetadata)
        }
    }

    private func look(at response: ResponseEnvelope) {
        if let failure = response.failure,
            failure.code == StatusCode.resourceExhausted.rawValue
        {
            refusal = Status(failure)
        } else {
            hasServed = true
        }
    }

    private func receive(_ frame: Frame, for call: ClientCall) {
        do {
            let response = try ResponseEnvelope(frame.data)
            if !hasServed { look(at: response) }
            call.receive(response)
        } catch {
            call.fail(Status(.internal, "the server's answer does not parse"))
        }
    }
}

extension Duration {
    /// Saturated: a duration of 292 years is as good as any longer one.
    package var nanoseconds: Int64 {
        // Nine seconds fit 64 bits, whose division costs a tenth of what 128 bits' does.
        if let attoseconds = Int64(exactly: attoseconds) { return attoseconds / 1_000_000_000 }
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return .max }
        let (sum, overflows) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflows ? .max : sum
    }
}
