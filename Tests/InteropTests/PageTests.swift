import Foundation
import Testing
import UnixSocket
import Wire

/// What `PROTOCOL.md` says is so.
@Suite(.timeLimit(.minutes(2))) struct PageTests {
    /// A client written from the page alone, in another language.
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

    @Test func theLimitsOfThePageAreOurs() throws {
        let page = try String(
            contentsOfFile: Sources.folder + "/../../PROTOCOL.md", encoding: .utf8)
        let limits = Limits()
        let connections = ConnectionLimits()
        let rows = [
            "`frameLengthMax` | \(limits.frameLengthMax >> 20) MiB",
            "`skippedFrameLengthMax` | \(limits.skippedFrameLengthMax >> 20) MiB",
            "`frameTimeout` | \(limits.frameTimeout.components.seconds) s",
            "`nameBytesMax` | \(limits.nameBytesMax) bytes",
            "`metadataEntriesMax`, `metadataBytesMax` | \(limits.metadataEntriesMax) entries, "
                + "\(limits.metadataBytesMax >> 10) KiB",
            "`streamsMax` | \(grouped(limits.streamsMax)) calls",
            "`queuedMessagesMax`, `queuedBytesMax` | \(limits.queuedMessagesMax) messages or "
                + "\(limits.queuedBytesMax >> 20) MiB",
            "`heldBytesMax` | \(limits.heldBytesMax >> 20) MiB",
            "`outputHighWaterBytes` | \(limits.outputHighWaterBytes >> 20) MiB that the client has not "
                + "read | the connection is read again below \(limits.outputLowWaterBytes >> 10) KiB",
            "`connectionsMax`, `connectionsOfUserMax` | \(grouped(connections.connectionsMax)) at a "
                + "server, \(connections.connectionsOfUserMax) of a foreign user; the last "
                + "\(connections.reservedForOwnUser) only the server's own user gets",
            "`refusingMax`, `refusingTimeout` | \(connections.refusingMax) connections beyond these at "
                + "a time, \(connections.refusingTimeout.components.seconds) s each",
        ]
        for row in rows { #expect(page.contains(row)) }
    }

    private func grouped(_ number: Int) -> String {
        number < 1000 ? "\(number)" : "\(number / 1000),\(String(1000 + number % 1000).dropFirst())"
    }
}
