import RPC
import RPCTesting
import Synchronization
import Testing
import Wire

/// What a stream that is over, or read, still keeps from others.
@Suite(.timeLimit(.minutes(1))) struct EndedStreamTests {
    private let gate = Gate()
    private let told = Told()

    private static let giveUp = Method(
        service: "motcua.testing.v1.Ends", name: "GiveUp", kind: .clientStreaming)
    private static let insist = Method(
        service: "motcua.testing.v1.Ends", name: "Insist", kind: .serverStreaming)
    private static let lag = Method(
        service: "motcua.testing.v1.Ends", name: "Lag", kind: .clientStreaming)

    private struct Ends: Service { let handlers: [Handler] }

    private var ends: Ends {
        let (gate, told) = (gate, told)
        return Ends(handlers: [
            // Fails without having read anything.
            .clientStreaming(Self.giveUp) { (_: RequestStream<Note>, _) async throws -> Note in
                try await gate.pass()
                throw Status(.aborted, "given up")
            },
            // Writes again after it was cancelled.
            .serverStreaming(Self.insist) {
                (request: Note, responses: ResponseWriter<Note>, _) async throws in
                try await responses.write(request)
                do { try await gate.pass() } catch { told.add("cancelled") }
                do {
                    try await responses.write(request)
                } catch let status as Status {
                    told.add(status.code.name)
                }
            },
            // Reads nine of ten messages, one at a time.
            .clientStreaming(Self.lag) {
                (requests: RequestStream<Counted>, _) async throws -> Counted in
                try await gate.pass()
                var iterator = requests.makeAsyncIterator()
                for _ in 0..<9 { _ = try await iterator.next() }
                told.add("\(Counted.living.load(ordering: .relaxed))")
                _ = try await iterator.next()
                return Counted()
            },
        ])
    }

    @Test func aStreamThatEndsWhileItHoldsItsConnectionBackLetsItBeReadAgain() async {
        var limits = Limits()
        limits.queuedMessagesMax = 2
        let server = InProcessServer(
            Router(services: [ends, EchoService()]), limits: limits)
        let peer = await server.makeRawPeer()
        await peer.send(request(Self.giveUp, id: 1, flags: 2 | 8))
        for _ in 0..<4 { await peer.send(frame(3, id: 1, note("x"))) }
        #expect(await eventually { gate.arrivals == 1 })
        gate.open()
        #expect(await peer.nextAnswer()?.status == .aborted)
        // The two messages that were not read then are for no stream any more.
        for _ in 0..<2 { #expect(await peer.nextAnswer()?.status == .invalidArgument) }
        #expect(await peer.echoes(id: 3))
    }

    @Test func aWriteAfterTheDeadlineWaitsForNoReader() async {
        var limits = Limits()
        limits.outputHighWaterBytes = 1000
        limits.outputLowWaterBytes = 100
        let clock = ManualClock()
        let server = InProcessServer(Router(services: [ends]), limits: limits, clock: clock)
        let peer = await server.makeRawPeer()
        // One second. The peer reads nothing, and a pipe takes 64 KiB.
        await peer.send(
            request(
                Self.insist, note(bodyOf: 200_000), id: 1, flags: 1,
                timeoutNano: [0x80, 0x94, 0xeb, 0xdc, 0x03]))
        #expect(await eventually { gate.arrivals == 1 })
        clock.advance(by: .seconds(2))
        #expect(await eventually { told.all.count == 2 })
        #expect(told.all.first == "cancelled")
    }

    @Test func aMessageThatWasReadIsNotKept() async {
        let server = InProcessServer(Router(services: [ends]), limits: .init())
        let peer = await server.makeRawPeer()
        await peer.send(request(Self.lag, id: 1, flags: 2))
        for _ in 0..<10 { await peer.send(frame(3, id: 1)) }
        #expect(await eventually { gate.arrivals == 1 })
        #expect(await eventually { Counted.living.load(ordering: .relaxed) == 10 })
        gate.open()
        #expect(await eventually { told.all.count == 1 })
        #expect(Int(told.all[0])! <= 2, "the last one read, and the one that waits")
    }

    @Test func metadataOfCallsInFlightCountsAsHeld() async throws {
        var limits = Limits()
        limits.heldBytesMax = 3000
        let echo = EchoService()
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        let channel = server.makeChannel()
        let options = CallOptions(metadata: ["filler": String(repeating: "x", count: 900)])
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    let _: Note = try await channel.unary(
                        EchoService.hold, Note(), options: options)
                }
            }
            #expect(await eventually { echo.gate.arrivals == 3 })
            let failure = await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(EchoService.echo, Note(), options: options)
            }
            #expect(failure?.code == .resourceExhausted)
            echo.gate.open()
            try await group.waitForAll()
        }
        #expect(await eventually { await server.heldByteCount() == 0 })
        await channel.close()
    }

    @Test func aStreamDoesNotQueueBehindUnaryCallsThatWaitForRoom() async throws {
        var limits = Limits()
        limits.streamsMax = 1
        let echo = EchoService()
        let server = InProcessServer(Router(services: [echo]), limits: .init())
        let channel = server.makeChannel(limits: limits)
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 {
                group.addTask {
                    let _: Note = try await channel.unary(
                        EchoService.hold, Note(), options: .init())
                }
            }
            #expect(await eventually { echo.gate.arrivals == 1 })
            let collected: Note = try await channel.clientStreaming(
                EchoService.collect, options: .init()
            ) { (writer: RequestWriter<Note>) in try await writer.write(Note("x")) }
            #expect(collected.count == 1)
            echo.gate.open()
            try await group.waitForAll()
        }
        await channel.close()
    }
}

/// An empty message that tells how many of it are alive.
private struct Counted: Message {
    static let living = Atomic(0)
    static let fullName = "motcua.testing.v1.Counted"

    private final class Life: Hashable, Sendable {
        init() { Counted.living.wrappingAdd(1, ordering: .relaxed) }
        deinit { Counted.living.wrappingSubtract(1, ordering: .relaxed) }
        static func == (one: Life, other: Life) -> Bool { one === other }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    private let life = Life()

    init() {}
    init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError) {}

    func serialize(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) { _ = try place(0) }
}
