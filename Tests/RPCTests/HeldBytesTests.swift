import RPC
import RPCTesting
import Testing
import Wire

/// What the calls of one connection make the server hold is bounded together, not only one by one.
@Suite struct HeldBytesTests {
    let echo = EchoService()

    /// Three streams of messages of 1,004 bytes, 12 in all, are exactly what the connection may hold.
    @Test func streamsOfOneConnectionAreBoundedTogether() async {
        var limits = Limits()
        limits.heldBytesMax = 12 * 1004
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        let peer = await server.makeRawPeer()
        for id in [1, 3, 5] as [UInt32] {
            await peer.send(request(EchoService.collectAtGate, id: id, flags: 2))
            for _ in 0..<4 { await peer.send(frame(3, id: id, note(bodyOf: 1001))) }
        }
        #expect(await eventually { echo.gate.arrivals == 3 })
        #expect(await peer.echoes(id: 7))
        #expect(await server.heldByteCount() == limits.heldBytesMax)
        let hits = server.loop.core.limitHits
        #expect(hits[.heldMessages] == 0)

        // A message too many fails its stream alone, and gives back what the stream held.
        await peer.send(frame(3, id: 3, [0x10, 1]))
        let answer = await peer.nextAnswer()
        #expect(answer?.id == 3 && answer?.status == .resourceExhausted)
        #expect(hits[.heldMessages] == 1 && hits[.queuedMessages] == 0)
        #expect(await server.heldByteCount() == 8 * 1004)
        #expect(await peer.echoes(id: 9))
        await peer.send(frame(3, id: 5, note(bodyOf: 1001)))
        for id in [1, 5] as [UInt32] { await peer.send(frame(3, 5, id: id)) }
        echo.gate.open()
        let ended = [await peer.nextAnswer(), await peer.nextAnswer()].compactMap(\.self)
        #expect(Set(ended.map(\.id)) == [1, 5])
        #expect(Set(ended.map(\.payload)) == [[0x10, 4], [0x10, 5]])
        #expect(await eventually { await server.heldByteCount() == 0 })
    }

    /// The bit that says "this stream is alone" frees no stream of the bound.
    @Test func streamsThatSayTheyAreAloneAreBoundedAsWell() async {
        var limits = Limits()
        limits.heldBytesMax = 2000
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        let peer = await server.makeRawPeer()
        for id in [1, 3] as [UInt32] {
            await peer.send(request(EchoService.collectAtGate, id: id, flags: 2 | 8))
            await peer.send(frame(3, id: id, note(bodyOf: 990)))
        }
        #expect(await peer.echoes(id: 5))
        await peer.send(frame(3, id: 1, note(bodyOf: 990)))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        #expect(await peer.echoes(id: 7))
    }

    @Test func requestsOfCallsInFlightAreBoundedTogether() async {
        var limits = Limits()
        limits.heldBytesMax = 3000
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        let peer = await server.makeRawPeer()
        for id in [1, 3, 5] as [UInt32] {
            await peer.send(request(EchoService.hold, note(bodyOf: 997), id: id))
        }
        #expect(await eventually { echo.gate.arrivals == 3 })
        #expect(await server.heldByteCount() == 3000)
        await peer.send(request(EchoService.echo, note("x"), id: 7))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        #expect(server.loop.core.limitHits[.heldRequests] == 1)
        // A request without a payload holds nothing.
        await peer.send(request(EchoService.echo, id: 9))
        #expect(await peer.nextAnswer()?.status == .ok)
        echo.gate.open()
        for _ in 0..<3 { #expect(await peer.nextAnswer()?.status == .ok) }
        #expect(await eventually { await server.heldByteCount() == 0 })
        #expect(await peer.echoes(id: 11))
    }

    /// 40 answers, and room for 20 of them while nobody reads.
    @Test func answersThatAreNotReadAreBoundedTogether() async {
        var limits = Limits()
        limits.outputHighWaterBytes = 1000
        limits.outputLowWaterBytes = 100
        limits.heldBytesMax = 20 * LargeService.answerByteCount
        let gate = Gate()
        let server = InProcessServer(
            Router(services: [LargeService(gate: gate)]), limits: limits)
        let peer = await server.makeRawPeer()
        for index in 0..<40 {
            await peer.send(request(LargeService.unary, id: UInt32(2 * index + 1)))
        }
        #expect(await eventually { gate.arrivals == 40 })
        gate.open()
        let hits = server.loop.core.limitHits
        #expect(await eventually { hits[.heldOutput] > 0 })
        #expect(await server.heldByteCount() <= limits.heldBytesMax)
        var codes: [StatusCode?: Int] = [:]
        for _ in 0..<40 { codes[await peer.nextAnswer()?.status, default: 0] += 1 }
        // What the pipe took meanwhile makes room for a few more.
        #expect((21...28).contains(codes[.ok] ?? 0), "\(codes)")
        #expect(codes[.resourceExhausted] == Int(hits[.heldOutput]))
        #expect((codes[.ok] ?? 0) + (codes[.resourceExhausted] ?? 0) == 40)
        #expect(await eventually { await server.heldByteCount() == 0 })
    }

    /// Streams that lie idle until the output is full, and then all have something to say.
    @Test func streamsWhoseMessagesAreNotReadAreBoundedTogether() async {
        var limits = Limits()
        limits.outputHighWaterBytes = 1000
        limits.outputLowWaterBytes = 100
        limits.heldBytesMax = 4 * LargeService.answerByteCount
        let gate = Gate()
        let server = InProcessServer(
            Router(services: [LargeService(gate: gate), echo]), limits: limits)
        let peer = await server.makeRawPeer()
        for index in 0..<20 {
            await peer.send(request(LargeService.stream, id: UInt32(2 * index + 1), flags: 1))
        }
        #expect(await eventually { gate.arrivals == 20 })
        gate.open()
        let hits = server.loop.core.limitHits
        #expect(await eventually { hits[.heldOutput] > 0 })
        #expect(await server.heldByteCount() <= limits.heldBytesMax)
        var ended: [UInt32: StatusCode] = [:]
        while ended.count < 20, let frame = await peer.nextFrame() {
            if let answer = Answer(frame) {
                ended[answer.id] = answer.status
            } else if frame.header.flags.contains(.remoteClosed) {
                ended[frame.header.streamID] = .ok
            }
        }
        let failed = ended.values.count { $0 == .resourceExhausted }
        #expect(failed == Int(hits[.heldOutput]) && failed >= 8)
        #expect(ended.values.count { $0 == .ok } == 20 - failed)
        #expect(await peer.echoes(id: 101))
        #expect(await server.heldByteCount() == 0)
    }

    /// Whatever a peer does, and however its calls end, nothing stays on the account.
    @Test func whatIsHeldIsGivenBackHoweverCallsEnd() async {
        var random = SeededRandom()
        var limits = Limits()
        limits.heldBytesMax = 4000
        limits.queuedBytesMax = 2000
        limits.queuedMessagesMax = 4
        for _ in 0..<30 {
            let echo = EchoService()
            let server = InProcessServer(Router(services: [echo]), limits: limits)
            let peer = await server.makeRawPeer()
            var lastID: UInt32 = 1
            for _ in 0..<100 {
                let methods = [EchoService.collectAtGate, EchoService.chat, EchoService.hold]
                let body = note(bodyOf: Int.random(in: 0...900, using: &random))
                let old = UInt32.random(in: 0...lastID / 2, using: &random) * 2 + 1
                switch Int.random(in: 0...5, using: &random) {
                case 0...1:
                    lastID += 2
                    let method = methods.randomElement(using: &random)!
                    await peer.send(
                        request(method, body, id: lastID, flags: method == EchoService.hold ? 0 : 2)
                    )
                case 2...3: await peer.send(frame(3, 0, id: old, body))
                case 4: await peer.send(frame(3, 5, id: old))
                default: await peer.send(frame(3, 0, id: old, [0xff]))
                }
            }
            #expect(await server.heldByteCount() <= 3 * limits.heldBytesMax)
            echo.gate.open()
            await peer.send(request(EchoService.describe, id: lastID + 2))
            #expect(
                await eventually(within: .seconds(2)) {
                    while await peer.pendingByteCount() > 0 { _ = await peer.nextFrame() }
                    return await server.heldByteCount() == 0
                }, "seed \(random.seed)")
        }
    }
}

/// Small requests, large answers, when the gate opens.
private struct LargeService: Service {
    static let unary = Method(service: "motcua.testing.v1.Large", name: "Unary")
    static let stream = Method(
        service: "motcua.testing.v1.Large", name: "Stream", kind: .serverStreaming)
    /// The body, its key and its length.
    static let answerByteCount = 20_000 + 4
    let gate: Gate

    var handlers: [Handler] {
        let large = Note("", body: [UInt8](repeating: 7, count: 20_000))
        return [
            .unary(LargeService.unary) { (_: Note, _) in
                try await gate.pass()
                return large
            },
            .serverStreaming(LargeService.stream) { (_: Note, out: ResponseWriter<Note>, _) in
                try await gate.pass()
                for _ in 0..<3 { try await out.write(large) }
            },
        ]
    }
}
