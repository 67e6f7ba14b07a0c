import Wire

/// What carries a connection's bytes: a socket, or a test's pipe. Called on the loop's thread.
package protocol Transport: AnyObject {
    /// Sends what `output` holds, as much as goes without waiting, and calls `Connection.flush()` when more
    /// goes.
    ///
    /// - Returns: False when the connection is broken.
    func flush(_ output: inout OutputBuffer) -> Bool
    /// While off, the peer's bytes stay where they are.
    func setReading(_ isOn: Bool)
    /// The peer can send nothing more, and learns so when he tries: hands over what he has sent.
    func stopReceiving()
    /// Ends the connection; what is not sent is dropped.
    func close()
}

/// One end of a connection: frames in, frames out, bounded both ways. The owning thread's.
///
/// The transport reads into ``space()`` and says ``received(_:)``; what is to be sent gathers in `output`
/// and is flushed at the end of a turn, and after each ``EventLoop/callsPerFlush`` calls.
package class Connection: @unchecked Sendable {
    // Unchecked: every member is touched by the loop's thread alone. So is `@exclusivity`, here and in what
    // else a loop owns: the run-time check of a class's properties costs a tenth of a call.

    package let loop: EventLoop
    package let limits: Limits
    @exclusivity(unchecked) final var decoder: FrameDecoder
    @exclusivity(unchecked) final var output = OutputBuffer()
    @exclusivity(unchecked) package private(set) var isClosed = false
    /// From the high-water mark until the low one.
    @exclusivity(unchecked) private(set) var outputIsFull = false
    @exclusivity(unchecked) private var transport: (any Transport)?
    /// Nothing can be sent any more; the peer's end has not come yet.
    @exclusivity(unchecked) private(set) var isMute = false
    @exclusivity(unchecked) private var isDirty = false
    /// What has arrived is looked at in the next turn.
    @exclusivity(unchecked) private(set) var isRunnable = false
    @exclusivity(unchecked) private var isReading = true
    private var waiters: [WriteWaiter] = []
    private var isYielding = false
    @exclusivity(unchecked) private var writeTurn: UInt64 = 0
    /// Messages of streams that may still be written in this turn without waiting.
    @exclusivity(unchecked) private var writesLeft = 0
    /// Inboxes that are full, whose stream has the connection to itself.
    @exclusivity(unchecked) private var stalls = 0
    /// Messages of streams that their readers have not taken.
    package let heldMessages: HeldBytes
    /// Answers and messages that wait until the peer reads.
    package let heldOutput: HeldBytes

    init(loop: EventLoop, limits: Limits) {
        self.loop = loop
        self.limits = limits
        heldMessages = HeldBytes(limits: limits)
        heldOutput = HeldBytes(limits: limits)
        decoder = FrameDecoder(lengthMax: limits.frameLengthMax)
    }

    /// Of ``output``, ever.
    package var outputPeakByteCount: Int { output.peakByteCount }

    // For the transport

    /// Whether what has arrived is to be looked at before more is read.
    package final var isBehind: Bool { isRunnable && !readsWhatIsLeft }

    package func attach(_ transport: any Transport) { self.transport = transport }

    package final func space() -> UnsafeMutableRawBufferPointer { decoder.space() }

    package final func received(_ byteCount: Int) {
        decoder.advance(by: byteCount)
        pumpIfReading()
    }

    /// The peer is gone, but bytes of his may be left to read while reading is off.
    ///
    /// - Returns: Whether the connection is still wanted.
    package final func peerHungUp() -> Bool {
        if !readsWhatIsLeft { disconnected() }
        return !isClosed
    }

    /// The peer is gone, or the transport failed.
    package final func disconnected() {
        guard !isClosed else { return }
        isClosed = true
        transport?.close()
        transport = nil
        let stranded = waiters
        waiters = []
        for waiter in stranded { waiter.resume() }
        lost()
    }

    /// The transport can take bytes again that it could not take before.
    package final func flush() {
        isDirty = false
        guard let transport, !isClosed, !isMute else { return }
        guard transport.flush(&output) else {
            guard readsWhatIsLeft else { return disconnected() }
            // A server that takes no more may have answers under way, one that hung up may have said why:
            // its end is awaited.
            isMute = true
            return
        }
        if outputIsFull, output.byteCount <= limits.outputLowWaterBytes {
            outputIsFull = false
            resumeWaiters()
            updateReading()
        }
        didFlush()
    }

    // For both kinds

    package final func close() { disconnected() }

    /// Something was appended to `output`.
    final func didAppend() {
        flushLater()
        if !outputIsFull, output.byteCount >= limits.outputHighWaterBytes {
            outputIsFull = true
            updateReading()
        }
    }

    final func flushLater() {
        guard !isDirty, !isClosed else { return }
        isDirty = true
        loop.addDirty(self)
    }

    /// Calls back once, when there is room or the connection is closed; `owner` may be released earlier.
    final func whenRoom(for owner: AnyObject, _ resume: @escaping () -> Void) {
        guard outputIsFull else { return resume() }
        whenTurn(for: owner, resume)
    }

    /// As ``whenRoom(for:_:)``, and not before the next turn.
    final func whenTurn(for owner: AnyObject, _ resume: @escaping () -> Void) {
        guard !isClosed else { return resume() }
        waiters.append(WriteWaiter(owner: owner, resume: resume))
        if !outputIsFull { yieldTurn() }
    }

    /// Who writes without ever having to wait leaves the thread to others now and then.
    final func takeWriteShare() -> Bool {
        if writeTurn != loop.turnNumber {
            writeTurn = loop.turnNumber
            writesLeft = limits.framesPerTurnMax
        }
        guard writesLeft > 0 else { return false }
        writesLeft -= 1
        return true
    }

    private func yieldTurn() {
        guard !isYielding else { return }
        isYielding = true
        loop.addYielding(self)
    }

    final func resumeYielding() {
        isYielding = false
        resumeWaiters()
    }

    private func resumeWaiters() {
        var resumed = 0
        while resumed < waiters.count, !outputIsFull, takeWriteShare() {
            resumed += 1
            waiters[resumed - 1].resume()
        }
        waiters.removeFirst(resumed)
        if !waiters.isEmpty, !outputIsFull { yieldTurn() }
    }

    /// Before a message waits for room: takes it into account until ``releaseOutput(_:)``.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` when too much waits already.
    final func holdOutput(_ message: some Message) throws(Status) -> Int {
        let byteCount = message.measuredByteCount
        guard heldOutput.hasRoom(for: byteCount) else {
            loop.limitHits.count(.heldOutput)
            throw Status(
                .resourceExhausted,
                "\(limits.heldBytesMax) bytes wait until the other side of the connection reads; "
                    + "read faster or spread the calls over more connections")
        }
        heldOutput.add(byteCount)
        return byteCount
    }

    final func releaseOutput(_ byteCount: Int) { heldOutput.remove(byteCount) }

    /// Calls back all that wait for `owner`, room or not.
    final func releaseWaiters(of owner: AnyObject) {
        let released = waiters.filter { $0.owner === owner }
        guard !released.isEmpty else { return }
        waiters.removeAll { $0.owner === owner }
        for waiter in released { waiter.resume() }
    }

    /// What the peer has sent so far is looked at; of what he sends from now on he learns that he has not.
    final func stopReceiving() { transport?.stopReceiving() }

    final func stall() {
        stalls += 1
        updateReading()
    }

    final func unstall() {
        stalls -= 1
        updateReading()
    }

    /// Whether frames are to be looked at now.
    final var mayRead: Bool {
        !isClosed && stalls == 0 && (!outputIsFull || readsWhileOutputIsFull)
    }

    final func resumePumping() {
        isRunnable = false
        pumpIfReading()
    }

    private func pumpIfReading() {
        guard mayRead else { return }
        pump()
    }

    private func updateReading() {
        guard mayRead != isReading, !isClosed else { return }
        isReading.toggle()
        transport?.setReading(isReading)
        if isReading { pumpNextTurn() }
    }

    final func pumpNextTurn() {
        guard !isRunnable else { return }
        isRunnable = true
        loop.addRunnable(self)
    }

    /// Data frames share their shape on both sides. The message is written where it will be sent from.
    ///
    /// - Returns: The bytes of the message.
    /// - Throws: `Status`, and nothing was appended.
    final func appendData(_ message: some Message, streamID: UInt32) throws(Status) -> Int {
        let frame = output.beginFrame()
        var messageByteCount = 0
        do {
            try message.serialize { (byteCount) throws(MessageError) in
                guard byteCount <= limits.frameLengthMax else {
                    throw MessageError(.tooLarge, message: "\(byteCount) bytes")
                }
                messageByteCount = byteCount
                return output.append(byteCount)
            }
        } catch {
            output.rollback(to: frame)
            throw unsendable(error)
        }
        endFrame(frame, streamID: streamID, type: .data)
        return messageByteCount
    }

    /// What is wrong with a message that cannot be sent.
    final func unsendable(_ error: MessageError) -> Status {
        if error.code == .tooLarge { loop.limitHits.count(.frameLength) }
        return Status(unsendable: error, limit: limits.frameLengthMax)
    }

    /// What is wrong with bytes of either side.
    final func refusal(_ error: WireError) -> Status {
        loop.limitHits.count(error)
        return Status(error, lengthMax: limits.frameLengthMax)
    }

    final func appendEndOfData(streamID: UInt32) {
        let frame = output.beginFrame()
        endFrame(frame, streamID: streamID, type: .data, flags: [.remoteClosed, .noData])
    }

    /// For a frame whose size was bounded as it was written.
    final func endFrame(
        _ frame: UInt64, streamID: UInt32, type: FrameType, flags: FrameFlags = .none
    ) {
        do {
            try output.endFrame(
                frame, streamID: streamID, type: type, flags: flags,
                lengthMax: limits.frameLengthMax)
        } catch {
            preconditionFailure("a frame outgrew its limit: \(error)")
        }
        didAppend()
    }

    // For subclasses to override

    /// A server that is not listened to stops listening; a client always listens, else both would wait.
    var readsWhileOutputIsFull: Bool { preconditionFailure("overridden") }
    /// A client wants the answers that a server left behind; a server has nobody to answer any more.
    var readsWhatIsLeft: Bool { preconditionFailure("overridden") }
    /// Whether a flush before the turn is over changes nothing but when bytes leave.
    var mayFlushEarly: Bool { true }
    /// Looks at the frames that have arrived, while ``mayRead``.
    func pump() { preconditionFailure("overridden") }
    /// The connection is closed: every call on it ends.
    func lost() { preconditionFailure("overridden") }
    func didFlush() {}
}

private struct WriteWaiter {
    let owner: AnyObject
    let resume: () -> Void
}
