import Glibc
import RPC
import RPCTesting
import Testing
import Wire

@testable import UnixSocket

/// How foreign clients leave a socket.
@Suite struct ForeignClientTests {
    enum Leaving: CaseIterable, Sendable {
        case closes
        case closesWithAnswersUnread
        case shutsDownWriting
        case breaksOffInAFrame
    }

    /// The wire has no other word for it: a client that closes, or says that it sends no more, is gone, and
    /// its calls are cancelled.
    @Test(arguments: Leaving.allCases)
    func aClientThatLeavesEndsItsCallsAndHurtsNobody(leaving: Leaving) async throws {
        let echo = EchoService()
        let directory = SocketDirectory()
        let server = try UnixSocketServer(
            path: directory.socket, router: Router(services: [echo]))
        try await server.start()
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = try UnixSocketAddress(directory.socket)
        try #require(address.withSystemAddress { connect(client, $0, $1) } == 0)
        if leaving == .closesWithAnswersUnread {
            for id in 0..<100 { send(client, EchoService.echo, id: UInt32(id * 2 + 1)) }
        }
        send(client, EchoService.hold, id: 1001)
        #expect(await eventually { echo.gate.arrivals == 1 })
        switch leaving {
        case .closes, .closesWithAnswersUnread: Glibc.close(client)
        case .shutsDownWriting: shutdown(client, Int32(SHUT_WR))
        case .breaksOffInAFrame:
            #expect(write(client, [0, 0, 1, 0, 0] as [UInt8], 5) == 5)
            Glibc.close(client)
        }
        #expect(await eventually { echo.gate.cancellations == 1 })
        #expect(await eventually { server.connectionCount == 0 })
        if leaving == .shutsDownWriting {
            // The server has closed, and has answered nothing.
            var byte: UInt8 = 0
            #expect(read(client, &byte, 1) == 0)
            Glibc.close(client)
        }
        let channel = try UnixSocketChannel(path: directory.socket, loops: [IOLoop()])
        try await CallChecks.everyKind(channel)
        await channel.close()
        await server.close()
    }

    private func send(_ client: Int32, _ method: Method, id: UInt32) {
        var output = OutputBuffer()
        let frame = output.beginFrame()
        output.appendRequestHead(service: method.service, method: method.name)
        do {
            try output.endFrame(frame, streamID: id, type: .request)
        } catch {
            Issue.record(error)
        }
        let bytes = output.bytes
        #expect(write(client, bytes.baseAddress, bytes.count) == bytes.count)
    }
}
