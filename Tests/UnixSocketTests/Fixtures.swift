import Glibc
import RPC
import RPCTesting
import UnixSocket
import Wire

/// A directory of its own for a test's sockets, removed at the end.
final class SocketDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/motcua-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { fatalError("no temporary directory") }
        path = String(cString: made)
    }

    var socket: String { path + "/s.sock" }

    deinit {
        unlink(socket)
        rmdir(path)
    }
}

/// The ways to carry the same calls.
enum Carrier: CaseIterable, Sendable {
    case inProcess
    case socket
    /// Its loops ask for input instead of sleeping.
    case pollingSocket

    /// Serves `service` while `body` runs.
    func serve(
        _ service: EchoService, limits: Limits = .init(), _ body: (any Channel) async throws -> Void
    ) async throws {
        try await serve(service, limits: limits) { channel, _ in try await body(channel) }
    }

    /// - Parameter body: Is told how to learn the most that any output of the server has held, in bytes.
    func serve(
        _ service: EchoService, limits: Limits = .init(),
        _ body: (any Channel, _ outputPeak: () async -> Int) async throws -> Void
    ) async throws {
        let router = Router(services: [service])
        switch self {
        case .inProcess:
            let server = InProcessServer(router, limits: limits)
            let channel = server.makeChannel(limits: limits)
            try await body(channel) { await server.outputPeakByteCount() }
            await channel.close()
        case .socket, .pollingSocket:
            let polling: Polling = self == .socket ? .off : .adaptive
            let directory = SocketDirectory()
            let server = try UnixSocketServer(
                path: directory.socket, router: router, loops: [IOLoop(polling: polling)],
                limits: limits)
            try await server.start()
            let channel = try UnixSocketChannel(
                path: directory.socket, loops: [IOLoop(polling: polling)], limits: limits)
            try await body(channel) { await server.outputPeakByteCount() }
            await channel.close()
            await server.close()
        }
    }
}
