import Testing

/// `PROTOCOL.md` says enough: a client written from it alone, in another language, makes calls of every kind.
@Suite(.timeLimit(.minutes(2))) struct PageClientTests {
    @Test func aClientWrittenFromThePageMakesEveryKindOfCall() async throws {
        let ours = try await OurServer()
        let client = try ForeignProgram(
            ["python3", Sources.folder + "/client.py", ours.socket])
        let exitCode = await client.exitCode(within: .seconds(60))
        #expect(exitCode == 0, "\(client.output)")
        let kinds = ["unary", "server streaming", "client streaming", "bidirectional"]
        for kind in kinds { #expect(client.output.contains("our server, \(kind): ok")) }
        print(client.output, terminator: "")
        await ours.server.close()
        #expect(ours.echo.gate.cancellations == 1)
    }
}
