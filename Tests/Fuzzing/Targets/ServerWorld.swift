import RPC
import RPCTesting
import Wire

/// One connection to a server on this thread, its peer, and the time.
final class ServerWorld {
    /// Small, so that a short input reaches each of them.
    static let limits: Limits = {
        var limits = Limits()
        limits.frameLengthMax = 2048
        limits.skippedFrameLengthMax = 8192
        limits.framesPerTurnMax = 4
        limits.frameTimeout = .seconds(1)
        limits.metadataEntriesMax = 4
        limits.metadataBytesMax = 256
        limits.streamsMax = 8
        limits.queuedMessagesMax = 4
        limits.queuedBytesMax = 1024
        limits.heldBytesMax = 4096
        limits.outputHighWaterBytes = 4096
        limits.outputLowWaterBytes = 1024
        return limits
    }()
    /// More than any input needs: a loop that is busy for longer is busy for ever.
    private static let turnsMax = 20_000

    let gates: Gates
    private let time = WorldTime()
    private let loop: EventLoop
    private let connection: ServerConnection
    private let peer: WorldPeer
    private var model = AnswerModel(ServerWorld.limits)
    private var sentIDs: [UInt32] = []
    private var elapsed = Duration.zero

    init() {
        let time = time
        loop = EventLoop(clock: { time.now }, wake: {})
        loop.adoptCurrentThread()
        let service = FuzzService()
        gates = service.gates
        connection = ServerConnection(
            loop: loop, router: Router(services: [service]),
            peer: InProcessServer.peer, limits: ServerWorld.limits, onClose: { _ in })
        peer = WorldPeer(connection)
        connection.attach(peer)
        loop.beginTurn()
    }

    /// How many bytes the peer will take.
    var window: Int {
        get { peer.window }
        set {
            peer.window = newValue
            connection.flush()
        }
    }

    func read(_ byteCount: Int) {
        window = min(window, 1 << 30) + byteCount
    }

    func advance(by duration: Duration) {
        time.now += duration
        elapsed += duration
        turn()
    }

    func nextID() -> UInt32 {
        let id = max(model.lastID, sentIDs.last ?? 0)
        let following = id > UInt32.max - 2 ? id : (id + 1) | 1
        sentIDs.append(following)
        return following
    }

    /// One of the last ids, or one that was never used.
    func usedID(before number: Int) -> UInt32 {
        number < sentIDs.count ? sentIDs[sentIDs.count - 1 - number] : UInt32(number)
    }

    func send(_ bytes: [UInt8]) {
        model.sent(bytes)
        peer.outgoing.append(contentsOf: bytes)
    }

    func turn() {
        loop.beginTurn()
        peer.deliver()
        loop.turn()
        let peak = connection.outputPeakByteCount
        let bound = ServerWorld.limits.outputBytesMax
        expect(peak <= bound, "the output held \(peak) bytes, \(bound) is the bound")
    }

    func finish() {
        gates.openForGood()
        window = .max
        settle()
        // Half a frame stood too long: whatever comes after is not read any more.
        let wasCut = connection.isClosed && !model.hasLostPlace
        if let zeros = model.zerosToWholeFrame() {
            send([UInt8](repeating: 0, count: zeros))
            settle()
            // Streams that the peer left open end here; those that have ended are told so.
            for id in model.unanswered(after: peer.received) {
                send(ServerWorld.frame(id, .data, [.remoteClosed, .noData], []))
            }
            settle()
            // Half a frame that stood for as long as a whole one may take ends the connection.
            let mayBeClosed = model.hasLostPlace || elapsed >= ServerWorld.limits.frameTimeout
            expect(mayBeClosed || !connection.isClosed, "the server closed the connection")
            expect(!model.hasLostPlace || connection.isClosed, "the server reads on and on")
            let isCut = wasCut || connection.isClosed && !model.hasLostPlace
            model.expectAnswers(peer.received, isCut: isCut)
            for (held, what) in [
                (connection.heldMessages, "messages"), (connection.heldRequests, "requests"),
                (connection.heldOutput, "output"),
            ] {
                expect(held.byteCount == 0, "\(held.byteCount) bytes of \(what) are held for ever")
            }
            if !connection.isClosed { expectServed() }
        }
        connection.close()
        settle()
        expect(loop.mayBeAbandoned, "a handler still runs")
        loop.abandon()
    }

    /// The connection is as good as new.
    private func expectServed() {
        guard model.lastID < UInt32.max - 2 else { return }
        let before = peer.received.count
        let note: [UInt8] = [0x0a, 2, 0x6f, 0x6b]
        var output = OutputBuffer()
        output.appendRequestHead(service: FuzzService.name, method: FuzzService.echo.name)
        output.appendBytes(field: RequestEnvelope.Field.payload, note)
        let id = (model.lastID + 1) | 1
        send(ServerWorld.frame(id, .request, .none, Array(output.bytes)))
        settle()
        let answer = ServerWorld.frame(id, .response, .none, [0x12, 4] + note)
        let received = Array(peer.received[before...])
        expect(received == answer, "a well-formed call was answered with \(received)")
    }

    private func settle() {
        var turns = 0
        repeat {
            turn()
            turns += 1
            expect(
                turns < ServerWorld.turnsMax,
                "no rest after \(turns) turns, \(peer.outgoing.count) bytes are not read")
        } while loop.hasWork || !peer.outgoing.isEmpty && !connection.isClosed
    }

    private static func frame(
        _ id: UInt32, _ type: FrameType, _ flags: FrameFlags, _ data: [UInt8]
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
        let header = FrameHeader(length: UInt32(data.count), streamID: id, type: type, flags: flags)
        bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
        return bytes + data
    }
}

/// Stands still until the input moves it.
private final class WorldTime: @unchecked Sendable {
    // Unchecked: one thread does everything.
    var now = ContinuousClock.now
}

/// The client's end: what it has not sent, what it will take, what it has got.
private final class WorldPeer: Transport {
    private unowned let connection: Connection
    private var isReading = true
    private var isClosed = false
    var outgoing: [UInt8] = []
    var received: [UInt8] = []
    var window = Int.max

    init(_ connection: Connection) { self.connection = connection }

    func deliver() {
        while isReading, !isClosed, !outgoing.isEmpty {
            let space = connection.space()
            let count = min(space.count, outgoing.count)
            space.copyBytes(from: outgoing[..<count])
            outgoing.removeFirst(count)
            connection.received(count)
        }
    }

    func flush(_ output: inout OutputBuffer) -> Bool {
        let count = min(window, output.byteCount)
        if count > 0 {
            received.append(contentsOf: output.bytes[..<count])
            output.consume(count)
            if window != .max { window -= count }
        }
        return true
    }

    func stopReceiving() {}

    func setReading(_ isOn: Bool) { isReading = isOn }

    func close() { isClosed = true }
}
