import RPC
import RPCTesting
import Testing
import UnixSocket
import Wire

/// ttrpc-rust 0.5, both ways: unary calls, and the success that it spells with an empty status. Each
/// scenario of its client is in `Tests/Interop/Rust/src/main.rs`.
@Suite(
    .enabled(if: ForeignPeer.rustIsInstalled, Comment(rawValue: ForeignPeer.whyRust)),
    .timeLimit(.minutes(8)))
struct RustInteropTests {
    @Test(arguments: [
        "echo", "response-too-large", "unknown", "status-codes", "metadata-and-deadline",
        "concurrent",
    ])
    func rustCallsUs(scenario: String) async throws {
        let ours = try await OurServer()
        let client = try await ForeignPeer.rust.start("call", scenario, ours.socket)
        let exitCode = await client.exitCode(within: .seconds(60))
        #expect(exitCode == 0, "\(client.output)")
        print("Rust client, our server, \(scenario): \(exitCode == 0 ? "ok" : client.output)")
        await ours.server.close()
    }

    @Test func weCallRust() async throws {
        let socket = temporarySocket()
        let program = try await ForeignPeer.rust.start("serve", socket)
        let channel = try UnixSocketChannel(path: socket, loops: [IOLoop()])
        for size in [0, 64, 2048, Limits.frameLengthMax - 1024] {
            let sent = Note("một cửa", count: -1, body: [UInt8](repeating: 7, count: size))
            let answer: Note = try await channel.unary(EchoService.echo, sent, options: .init())
            #expect(answer == sent)
        }
        let empty: Note = try await channel.unary(EchoService.echo, Note(), options: .init())
        #expect(empty == Note())
        for code in StatusCode.allCases where code != .ok {
            let failure = await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    EchoService.refuse, Note("không được", count: Int64(code.rawValue)),
                    options: .init(retries: .none))
            }
            let detail = Status.Detail(typeURL: "type.googleapis.com/x.Y", value: [1, 2, 3])
            #expect(failure == Status(code, "không được", details: [detail]))
        }
        let unknown = await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(
                Method(service: "no.Such", name: "Echo"), Note(), options: .init())
        }
        #expect(unknown == Status(.invalidArgument, "/no.Such/Echo does not exist"))
        let described: Note = try await channel.unary(
            EchoService.describe, Note(),
            options: .init(timeout: .seconds(20), metadata: ["k": "1", "K": "2"]))
        #expect(described.text == "k=1\nk=2")
        #expect((1...20_000).contains(described.count))
        try await withThrowingTaskGroup { group in
            for index in 0..<64 {
                group.addTask {
                    let answer: Note = try await channel.unary(
                        EchoService.echo, Note("call \(index)"), options: .init())
                    #expect(answer.text == "call \(index)")
                }
            }
            try await group.waitForAll()
        }
        print("our client, Rust server, echo, status codes, unknown, metadata, concurrent: ok")
        await channel.close()
        await program.release()
    }
}
