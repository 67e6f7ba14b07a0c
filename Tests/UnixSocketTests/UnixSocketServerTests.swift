import Glibc
import RPC
import RPCTesting
import Testing
import Wire

@testable import UnixSocket

@Suite(.timeLimit(.minutes(2))) struct UnixSocketServerTests {
    let echo = EchoService()
    let directory = SocketDirectory()

    func makeServer(limits: Limits = .init()) throws -> UnixSocketServer {
        try UnixSocketServer(
            path: directory.socket, router: Router(services: [echo]), limits: limits)
    }

    @Test func aPathOfExactlyTheLimitFitsAndOneByteMoreIsANamedError() throws {
        let limit = UnixSocketAddress.pathBytesMax
        #expect(limit == 107)
        _ = try UnixSocketAddress("/" + String(repeating: "a", count: limit - 1))
        for path in ["/" + String(repeating: "a", count: limit), "", "a\0b"] {
            let error = #expect(throws: UnixSocketError.self) {
                _ = try UnixSocketChannel(path: path)
            }
            #expect(error?.code == .pathTooLong)
        }
    }

    @Test func theSocketIsItsOwnersAlone() async throws {
        let server = try makeServer()
        try await server.start()
        var status = stat()
        #expect(lstat(directory.socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        await server.close()
        #expect(lstat(directory.socket, &status) != 0)
    }

    @Test func aLiveServersSocketIsNotTaken() async throws {
        let first = try makeServer()
        try await first.start()
        let second = try makeServer()
        let error = await #expect(throws: UnixSocketError.self) { try await second.start() }
        #expect(error?.code == .addressInUse)
        let channel = try UnixSocketChannel(path: directory.socket)
        let answer: Note = try await channel.unary(
            EchoService.echo, Note("still"), options: .init())
        #expect(answer.text == "still")
        await channel.close()
        await first.close()
    }

    @Test func aKilledServersSocketIsReplacedAndAFileIsNot() async throws {
        let address = try UnixSocketAddress(directory.socket)
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(address.withSystemAddress { bind(stale, $0, $1) } == 0)
        close(stale)
        let server = try makeServer()
        try await server.start()
        await server.close()

        let file = open(directory.socket, O_CREAT | O_WRONLY, 0o600)
        close(file)
        let other = try makeServer()
        let error = await #expect(throws: UnixSocketError.self) { try await other.start() }
        #expect(error?.code == .notASocket)
        #expect(access(directory.socket, F_OK) == 0)
    }

    @Test func thePeerIsWhoTheKernelSays() async throws {
        let method = Method(service: "a.B", name: "Who")
        struct Who: Service {
            let method: Method
            var handlers: [Handler] {
                [
                    .unary(method) { (_: Note, context) in
                        Note(
                            "\(context.peer.userID) \(context.peer.groupID) \(context.peer.processID ?? 0)"
                        )
                    }
                ]
            }
        }
        let server = try UnixSocketServer(
            path: directory.socket, router: Router(services: [Who(method: method)]))
        try await server.start()
        let channel = try UnixSocketChannel(path: directory.socket)
        let answer: Note = try await channel.unary(method, Note(), options: .init())
        #expect(answer.text == "\(getuid()) \(getgid()) \(getpid())")
        await channel.close()
        await server.close()
    }

    @Test func clientsComeBackToARestartedServer() async throws {
        let channel = try UnixSocketChannel(path: directory.socket)
        for round in 0..<3 {
            let server = try makeServer()
            try await server.start()
            let answer: Note = try await channel.unary(
                EchoService.echo, Note("\(round)"), options: .init())
            #expect(answer.text == "\(round)")
            await server.close()
        }
        await channel.close()
    }

    @Test func callsInFlightAtARestartAreRetriedOnlyWhenTheyMayBe() async throws {
        let first = try makeServer()
        try await first.start()
        let channel = try UnixSocketChannel(path: directory.socket)
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("a"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        await first.close()
        let failure = await #expect(throws: Status.self) { _ = try await held.value }
        #expect(failure?.code == .unavailable)
        let early = Task { () -> Note in
            try await channel.unary(
                EchoService.countOnce, Note(requestID: "r"), options: .init())
        }
        let second = try makeServer()
        try await second.start()
        #expect(try await early.value.count == 1)
        await channel.close()
        await second.close()
    }

    @Test func idempotentCallersSurviveRestartsUnderLoad() async throws {
        var server = try makeServer()
        try await server.start()
        let channel = try UnixSocketChannel(path: directory.socket)
        let callers = Task {
            try await withThrowingTaskGroup { group in
                for caller in 0..<8 {
                    group.addTask {
                        for index in 0..<200 {
                            let _: Note = try await channel.unary(
                                EchoService.countOnce, Note(requestID: "\(caller)/\(index)"),
                                options: .init(
                                    retries: .init(
                                        attemptsMax: 20, firstBackoff: .milliseconds(5),
                                        backoffMax: .milliseconds(50))))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        for round in 1...5 {
            _ = await eventually { echo.counted >= round * 200 }
            await server.close()
            server = try makeServer()
            try await server.start()
        }
        try await callers.value
        #expect(echo.counted == 1600)
        await channel.close()
        await server.close()
    }

    @Test func drainFinishesWhatIsInFlight() async throws {
        let server = try makeServer()
        try await server.start()
        let channel = try UnixSocketChannel(path: directory.socket)
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("a"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        let draining = Task { await server.drain(within: .seconds(30)) }
        #expect(await eventually { access(directory.socket, F_OK) != 0 })
        echo.gate.open()
        #expect(try await held.value.text == "a")
        await draining.value
        #expect(server.connectionCount == 0)
        await channel.close()
    }

    @Test func drainCancelsWhatDoesNotEndInTime() async throws {
        let server = try makeServer()
        try await server.start()
        let channel = try UnixSocketChannel(path: directory.socket)
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("a"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        await server.drain(within: .milliseconds(50))
        let failure = await #expect(throws: Status.self) { _ = try await held.value }
        #expect(failure?.code == .unavailable)
        #expect(await eventually { echo.gate.cancellations == 1 })
        await channel.close()
    }

    @Test func callersOnTheLoopsOwnExecutorAreServed() async throws {
        let server = try UnixSocketServer(
            path: directory.socket, router: Router(services: [echo]), loopCount: 2)
        try await server.start()
        let loops = try [IOLoop(), IOLoop()]
        let channel = try UnixSocketChannel(path: directory.socket, loops: loops, connections: 2)
        try await withThrowingTaskGroup { group in
            for caller in 0..<64 {
                group.addTask(executorPreference: loops[caller % 2].executor) {
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
        #expect(server.connectionCount == 4)
        await channel.close()
        await server.close()
    }

    @Test func aClientThatOnlySendsDoesNotMakeTheServerHoardAnswers() async throws {
        var limits = Limits()
        limits.outputHighWaterBytes = 200_000
        limits.outputLowWaterBytes = 50_000
        let server = try makeServer(limits: limits)
        try await server.start()
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = try UnixSocketAddress(directory.socket)
        #expect(address.withSystemAddress { connect(client, $0, $1) } == 0)
        // Inflate, count = 20_000.
        let service = Array(EchoService.name.utf8)
        let envelope =
            [0x0a, UInt8(service.count)] + service + [0x12, 7] + Array("Inflate".utf8)
            + [0x1a, 4, 0x10, 0xa0, 0x9c, 0x01]
        var sent = 0
        for index in 0..<5000 {
            let id = UInt32(index * 2 + 1)
            let frame: [UInt8] =
                [0, 0, 0, UInt8(envelope.count)]
                + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: id >> $0) }
                + [1, 0] + envelope
            if send(client, frame, frame.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) < 0 {
                break
            }
            sent += 1
        }
        #expect(await eventually { await server.outputPeakByteCount() >= 200_000 })
        #expect(await server.outputPeakByteCount() <= 200_000 + 20_100)
        close(client)
        #expect(await eventually { server.connectionCount == 0 })
        #expect(sent > 0)
        await server.close()
    }

    @Test func handlersOfALostConnectionAreCancelled() async throws {
        let server = try makeServer()
        try await server.start()
        let channel = try UnixSocketChannel(path: directory.socket)
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("a"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        await channel.close()
        #expect(await eventually { echo.gate.cancellations == 1 })
        _ = await held.result
        await server.close()
    }
}
