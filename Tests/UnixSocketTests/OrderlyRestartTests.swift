import RPC
import RPCTesting
import Synchronization
import Testing
import UnixSocket

/// A server that drains, and its successor at the same path, under load.
@Suite(.timeLimit(.minutes(2))) struct OrderlyRestartTests {
    @Test func anOrderlyRestartLosesNoCallWhateverItDoes() async throws {
        let directory = SocketDirectory()
        let channel = try UnixSocketChannel(path: directory.socket)
        let load = Load(channel)
        let callers = (0..<32).map { _ in Task { await load.call() } }
        var begun = 0
        for _ in 0..<20 {
            let echo = EchoService()
            let server = try UnixSocketServer(
                path: directory.socket, router: Router(services: [echo]))
            try await server.start()
            #expect(await eventually { echo.counted >= 100 })
            await server.drain(within: .seconds(5))
            begun += echo.counted
        }
        let echo = EchoService()
        let last = try UnixSocketServer(path: directory.socket, router: Router(services: [echo]))
        try await last.start()
        load.stop()
        for caller in callers { await caller.value }
        begun += echo.counted
        #expect(load.failures == [])
        #expect(load.answered == begun)
        await channel.close()
        await last.close()
    }
}

/// Calls that are not to be sent twice and are never retried: each is begun and answered, or not begun.
private final class Load: Sendable {
    private struct State {
        var answered = 0
        var failures: [String] = []
        var isStopped = false
    }

    private let channel: UnixSocketChannel
    private let state = Mutex(State())

    init(_ channel: UnixSocketChannel) { self.channel = channel }

    var answered: Int { state.withLock { $0.answered } }
    var failures: [String] { state.withLock { $0.failures } }
    func stop() { state.withLock { $0.isStopped = true } }

    func call() async {
        while !state.withLock({ $0.isStopped }) {
            do {
                let _: Note = try await channel.unary(
                    EchoService.count, Note(), options: .init(retries: .none))
                state.withLock { $0.answered += 1 }
            } catch {
                state.withLock { $0.failures.append("\(error)") }
            }
        }
    }
}
