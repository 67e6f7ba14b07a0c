import RPC
import RPCTesting
import Testing
import UnixSocket

/// Over real sockets, with a server in the middle that forwards.
@Suite(.timeLimit(.minutes(2))) struct ForwardedCancellationTests {
    @Test func callsThatAreGivenUpAmongManyEndBehindAndHarmNoOther() async throws {
        let echo = EchoService()
        let backDirectory = SocketDirectory()
        let back = try UnixSocketServer(
            path: backDirectory.socket, router: Router(services: [echo]))
        try await back.start()
        let loop = try IOLoop()
        let onward = try UnixSocketChannel(path: backDirectory.socket, loops: [loop])
        let handler = Handler.forwarding(EchoService.hold, to: onward) {
            CallOptions(forwarding: $0)
        }
        let frontDirectory = SocketDirectory()
        let front = try UnixSocketServer(
            path: frontDirectory.socket,
            router: Router(services: [], fallback: Fallback { _, _ in handler }), loops: [loop])
        try await front.start()
        let channel = try UnixSocketChannel(path: frontDirectory.socket)

        let calls = (0..<400).map { index in
            Task { () -> Note in
                try await channel.unary(EchoService.hold, Note("\(index)"), options: .init())
            }
        }
        #expect(await eventually { echo.gate.arrivals == 400 })
        for (index, call) in calls.enumerated() where index % 4 != 0 { call.cancel() }
        #expect(await eventually { echo.gate.cancellations == 300 })
        #expect(front.connectionCount == 1 && back.connectionCount == 1)
        echo.gate.open()
        for (index, call) in calls.enumerated() {
            if index % 4 == 0 {
                #expect(try await call.value.text == "\(index)")
            } else {
                let failure = await #expect(throws: Status.self) { _ = try await call.value }
                #expect(failure?.code == .cancelled)
            }
        }
        #expect(echo.gate.cancellations == 300)
        await channel.close()
        await front.close()
        await onward.close()
        await back.close()
    }
}
