import RPC
import RPCTesting
import Testing
import Wire

/// Each limit of the runtime is counted when it is hit, and not by what stays within it.
@Suite struct LimitHitsTests {
    let echo = EchoService()

    @Test func frameNamesMetadataAndCallsInFlightAreCountedOnTheServer() async {
        var limits = Limits()
        limits.streamsMax = 1
        limits.nameBytesMax = EchoService.name.utf8.count
        limits.metadataEntriesMax = 1
        limits.frameLengthMax = 1000
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        let peer = await server.makeRawPeer()
        let hits = server.loop.core.limitHits

        #expect(await peer.echoes(id: 1))
        #expect(LimitKind.allCases.allSatisfy { hits[$0] == 0 })

        await peer.send(
            bigEndian(1001) + bigEndian(3) + [1, 0] + [UInt8](repeating: 0, count: 1001))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        let long = Method(service: EchoService.name + "s", name: "Echo")
        await peer.send(request(long, id: 5))
        #expect(await peer.nextAnswer()?.status == .invalidArgument)
        // Two entries of metadata, `k: v` each.
        let entry: [UInt8] = [0x2a, 6, 0x0a, 1, 0x6b, 0x12, 1, 0x76]
        await peer.send(frame(1, id: 7, entry + entry))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        await peer.send(request(EchoService.hold, note("x"), id: 9))
        await peer.send(request(EchoService.echo, note("y"), id: 11))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)

        #expect(hits[.frameLength] == 1)
        #expect(hits[.names] == 1)
        #expect(hits[.metadata] == 1)
        #expect(hits[.callsInFlight] == 1)
        #expect(hits[.queuedMessages] == 0 && hits[.waitingCalls] == 0)
        echo.gate.open()
        #expect(await peer.nextAnswer()?.status == .ok)
    }

    @Test func messagesThatAReaderDoesNotTakeAreCountedOnce() async {
        let server = InProcessServer(services: [echo])
        let peer = await server.makeRawPeer()
        await peer.send(request(EchoService.collectAtGate, id: 1, flags: 2))
        let queuedMax = Limits().queuedMessagesMax
        for _ in 0..<queuedMax { await peer.send(frame(3, id: 1, note("m"))) }
        #expect(await peer.echoes(id: 3))
        #expect(server.loop.core.limitHits[.queuedMessages] == 0)
        await peer.send(frame(3, id: 1, note("m")))
        #expect(await peer.nextAnswer()?.status == .resourceExhausted)
        #expect(server.loop.core.limitHits[.queuedMessages] == 1)
    }

    @Test func waitingCallsAndWhatCannotBeSentAreCountedOnTheClient() async throws {
        var limits = Limits()
        limits.waitingCallsMax = 1
        limits.frameLengthMax = 1000
        limits.metadataEntriesMax = 1
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel(limits: limits)
        let hits = server.loop.core.limitHits
        let failures = [
            (Note("", body: [UInt8](repeating: 0, count: 1000)), Metadata()),
            (Note("x"), ["a": "1", "b": "2"] as Metadata),
        ]
        for (note, metadata) in failures {
            let failure = await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    EchoService.echo, note, options: .init(metadata: metadata))
            }
            #expect(failure?.code == .resourceExhausted)
        }
        #expect(hits[.frameLength] == 1 && hits[.metadata] == 1)

        await server.setListening(false)
        await server.breakConnections()
        let calls = (0..<3).map { _ in
            Task { () -> Note in
                try await channel.unary(EchoService.count, Note("x"), options: .init())
            }
        }
        #expect(await eventually { hits[.waitingCalls] == 2 })
        await server.setListening(true)
        for call in calls { _ = try? await call.value }  // Two are refused, which is counted above.
        #expect(hits[.waitingCalls] == 2)
    }
}
