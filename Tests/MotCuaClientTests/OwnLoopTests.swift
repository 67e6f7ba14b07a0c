import Foundation
import MotCuaClient
import RPCTesting
import Testing

/// What README promises of a channel on the caller's own loop.
struct OwnLoopTests {
    @Test(arguments: Polling.allCases)
    func callsOnTheChannelsOwnLoopAreAnswered(polling: Polling) async throws {
        let path = NSTemporaryDirectory() + "motcua-loop-\(UUID().uuidString.prefix(8)).sock"
        let server = try UnixSocketServer(
            path: path, router: Router(services: [EchoService()]))
        try await server.start()
        let loop = try IOLoop(polling: polling)
        let channel = try UnixSocketChannel(path: path, loop: loop)
        try await withTaskExecutorPreference(loop.executor) {
            for index in 0..<200 {
                let sent = Note("\(index)")
                let got: Note = try await channel.unary(EchoService.echo, sent, options: .init())
                #expect(got == sent)
            }
        }
        await channel.close()
        await server.close()
    }
}
