import RPC
import RPCTesting
import Testing
import UnixSocket
import Wire

/// Our server with containerd's Go client. Each scenario is in `Tests/Interop/Go/client.go`.
@Suite(
    .enabled(if: ForeignPeer.goIsInstalled, Comment(rawValue: ForeignPeer.whyGo)),
    .timeLimit(.minutes(8)))
struct GoClientTests {
    @Test(arguments: [
        "echo-empty", "echo-64", "echo-2048", "echo-4MiB", "request-too-large",
        "response-too-large", "unknown-service", "unknown-method", "status-codes", "metadata",
        "deadline-seen", "deadline-exceeded", "concurrent", "out-of-order", "cancellation", "drain",
        "connection-lost",
    ])
    func goCallsUs(scenario: String) async throws {
        let ours = try await OurServer()
        let client = try await ForeignPeer.go.start("call", scenario, ours.socket)
        if scenario == "drain" {
            #expect(await eventually { client.output.contains("refused") })
            ours.echo.gate.open()
        }
        let exitCode = await client.exitCode(within: .seconds(60))
        #expect(exitCode == 0, "\(client.output)")
        print("Go client, our server, \(scenario): \(exitCode == 0 ? "ok" : client.output)")
        await ours.server.close()
    }
}

/// Our client with containerd's Go server, which speaks 1.1: unary calls alone.
@Suite(
    .enabled(if: ForeignPeer.goIsInstalled, Comment(rawValue: ForeignPeer.whyGo)),
    .timeLimit(.minutes(8)))
struct GoServerTests {
    @Test(arguments: [0, 64, 2048, Limits.frameLengthMax - 1024])
    func echoesOfEverySizeComeBack(size: Int) async throws {
        try await withGoServer("echo of \(size) B") { go in
            let sent = Note(body: [UInt8](repeating: 7, count: size))
            let answer = try await go.call(EchoService.echo, sent)
            try #require(answer == sent)
        }
    }

    @Test func aRequestOverTheLimitIsNotSent() async throws {
        try await withGoServer("request too large") { go in
            let failure = await go.failure(
                EchoService.echo, Note(body: [UInt8](repeating: 0, count: Limits.frameLengthMax)))
            try #require(failure?.code == .resourceExhausted)
        }
    }

    /// 1.1 sends what no frame may hold.
    @Test func aResponseOverTheLimitFailsItsCallAlone() async throws {
        try await withGoServer("response too large") { go in
            let held = Task { try await go.call(EchoService.hold, Note("kept")) }
            try await go.untilHeld(1)
            let size = Int64(Limits.frameLengthMax + 1)
            let failure = await go.failure(EchoService.inflate, Note(count: size))
            try #require(failure?.code == .resourceExhausted)
            _ = try await go.call(Control.open, Note())
            try #require(try await held.value.text == "kept")
        }
    }

    @Test func unknownNamesAreUnimplemented() async throws {
        try await withGoServer("unknown service and method") { go in
            let service = await go.failure(Method(service: "no.Such", name: "Echo"), Note())
            try #require(service == Status(.unimplemented, "service no.Such"))
            let method = await go.failure(
                Method(service: EchoService.name, name: "Nothing"), Note())
            try #require(method == Status(.unimplemented, "method Nothing"))
        }
    }

    @Test func everyCodeComesWithItsMessageAndDetails() async throws {
        try await withGoServer("status codes") { go in
            for code in StatusCode.allCases where code != .ok {
                let failure = await go.failure(
                    EchoService.refuse, Note("không được", count: Int64(code.rawValue)))
                let detail = Status.Detail(typeURL: "type.googleapis.com/x.Y", value: [1, 2, 3])
                try #require(failure == Status(code, "không được", details: [detail]))
            }
        }
    }

    @Test func metadataKeepsTheValuesOfAKeyInOrder() async throws {
        try await withGoServer("metadata") { go in
            var metadata = Metadata()
            for (key, value) in [("Trace-Id", "1"), ("place", "Hà Nội"), ("trace-id", "2")] {
                metadata.add(value, for: key)
            }
            let answer = try await go.call(
                EchoService.describe, Note(), options: .init(metadata: metadata))
            try #require(answer.text == "place=Hà Nội\ntrace-id=1\ntrace-id=2")
        }
    }

    @Test func aDeadlineIsSeenInTheHandler() async throws {
        try await withGoServer("deadline seen") { go in
            let answer = try await go.call(
                EchoService.describe, Note(), options: .init(timeout: .seconds(20)))
            try #require((1...20_000).contains(answer.count))
        }
    }

    @Test func aDeadlineEndsTheCallOnBothSides() async throws {
        try await withGoServer("deadline exceeded") { go in
            let failure = await go.failure(
                EchoService.hold, Note(), options: .init(timeout: .milliseconds(500)))
            try #require(failure?.code == .deadlineExceeded)
            try await go.untilHeld(1, cancelled: "1")
        }
    }

    @Test func sixtyFourCallsAtOnceAreEachAnswered() async throws {
        try await withGoServer("64 concurrent calls") { go in
            try await withThrowingTaskGroup { group in
                for index in 0..<64 {
                    group.addTask {
                        let answer = try await go.call(EchoService.hold, Note("call \(index)"))
                        try #require(answer.text == "call \(index)")
                    }
                }
                try await go.untilHeld(64)
                _ = try await go.call(Control.open, Note())
                try await group.waitForAll()
            }
        }
    }

    @Test func theSlowCallIsAnsweredAfterTheFastOnes() async throws {
        try await withGoServer("answers out of order") { go in
            let slow = Task { try await go.call(EchoService.hold, Note("slow")) }
            try await go.untilHeld(1)
            for index in 0..<100 as Range<Int64> {
                try #require(try await go.call(EchoService.echo, Note(count: index)).count == index)
            }
            _ = try await go.call(Control.open, Note())
            try #require(try await slow.value.text == "slow")
        }
    }

    /// The server knows no way to cancel, so it works on; its late answer is dropped.
    @Test func aCancelledCallIsForgottenAndNothingElseBreaks() async throws {
        try await withGoServer("cancellation") { go in
            let cancelled = Task { try await go.call(EchoService.hold, Note("a")) }
            let neighbour = Task { try await go.call(EchoService.hold, Note("b")) }
            try await go.untilHeld(2)
            cancelled.cancel()
            let failure = try await #require(throws: Status.self) { _ = try await cancelled.value }
            try #require(failure.code == .cancelled)
            for _ in 0..<10 { _ = try await go.call(EchoService.echo, Note()) }
            _ = try await go.call(Control.open, Note())
            try #require(try await neighbour.value.text == "b")
        }
    }

    @Test func aServerThatShutsDownAnswersWhatIsInFlight() async throws {
        try await withGoServer("shutdown with a call in flight", isLast: true) { go in
            let held = Task { try await go.call(EchoService.hold, Note("kept")) }
            try await go.untilHeld(1)
            _ = try await go.call(Control.drain, Note())
            // It goes on to serve a connection that is busy.
            _ = try await go.call(Control.open, Note())
            try #require(try await held.value.text == "kept")
            let isGone = await eventually {
                await go.failure(
                    EchoService.echo, Note(),
                    options: .init(waitForReady: false, retries: .none))?.code == .unavailable
            }
            try #require(isGone)
        }
    }

    @Test func aServerThatDiesFailsWhatIsInFlightOnce() async throws {
        try await withGoServer("connection lost with 64 calls in flight", isLast: true) { go in
            let calls = (0..<64).map { _ in
                Task { await go.failure(EchoService.hold, Note()) }
            }
            try await go.untilHeld(64)
            _ = await go.failure(Control.exit, Note(), options: .init(waitForReady: false))
            for call in calls { try #require(await call.value?.code == .unavailable) }
        }
    }

    /// It answers a stream as it answers any call that it does not know.
    @Test func aStreamOnAServerWithoutStreamsIsUnimplemented() async throws {
        try await withGoServer("a stream is unimplemented") { go in
            let failure = try await #require(throws: Status.self) {
                let _: Note = try await go.channel.clientStreaming(
                    EchoService.collect, options: .init()
                ) { (out: RequestWriter<Note>) in try await out.write(Note("x")) }
            }
            try #require(failure.code == .unimplemented)
        }
    }

    private func withGoServer(
        _ name: String, isLast: Bool = false, _ body: (GoServer) async throws -> Void
    ) async throws {
        let socket = temporarySocket()
        let program = try await ForeignPeer.go.start("serve", socket)
        let go = GoServer(channel: try UnixSocketChannel(path: socket, loops: [IOLoop()]))
        do {
            try await body(go)
            // Whatever happened, the connection is of use.
            if !isLast {
                try #require(try await go.call(EchoService.echo, Note("x")).text == "x")
            }
            print("our client, Go server, \(name): ok")
        } catch {
            Issue.record(error, "\(name): \(program.output)")
        }
        await go.channel.close()
        await program.release()
    }
}

private struct GoServer: Sendable {
    let channel: UnixSocketChannel

    func call(
        _ method: Method, _ note: Note, options: CallOptions = .init(timeout: .seconds(60))
    ) async throws -> Note {
        try await channel.unary(method, note, options: options)
    }

    func failure(
        _ method: Method, _ note: Note, options: CallOptions = .init(timeout: .seconds(60))
    ) async -> Status? {
        do {
            _ = try await call(method, note, options: options)
            return nil
        } catch {
            return error as? Status
        }
    }

    func untilHeld(_ count: Int64, cancelled: String = "0") async throws {
        let isSo = try await eventually {
            let held = try await call(Control.held, Note())
            return held.count == count && held.text == cancelled
        }
        try #require(isSo, "\(count) calls were not held, or \(cancelled) not cancelled")
    }
}
