import RPC
import RPCTesting
import Testing
import Wire

/// What a channel does by itself when its server goes and comes back.
@Suite struct HealingTests {
    let echo = EchoService()

    /// `status { code: 14 message: "m" details { type_url value { reason domain } } }`, as a stranger codes it.
    private var refusal: [UInt8] {
        let info = [0x0a, 0x08] + Array("DRAINING".utf8) + [0x12, 0x0a] + Array("rpc.motcua".utf8)
        let url = Array("type.googleapis.com/google.rpc.ErrorInfo".utf8)
        let detail = [0x0a, UInt8(url.count)] + url + [0x12, UInt8(info.count)] + info
        let status = [0x08, 0x0e, 0x12, 0x01, 0x6d, 0x1a, UInt8(detail.count)] + detail
        return [0x0a, UInt8(status.count)] + status
    }

    /// A server that drains: its old connection holds a call, and refuses others.
    private func draining(_ body: (InProcessServer, ChannelCore) async throws -> Void) async throws
    {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("held"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        await server.beginDraining()
        try await body(server, channel)
        echo.gate.open()
        #expect(try await held.value.text == "held")
        #expect(await eventually { await server.connectionCount() <= 1 })
    }

    @Test func aCallThatADrainingServerRefusedIsSentAgainWhateverItDoes() async throws {
        try await draining { server, channel in
            let options = CallOptions(retries: .none)
            for count in 1...3 {
                let answer: Note = try await channel.unary(
                    EchoService.count, Note(), options: options)
                #expect(answer.count == Int64(count))
            }
            #expect(await server.connectionCount() == 2)
            #expect(channel.retryCounts == RetryCounts(sentAgain: 1))
        }
    }

    @Test func aStreamOfAnswersThatWasRefusedIsSentAgain() async throws {
        let server = RawServer()
        let channel = server.makeChannel()
        let texts = Task {
            try await channel.serverStreaming(EchoService.repeat, Note("x"), options: .init()) {
                (notes: ResponseStream<Note>) in
                var texts: [String] = []
                for try await note in notes { texts.append(note.text) }
                return texts
            }
        }
        let first = try #require(await server.peer(0))
        let sent = try #require(await first.nextFrame())
        await first.send(frame(2, id: 1, refusal))
        let second = try #require(await server.peer(1))
        #expect(await second.nextFrame() == sent)
        await second.send(frame(3, id: 1, note("y")) + frame(3, 5, id: 1))
        #expect(try await texts.value == ["y"])
        #expect(channel.retryCounts.sentAgain == 1)
    }

    @Test func aRefusedCallWaitsForTheNextServerOrFailsAtOnceByChoice() async throws {
        try await draining { server, channel in
            await server.setListening(false)
            let impatient = await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    EchoService.count, Note(), options: .init(waitForReady: false, retries: .none))
            }
            #expect(impatient == Status(.unavailable, "nobody listens"))
            let patient = Task { () -> Note in
                try await channel.unary(EchoService.count, Note(), options: .init(retries: .none))
            }
            await server.setListening(true)
            let answer = try await patient.value
            #expect(answer.count == 1)
        }
    }

    @Test func aCallThatEveryServerRefusesFailsAfterSoMany() async throws {
        let server = RawServer()
        let channel = server.makeChannel()
        let call = Task { () -> Note in
            try await channel.unary(EchoService.count, Note(), options: .init(retries: .none))
        }
        for attempt in 0...ClientCall.refusalsMax {
            let peer = try #require(await server.peer(attempt))
            #expect(await peer.nextFrame()?.header.streamID == 1)
            await peer.send(frame(2, id: 1, refusal))
        }
        let failure = await #expect(throws: Status.self) { _ = try await call.value }
        // Said of this hop: a caller further away must not take it for its own.
        #expect(failure == Status(.unavailable, "m"))
        #expect(server.connectionCount == 9)
        #expect(channel.retryCounts.sentAgain == 8)
        await channel.close()
    }

    @Test func retriesEndWithTheBudgetAndSuccessesRefillIt() async throws {
        let told = Told()
        let server = InProcessServer(services: [BusyService(told: told), echo])
        let channel = server.makeChannel()
        let policy = RetryPolicy(
            attemptsMax: 101, firstBackoff: .microseconds(1), backoffMax: .microseconds(1))
        func fail() async {
            _ = await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    BusyService.read, Note(), options: .init(retries: policy))
            }
        }
        for _ in 0..<10 { await fail() }
        #expect(told.all.count == 10 * 101)
        await fail()
        #expect(told.all.count == 10 * 101 + 1)
        #expect(channel.retryCounts == RetryCounts(retries: 1000, refusedByBudget: 1))
        // Ten calls that succeed are worth one retry.
        for _ in 0..<10 {
            let _: Note = try await channel.unary(EchoService.echo, Note(), options: .init())
        }
        await fail()
        #expect(told.all.count == 10 * 101 + 1 + 2)
    }
}
