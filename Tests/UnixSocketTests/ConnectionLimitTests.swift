import Glibc
import RPC
import RPCTesting
import Testing
import Wire

@testable import UnixSocket

/// Connections at the limit and beyond: for all, for one user, and of those that are being refused.
@Suite(.timeLimit(.minutes(1))) struct ConnectionLimitTests {
    let echo = EchoService()
    let directory = SocketDirectory()
    let loop: IOLoop

    init() throws { loop = try IOLoop() }

    /// - Parameter isOwn: Whether the test's user is the server's own.
    func makeServer(_ limits: ConnectionLimits, isOwn: Bool = true) async throws -> UnixSocketServer
    {
        let server = try UnixSocketServer(
            path: directory.socket, router: Router(services: [echo]), loops: [loop],
            connectionLimits: limits, ownUserID: isOwn ? geteuid() : geteuid() + 1)
        try await server.start()
        return server
    }

    func limits(_ connectionsMax: Int, ofUser: Int = 100, reserved: Int = 0) -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits.connectionsMax = connectionsMax
        limits.connectionsOfUserMax = ofUser
        limits.reservedForOwnUser = reserved
        return limits
    }

    @Test func oneConnectionBeyondTheLimitIsToldSoAndClosed() async throws {
        let server = try await makeServer(limits(2))
        let first = try RawSocket(connectingTo: directory.socket)
        let second = try RawSocket(connectingTo: directory.socket)
        #expect(first.echoes(id: 1) && second.echoes(id: 1))
        #expect(loop.core.limitHits[.connections] == 0)

        let third = try RawSocket(connectingTo: directory.socket)
        third.send(
            request(EchoService.count, note("x"), id: 1) + request(EchoService.count, id: 3))
        for id in [1, 3] as [UInt32] {
            let answer = try #require(third.nextAnswer())
            #expect(answer.id == id && answer.status == .resourceExhausted)
            #expect(
                answer.message
                    == "2 connections are open; close some, or use one connection for many calls")
        }
        #expect(third.isClosedByPeer())
        #expect(echo.counted == 0)
        #expect(loop.core.limitHits[.connections] == 1)
        #expect(first.echoes(id: 3) && second.echoes(id: 3))
        #expect(await eventually { server.connectionCount == 2 })
        await server.close()
    }

    @Test func theRefusalNamesItsReasonAndWhenToComeAgain() async throws {
        let server = try await makeServer(limits(0))
        let channel = try UnixSocketChannel(path: directory.socket)
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(EchoService.echo, Note(), options: .init())
        }
        let details = try #require(failure?.details)
        let reason = note("CONNECTIONS_EXHAUSTED")
        let domain: [UInt8] = [0x12, 6] + Array("motcua".utf8)
        #expect(details.count == 2)
        #expect(details.first?.typeURL == "type.googleapis.com/google.rpc.ErrorInfo")
        #expect(details.first?.value == reason + domain)
        #expect(details.last?.typeURL == "type.googleapis.com/google.rpc.RetryInfo")
        // retry_delay { seconds: 1 }
        #expect(details.last?.value == [0x0a, 2, 0x08, 1])
        await channel.close()
        await server.close()
    }

    @Test func aPlaceThatIsLeftIsTakenAgain() async throws {
        let server = try await makeServer(limits(1))
        for _ in 0..<3 {
            do {
                let peer = try RawSocket(connectingTo: directory.socket)
                #expect(peer.echoes(id: 1))
            }
            #expect(await eventually { server.connectionCount == 0 })
        }
        #expect(loop.core.limitHits[.connections] == 0)
        await server.close()
    }

    @Test func oneUserGetsHisShareAndOneMoreIsRefused() async throws {
        let server = try await makeServer(limits(10, ofUser: 2), isOwn: false)
        let peers = try (0..<3).map { _ in try RawSocket(connectingTo: directory.socket) }
        #expect(peers[0].echoes(id: 1) && peers[1].echoes(id: 1))
        peers[2].send(request(EchoService.echo, id: 1))
        let answer = peers[2].nextAnswer()
        #expect(answer?.status == .resourceExhausted)
        #expect(answer?.message.hasPrefix("2 connections of user \(geteuid()) are open") == true)
        let hits = loop.core.limitHits
        #expect(hits[.connectionsOfUser] == 1 && hits[.connections] == 0)
        await server.close()
    }

    @Test func theServersOwnUserIsNotHeldToAShare() async throws {
        let server = try await makeServer(limits(10, ofUser: 2))
        let peers = try (0..<10).map { _ in try RawSocket(connectingTo: directory.socket) }
        for peer in peers { #expect(peer.echoes(id: 1)) }
        await server.close()
    }

    @Test func connectionsThatSayNothingAreRefusedInSilenceAfterAWhile() async throws {
        var limits = limits(0)
        limits.refusingTimeout = .milliseconds(50)
        let server = try await makeServer(limits)
        let peer = try RawSocket(connectingTo: directory.socket)
        #expect(await eventually { server.connectionCount == 1 })
        #expect(peer.isClosedByPeer())
        #expect(await eventually { server.connectionCount == 0 })
        await server.close()
    }

    @Test func refusalsAreBoundedAndBeyondThemConnectionsAreClosedAtOnce() async throws {
        var limits = limits(1)
        limits.refusingMax = 2
        let server = try await makeServer(limits)
        let served = try RawSocket(connectingTo: directory.socket)
        #expect(served.echoes(id: 1))
        let silent = try (0..<2).map { _ in try RawSocket(connectingTo: directory.socket) }
        #expect(await eventually { server.connectionCount == 3 })
        let hits = loop.core.limitHits
        #expect(hits[.connections] == 2 && hits[.connectionsRefusing] == 0)
        let dropped = try RawSocket(connectingTo: directory.socket)
        #expect(dropped.isClosedByPeer())
        #expect(hits[.connections] == 3 && hits[.connectionsRefusing] == 1)
        #expect(silent.allSatisfy { $0.send(request(EchoService.echo, id: 1)) })
        for peer in silent { #expect(peer.nextAnswer()?.status == .resourceExhausted) }
        #expect(served.echoes(id: 3))
        await server.close()
    }

    @Test func aRefusedClientSaysSoAndConnectsAgainWhenThereIsRoom() async throws {
        let server = try await makeServer(limits(1))
        let channels = try (0..<2).map { _ in try UnixSocketChannel(path: directory.socket) }
        func call(_ channel: UnixSocketChannel) async throws -> Note {
            try await channel.unary(
                EchoService.countOnce, Note(requestID: "r"), options: .init(timeout: .seconds(10)))
        }
        #expect(try await call(channels[0]).count == 1)
        // Idempotent, and still not sent again: it would only make things worse.
        let failure = await #expect(throws: Status.self) { _ = try await call(channels[1]) }
        #expect(failure?.code == .resourceExhausted)
        #expect(loop.core.limitHits[.connections] == 1)
        await channels[0].close()
        #expect(await eventually { server.connectionCount == 0 })
        #expect(try await call(channels[1]).count == 1)
        await channels[1].close()
        await server.close()
    }

    /// A client that calls without a pause is refused as often as its backoff lets it, not each time anew.
    @Test func aRefusedClientDoesNotHammer() async throws {
        let server = try await makeServer(limits(0))
        let channel = try UnixSocketChannel(path: directory.socket)
        let end = ContinuousClock.now + .milliseconds(300)
        while ContinuousClock.now < end {
            await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    EchoService.echo, Note("x"), options: .init(timeout: .milliseconds(100)))
            }
        }
        // 5, 10, 20, 40, 80, 160 ms at the least.
        #expect(loop.core.limitHits[.connections] <= 8)
        await channel.close()
        await server.close()
    }

    @Test func streamsBeyondAChannelsConnectionsAreRefusedAndUnaryCallsAreNot() async throws {
        var limits = Limits()
        limits.streamConnectionsMax = 2
        let server = try await makeServer(.init())
        let ownLoop = try IOLoop()
        let channel = try UnixSocketChannel(
            path: directory.socket, loops: [ownLoop], limits: limits)
        func collect() async throws -> Note {
            try await channel.clientStreaming(EchoService.collectAtGate, options: .init()) {
                (out: RequestWriter<Note>) in try await out.write(Note("x"))
            }
        }
        let open = (0..<2).map { _ in Task { try await collect() } }
        #expect(await eventually { echo.gate.arrivals == 2 })
        let failure = await #expect(throws: Status.self) { _ = try await collect() }
        #expect(failure?.code == .resourceExhausted)
        #expect(ownLoop.core.limitHits[.streamConnections] == 1)
        let answer: Note = try await channel.unary(EchoService.echo, Note("y"), options: .init())
        #expect(answer.text == "y")
        echo.gate.open()
        for task in open { #expect(try await task.value.count == 1) }
        #expect(try await collect().count == 1)
        await channel.close()
        await server.close()
    }
}

/// The rule itself, for users that a test cannot be.
@Suite struct ConnectionCensusTests {
    let own: UInt32 = 900

    func census(_ connectionsMax: Int, ofUser: Int, reserved: Int, refusing: Int = 64)
        -> ConnectionCensus
    {
        var limits = ConnectionLimits()
        limits.connectionsMax = connectionsMax
        limits.connectionsOfUserMax = ofUser
        limits.reservedForOwnUser = reserved
        limits.refusingMax = refusing
        return ConnectionCensus(limits: limits, ownUserID: own)
    }

    @Test func noUserShutsTheOthersOut() {
        var census = census(10, ofUser: 5, reserved: 1)
        for _ in 0..<5 { #expect(census.admit(1) == .serve) }
        #expect(census.admit(1) == .refuse(.connectionsOfUser(5, userID: 1)))
        #expect(census.admit(2) == .serve)
        census.remove(1, wasServed: true)
        #expect(census.admit(1) == .serve)
    }

    @Test func allOthersTogetherLeaveRoomForTheServersOwnUser() {
        var census = census(10, ofUser: 5, reserved: 2)
        for user in 1...8 { #expect(census.admit(UInt32(user)) == .serve) }
        #expect(census.admit(9) == .refuse(.connections(8)))
        for _ in 0..<2 { #expect(census.admit(own) == .serve) }
        #expect(census.admit(own) == .refuse(.connections(10)))
    }

    @Test func theServersOwnUserMayFillItAll() {
        var census = census(10, ofUser: 5, reserved: 2)
        for _ in 0..<10 { #expect(census.admit(own) == .serve) }
        #expect(census.admit(1) == .refuse(.connections(10)))
    }

    @Test func refusalsAreBoundedAndGiveTheirPlaceBack() {
        var census = census(0, ofUser: 5, reserved: 0, refusing: 2)
        for _ in 0..<2 { #expect(census.admit(own) == .refuse(.connections(0))) }
        #expect(census.admit(own) == .drop(.connections(0)))
        #expect(census.count == 2)
        census.remove(own, wasServed: false)
        #expect(census.admit(own) == .refuse(.connections(0)))
    }

    /// Against a plain list of who is in.
    @Test func theCountsAreRightWhateverComesAndGoes() {
        var random = SeededRandom()
        var census = census(8, ofUser: 3, reserved: 2, refusing: 3)
        var inside: [(user: UInt32, served: Bool)] = []
        for _ in 0..<2000 {
            if Bool.random(using: &random), !inside.isEmpty {
                let gone = inside.remove(at: .random(in: inside.indices, using: &random))
                census.remove(gone.user, wasServed: gone.served)
            } else {
                let user = [own, 1, 2, 3].randomElement(using: &random)!
                switch census.admit(user) {
                case .serve: inside.append((user, true))
                case .refuse: inside.append((user, false))
                case .drop: #expect(inside.count { !$0.served } == 3, "seed \(random.seed)")
                }
            }
            let served = inside.filter(\.served)
            #expect(census.count == inside.count, "seed \(random.seed)")
            #expect(served.count <= 8 && served.count { $0.user != own } <= 6)
            for user in 1...3 { #expect(served.count { $0.user == UInt32(user) } <= 3) }
        }
    }
}
