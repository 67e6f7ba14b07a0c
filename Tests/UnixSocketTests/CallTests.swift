import RPC
import RPCTesting
import Testing
import UnixSocket
import Wire

/// The same promises in process and over a live socket.
@Suite(.timeLimit(.minutes(2))) struct CallTests {
    let echo = EchoService()

    @Test(arguments: Carrier.allCases)
    func everyKindOfCallGoesThrough(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            func check(_ channel: some Channel) async throws {
                try await CallChecks.everyKind(channel)
            }
            for _ in 0..<20 { try await check(channel) }
        }
    }

    @Test(arguments: Carrier.allCases)
    func manyCallsInFlightEachGetTheirOwnAnswer(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            try await withThrowingTaskGroup { group in
                for caller in 0..<64 {
                    group.addTask {
                        for index in 0..<160 {
                            let sent = Note("\(caller)/\(index)")
                            let got: Note = try await channel.unary(
                                EchoService.echo, sent, options: .init())
                            #expect(got == sent)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: Carrier.allCases)
    func statusesComeBackAsTheyWereThrown(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            for code in StatusCode.allCases where code != .ok && code != .unavailable {
                let failure = await #expect(throws: Status.self) {
                    let _: Note = try await channel.unary(
                        EchoService.refuse, Note("không", count: Int64(code.rawValue)),
                        options: .init())
                }
                let detail = Status.Detail(typeURL: "type.googleapis.com/x.Y", value: [1, 2, 3])
                #expect(failure == Status(code, "không", details: [detail]))
            }
        }
    }

    @Test(arguments: Carrier.allCases)
    func metadataAndTheTimeLeftTravel(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            var metadata = Metadata()
            metadata.add("1", for: "Key")
            metadata.add("2", for: "key")
            let answer: Note = try await channel.unary(
                EchoService.describe, Note(),
                options: .init(timeout: .seconds(90), metadata: metadata))
            #expect(answer.text == "key=1\nkey=2")
            #expect((60_000...90_000).contains(answer.count))
        }
    }

    @Test(arguments: Carrier.allCases)
    func aPassedDeadlineIsNotSent(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            let failure = await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    EchoService.count, Note(), options: .init(deadline: .now - .seconds(1)))
            }
            #expect(failure?.code == .deadlineExceeded)
            #expect(echo.counted == 0)
        }
    }

    @Test(arguments: Carrier.allCases)
    func aDeadlineEndsACallThatIsHeld(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            let failure = await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    EchoService.hold, Note(), options: .init(timeout: .milliseconds(50)))
            }
            #expect(failure?.code == .deadlineExceeded)
            #expect(await eventually { echo.gate.cancellations == 1 })
        }
    }

    @Test(arguments: Carrier.allCases)
    func aStreamEndsWithItsBodyAndItsHandlerIsCancelled(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            let first = try await channel.serverStreaming(
                EchoService.repeat, Note("x", count: .max), options: .init()
            ) { (notes: ResponseStream<Note>) in
                for try await note in notes { return note.text }
                return "nothing"
            }
            #expect(first == "x")
            let cancelled = Task {
                let _: Note = try await channel.clientStreaming(
                    EchoService.collectAtGate, options: .init()
                ) { (out: RequestWriter<Note>) in try await out.write(Note()) }
            }
            #expect(await eventually { echo.gate.arrivals == 1 })
            cancelled.cancel()
            let failure = await #expect(throws: Status.self) { try await cancelled.value }
            #expect(failure?.code == .cancelled)
            #expect(await eventually { echo.gate.cancellations == 1 })
        }
    }

    @Test(arguments: Carrier.allCases)
    func aServerMayAnswerBeforeItHasReadEverything(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            let answer: Note = try await channel.clientStreaming(
                EchoService.first, options: .init()
            ) {
                (out: RequestWriter<Note>) in
                for index in 0..<Int64.max {
                    try await out.write(
                        Note("n", count: index, body: [UInt8](repeating: 1, count: 1000)))
                }
            }
            #expect(answer.text == "n" && answer.count == 0)
        }
    }

    @Test(arguments: Carrier.allCases)
    func whatABodyThrowsPassesThrough(carrier: Carrier) async throws {
        struct Mine: Error {}
        try await carrier.serve(echo) { channel in
            await #expect(throws: Mine.self) {
                let _: Note = try await channel.clientStreaming(
                    EchoService.collect, options: .init()
                ) {
                    (_: RequestWriter<Note>) in throw Mine()
                }
            }
        }
    }

    /// 64 MB to a reader that takes its time: what lies between the two ends stays within the limits.
    @Test(arguments: Carrier.allCases)
    func aSlowReaderPausesItsWriterAndMemoryStaysBounded(carrier: Carrier) async throws {
        var limits = Limits()
        limits.queuedBytesMax = 1 << 20
        try await carrier.serve(echo, limits: limits) { channel, outputPeak in
            let body = [UInt8](repeating: 7, count: 64 << 10)
            try await channel.serverStreaming(
                EchoService.repeat, Note("", count: 1000, body: body), options: .init()
            ) { (notes: ResponseStream<Note>) in
                var count = 0
                for try await note in notes {
                    count += 1
                    #expect(note.body.count == body.count)
                    guard count % 100 == 0 else { continue }
                    // The writer has time to fill all there is.
                    try await Task.sleep(for: .milliseconds(20))
                    let ahead = (echo.repeated - count) * body.count
                    // The server's output, the client's queue, and what sockets and decoders hold.
                    #expect(
                        ahead <= limits.outputHighWaterBytes + limits.queuedBytesMax + (1 << 20))
                }
                #expect(count == 1000)
            }
            #expect(await outputPeak() <= limits.outputHighWaterBytes + body.count + 100)
            #expect(await outputPeak() <= limits.outputBytesMax)
        }
    }

    /// The other way: the server lags.
    @Test(arguments: Carrier.allCases)
    func aSlowHandlerPausesItsClient(carrier: Carrier) async throws {
        try await carrier.serve(echo) { channel in
            let written = Written()
            let upload = Task { () -> Note in
                try await channel.clientStreaming(EchoService.collectAtGate, options: .init()) {
                    (out: RequestWriter<Note>) in
                    for _ in 0..<1000 {
                        try await out.write(Note("", body: [UInt8](repeating: 7, count: 64 << 10)))
                        written.add()
                    }
                }
            }
            #expect(await eventually { echo.gate.arrivals == 1 })
            var last = -1
            #expect(
                await eventually {
                    defer { last = written.count }
                    try? await Task.sleep(for: .milliseconds(20))  // Cancelled: the bound ends it.
                    return last > 0 && last == written.count
                })
            let limits = Limits()
            let ahead = limits.outputHighWaterBytes + limits.queuedBytesMax + (1 << 20)
            #expect(written.count <= ahead / (64 << 10))
            let other: Note = try await channel.unary(
                EchoService.echo, Note("meanwhile"), options: .init())
            #expect(other.text == "meanwhile")
            echo.gate.open()
            #expect(try await upload.value.count == 1000)
        }
    }
}
