import RPC
import RPCTesting
import Testing
import Wire

/// Every way to open and feed a call of each kind, from a foreign client.
@Suite struct ServerStreamRulesTests {
    let echo = EchoService()

    func peer(limits: Limits = .init()) async -> RawPeer {
        await InProcessServer(Router(services: [echo]), limits: limits).makeRawPeer()
    }

    /// Whatever the flags of the request and whether its end is said again.
    @Test(arguments: [0, 1, 2, 3, 0x0a, 0xf0] as [UInt8], [false, true])
    func aUnaryCallIsAnsweredOnceWhateverItsFlags(flags: UInt8, closes: Bool) async {
        let peer = await peer()
        await peer.send(request(EchoService.hold, note("x"), id: 1, flags: flags))
        if closes { await peer.send(frame(3, 4, id: 1) + frame(3, 5, id: 1)) }
        #expect(await eventually { echo.gate.arrivals == 1 })
        echo.gate.open()
        #expect(await peer.nextAnswer()?.payload == note("x"))
        #expect(await peer.echoes(id: 3))
        #expect(echo.gate.cancellations == 0)
    }

    @Test(arguments: [0, 1, 2, 3] as [UInt8], [false, true])
    func aServersStreamIsServedWhateverItsFlags(flags: UInt8, closes: Bool) async {
        let gated = GatedStream()
        let peer = await InProcessServer(services: [gated, echo]).makeRawPeer()
        await peer.send(request(GatedStream.watch, note("x"), id: 1, flags: flags))
        #expect(await peer.nextFrame()?.data == note("x"))
        if closes { await peer.send(frame(3, 4, id: 1) + frame(3, 5, id: 1)) }
        #expect(await peer.echoes(id: 3))
        gated.gate.open()
        #expect(await peer.nextFrame()?.data == note("x"))
        #expect(await peer.nextFrame()?.header.flags == [.remoteClosed, .noData])
        #expect(await peer.echoes(id: 5))
    }

    @Test func aMessageForAServersStreamIsRefusedAndTheStreamGoesOn() async {
        let gated = GatedStream()
        let peer = await InProcessServer(services: [gated]).makeRawPeer()
        await peer.send(request(GatedStream.watch, note("x"), id: 1, flags: 1))
        #expect(await peer.nextFrame()?.data == note("x"))
        await peer.send(frame(3, id: 1, note("y")))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        gated.gate.open()
        #expect(await peer.nextFrame()?.data == note("x"))
        #expect(await peer.nextFrame()?.header.flags == [.remoteClosed, .noData])
    }

    struct Sent: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var flags: UInt8
        var payload: [UInt8] = []
        var data: [UInt8] = []
        /// What the handler takes in, by its texts.
        var texts: [String]
    }

    private static let end = frame(3, 5, id: 1)
    private static let sent = [
        Sent(testDescription: "closed: nothing", flags: 1, texts: []),
        Sent(testDescription: "closed: the payload", flags: 1, payload: note("p"), texts: ["p"]),
        Sent(testDescription: "no flag: the payload", flags: 0, payload: note("p"), texts: ["p"]),
        Sent(
            testDescription: "open and closed: closed", flags: 3, payload: note("p"), texts: ["p"]),
        Sent(testDescription: "open, then the end", flags: 2, data: end, texts: []),
        Sent(
            testDescription: "open: payload, data, empty data, the end", flags: 2,
            payload: note("p"), data: frame(3, id: 1, note("a")) + frame(3, id: 1) + end,
            texts: ["p", "a", ""]),
        Sent(
            testDescription: "open: the last message closes", flags: 2,
            data: frame(3, id: 1, note("a")) + frame(3, 1, id: 1, note("b")), texts: ["a", "b"]),
        Sent(
            testDescription: "open: an empty last message closes", flags: 2,
            data: frame(3, 1, id: 1), texts: [""]),
        Sent(
            testDescription: "open: no data is no message, whatever bytes it has", flags: 2,
            data: frame(3, 4, id: 1) + frame(3, 4, id: 1, [0xff]) + frame(3, 5, id: 1, [0xff]),
            texts: []),
        Sent(
            testDescription: "open and alone on its connection, unknown flags", flags: 0xfa,
            data: frame(3, 0xf2, id: 1, note("a")) + end, texts: ["a"]),
    ]

    @Test(arguments: sent) func aClientsStreamIsTakenAsThePageSays(sent: Sent) async {
        let peer = await peer()
        await peer.send(
            request(EchoService.collect, sent.payload, id: 1, flags: sent.flags) + sent.data)
        let answer = await peer.nextAnswer()
        #expect(answer?.status == .ok)
        let count = sent.texts.count
        // text = bytes of body, "0"; count
        #expect(answer?.payload == note("0") + (count == 0 ? [] : [0x10, UInt8(count)]))
    }

    @Test(arguments: sent) func aStreamBothWaysIsTakenAsThePageSays(sent: Sent) async {
        let peer = await peer()
        await peer.send(
            request(EchoService.chat, sent.payload, id: 1, flags: sent.flags) + sent.data)
        for text in sent.texts {
            let frame = await peer.nextFrame()
            #expect(frame?.header.type == .data && frame?.header.flags == FrameFlags.none)
            #expect(frame?.data == (text.isEmpty ? [] : note(text)))
        }
        let last = await peer.nextFrame()
        #expect(
            last?.header
                == FrameHeader(
                    length: 0, streamID: 1, type: .data, flags: [.remoteClosed, .noData]))
    }

    /// The whole conversation split at every byte, twice over.
    @Test func aStreamMayComeInAnyPieces() async {
        let bytes =
            request(EchoService.chat, note("p"), id: 1, flags: 2) + frame(3, id: 1, note("a"))
            + request(EchoService.echo, note("u"), id: 3) + frame(3, 5, id: 1)
        for split in 1..<bytes.count {
            let peer = await peer()
            await peer.send(Array(bytes[..<split]))
            await peer.send(Array(bytes[split...]))
            var streamed: [[UInt8]] = []
            var echoed: [UInt8]?
            for _ in 0..<4 {
                guard let frame = await peer.nextFrame() else { break }
                if frame.header.type == .data {
                    streamed.append(frame.data)
                } else {
                    echoed = Answer(frame)?.payload
                }
            }
            #expect(streamed == [note("p"), note("a"), []], "split at \(split)")
            #expect(echoed == note("u"), "split at \(split)")
            await peer.close()
        }
    }

    @Test func manyFramesInOneReadAreAllServed() async {
        let peer = await peer()
        var bytes: [UInt8] = []
        for index in 0..<2000 {
            bytes += request(EchoService.echo, note("\(index)"), id: UInt32(index * 2 + 1))
        }
        await peer.send(bytes)
        for index in 0..<2000 { #expect(await peer.nextAnswer()?.payload == note("\(index)")) }
    }

    @Test func aMessageOfAStreamThatIsNoneFailsItsCallAlone() async {
        let peer = await peer()
        await peer.send(request(EchoService.chat, id: 1, flags: 2))
        await peer.send(frame(3, id: 1, [0x0a, 9]))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        #expect(await peer.echoes(id: 3))
    }

    @Test func anOversizeMessageOfAStreamFailsItsCallAlone() async {
        let peer = await peer()
        await peer.send(request(EchoService.chat, id: 1, flags: 2))
        let length = Limits.frameLengthMax + 1
        await peer.send(
            bigEndian(UInt32(length)) + bigEndian(1) + [3, 0]
                + [UInt8](repeating: 0, count: length))
        let answer = await peer.nextAnswer()
        #expect(answer?.id == 1)
        #expect(answer?.status == .resourceExhausted)
        #expect(await peer.echoes(id: 3))
    }

    @Test func aFailingStreamEndsWithItsStatusAfterItsMessages() async {
        let peer = await peer()
        await peer.send(request(EchoService.first, id: 1, flags: 1))
        let answer = await peer.nextAnswer()
        #expect(answer?.status == .invalidArgument)
        #expect(answer?.message == "send one note at least")
    }
}
