import RPC
import RPCTesting
import Testing
import Wire

/// What a foreign server may do, and that it costs our client one call at most.
@Suite struct ClientRulesTests {
    let server = RawServer()

    @Test func whatBelongsToNoCallIsIgnored() async throws {
        let channel = server.makeChannel()
        let call = Task { () -> Note in try await channel.unary(EchoService.hold, Note("x")) }
        let peer = try #require(await server.peer())
        #expect(await peer.nextFrame()?.header.streamID == 1)
        await peer.send(response(id: 99) + response(id: 2) + response(id: 0))
        await peer.send(frame(3, id: 77, [1]) + frame(3, 5, id: 2))
        for type in [0, 1, 4, 5, 9, 255] as [UInt8] { await peer.send(frame(type, id: 1, [0xff])) }
        await peer.send(response(id: 1, payload: note("mine")) + response(id: 1, code: 13))
        #expect(try await call.value.text == "mine")
        try await expectEcho(channel, peer, id: 3)
        #expect(server.connectionCount == 1)
    }

    @Test func aDataFrameForAUnaryCallFailsThatCallAlone() async throws {
        let channel = server.makeChannel()
        let first = Task { () -> Note in try await channel.unary(EchoService.hold, Note("a")) }
        let peer = try #require(await server.peer())
        #expect(await peer.nextFrame()?.header.streamID == 1)
        let second = Task { () -> Note in try await channel.unary(EchoService.hold, Note("b")) }
        #expect(await peer.nextFrame()?.header.streamID == 3)
        await peer.send(frame(3, id: 1, note("a")) + response(id: 1, payload: note("a")))
        let failure = await #expect(throws: Status.self) { _ = try await first.value }
        #expect(failure?.code == .internal)
        await peer.send(response(id: 3, payload: note("b")))
        #expect(try await second.value.text == "b")
    }

    /// Go leaves the status out, Rust sends an empty one; flags of a response mean nothing.
    @Test(
        arguments: [
            [0x12, 3, 0x0a, 1, 0x78], [0x0a, 0, 0x12, 3, 0x0a, 1, 0x78],
            [0x0a, 4, 0x12, 2, 0x6f, 0x6b, 0x12, 3, 0x0a, 1, 0x78],
            [0x0a, 2, 0x08, 0, 0x12, 3, 0x0a, 1, 0x78],
        ] as [[UInt8]], [0, 5, 0xff] as [UInt8])
    func everyFormOfSuccessIsTaken(envelope: [UInt8], flags: UInt8) async throws {
        #expect(try await outcome(of: frame(2, flags, id: 1, envelope)).get() == Note("x"))
    }

    @Test(arguments: [[], [0x0a, 0]] as [[UInt8]])
    func anEmptyResultIsAnEmptyMessage(envelope: [UInt8]) async throws {
        #expect(try await outcome(of: frame(2, id: 1, envelope)).get() == Note())
    }

    @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
    func aFailureIsToldWithItsDetailsAlsoBesideAPayload(code: StatusCode) async throws {
        // status { code; message "no"; details { type_url "t"; value 0x07 } }, payload
        let status: [UInt8] =
            [0x08, UInt8(code.rawValue), 0x12, 2, 0x6e, 0x6f, 0x1a, 6, 0x0a, 1, 0x74, 0x12, 1, 7]
        let bytes = frame(2, id: 1, [0x0a, UInt8(status.count)] + status + [0x12, 1, 9])
        let failure = await failure(of: bytes)
        #expect(failure == Status(code, "no", details: [.init(typeURL: "t", value: [7])]))
    }

    @Test(
        arguments: [
            // A detail that does not parse, then one whose length lies.
            (status: [0x08, 5, 0x12, 2, 0x6e, 0x6f, 0x1a, 1, 0xff], code: StatusCode.notFound),
            (status: [0x08, 5, 0x12, 2, 0x6e, 0x6f, 0x1a, 2, 0x0a, 9], code: .notFound),
            // 17 and -1 are no codes of gRPC's.
            (status: [0x08, 17, 0x12, 2, 0x6e, 0x6f], code: .unknown),
            (
                status: [0x08] + [UInt8](repeating: 0xff, count: 9) + [1, 0x12, 2, 0x6e, 0x6f],
                code: .unknown
            ),
        ] as [(status: [UInt8], code: StatusCode)])
    func aStatusThatIsHalfBrokenStillSaysWhatHappened(status: [UInt8], code: StatusCode) async {
        let failure = await failure(of: frame(2, id: 1, [0x0a, UInt8(status.count)] + status))
        #expect(failure == Status(code, "no"))
    }

    /// A broken envelope, a status whose length lies, a payload that is no note.
    @Test(arguments: [[0xff], [0x0a, 9, 1], [0x0a, 1, 0x08], [0x12, 2, 0x0a, 9]] as [[UInt8]])
    func anAnswerThatDoesNotParseFailsItsCallAlone(envelope: [UInt8]) async throws {
        let channel = server.makeChannel()
        let call = Task { () -> Note in try await channel.unary(EchoService.hold, Note("x")) }
        let peer = try #require(await server.peer())
        _ = await peer.nextFrame()
        await peer.send(frame(2, id: 1, envelope))
        let failure = await #expect(throws: Status.self) { _ = try await call.value }
        #expect(failure?.code == .internal)
        try await expectEcho(channel, peer, id: 3)
    }

    @Test func anAnswerOfExactlyTheLimitIsTakenAndOneBeyondFailsItsCallAlone() async throws {
        let channel = server.makeChannel()
        let call = Task { () -> Note in try await channel.unary(EchoService.hold, Note("x")) }
        let peer = try #require(await server.peer())
        _ = await peer.nextFrame()
        // A payload fills the frame: two keys and two lengths of four bytes each.
        let fitting = Limits.frameLengthMax - 10
        let bytes = response(id: 1, payload: note(bodyOf: fitting))
        #expect(bytes.count == FrameHeader.byteCount + Limits.frameLengthMax)
        await peer.send(bytes)
        #expect(try await call.value.body.count == fitting)

        let next = Task { () -> Note in try await channel.unary(EchoService.hold, Note("x")) }
        _ = await peer.nextFrame()
        await peer.send(response(id: 3, payload: note(bodyOf: fitting + 1)))
        let failure = await #expect(throws: Status.self) { _ = try await next.value }
        #expect(failure?.code == .resourceExhausted)
        try await expectEcho(channel, peer, id: 5)
        #expect(server.connectionCount == 1)
    }

    @Test func aServerThatAnnouncesWithoutMeasureIsLeft() async throws {
        let channel = server.makeChannel()
        let call = Task { () -> Note in try await channel.unary(EchoService.hold, Note("x")) }
        let peer = try #require(await server.peer())
        _ = await peer.nextFrame()
        await peer.send([0xff, 0xff, 0xff, 0xff] + bigEndian(1) + [2, 0])
        let failure = await #expect(throws: Status.self) { _ = try await call.value }
        #expect(failure?.code == .resourceExhausted)
        #expect(await eventually { await peer.isClosedByServer() })
    }

    @Test func aLostConnectionFailsEveryCallOnItOnce() async throws {
        let channel = server.makeChannel()
        let failures = Told()
        let calls = (0..<64).map { _ in
            Task {
                do {
                    let _: Note = try await channel.unary(EchoService.count, Note("x"))
                } catch {
                    failures.add("\((error as? Status)?.code.name ?? "no status")")
                }
            }
        }
        let peer = try #require(await server.peer())
        for index in 0..<64 {
            #expect(await peer.nextFrame()?.header.streamID == UInt32(index * 2 + 1))
        }
        await peer.send(response(id: 1, payload: note("x")).dropLast())
        await peer.close()
        for call in calls { await call.value }
        #expect(failures.all == Array(repeating: "UNAVAILABLE", count: 64))
        let again = Task { () -> Note in try await channel.unary(EchoService.count, Note("y")) }
        let other = try #require(await server.peer(1))
        #expect(await other.nextFrame()?.header.streamID == 1)
        await other.send(response(id: 1, payload: note("y")))
        #expect(try await again.value.text == "y")
    }

    /// Every answer split at every byte, and all of them in one read.
    @Test func answersMayComeInAnyPieces() async throws {
        let channel = server.makeChannel()
        for split in 1..<20 {
            let calls = (0..<3).map { _ in
                Task { () -> Note in try await channel.unary(EchoService.echo, Note("x")) }
            }
            let peer = try #require(await server.peer())
            var answers: [UInt8] = []
            for _ in calls {
                let id = try #require(await peer.nextFrame()?.header.streamID)
                answers = response(id: id, payload: note("x")) + answers
            }
            await peer.send(Array(answers[..<split]))
            await peer.send(Array(answers[split...]))
            for call in calls { #expect(try await call.value.text == "x", "split at \(split)") }
        }
        #expect(server.connectionCount == 1)
    }

    private func outcome(of bytes: [UInt8]) async -> Result<Note, any Error> {
        let channel = server.makeChannel()
        let call = Task { () -> Note in try await channel.unary(EchoService.hold, Note("x")) }
        guard let peer = await server.peer() else { return .failure(Status(.unknown, "no peer")) }
        _ = await peer.nextFrame()
        await peer.send(bytes)
        return await call.result
    }

    private func failure(of bytes: [UInt8]) async -> Status? {
        if case .failure(let error) = await outcome(of: bytes) { return error as? Status }
        return nil
    }

    private func expectEcho(_ channel: ChannelCore, _ peer: RawPeer, id: UInt32) async throws {
        let call = Task { () -> Note in try await channel.unary(EchoService.hold, Note("x")) }
        #expect(await peer.nextFrame()?.header.streamID == id)
        await peer.send(response(id: id, payload: note("still here")))
        #expect(try await call.value.text == "still here")
    }
}
