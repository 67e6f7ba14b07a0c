import Glibc
import RPC
import RPCTesting
import Synchronization
import Testing
import Wire

@testable import UnixSocket

/// What a client may do to a server over a real socket, and that nobody else notices.
///
/// Each siege goes on beside a well-behaved client. During it every call of that client is answered; after
/// it connections, descriptors, held bytes and handlers are what they were, and so is the client's latency.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HostilePeerTests {
    @Test(arguments: [EchoService.inflate, EchoService.repeat])
    func aPeerThatNeverReadsItsAnswersIsNotReadEither(method: Method) async throws {
        try await Siege().run { siege in
            // A body of 20,000 bytes, or 2,000,000 notes.
            let payload: [UInt8] =
                method == EchoService.inflate
                ? [0x10, 0xa0, 0x9c, 0x01] : [0x10, 0x80, 0x89, 0x7a]
            let peers = try siege.peers(3)
            for peer in peers {
                let flood = (0..<40_000).flatMap { request(method, payload, id: $0 * 2 + 1) }
                #expect(peer.sendUntilStuck(flood) < flood.count)
            }
            let limits = siege.limits
            #expect(
                await eventually {
                    await siege.server.outputPeakByteCount() >= limits.outputHighWaterBytes
                })
            #expect(
                await siege.server.outputPeakByteCount() <= limits.outputHighWaterBytes + 20_100)
            return peers
        }
    }

    @Test func halfAFrameIsWaitedForOnlySoLong() async throws {
        var limits = Limits()
        limits.frameTimeout = .milliseconds(200)
        try await Siege(limits).run { siege in
            let whole = request(EchoService.echo, note("x"), id: 1)
            // Half a header, half an envelope, and the second of two frames.
            let halves = [Array(whole[..<5]), Array(whole[..<20]), whole + whole[..<11]]
            let peers = try siege.peers(halves.count)
            for (peer, half) in zip(peers, halves) { peer.send(half) }
            #expect(siege.hits[.frameTime] == 0)
            for peer in peers { #expect(peer.isClosedByPeer()) }
            #expect(siege.hits[.frameTime] == 3)
            return peers
        }
    }

    @Test func aPeerThatSendsByteByByteIsServed() async throws {
        try await Siege().run { siege in
            let peers = try siege.peers(1)
            for id in [1, 3] as [UInt32] {
                for byte in request(EchoService.echo, note("x"), id: id) { peers[0].send([byte]) }
                #expect(peers[0].nextAnswer()?.payload == note("x"))
            }
            return peers
        }
    }

    @Test func connectionsThatSayNothingCostNothing() async throws {
        try await Siege().run { siege in
            let peers = try siege.peers(300)
            #expect(await eventually { siege.server.connectionCount == 301 })
            return peers
        }
    }

    /// A byte of a frame every few milliseconds, over many connections.
    @Test func aSlowLorisIsLetGo() async throws {
        var limits = Limits()
        limits.frameTimeout = .milliseconds(300)
        try await Siege(limits).run { siege in
            let peers = try siege.peers(200)
            let endless: [UInt8] = bigEndian(4_000_000) + bigEndian(1) + [1, 0]
            var sent = 0
            while siege.hits[.frameTime] < 200, sent < 10_000 {
                let byte = sent < endless.count ? endless[sent] : 0
                // Those that are let go take no more.
                for peer in peers { _ = peer.sendWhatFits([byte]) }
                sent += 1
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(siege.hits[.frameTime] == 200)
            return peers
        }
    }

    @Test func framesThatAnnounceFourGigabytesForEverAreNotKept() async throws {
        try await Siege().run { siege in
            let peers = try siege.peers(8)
            let before = residentBytes()
            for peer in peers {
                peer.send(bigEndian(0xffff_ffff) + bigEndian(1) + [1, 0])
                let answer = peer.nextAnswer()
                #expect(answer?.id == 1 && answer?.status == .resourceExhausted)
                // 16 MiB of it, or until the server has hung up.
                let part = [UInt8](repeating: 0xff, count: 1 << 20)
                for _ in 0..<16 where !peer.send(part) { break }
            }
            #expect(residentBytes() - before < 16 << 20)
            return peers
        }
    }

    /// Each such frame is answered: as many as the output holds, and then no more are read.
    @Test func dataForStreamsThatAreNotThereIsNoAmplifier() async throws {
        try await Siege().run { siege in
            let peers = try siege.peers(2)
            let flood = (0..<400_000).flatMap { frame(3, 0, id: $0 * 2 + 1) }
            var taken = 0
            for peer in peers { taken += peer.sendUntilStuck(flood) / FrameHeader.byteCount }
            let limits = siege.limits
            #expect(
                await eventually {
                    await siege.server.outputPeakByteCount() >= limits.outputHighWaterBytes
                })
            #expect(await siege.server.outputPeakByteCount() <= limits.outputHighWaterBytes + 200)
            // Who reads gets an answer to each, and is served again.
            let last = peers[1]
            for index in 0..<1000 {
                let answer = last.nextAnswer()
                #expect(answer?.status == .invalidArgument && answer?.id == UInt32(index * 2 + 1))
            }
            #expect(taken > 0)
            return peers
        }
    }

    @Test func peersThatCloseInTheMiddleOfTheirAnswersLeaveNothing() async throws {
        try await Siege().run { siege in
            for _ in 0..<50 {
                let peer = try siege.peers(1)[0]
                // 64 bodies of 100,000 bytes.
                peer.send(
                    (0..<64).flatMap {
                        request(EchoService.inflate, [0x10, 0xa0, 0x8d, 0x06], id: $0 * 2 + 1)
                    })
                #expect(peer.nextAnswer()?.payload.count == 100_004)
            }
            return []
        }
    }

    @Test func aPeerThatOpensAsManyStreamsAsItMayAndLeavesTakesItsHandlersAlong() async throws {
        try await Siege().run { siege in
            for _ in 0..<3 {
                let peer = try siege.peers(1)[0]
                let max = siege.limits.streamsMax
                for index in 0..<max + 1 {
                    peer.send(request(EchoService.chat, id: UInt32(index * 2 + 1), flags: 2))
                }
                let answer = peer.nextAnswer()
                #expect(answer?.id == UInt32(max * 2 + 1) && answer?.status == .resourceExhausted)
            }
            #expect(siege.hits[.callsInFlight] == 3)
            return []
        }
    }

    /// A call of another connection is answered after a share of the flood, not after all of it.
    @Test func aFloodWhoseHandlersNeverSuspendLeavesTheOthersTheirTurn() async throws {
        let busy = BusyService()
        try await Siege(services: [busy]).run { siege in
            let (hostile, other) = (try siege.peers(1)[0], try siege.peers(1)[0])
            #expect(other.echoes(id: 1))
            // Fewer bytes than the server reads of a connection in one turn.
            hostile.send((0..<4000).flatMap { request(BusyService.spin, id: $0 * 2 + 1) })
            while busy.count == 0 { await Task.yield() }
            #expect(other.echoes(id: 3))
            #expect(busy.count <= 2000)
            for _ in 0..<4000 { #expect(hostile.nextAnswer()?.status == .ok) }
            return [hostile, other]
        }
    }

    /// A handler that writes without end to a client that reads as fast never has to wait.
    @Test func aStreamThatNeverWaitsLeavesTheOthersTheirTurn() async throws {
        try await Siege().run { siege in
            let (hostile, other) = (try siege.peers(1)[0], try siege.peers(1)[0])
            #expect(other.echoes(id: 1))
            hostile.send(request(EchoService.repeat, [0x10, 0x80, 0x80, 0x04], id: 1))
            while siege.echo.repeated == 0 { await Task.yield() }
            #expect(other.echoes(id: 3))
            // All 65,536 messages, of a few bytes, would fit the output.
            #expect(siege.echo.repeated <= 32_768)
            var count = 0
            while let frame = hostile.nextFrame(), frame.header.type == .data,
                !frame.header.flags.contains(.noData)
            {
                count += 1
            }
            #expect(count == 65_536)
            return [hostile, other]
        }
    }

    /// 256 streams on one connection, each within its own bound, bring 256 MiB; the connection may hold 64.
    @Test func streamsOfOneConnectionAreBoundedTogetherAndAlone() async throws {
        try await Siege().run { siege in
            let peer = try siege.peers(1)[0]
            let before = residentBytes()
            let ids = (0..<256).map { UInt32($0 * 2 + 1) }
            for id in ids { peer.send(request(EchoService.collectAtGate, id: id, flags: 2)) }
            let quarter = note(bodyOf: (256 << 10) - 4)
            for _ in 0..<4 { for id in ids { peer.send(frame(3, id: id, quarter)) } }
            // The call is answered after all that was refused before it, each stream once or more: what
            // still comes for a stream that is over is answered, too.
            peer.send(request(EchoService.echo, note("x"), id: 9999))
            var refused: Set<UInt32> = []
            while let answer = peer.nextAnswer(), answer.id != 9999 {
                if answer.status == .resourceExhausted { refused.insert(answer.id) }
            }
            #expect(refused.count == Int(siege.hits[.heldMessages]))
            #expect(siege.hits[.queuedMessages] == 0)
            // What a stream held is free again for the others when it fails.
            #expect((64...192).contains(refused.count), "\(refused.count)")
            #expect(residentBytes() - before < siege.limits.heldBytesMax + (32 << 20))
            // The others end as if nothing had been.
            for id in ids where !refused.contains(id) { peer.send(frame(3, 5, id: id)) }
            siege.echo.gate.open()
            var whole = 0
            while whole < 256 - refused.count, let answer = peer.nextAnswer() {
                #expect(answer.status == .ok && answer.payload == [0x10, 4])
                whole += 1
            }
            #expect(peer.echoes(id: 10_001))
            return [peer]
        }
    }

    /// Connections that come and go as fast as they can.
    @Test func aStormOfConnectionsPassesBy() async throws {
        try await Siege().run { siege in
            for _ in 0..<1000 { _ = try siege.peers(1) }
            return []
        }
    }
}

/// Work that never waits.
private final class BusyService: Service {
    static let spin = Method(service: "motcua.testing.v1.Busy", name: "Spin")
    private let counter = Atomic(0)

    var count: Int { counter.load(ordering: .relaxed) }

    var handlers: [Handler] {
        [
            .unary(BusyService.spin) { [self] (_: Note, _) in
                let end = ContinuousClock.now + .microseconds(50)
                while ContinuousClock.now < end {}
                counter.add(1, ordering: .relaxed)
                return Note()
            }
        ]
    }
}

/// A server under attack, and a client of it that behaves.
final class Siege: Sendable {
    let echo = EchoService()
    let limits: Limits
    let loop: IOLoop
    let server: UnixSocketServer
    private let directory = SocketDirectory()
    private let channel: UnixSocketChannel
    private let isOver = Atomic(false)

    init(_ limits: Limits = .init(), services: [any Service] = []) throws {
        self.limits = limits
        loop = try IOLoop()
        server = try UnixSocketServer(
            path: directory.socket, router: Router(services: [echo] + services), loops: [loop],
            limits: limits)
        channel = try UnixSocketChannel(path: directory.socket)
    }

    var hits: LimitHits { loop.core.limitHits }

    func peers(_ count: Int) throws -> [RawSocket] {
        try (0..<count).map { _ in try RawSocket(connectingTo: directory.socket) }
    }

    /// - Parameter attack: Returns the sockets that it leaves open; they are closed then.
    func run(_ attack: (Siege) async throws -> [RawSocket]) async throws {
        try await server.start()
        // What the process opens once, when a task first sleeps, is open already.
        try await Task.sleep(for: .milliseconds(1))
        let quiet = try await medianLatency()
        let descriptors = openDescriptors()
        let beside = Task { try await self.callOn() }
        var peers = try await attack(self)
        peers = []
        isOver.store(true, ordering: .relaxed)
        #expect(peers.isEmpty)
        #expect(try await beside.value > 0)

        #expect(await eventually { server.connectionCount == 1 })
        #expect(await eventually { openDescriptors() <= descriptors })
        let core = loop.core
        #expect(await eventually { await core.run { core.mayBeAbandoned } })
        // Other work of the machine may disturb a moment, but not each of these.
        #expect(
            try await eventually {
                try await medianLatency() < max(quiet * 4, .milliseconds(1))
            })
        await channel.close()
        await server.close()
    }

    /// - Returns: How many calls went well, one after another; each within a second.
    private func callOn() async throws -> Int {
        var count = 0
        while !isOver.load(ordering: .relaxed) {
            let _: Note = try await channel.unary(
                EchoService.echo, Note("beside"), options: .init(timeout: .seconds(1)))
            count += 1
            try await Task.sleep(for: .milliseconds(1))
        }
        return count
    }

    private func medianLatency() async throws -> Duration {
        var latencies: [Duration] = []
        for _ in 0..<101 {
            let start = ContinuousClock.now
            let _: Note = try await channel.unary(EchoService.echo, Note("x"), options: .init())
            latencies.append(ContinuousClock.now - start)
        }
        return latencies.sorted()[50]
    }
}

/// Of this process.
func openDescriptors() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}

/// `VmRSS` of this process.
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
}
