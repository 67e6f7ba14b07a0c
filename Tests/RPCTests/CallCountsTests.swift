import RPC
import RPCTesting
import Testing
import Wire

/// What is counted of calls, on both sides, after calls that are known.
@Suite struct CallCountsTests {
    let echo = EchoService()

    @Test func unaryCallsAreCountedByMethodAndCodeOnBothSides() async throws {
        let router = Router(services: [echo])
        let channel = InProcessServer(router).makeChannel()
        let note = Note("mười hai!")
        let byteCount = UInt64(try note.serialized().count)
        for _ in 0..<3 {
            let _: Note = try await channel.unary(EchoService.echo, note, options: .init())
        }
        let refusal = Note("no", count: Int64(StatusCode.notFound.rawValue))
        await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(EchoService.refuse, refusal, options: .init())
        }
        for counts in [router.callCounts, channel.callCounts] {
            #expect(counts.map(\.method) == [EchoService.echo, EchoService.refuse])
            let echoed = try #require(counts.first)
            #expect(echoed.started == 3 && echoed[.ok] == 3 && echoed.inFlight == 0)
            #expect(echoed.handled.reduce(0, +) == 3)
            #expect(echoed.requestBytes == 3 * byteCount && echoed.responseBytes == 3 * byteCount)
            let refused = try #require(counts.last)
            #expect(refused.started == 1 && refused[.notFound] == 1 && refused[.ok] == 0)
            #expect(refused.requestBytes == UInt64(try refusal.serialized().count))
            #expect(refused.responseBytes == 0)
        }
    }

    @Test func everyKindOfCallIsCountedWithTheBytesOfItsStreams() async throws {
        let router = Router(services: [echo])
        let channel = InProcessServer(router).makeChannel()
        try await CallChecks.everyKind(channel)
        let sent = UInt64(try Note("", body: [1, 2, 3]).serialized().count)
        // A call of ours is over when its body returns; the server hears of it a moment later.
        #expect(await eventually { router.callCounts.allSatisfy { $0.inFlight == 0 } })
        for counts in [router.callCounts, channel.callCounts] {
            #expect(counts.count == 4 && counts.allSatisfy { $0.started == 1 && $0[.ok] == 1 })
            let collect = try #require(counts.first { $0.method == EchoService.collect })
            #expect(collect.requestBytes == 100 * sent)
            let chat = try #require(counts.first { $0.method == EchoService.chat })
            #expect(chat.requestBytes == chat.responseBytes && chat.requestBytes > 0)
            let again = try #require(counts.first { $0.method == EchoService.repeat })
            let answers = try (0..<100).map { try Note("again", count: $0).serialized().count }
            #expect(again.responseBytes == UInt64(answers.reduce(0, +)))
        }
    }

    @Test func aCallIsInFlightUntilItsCallerIsAnsweredOrGone() async throws {
        let router = Router(services: [echo])
        let channel = InProcessServer(router).makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("x"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        #expect(router.callCounts.map(\.inFlight) == [1])
        #expect(channel.callCounts.map(\.inFlight) == [1])
        await channel.close()
        _ = await held.result
        #expect(await eventually { router.callCounts.map(\.inFlight) == [0] })
        #expect(router.callCounts.map { $0[.cancelled] } == [1])
        #expect(channel.callCounts.map { $0[.cancelled] } == [1])
        #expect(channel.callCounts.map(\.inFlight) == [0])
    }

    @Test func aDurationFallsIntoTheBucketOfItsBound() async throws {
        let clock = ManualClock()
        let router = Router(services: [echo])
        let server = InProcessServer(router, clock: clock)
        let channel = server.makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("x"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        clock.advance(by: .milliseconds(250))
        echo.gate.open()
        _ = try await held.value
        let _: Note = try await channel.unary(EchoService.echo, Note("y"), options: .init())
        // A channel's caller may be told before the loop has looked at the clock.
        #expect(await eventually { channel.callCounts.allSatisfy { $0.durations.contains(1) } })
        let bucket = CallCounts.durationBounds.firstIndex(of: .milliseconds(250))
        for counts in [router.callCounts, channel.callCounts] {
            let held = try #require(counts.first { $0.method == EchoService.hold })
            #expect(held.durations.firstIndex(of: 1) == bucket)
            #expect(held.durationSum == .milliseconds(250))
            let quick = try #require(counts.first { $0.method == EchoService.echo })
            #expect(quick.durations.first == 1 && quick.durationSum == .zero)
        }
    }

    @Test func whatNobodyServesIsCountedTogether() async {
        let router = Router(services: [echo])
        let peer = await InProcessServer(router).makeRawPeer()
        for id in stride(from: UInt32(1), to: 41, by: 2) {
            await peer.send(
                request(Method(service: "hostile.v\(id)", name: "Name\(id)"), id: id))
            #expect(await peer.nextAnswer()?.status == .unimplemented)
        }
        await peer.send(frame(1, id: 41, [0xff, 0xff]))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        let length = UInt32(Limits.frameLengthMax + 1)
        await peer.send(bigEndian(length) + bigEndian(43) + [1, 0])
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        let counts = router.callCounts
        #expect(counts.map(\.method) == [.unknown])
        #expect(counts.first?.started == 22 && counts.first?.inFlight == 0)
        #expect(counts.first?[.unimplemented] == 20)
        #expect(counts.first?[.invalidArgument] == 1 && counts.first?[.resourceExhausted] == 1)
    }

    @Test func whatAnInterceptorRefusesIsCountedForItsMethod() async {
        let router = Router(services: [echo], interceptors: [BadgeInterceptor()])
        let channel = InProcessServer(router).makeChannel()
        await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(EchoService.echo, Note("x"), options: .init())
        }
        #expect(router.callCounts.map(\.method) == [EchoService.echo])
        #expect(router.callCounts.map { $0[.unauthenticated] } == [1])
        #expect(router.callCounts.map(\.requestBytes) == [0])
    }

    @Test func eachAttemptCountsOnTheClient() async {
        let told = Told()
        let router = Router(services: [BusyService(told: told)])
        let channel = InProcessServer(router).makeChannel()
        var options = CallOptions()
        options.retries = RetryPolicy(
            attemptsMax: 3, firstBackoff: .milliseconds(1), backoffMax: .milliseconds(1))
        let retried = options
        await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(BusyService.read, Note(), options: retried)
        }
        #expect(told.all.count == 3)
        #expect(channel.callCounts.map { $0[.unavailable] } == [3])
        #expect(router.callCounts.map { $0[.unavailable] } == [3])
    }

    @Test func methodsMadeApartButEqualShareASeriesAndTheirNumberIsBounded() async throws {
        let channel = InProcessServer(services: [echo]).makeChannel()
        for _ in 0..<3 {
            let twin = Method(service: EchoService.name, name: "Echo", isRead: true)
            let _: Note = try await channel.unary(twin, Note("x"), options: .init())
        }
        #expect(channel.callCounts.map(\.started) == [3])
        for index in 0..<300 {
            let made = Method(service: EchoService.name, name: "Made\(index)")
            await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(made, Note(), options: .init())
            }
        }
        let counts = channel.callCounts
        #expect(counts.count == 257 && counts.map(\.started).reduce(0, +) == 303)
        #expect(counts.last?.method == .unknown && counts.last?.started == 45)
    }
}

/// What interceptors and observers see of calls.
@Suite struct CallObservationTests {
    struct Diary: ServerObserver, ClientInterceptor {
        let told = Told()

        func served(_ call: ServedCall) {
            told.add(
                "served \(call.context.method.name) \(call.code.name) \(call.duration) "
                    + "\(call.requestBytes)/\(call.responseBytes)")
        }

        func prepare(_ metadata: inout Metadata, for method: Method) throws(Status) {
            if method == EchoService.count { throw Status(.aborted, "not this one") }
            metadata.add("\(method.name)", for: "prepared")
        }

        func answered(_ call: AnsweredCall) {
            told.add(
                "answered \(call.method.name) \(call.code.name) \(call.duration) "
                    + "\(call.requestBytes)/\(call.responseBytes) \(call.metadata["prepared"] ?? "")"
            )
        }
    }

    let echo = EchoService()

    @Test func bothSidesSeeEachCallEndOnceWithItsBytesAndDuration() async throws {
        let clock = ManualClock()
        let served = Diary()
        let answered = Diary()
        let server = InProcessServer(
            Router(services: [echo], observer: served), clock: clock)
        let channel = server.makeChannel(interceptors: [answered])
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("abc"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        clock.advance(by: .seconds(2))
        echo.gate.open()
        _ = try await held.value
        #expect(served.told.all == ["served Hold OK 2.0 seconds 5/5"])
        #expect(await eventually { !answered.told.all.isEmpty })
        #expect(answered.told.all == ["answered Hold OK 2.0 seconds 5/5 Hold"])
    }

    @Test func metadataThatAClientInterceptorAddsArrives() async throws {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel(interceptors: [Diary()])
        let described: Note = try await channel.unary(
            EchoService.describe, Note(), options: .init(metadata: ["own": "1"]))
        #expect(described.text == "own=1\nprepared=Describe")
    }

    @Test func whatAClientInterceptorRefusesIsNotSent() async {
        let diary = Diary()
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel(interceptors: [diary])
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(EchoService.count, Note(), options: .init())
        }
        #expect(failure?.code == .aborted)
        #expect(echo.counted == 0)
        #expect(channel.callCounts.map { $0[.aborted] } == [1])
    }

    @Test func refusalsBeforeAHandlerAreObservedToo() async {
        let diary = Diary()
        let clock = ManualClock()
        let router = Router(services: [echo], interceptors: [BadgeInterceptor()], observer: diary)
        let peer = await InProcessServer(router, clock: clock).makeRawPeer()
        await peer.send(request(EchoService.echo, id: 1))
        #expect(await peer.nextAnswer()?.status == .unauthenticated)
        await peer.send(request(Method(service: "hostile", name: "Name"), id: 3))
        #expect(await peer.nextAnswer()?.status == .unimplemented)
        #expect(
            diary.told.all == [
                "served Echo UNAUTHENTICATED 0.0 seconds 0/0",
                "served unknown UNIMPLEMENTED 0.0 seconds 0/0",
            ])
    }

    @Test func aStreamThatItsCallerLeavesIsCancelledWithWhatItHadSent() async throws {
        let diary = Diary()
        let server = InProcessServer(Router(services: [echo], observer: diary))
        let channel = server.makeChannel()
        try await channel.bidirectional(EchoService.chat, options: .init()) {
            (out: RequestWriter<Note>, notes: ResponseStream<Note>) in
            try await out.write(Note("abc"))
            for try await _ in notes { break }
        }
        #expect(await eventually { diary.told.all.count == 1 })
        let line = try #require(diary.told.all.first)
        #expect(line.hasPrefix("served Chat CANCELLED") && line.hasSuffix(" 5/5"))
    }
}
