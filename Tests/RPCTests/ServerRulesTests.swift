import RPC
import RPCTesting
import Testing
import Wire

/// What a foreign client may do wrong, and that it costs it one call at most.
@Suite struct ServerRulesTests {
    let echo = EchoService()

    func peer(limits: Limits = .init()) async -> RawPeer {
        await InProcessServer(Router(services: [echo]), limits: limits).makeRawPeer()
    }

    @Test func oversizedFrameFailsTheCallNotTheConnection() async {
        let peer = await peer()
        let length = Limits.frameLengthMax + 1
        await peer.send(bigEndian(UInt32(length)) + bigEndian(1) + [1, 0])
        let answer = await peer.nextAnswer()
        #expect(answer?.status == .resourceExhausted)
        #expect(answer?.message == "message length 4194305 exceed maximum message size of 4194304")
        await peer.send([UInt8](repeating: 0, count: length))
        #expect(await peer.echoes(id: 3))
    }

    @Test func frameOfExactlyTheLimitIsServed() async {
        let peer = await peer()
        let service = EchoService.name
        let head =
            [0x0a, UInt8(service.utf8.count)] + Array(service.utf8) + [0x12, 4] + Array("Echo".utf8)
        // A field that nobody knows, number 15, fills the frame.
        let filling = Limits.frameLengthMax - head.count - 5
        var length: [UInt8] = []
        for shift in stride(from: 0, through: 21, by: 7) {
            length.append(UInt8(filling >> shift & 0x7f) | (shift == 21 ? 0 : 0x80))
        }
        let data = head + [0x7a] + length + [UInt8](repeating: 0, count: filling)
        #expect(data.count == Limits.frameLengthMax)
        await peer.send(frame(1, id: 1, data))
        #expect(await peer.nextAnswer()?.status == .ok)
    }

    @Test(arguments: [0, 2] as [UInt32], [1, 3] as [UInt8])
    func evenStreamIDIsRefused(id: UInt32, type: UInt8) async {
        let peer = await peer()
        await peer.send(frame(type, id: id, [0x0a, 0]))
        let answer = await peer.nextAnswer()
        #expect(answer?.id == id)
        #expect(answer?.status == .invalidArgument)
        #expect(answer?.message == "StreamID must be odd for client initiated streams")
        #expect(await peer.echoes(id: 1))
    }

    /// Type 2 is a response; 4 and 5 are spoken for elsewhere. Also on an even id, and of any length.
    @Test(arguments: [0, 2, 4, 5, 9, 255] as [UInt8])
    func unknownTypesAndResponsesOfAClientAreIgnored(type: UInt8) async {
        let peer = await peer()
        await peer.send(frame(type, id: 1, [1]) + frame(type, 0xff, id: 2) + frame(type, id: 0))
        let length = Limits.frameLengthMax + 1
        await peer.send(
            bigEndian(UInt32(length)) + bigEndian(1) + [type, 0]
                + [UInt8](repeating: 0, count: length))
        #expect(await peer.echoes(id: 1))
        #expect(await peer.pendingByteCount() == 0)
    }

    /// The limit's own length is thrown away; one beyond, and whoever announces it is out of step.
    @Test(
        arguments: [
            (length: UInt32(64 << 20), closes: false), (length: (64 << 20) + 1, closes: true),
            (length: 0xffff_ffff, closes: true), (length: 0x4745_5420, closes: true),
        ] as [(length: UInt32, closes: Bool)])
    func whoAnnouncesWithoutMeasureIsAnsweredAndLeft(length: UInt32, closes: Bool) async {
        let peer = await peer()
        await peer.send(request(EchoService.hold, note("kept"), id: 1))
        #expect(await eventually { echo.gate.arrivals == 1 })
        await peer.send(bigEndian(length) + bigEndian(3) + [1, 0, 1, 2, 3])
        let refusal = await peer.nextAnswer()
        #expect(refusal?.id == 3)
        #expect(refusal?.status == .resourceExhausted)
        #expect(await peer.isClosedByServer() == false)
        echo.gate.open()
        #expect(await peer.nextAnswer()?.payload == note("kept"))
        if closes {
            #expect(await eventually { await peer.isClosedByServer() })
        } else {
            for _ in 0..<64 { await peer.send([UInt8](repeating: 0, count: 1 << 20)) }
            #expect(await peer.isClosedByServer() == false)
        }
    }

    @Test func theLastIDsOfAllAreServedAndNoneFollows() async {
        let peer = await peer()
        for id in [0xffff_f001, 0xffff_fffd, 0xffff_ffff] as [UInt32] {
            #expect(await peer.echoes(id: id))
        }
        for id in [1, 0xffff_ffff] as [UInt32] {
            await peer.send(request(EchoService.echo, note("x"), id: id))
            #expect(await peer.nextAnswer()?.status == .invalidArgument)
        }
    }

    /// 0 is no deadline; an integer of 64 bits is any number of centuries.
    @Test(
        arguments: [
            (timeout: [0], left: 0),
            (timeout: [0x80, 0xa0, 0xbe, 0x81, 0x95, 0x01], left: 40_000),
            (timeout: [UInt8](repeating: 0xff, count: 8) + [0x7f], left: .max / 1_000_000),
        ] as [(timeout: [UInt8], left: Int64)])
    func timeLeftIsCountedFromArrival(timeout: [UInt8], left: Int64) async {
        let peer = await InProcessServer(
            Router(services: [echo]), clock: ManualClock()
        ).makeRawPeer()
        await peer.send(
            request(EchoService.echo, note("x"), id: 1, timeoutNano: timeout)
                + request(EchoService.describe, id: 3, timeoutNano: timeout))
        #expect(await peer.nextAnswer()?.payload == note("x"))
        let answer = await peer.nextAnswer()
        let described = (answer?.payload).flatMap { try? Note(serialized: $0) }  // Nil is no note.
        // The handler's own clock runs on while the call travels.
        #expect(described.map { ($0.count - left).magnitude < 5000 } == true)
    }

    @Test func aNanosecondLeftIsOverBeforeItIsServedToTheEnd() async {
        let peer = await peer()
        await peer.send(request(EchoService.hold, note("x"), id: 1, timeoutNano: [1]))
        #expect(await peer.nextAnswer()?.status == .deadlineExceeded)
        #expect(await peer.echoes(id: 3))
    }

    @Test func keysOfAnyCaseArriveInOrderWithAllTheirValues() async {
        let peer = await peer()
        func entry(_ key: String, _ value: String) -> [UInt8] {
            let (key, value) = (Array(key.utf8), Array(value.utf8))
            let inner = [0x0a, UInt8(key.count)] + key + [0x12, UInt8(value.count)] + value
            return [0x2a, UInt8(inner.count)] + inner
        }
        let head = request(EchoService.describe, id: 1).dropFirst(FrameHeader.byteCount)
        let entries = [
            entry("Trace-ID", "1"), entry("một", "cửa"), entry("trace-id", "2"),
            entry("Trace-ID", "1"), [0x2a, 0],
        ]
        await peer.send(frame(1, id: 1, Array(head) + entries.joined()))
        let answer = await peer.nextAnswer()
        let described = (answer?.payload).flatMap { try? Note(serialized: $0) }  // Nil is no note.
        #expect(described?.text == "Trace-ID=1\nmột=cửa\ntrace-id=2\nTrace-ID=1\n=")
        let metadata = Metadata(received: [
            .init(key: "Trace-ID", value: "1"), .init(key: "trace-id", value: "2"),
        ])
        #expect(metadata["TRACE-id"] == "1")
        #expect(metadata.values(for: "trace-ID") == ["1", "2"])
    }

    @Test func streamIDMustIncrease() async {
        let peer = await peer()
        #expect(await peer.echoes(id: 5))
        for id in [5, 3] as [UInt32] {
            await peer.send(request(EchoService.echo, note("x"), id: id))
            let answer = await peer.nextAnswer()
            #expect(answer?.status == .invalidArgument)
            #expect(answer?.message == "StreamID cannot be re-used and must increment")
        }
        #expect(await peer.echoes(id: 101))
    }

    @Test func garbageAndEmptyEnvelopesAreAnswered() async {
        let peer = await peer()
        await peer.send(frame(1, id: 1, [0xff, 0xff]))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        await peer.send(frame(1, id: 3))
        let empty = await peer.nextAnswer()
        #expect(empty?.status == .unimplemented)
        #expect(empty?.message == "service ")
        #expect(await peer.echoes(id: 5))
    }

    @Test func unknownServiceAndMethodAreUnimplemented() async {
        let peer = await peer()
        await peer.send(request(Method(service: "no.Such", name: "Echo"), id: 1))
        #expect(await peer.nextAnswer()?.message == "service no.Such")
        await peer.send(request(Method(service: EchoService.name, name: "Nothing"), id: 3))
        let answer = await peer.nextAnswer()
        #expect(answer?.message == "method Nothing")
        #expect(answer?.status == .unimplemented)
    }

    @Test func dataForAnUnknownOrEndedStreamIsRefused() async {
        let peer = await peer()
        await peer.send(frame(3, id: 7, [1]))
        let answer = await peer.nextAnswer()
        #expect(answer?.status == .invalidArgument)
        #expect(answer?.message == "StreamID is no longer active")
        #expect(await peer.echoes(id: 9))
        await peer.send(frame(3, id: 9, [1]))
        #expect(await peer.nextAnswer()?.message == "StreamID is no longer active")
    }

    @Test func dataOnAUnaryCallInFlightFailsThatCallOnce() async {
        let peer = await peer()
        await peer.send(request(EchoService.hold, note("x"), id: 1))
        await peer.send(frame(3, id: 1, [1]))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        #expect(await eventually { echo.gate.cancellations == 1 })
        echo.gate.open()
        #expect(await peer.echoes(id: 3))
    }

    @Test(arguments: [1, 2] as [UInt8])
    func streamFlagsOnAUnaryCallAreServed(flags: UInt8) async {
        let peer = await peer()
        await peer.send(request(EchoService.echo, note("x"), id: 1, flags: flags))
        #expect(await peer.nextAnswer()?.payload == note("x"))
    }

    @Test func unknownFlagBitsAreIgnored() async {
        let peer = await peer()
        await peer.send(request(EchoService.echo, note("x"), id: 1, flags: 0xf0))
        #expect(await peer.nextAnswer()?.payload == note("x"))
    }

    @Test func dataAfterTheEndIsRefusedAndTheStreamEndsNormally() async {
        let peer = await peer()
        await peer.send(request(EchoService.collectAtGate, id: 1, flags: 2))
        await peer.send(frame(3, 0, id: 1, note("a")) + frame(3, 5, id: 1))
        #expect(await eventually { echo.gate.arrivals == 1 })
        await peer.send(frame(3, 0, id: 1, note("b")))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        echo.gate.open()
        let answer = await peer.nextAnswer()
        #expect(answer?.status == .ok)
        #expect(answer?.payload == [0x10, 1])
    }

    @Test func closingFlagWithBytesIsALastMessage() async {
        let peer = await peer()
        await peer.send(request(EchoService.collect, id: 1, flags: 2))
        await peer.send(frame(3, 0, id: 1, note("a")) + frame(3, 1, id: 1, note("b")))
        #expect(await peer.nextAnswer()?.payload == [0x10, 2, 0x0a, 1, 0x30].sortedAsNote)
    }

    @Test func anEmptyDataFrameIsAMessage() async {
        let peer = await peer()
        await peer.send(request(EchoService.chat, id: 1, flags: 2))
        await peer.send(frame(3, 0, id: 1) + frame(3, 5, id: 1))
        let first = await peer.nextFrame()
        #expect(first?.header == FrameHeader(length: 0, streamID: 1, type: .data))
        let last = await peer.nextFrame()
        #expect(last?.header.flags == [.remoteClosed, .noData])
    }

    @Test func payloadOfAStreamingRequestIsItsFirstMessage() async {
        let peer = await peer()
        await peer.send(request(EchoService.chat, note("a"), id: 1, flags: 2))
        await peer.send(frame(3, 5, id: 1))
        #expect(await peer.nextFrame()?.data == note("a"))
        #expect(await peer.nextFrame()?.header.flags == [.remoteClosed, .noData])
    }

    @Test(arguments: [0, 1] as [UInt8])
    func serverStreamingIsServedWithAndWithoutItsFlag(flags: UInt8) async {
        let peer = await peer()
        await peer.send(request(EchoService.repeat, [0x10, 2], id: 1, flags: flags))
        #expect(await peer.nextFrame()?.data == [])
        #expect(await peer.nextFrame()?.data == [0x10, 1])
        #expect(await peer.nextFrame()?.header.flags == [.remoteClosed, .noData])
    }

    @Test func payloadThatDoesNotParseNamesTheField() async throws {
        let peer = await peer()
        await peer.send(request(EchoService.echo, [0x0a, 1, 0xff], id: 1))
        let frame = try #require(await peer.nextFrame())
        let answer = try #require(Answer(frame))
        #expect(answer.status == .invalidArgument)
        #expect(answer.message == "motcua.testing.v1.Note, field text: is not UTF-8")
        // google.rpc.BadRequest { field_violations { field "text" description "is not UTF-8" } }
        let violation = note("text") + [0x12, 12] + Array("is not UTF-8".utf8)
        let detail = [0x0a, UInt8(violation.count)] + violation
        #expect(frame.data.contains(detail))
        #expect(await peer.echoes(id: 3))
    }

    @Test func resultOverTheLimitFailsTheCallNotTheConnection() async throws {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let other = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("kept"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(
                EchoService.inflate, Note("", count: 5_000_000), options: .init())
        }
        let fitting: Note = try await channel.unary(
            EchoService.inflate, Note("", count: 4_194_290), options: .init())
        #expect(fitting.body.count == 4_194_290)
        echo.gate.open()
        #expect(try await other.value.text == "kept")
        #expect(await server.connectionCount() == 1)
    }

    @Test func aDeadlineThatHasPassedIsNotServed() async {
        let peer = await peer()
        let minusOne = [UInt8](repeating: 0xff, count: 9) + [0x01]
        await peer.send(request(EchoService.count, id: 1, timeoutNano: minusOne))
        #expect(await peer.nextAnswer()?.status == .deadlineExceeded)
        #expect(echo.counted == 0)
    }

    @Test func callsInFlightAreBounded() async {
        var limits = Limits()
        limits.streamsMax = 3
        let peer = await peer(limits: limits)
        for id in [1, 3, 5] as [UInt32] {
            await peer.send(request(EchoService.hold, note("x"), id: id))
        }
        #expect(await eventually { echo.gate.arrivals == 3 })
        await peer.send(request(EchoService.echo, note("x"), id: 7))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        echo.gate.open()
        for _ in 0..<3 { #expect(await peer.nextAnswer()?.status == .ok) }
        #expect(await peer.echoes(id: 9))
    }

    @Test func aForeignStreamThatIsNotReadFailsAlone() async {
        var limits = Limits()
        limits.queuedMessagesMax = 8
        let peer = await peer(limits: limits)
        await peer.send(request(EchoService.collectAtGate, id: 1, flags: 2))
        #expect(await eventually { echo.gate.arrivals == 1 })
        for _ in 0..<8 { await peer.send(frame(3, 0, id: 1, note("a"))) }
        #expect(await peer.echoes(id: 3))
        await peer.send(frame(3, 0, id: 1, note("a")))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        #expect(await peer.echoes(id: 5))
    }

    @Test func aClientThatDoesNotReadIsNotReadEither() async {
        var limits = Limits()
        limits.outputHighWaterBytes = 100_000
        limits.outputLowWaterBytes = 10_000
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        let peer = await server.makeRawPeer()
        for index in 0..<500 {
            await peer.send(
                request(EchoService.inflate, [0x10, 0xa0, 0x9c, 0x01], id: UInt32(index * 2 + 1)))
        }
        #expect(await eventually { await server.outputPeakByteCount() >= 100_000 })
        for _ in 0..<500 { #expect(await peer.nextAnswer()?.payload.count == 20_004) }
        #expect(await server.outputPeakByteCount() <= 100_000 + 20_100)
    }

    @Test func aLostConnectionCancelsItsHandlers() async {
        let peer = await peer()
        await peer.send(request(EchoService.hold, note("x"), id: 1) + [0, 0])
        #expect(await eventually { echo.gate.arrivals == 1 })
        await peer.close()
        #expect(await eventually { echo.gate.cancellations == 1 })
    }

    @Test func theSlowCallIsAnsweredAfterTheFastOne() async {
        let peer = await peer()
        await peer.send(
            request(EchoService.hold, note("slow"), id: 1)
                + request(EchoService.echo, note("fast"), id: 3))
        #expect(await peer.nextAnswer()?.id == 3)
        echo.gate.open()
        #expect(await peer.nextAnswer()?.id == 1)
    }

    @Test func randomFramesNeverCrashTheServer() async {
        var random = SeededRandom()
        let server = InProcessServer(services: [EchoService()])
        for _ in 0..<50 {
            let peer = await server.makeRawPeer()
            var bytes: [UInt8] = []
            for index in 0..<200 {
                let data = random.bytes(Int.random(in: 0...40, using: &random))
                let id = UInt32(index * 2) + UInt32.random(in: 0...3, using: &random)
                switch UInt8.random(in: 0...5, using: &random) {
                case 0: bytes += request(EchoService.chat, data, id: id, flags: data.first ?? 2)
                case 1: bytes += request(EchoService.echo, data, id: id, flags: data.first ?? 0)
                case let type: bytes += frame(type, data.last ?? 0, id: id, data)
                }
            }
            await peer.send(bytes)
            await peer.close()
        }
        let peer = await server.makeRawPeer()
        #expect(await peer.echoes(id: 1), "seed \(random.seed)")
    }
}

extension [UInt8] {
    fileprivate func contains(_ other: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: other) }
    }

    /// `Note` writes its text before its count.
    fileprivate var sortedAsNote: [UInt8] { Array(self[2...] + self[..<2]) }
}
