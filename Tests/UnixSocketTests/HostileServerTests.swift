import RPC
import RPCTesting
import Testing
import Wire

@testable import UnixSocket

/// What a foreign server may do to our client over a real socket.
@Suite(.timeLimit(.minutes(1))) struct HostileServerTests {
    let directory = SocketDirectory()

    /// 64 MiB are ready to be sent; the client takes what its bounds allow until its reader reads.
    @Test func aServerThatSendsFasterThanTheReaderReadsMustWait() async throws {
        let listener = try RawListener(at: directory.socket)
        let channel = try UnixSocketChannel(path: directory.socket)
        let gate = Gate()
        let body = note(bodyOf: 64 << 10)
        let reader = Task {
            try await channel.serverStreaming(EchoService.repeat, Note(), options: .init()) {
                (notes: ResponseStream<Note>) in
                try await gate.pass()
                var count = 0
                for try await note in notes where note.body.count == 64 << 10 { count += 1 }
                return count
            }
        }
        let stream = try #require(listener.next())
        let opening = try #require(stream.nextFrame())
        #expect(opening.header.flags.contains(.soleStream))
        let whole = (0..<1024).flatMap { _ in frame(3, id: opening.header.streamID, body) }
        let sent = stream.sendUntilStuck(whole)
        let limits = Limits()
        // Its queue, its decoder and the socket's own buffer.
        #expect(sent <= limits.queuedBytesMax + (2 << 20), "\(sent)")

        // A unary call has a connection of its own.
        let call = Task { () -> Note in
            try await channel.unary(EchoService.echo, Note("beside"), options: .init())
        }
        let other = try #require(listener.next())
        let asked = try #require(other.nextFrame())
        other.send(response(id: asked.header.streamID, payload: note("answer")))
        #expect(try await call.value.text == "answer")

        gate.open()
        #expect(stream.send(Array(whole[sent...])))
        stream.send(frame(3, 5, id: opening.header.streamID))
        #expect(try await reader.value == 1024)
        await channel.close()
    }

    /// Answers to calls that were never made, frames that announce too much, data where none belongs.
    @Test func noiseOfAServerHarmsNoCall() async throws {
        let listener = try RawListener(at: directory.socket)
        let loop = try IOLoop()
        let channel = try UnixSocketChannel(path: directory.socket, loops: [loop])
        let call = Task { () -> Note in
            try await channel.unary(EchoService.echo, Note("x"), options: .init())
        }
        let server = try #require(listener.next())
        let asked = try #require(server.nextFrame())
        let before = residentBytes()
        let noise =
            response(id: 77, payload: note("nobody asked")) + frame(3, id: 79, note("x"))
            + frame(9, id: asked.header.streamID, [1, 2, 3])
        let flood = (0..<20_000).flatMap { _ in noise }
        #expect(server.send(flood))
        let oversize = Limits.frameLengthMax + 1
        server.send(bigEndian(UInt32(oversize)) + bigEndian(81) + [2, 0])
        #expect(server.send([UInt8](repeating: 0, count: oversize)))
        server.send(response(id: asked.header.streamID, payload: note("y")))
        #expect(try await call.value.text == "y")
        #expect(residentBytes() - before < 16 << 20)
        await channel.close()
    }

    /// Half an answer is waited for as long as the caller waits, and no longer.
    @Test func aServerThatStopsInMidAnswerCostsTheCallItsDeadlineAndNoMore() async throws {
        let listener = try RawListener(at: directory.socket)
        let channel = try UnixSocketChannel(path: directory.socket)
        let call = Task { () -> Note in
            try await channel.unary(
                EchoService.count, Note("x"), options: .init(timeout: .milliseconds(200)))
        }
        let server = try #require(listener.next())
        let asked = try #require(server.nextFrame())
        let whole = response(id: asked.header.streamID, payload: note("late"))
        server.send(Array(whole[..<12]))
        let failure = await #expect(throws: Status.self) { _ = try await call.value }
        #expect(failure?.code == .deadlineExceeded)
        // The rest of it is nobody's; what follows is served on the same connection.
        server.send(Array(whole[12...]))
        let next = Task { () -> Note in
            try await channel.unary(EchoService.count, Note("y"), options: .init())
        }
        while let asked = server.nextFrame() {
            // The client may tell the server that the first call was cancelled.
            server.send(response(id: asked.header.streamID, payload: note("in time")))
            if asked.header.streamID > 1,
                String(decoding: asked.data, as: UTF8.self).contains("Count")
            {
                break
            }
        }
        #expect(try await next.value.text == "in time")
        await channel.close()
    }
}
