import RPC
import RPCTesting
import Testing
import Wire

/// What our client promises, over pipes and with a clock that the test moves.
@Suite struct ChannelTests {
    let echo = EchoService()

    @Test func aDeadlineEndsTheCallOnBothSides() async throws {
        let clock = ManualClock()
        let server = InProcessServer(services: [echo], clock: clock)
        let channel = server.makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(
                EchoService.hold, Note("x"), options: .init(timeout: .seconds(5)))
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        clock.advance(by: .seconds(4))
        let between: Note = try await channel.unary(EchoService.echo, Note("y"), options: .init())
        #expect(between.text == "y")
        #expect(echo.gate.cancellations == 0)
        clock.advance(by: .seconds(2))
        let failure = await #expect(throws: Status.self) { _ = try await held.value }
        #expect(failure?.code == .deadlineExceeded)
        #expect(await eventually { echo.gate.cancellations == 1 })
    }

    @Test func aHandlerThatIgnoresItsCancellationDoesNotHoldTheAnswerBack() async throws {
        let clock = ManualClock()
        let server = InProcessServer(services: [echo], clock: clock)
        let peer = await server.makeRawPeer()
        // timeout_nano = 1_000_000
        await peer.send(
            request(EchoService.holdStubbornly, note("x"), id: 1, timeoutNano: [0xc0, 0x84, 0x3d]))
        #expect(await eventually { echo.gate.arrivals == 1 })
        clock.advance(by: .milliseconds(5))
        #expect(await peer.nextAnswer()?.status == .deadlineExceeded)
        echo.gate.open()
        #expect(await peer.echoes(id: 3))
        #expect(await peer.pendingByteCount() == 0)
    }

    @Test func aCallWithoutATimeoutHasTheDefaultOne() async throws {
        let clock = ManualClock()
        let server = InProcessServer(services: [echo], clock: clock)
        let channel = server.makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("x"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        clock.advance(by: CallOptions.defaultTimeout + .seconds(1))
        let failure = await #expect(throws: Status.self) { _ = try await held.value }
        #expect(failure?.code == .deadlineExceeded)
    }

    @Test func aForwardedDeadlineShrinks() async throws {
        let back = InProcessServer(services: [echo])
        let backChannel = back.makeChannel()
        let front = InProcessServer(
            Router(
                services: [],
                fallback: Fallback { service, name in
                    guard service == EchoService.name, name == "Describe" else { return nil }
                    return Handler.forwarding(EchoService.describe, to: backChannel) { context in
                        CallOptions(forwarding: context, metadata: ["from": "front"])
                    }
                }))
        let answer: Note = try await front.makeChannel().unary(
            EchoService.describe, Note(), options: .init(timeout: .seconds(20)))
        #expect(answer.text == "from=front")
        #expect((1...20_000).contains(answer.count))
    }

    /// The clock moves while the call is in the middle, and nothing else takes time.
    @Test func theTimeLeftShrinksByWhatEachHopTook() async throws {
        let clock = ManualClock()
        let back = InProcessServer(services: [TimeLeftService(clock: clock)], clock: clock)
        let backChannel = back.makeChannel()
        let handler = Handler.forwarding(TimeLeftService.method, to: backChannel) { context in
            clock.advance(by: .seconds(5))
            return CallOptions(forwarding: context)
        }
        let front = InProcessServer(
            Router(services: [], fallback: Fallback { _, _ in handler }), clock: clock)
        let answer: Note = try await front.makeChannel().unary(
            TimeLeftService.method, Note(), options: .init(timeout: .seconds(20)))
        #expect(answer.count == 15_000)
    }

    @Test func everyKindOfCallIsForwardedUnread() async throws {
        let back = InProcessServer(services: [echo])
        let backChannel = back.makeChannel()
        let methods = [EchoService.echo, EchoService.repeat, EchoService.collect, EchoService.chat]
        let routes = Dictionary(
            uniqueKeysWithValues: methods.map { method in
                (
                    method.path,
                    Handler.forwarding(method, to: backChannel) { CallOptions(forwarding: $0) }
                )
            })
        let front = InProcessServer(
            Router(services: [], fallback: Fallback { routes["\($0)/\($1)"] }))
        try await CallChecks.everyKind(front.makeChannel())
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await front.makeChannel().unary(
                EchoService.fail, Note(), options: .init())
        }
        #expect(failure?.code == .unimplemented)
    }

    @Test func aCancelledCallerIsReleasedAtOnceAndItsNeighboursAreNot() async throws {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let cancelled = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("a"), options: .init())
        }
        let neighbour = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("b"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 2 })
        cancelled.cancel()
        let failure = await #expect(throws: Status.self) { _ = try await cancelled.value }
        #expect(failure?.code == .cancelled)
        echo.gate.open()
        #expect(try await neighbour.value.text == "b")
        #expect(await server.connectionCount() == 1)
    }

    @Test func aTaskThatIsCancelledAlreadyCallsNobody() async {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let task = Task { () -> Note in
            while !Task.isCancelled { await Task.yield() }
            return try await channel.unary(EchoService.count, Note(), options: .init())
        }
        task.cancel()
        let failure = await #expect(throws: Status.self) { _ = try await task.value }
        #expect(failure?.code == .cancelled)
        #expect(echo.counted == 0)
    }

    @Test func errorsThatAreNoStatusAreInternalAndToldToTheHook() async {
        let told = Told()
        let server = InProcessServer(
            Router(
                services: [echo],
                onFailure: { error, context in told.add("\(context.method.name) \(error)") }))
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await server.makeChannel().unary(
                EchoService.fail, Note(), options: .init())
        }
        #expect(failure?.code == .internal)
        #expect(failure?.message.contains("Failure") == false)
        #expect(told.all == ["Fail Failure()"])
    }

    @Test(arguments: [WanderingService.actors, WanderingService.mains, WanderingService.children])
    func aHandlerThatWandersIsAnsweredOnTheConnectionsThread(method: Method) async throws {
        let channel = InProcessServer(services: [WanderingService()]).makeChannel()
        try await withThrowingTaskGroup { group in
            for index in 0..<100 {
                group.addTask {
                    let answer: Note = try await channel.unary(
                        method, Note("\(index)"), options: .init())
                    #expect(answer.text == "\(index)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func anInterceptorRefusesAndLeavesValues() async throws {
        let server = InProcessServer(
            services: [WhoService()], interceptors: [BadgeInterceptor()])
        let channel = server.makeChannel()
        let answer: Note = try await channel.unary(
            WhoService.who, Note(), options: .init(metadata: ["Badge": "17"]))
        #expect(answer.text == "17 uid 1000")
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(WhoService.who, Note(), options: .init())
        }
        #expect(failure?.code == .unauthenticated)
    }

    @Test func readsAndCallsWithARequestIDAreRetriedAfterALoss() async throws {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let first: Note = try await channel.unary(EchoService.echo, Note("a"), options: .init())
        #expect(first.text == "a")
        await server.breakConnections()
        let once: Note = try await channel.unary(
            EchoService.countOnce, Note(requestID: "r1"), options: .init())
        #expect(once.count == 1)
        let again: Note = try await channel.unary(EchoService.echo, Note("b"), options: .init())
        #expect(again.text == "b")
    }

    @Test func aCallInFlightThatMayNotBeRepeatedFailsUnavailable() async {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("a"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        await server.breakConnections()
        let failure = await #expect(throws: Status.self) { _ = try await held.value }
        #expect(failure?.code == .unavailable)
        #expect(echo.gate.arrivals == 1)
    }

    @Test func retriesStopAtTheirBudget() async {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let counter = Told()
        let policy = RetryPolicy(
            attemptsMax: 3, firstBackoff: .milliseconds(1), backoffMax: .milliseconds(2))
        let busy = InProcessServer(services: [BusyService(told: counter)])
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await busy.makeChannel().unary(
                BusyService.read, Note(), options: .init(retries: policy))
        }
        #expect(failure?.code == .unavailable)
        #expect(counter.all.count == 3)
        _ =
            try? await busy.makeChannel().unary(  // What it throws is above.
                BusyService.read, Note(), options: .init(retries: .none)) as Note
        #expect(counter.all.count == 4)
        _ =
            try? await busy.makeChannel().unary(  // As above.
                BusyService.write, Note(), options: .init(retries: policy)) as Note
        #expect(counter.all.count == 5)
        await channel.close()
    }

    @Test func callsWaitForAServerThatIsNotThereYet() async throws {
        let server = InProcessServer(services: [echo])
        await server.setListening(false)
        let channel = server.makeChannel()
        let impatient = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(
                EchoService.count, Note(), options: .init(waitForReady: false))
        }
        #expect(impatient?.code == .unavailable)
        let patient = Task { () -> Note in
            try await channel.unary(EchoService.count, Note(), options: .init())
        }
        let bounded = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(
                EchoService.count, Note(), options: .init(timeout: .milliseconds(30)))
        }
        #expect(bounded?.code == .deadlineExceeded)
        await server.setListening(true)
        #expect(try await patient.value.count == 1)
    }

    @Test func waitingCallsAreBounded() async {
        let server = InProcessServer(services: [echo])
        await server.setListening(false)
        var limits = Limits()
        limits.waitingCallsMax = 2
        let channel = server.makeChannel(limits: limits)
        let failures = Told()
        let calls = (0..<3).map { _ in
            Task {
                do {
                    let _: Note = try await channel.unary(
                        EchoService.count, Note(), options: .init())
                } catch {
                    failures.add("\((error as? Status)?.code.name ?? "no status")")
                }
            }
        }
        #expect(await eventually { failures.all == ["RESOURCE_EXHAUSTED"] })
        await server.setListening(true)
        for call in calls { await call.value }
        #expect(failures.all.count == 1)
        #expect(echo.counted == 2)
    }

    @Test func aConnectionWhoseIDsAreUsedUpIsReplaced() async throws {
        let server = InProcessServer(services: [echo])
        var limits = Limits()
        limits.streamIDMax = 21
        let channel = server.makeChannel(limits: limits)
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("old"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        for index in 0..<10 {
            let answer: Note = try await channel.unary(
                EchoService.echo, Note("\(index)"), options: .init())
            #expect(answer.text == "\(index)")
        }
        #expect(await server.connectionCount() == 1)
        let next: Note = try await channel.unary(EchoService.echo, Note("new"), options: .init())
        #expect(next.text == "new")
        #expect(await server.connectionCount() == 2)
        echo.gate.open()
        #expect(try await held.value.text == "old")
        #expect(await eventually { await server.connectionCount() == 1 })
    }

    @Test func aRequestOverTheLimitFailsBeforeItIsSent() async throws {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(
                EchoService.count, Note("", body: [UInt8](repeating: 0, count: 4_194_304)),
                options: .init())
        }
        #expect(failure?.code == .resourceExhausted)
        let unsendable = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(EchoService.count, Note("a\0b"), options: .init())
        }
        #expect(unsendable?.code == .invalidArgument)
        var metadata = Metadata()
        for index in 0...Limits().metadataEntriesMax { metadata.add("v", for: "k\(index)") }
        let burdened = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(
                EchoService.count, Note(), options: .init(metadata: metadata))
        }
        #expect(burdened?.code == .resourceExhausted)
        #expect(echo.counted == 0)
    }

    @Test func aDrainingServerAnswersWhatItHasAndRefusesTheRest() async throws {
        let server = InProcessServer(services: [echo])
        let peer = await server.makeRawPeer()
        await peer.send(request(EchoService.hold, note("x"), id: 1))
        #expect(await eventually { echo.gate.arrivals == 1 })
        await server.beginDraining()
        await peer.send(request(EchoService.echo, note("y"), id: 3))
        #expect(await peer.nextAnswer()?.status == .unavailable)
        #expect(await peer.isClosedByServer() == false)
        echo.gate.open()
        #expect(await peer.nextAnswer()?.payload == note("x"))
        #expect(await eventually { await peer.isClosedByServer() })
    }

    @Test func aClosedChannelFailsItsCallsAndTakesNoMore() async {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("a"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        await channel.close()
        let failure = await #expect(throws: Status.self) { _ = try await held.value }
        #expect(failure?.code == .cancelled)
        let late = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(EchoService.echo, Note(), options: .init())
        }
        #expect(late?.code == .cancelled)
        #expect(await eventually { await server.connectionCount() == 0 })
    }
}
