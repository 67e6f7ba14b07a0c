import RPC
import RPCTesting
import Testing
import Wire

/// `motcua.rpc.v1.Calls/Cancel`, on both sides.
@Suite struct CancellationTests {
    let echo = EchoService()

    private func cancel(_ streamID: UInt8, id: UInt32) -> [UInt8] {
        request(CancelRequest.method, [0x08, streamID], id: id)
    }

    @Test func aCancelledCallIsAnsweredOnItsOwnIDThenTheCancelOnIts() async {
        let server = InProcessServer(services: [echo])
        let peer = await server.makeRawPeer()
        await peer.send(request(EchoService.hold, note("x"), id: 1))
        await peer.send(request(EchoService.hold, note("y"), id: 3))
        #expect(await eventually { echo.gate.arrivals == 2 })
        await peer.send(cancel(1, id: 5))
        let cancelled = await peer.nextAnswer()
        #expect(cancelled?.id == 1 && cancelled?.status == .cancelled)
        let answer = await peer.nextAnswer()
        #expect(answer?.id == 5 && answer?.code == 0 && answer?.payload == [])
        #expect(await eventually { echo.gate.cancellations == 1 })
        echo.gate.open()
        let neighbour = await peer.nextAnswer()
        #expect(neighbour?.id == 3 && neighbour?.payload == note("y"))
    }

    @Test func aCancelOfACallThatIsNotInFlightSucceeds() async {
        let peer = await InProcessServer(services: [echo]).makeRawPeer()
        #expect(await peer.echoes(id: 1))
        for (id, other) in [(UInt32(3), UInt8(1)), (5, 99), (7, 7)] {
            await peer.send(cancel(other, id: id))
            let answer = await peer.nextAnswer()
            #expect(answer?.id == id && answer?.code == 0)
        }
        #expect(await peer.echoes(id: 9))
    }

    @Test(arguments: [[], [0x08, 0x02], [0x08], [0x0a, 0x01, 0x41]] as [[UInt8]])
    func aCancelThatNamesNoCallOfAClientIsRefused(payload: [UInt8]) async {
        let peer = await InProcessServer(services: [echo]).makeRawPeer()
        await peer.send(request(CancelRequest.method, payload, id: 1))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        #expect(await peer.echoes(id: 3))
    }

    @Test func theRuntimesServiceHasNoOtherMethod() async {
        let peer = await InProcessServer(services: [echo]).makeRawPeer()
        let method = Method(service: CancelRequest.method.service, name: "Resume")
        await peer.send(request(method, id: 1))
        #expect(await peer.nextAnswer()?.status == .unimplemented)
    }

    @Test func aCancelIsServedWhereAnOrdinaryCallWouldBeRefused() async {
        var limits = Limits()
        limits.streamsMax = 1
        let server = InProcessServer(
            Router(services: [echo], interceptors: [FirstCallsOnly(count: 1)]), limits: limits)
        let peer = await server.makeRawPeer()
        await peer.send(request(EchoService.hold, note("x"), id: 1))
        #expect(await eventually { echo.gate.arrivals == 1 })
        await server.beginDraining()
        await peer.send(cancel(1, id: 3))
        #expect(await peer.nextAnswer()?.status == .cancelled)
        #expect(await peer.nextAnswer()?.code == 0)
        #expect(await eventually { await peer.isClosedByServer() })
    }

    @Test func aHandlerThatIgnoresItsCancellationKeepsItsPlaceUntilItReturns() async {
        var limits = Limits()
        limits.streamsMax = 1
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        let peer = await server.makeRawPeer()
        await peer.send(request(EchoService.holdStubbornly, note("x"), id: 1))
        #expect(await eventually { echo.gate.arrivals == 1 })
        await peer.send(cancel(1, id: 3))
        #expect(await peer.nextAnswer()?.status == .cancelled)
        #expect(await peer.nextAnswer()?.code == 0)
        await peer.send(request(EchoService.echo, note("y"), id: 5))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        echo.gate.open()
        var id: UInt32 = 5
        #expect(
            await eventually {
                id += 2
                return await peer.echoes(id: id)
            })
    }

    @Test func aCancelledTaskCancelsItsHandlerAndNoOther() async throws {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel()
        let calls = (0..<20).map { index in
            Task { () -> Note in
                try await channel.unary(EchoService.hold, Note("\(index)"), options: .init())
            }
        }
        #expect(await eventually { echo.gate.arrivals == 20 })
        for call in calls[..<5] { call.cancel() }
        for call in calls[..<5] {
            let failure = await #expect(throws: Status.self) { _ = try await call.value }
            #expect(failure?.code == .cancelled)
        }
        #expect(await eventually { echo.gate.cancellations == 5 })
        echo.gate.open()
        for (index, call) in calls.enumerated().dropFirst(5) {
            #expect(try await call.value.text == "\(index)")
        }
        #expect(await server.connectionCount() == 1)
    }

    @Test(arguments: [StatusCode.unimplemented, .invalidArgument])
    func aServerThatDoesNotKnowTheMethodIsAskedOnce(answer: StatusCode) async throws {
        let server = RawServer()
        let channel = server.makeChannel()
        let calls = (0..<3).map { _ in
            Task { () -> Note in
                try await channel.unary(EchoService.hold, Note(), options: .init())
            }
        }
        let peer = try #require(await server.peer())
        for id in [1, 3, 5] { #expect(await peer.nextFrame()?.header.streamID == UInt32(id)) }
        calls[0].cancel()
        let asked = try #require(await peer.nextFrame())
        #expect(asked.header.streamID == 7)
        #expect(String(decoding: asked.data, as: UTF8.self).contains("motcua.rpc.v1.Calls"))
        // status { code }
        await peer.send(frame(2, id: 7, [0x0a, 0x02, 0x08, UInt8(answer.rawValue)]))
        calls[1].cancel()
        _ = try? await calls[1].value  // Cancelled.
        // The next frame is an ordinary call's, and the connection still carries it.
        let next = Task { () -> Note in
            try await channel.unary(EchoService.echo, Note("x"), options: .init())
        }
        let frameOfNext = try #require(await peer.nextFrame())
        #expect(!String(decoding: frameOfNext.data, as: UTF8.self).contains("motcua.rpc.v1"))
        await peer.send(frame(2, id: frameOfNext.header.streamID, [0x12, 0x03] + note("x")))
        #expect(try await next.value.text == "x")
        await channel.close()
        _ = try? await calls[2].value  // The channel was closed.
    }

    @Test func aCancelThatIsNeverAnsweredIsForgotten() async throws {
        let clock = ManualClock()
        var limits = Limits()
        limits.streamsMax = 1
        let server = RawServer(clock: clock)
        let channel = server.makeChannel(limits: limits)
        let call = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note(), options: .init())
        }
        let peer = try #require(await server.peer())
        #expect(await peer.nextFrame()?.header.streamID == 1)
        call.cancel()
        #expect(await peer.nextFrame()?.header.streamID == 3)
        let waiting = Task { () -> Note in
            try await channel.unary(
                EchoService.hold, Note(), options: .init(timeout: .seconds(60)))
        }
        clock.advance(by: .seconds(11))
        #expect(await peer.nextFrame()?.header.streamID == 5)
        await channel.close()
        _ = try? await waiting.value  // The channel was closed.
    }
}

/// Admits so many calls, and refuses the rest.
private struct FirstCallsOnly: ServerInterceptor {
    let count: Int
    private let admitted = Told()

    init(count: Int) { self.count = count }

    func admit(_ context: inout CallContext) throws(Status) {
        admitted.add(context.method.path)
        if admitted.all.count > count { throw Status(.permissionDenied, "no more") }
    }
}
