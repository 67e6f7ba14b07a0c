import RPC
import RPCTesting
import Testing
import Wire

/// Limits of a call on the wire: what is exactly at one is served, one beyond is refused and counted.
@Suite struct LimitEdgeTests {
    let echo = EchoService()

    func peer(_ limits: Limits) async -> (RawPeer, LimitHits) {
        let server = InProcessServer(Router(services: [echo]), limits: limits)
        return (await server.makeRawPeer(), server.loop.core.limitHits)
    }

    @Test func namesMayHave255Bytes() async {
        let (peer, hits) = await peer(.init())
        let longest = String(repeating: "s", count: 255)
        await peer.send(request(Method(service: longest, name: longest), id: 1))
        #expect(await peer.nextAnswer()?.message == "service \(longest)")
        #expect(hits[.names] == 0)
        for (index, names) in [(longest + "s", "n"), ("s", longest + "s")].enumerated() {
            let id = UInt32(index * 2 + 3)
            await peer.send(request(Method(service: names.0, name: names.1), id: id))
            #expect(await peer.nextAnswer()?.status == .invalidArgument)
            #expect(hits[.names] == UInt64(index + 1))
        }
        #expect(await peer.echoes(id: 7))
    }

    @Test func metadataOfACallMayHave64EntriesAnd32KiB() async {
        let (peer, hits) = await peer(.init())
        let plain = request(EchoService.echo, id: 1)
        func call(id: UInt32, _ entries: [[UInt8]]) -> [UInt8] {
            frame(
                1, id: id,
                entries.reduce(Array(plain[FrameHeader.byteCount...])) {
                    $0 + [0x2a] + varint($1.count) + $1
                })
        }
        let small: [UInt8] = [0x0a, 1, 0x6b, 0x12, 1, 0x76]
        // A key of one byte, a value, and two keys and lengths of fields make 32 KiB.
        func large(_ byteCount: Int) -> [UInt8] {
            let value = [UInt8](repeating: 0x76, count: byteCount - 3 - 4)
            return [0x0a, 1, 0x6b, 0x12] + varint(value.count) + value
        }
        let most = Limits().metadataBytesMax
        #expect(large(most).count == most)
        await peer.send(call(id: 1, Array(repeating: small, count: 64)))
        await peer.send(call(id: 3, [large(most)]))
        for _ in 0..<2 { #expect(await peer.nextAnswer()?.status == .ok) }
        #expect(hits[.metadata] == 0)
        await peer.send(call(id: 5, Array(repeating: small, count: 65)))
        await peer.send(call(id: 7, [large(most + 1)]))
        for count in 1...2 {
            #expect(await peer.nextAnswer()?.status == .resourceExhausted)
            #expect(hits[.metadata] >= UInt64(count))
        }
        #expect(hits[.metadata] == 2)
        #expect(await peer.echoes(id: 9))
    }

    @Test func aStreamMayHoldSoManyBytesAndNoMessageBeyond() async {
        var limits = Limits()
        limits.queuedBytesMax = 3 * 1004
        let (peer, hits) = await peer(limits)
        await peer.send(request(EchoService.collectAtGate, id: 1, flags: 2))
        #expect(await eventually { echo.gate.arrivals == 1 })
        for _ in 0..<3 { await peer.send(frame(3, id: 1, note(bodyOf: 1001))) }
        #expect(await peer.echoes(id: 3))
        #expect(hits[.queuedMessages] == 0)
        await peer.send(frame(3, id: 1))
        let answer = await peer.nextAnswer()
        #expect(answer?.id == 1 && answer?.status == .resourceExhausted)
        #expect(hits[.queuedMessages] == 1 && hits[.heldMessages] == 0)
        #expect(await peer.echoes(id: 5))
    }
}
