import RPC
import RPCTesting
import Testing
import Wire

/// What our client puts on the wire, and what it makes of each frame of a stream.
@Suite struct ClientWireTests {
    let server = RawServer()

    @Test func eachKindOfCallOpensAndClosesAsThePageSays() async throws {
        let channel = server.makeChannel()
        let unary = Task { () -> Note in try await channel.unary(EchoService.echo, Note("u")) }
        let unaryPeer = try #require(await server.peer(0))
        #expect(await unaryPeer.next() == Sent(id: 1, type: 1, flags: 0x00, method: "Echo u"))
        await unaryPeer.send(response(id: 1))
        _ = try await unary.value

        let down = Task {
            try await channel.serverStreaming(EchoService.repeat, Note("s"), options: .init()) {
                (notes: ResponseStream<Note>) in for try await _ in notes {}
            }
        }
        let downPeer = try #require(await server.peer(1))
        #expect(await downPeer.next() == Sent(id: 1, type: 1, flags: 0x09, method: "Repeat s"))
        await downPeer.send(frame(3, 5, id: 1))
        try await down.value

        let up = Task { () -> Note in
            try await channel.clientStreaming(EchoService.collect, options: .init()) {
                (out: RequestWriter<Note>) in
                try await out.write(Note("m"))
                try await out.write(Note())
            }
        }
        let upPeer = try #require(await server.peer(2))
        #expect(await upPeer.next() == Sent(id: 1, type: 1, flags: 0x0a, method: "Collect "))
        #expect(await upPeer.next() == Sent(id: 1, type: 3, flags: 0, data: note("m")))
        #expect(await upPeer.next() == Sent(id: 1, type: 3, flags: 0))
        #expect(await upPeer.next() == Sent(id: 1, type: 3, flags: 0x05))
        await upPeer.send(response(id: 1, payload: note("done")))
        #expect(try await up.value.text == "done")

        let both = Task { () -> String? in
            try await channel.bidirectional(EchoService.chat, options: .init()) {
                (out: RequestWriter<Note>, notes: ResponseStream<Note>) in
                try await out.write(Note("m"))
                await out.finish()
                var iterator = notes.makeAsyncIterator()
                return try await iterator.next()?.text
            }
        }
        let bothPeer = try #require(await server.peer(3))
        #expect(await bothPeer.next() == Sent(id: 1, type: 1, flags: 0x0a, method: "Chat "))
        #expect(await bothPeer.next() == Sent(id: 1, type: 3, flags: 0, data: note("m")))
        #expect(await bothPeer.next() == Sent(id: 1, type: 3, flags: 0x05))
        await bothPeer.send(frame(3, id: 1, note("back")) + frame(3, 5, id: 1))
        #expect(try await both.value == "back")
    }

    struct Received: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var frames: [UInt8]
        var texts: [String]
        var failure: StatusCode?
    }

    private static let end = frame(3, 5, id: 1)

    @Test(arguments: [
        Received(testDescription: "end at once", frames: end, texts: []),
        Received(
            testDescription: "a message, an empty one",
            frames: frame(3, id: 1, note("a")) + frame(3, id: 1) + end, texts: ["a", ""]),
        Received(
            testDescription: "the last message closes",
            frames: frame(3, 1, id: 1, note("a")), texts: ["a"]),
        Received(
            testDescription: "an empty last message closes", frames: frame(3, 1, id: 1),
            texts: [""]),
        Received(
            testDescription: "no data, then the end, with bytes that are no message",
            frames: frame(3, 4, id: 1) + frame(3, 4, id: 1, [0xff]) + frame(3, 5, id: 1, [0xff]),
            texts: []),
        Received(
            testDescription: "unknown flags and the open one are ignored",
            frames: frame(3, 0xf2, id: 1, note("a")) + end, texts: ["a"]),
        Received(
            testDescription: "a response ends it well",
            frames: frame(3, id: 1, note("a")) + response(id: 1), texts: ["a"]),
        Received(
            testDescription: "a server without streams answers once",
            frames: response(id: 1, payload: note("only")), texts: ["only"]),
        Received(
            testDescription: "a failure comes after what was sent before it",
            frames: frame(3, id: 1, note("a")) + response(id: 1, code: 5), texts: ["a"],
            failure: .notFound),
        Received(
            testDescription: "what follows the end is ignored",
            frames: end + frame(3, id: 1, note("late")) + response(id: 1, code: 13), texts: []),
        Received(
            testDescription: "a message that is none", frames: frame(3, id: 1, [0x0a, 9]) + end,
            texts: [], failure: .internal),
    ])
    func eachFrameOfAServersStreamMeansWhatThePageSays(received: Received) async throws {
        let channel = server.makeChannel()
        let heard = Told()
        let call = Task {
            try await channel.serverStreaming(EchoService.repeat, Note("s"), options: .init()) {
                (notes: ResponseStream<Note>) in
                for try await note in notes { heard.add(note.text) }
            }
        }
        let peer = try #require(await server.peer())
        _ = await peer.nextFrame()
        await peer.send(received.frames)
        switch await call.result {
        case .success: #expect(received.failure == nil)
        case .failure(let error): #expect((error as? Status)?.code == received.failure)
        }
        #expect(heard.all == received.texts)
    }

    @Test(arguments: [frame(3, id: 1, note("a")), frame(3, 5, id: 1)])
    func aDataFrameInAnswerToAClientsStreamIsAnError(bytes: [UInt8]) async throws {
        let channel = server.makeChannel()
        let call = Task { () -> Note in
            try await channel.clientStreaming(EchoService.collect, options: .init()) {
                (_: RequestWriter<Note>) in
            }
        }
        let peer = try #require(await server.peer())
        _ = await peer.nextFrame()
        await peer.send(bytes)
        let failure = await #expect(throws: Status.self) { _ = try await call.value }
        #expect(failure?.code == .internal)
    }

    /// A remainder below a nanosecond is sent as 1, for 0 would be no deadline; centuries are saturated.
    @Test(
        arguments: [
            (timeout: Duration(secondsComponent: 0, attosecondsComponent: 5), nano: 1),
            (timeout: .nanoseconds(1), nano: 1),
            (timeout: .milliseconds(1500), nano: 1_500_000_000),
            (timeout: .seconds(9_223_372_036) + .milliseconds(900), nano: .max),
            (timeout: .seconds(Int64.max / 4), nano: .max),
        ] as [(timeout: Duration, nano: Int64)])
    func timeLeftIsSentInNanoseconds(timeout: Duration, nano: Int64) async throws {
        let clock = ManualClock()
        let server = RawServer(clock: clock)
        let channel = server.makeChannel()
        let call = Task { () -> Note in
            try await channel.unary(EchoService.echo, Note(), options: .init(timeout: timeout))
        }
        let peer = try #require(await server.peer())
        let request = try #require(await peer.nextFrame())
        let sent = try request.data.withUnsafeBytes { try RequestEnvelope($0).timeoutNano }
        #expect(sent == nano)
        await peer.send(response(id: 1, payload: note("in time")))
        #expect(try await call.value.text == "in time")
    }

    @Test func metadataIsSentInLowerCaseInOrderOnStreamsToo() async throws {
        var metadata = Metadata()
        for (key, value) in [("Trace-Id", "1"), ("b", "2"), ("trace-id", "3"), ("empty", "")] {
            metadata.add(value, for: key)
        }
        let options = CallOptions(timeout: .seconds(60), metadata: metadata)
        let channel = server.makeChannel()
        let calls = [
            Task {
                let _: Note = try await channel.unary(EchoService.echo, Note(), options: options)
            },
            Task {
                try await channel.bidirectional(EchoService.chat, options: options) {
                    (_: RequestWriter<Note>, notes: ResponseStream<Note>) in
                    for try await _ in notes {}
                }
            },
        ]
        for index in calls.indices {
            let peer = try #require(await server.peer(index))
            let request = try #require(await peer.nextFrame())
            var entries: [String] = []
            try request.data.withUnsafeBytes { data in
                let envelope = try RequestEnvelope(data)
                #expect(envelope.timeoutNano > 0)
                try envelope.forEachMetadata { entries.append("\($0)=\($1)") }
            }
            #expect(entries == ["trace-id=1", "b=2", "trace-id=3", "empty="])
            await peer.send(response(id: 1))
        }
        for call in calls { try await call.value }
    }

    /// A connection's ids are used up every few calls; each call is sent once and answered.
    @Test func usedUpIDsCostNoCall() async throws {
        let echo = EchoService()
        let server = InProcessServer(services: [echo])
        var limits = Limits()
        limits.streamIDMax = 21
        let channel = server.makeChannel(connections: 2, limits: limits)
        try await withThrowingTaskGroup { group in
            for _ in 0..<64 {
                group.addTask {
                    for _ in 0..<20 {
                        let _: Note = try await channel.unary(EchoService.count, Note())
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(echo.counted == 64 * 20)
        #expect(await eventually { await server.connectionCount() <= 2 })
    }
}

/// A frame of our client; of a request, the method and the payload's text instead of the bytes.
private struct Sent: Equatable {
    var id: UInt32
    var type: UInt8
    var flags: UInt8
    var method = ""
    var data: [UInt8] = []
}

extension RawPeer {
    fileprivate func next() async -> Sent? {
        guard let frame = await nextFrame() else { return nil }
        var sent = Sent(
            id: frame.header.streamID, type: frame.header.type.rawValue,
            flags: frame.header.flags.rawValue, data: frame.data)
        guard frame.header.type == .request else { return sent }
        sent.data = []
        sent.method = frame.data.withUnsafeBytes { data in
            // Where either is none, the comparison says so.
            guard let envelope = try? RequestEnvelope(data),
                let note = try? Note(serialized: envelope.payload)
            else { return "no request" }
            return String(decoding: envelope.method, as: UTF8.self) + " " + note.text
        }
        return sent
    }
}
