import RPC
import RPCTesting
import Synchronization
import UnixSocket

/// How a client of these tests steers the server, ours or a foreign one.
struct Control: Service {
    static let name = "motcua.testing.v1.Control"
    /// Opens the gate of the echo service.
    static let open = Method(service: name, name: "Open")
    /// Returns the calls that have come to the gate as the count, and the cancelled ones as the text.
    static let held = Method(service: name, name: "Held")
    /// The server begins to drain.
    static let drain = Method(service: name, name: "Drain")
    /// The server ends without a word.
    static let exit = Method(service: name, name: "Exit")

    let gate: Gate
    let server: ServerBox

    var handlers: [Handler] {
        [
            .unary(Control.open) { (note: Note, _) in
                gate.open()
                return note
            },
            .unary(Control.held) { (_: Note, _) in
                Note(String(gate.cancellations), count: Int64(gate.arrivals))
            },
            .unary(Control.drain) { (note: Note, _) in
                Task { await server.value?.drain(within: .seconds(60)) }
                return note
            },
            .unary(Control.exit) { (note: Note, _) in
                Task { await server.value?.close() }
                return note
            },
        ]
    }
}

/// The server that a handler of its own steers.
final class ServerBox: Sendable {
    private let server = Mutex<UnixSocketServer?>(nil)

    var value: UnixSocketServer? {
        get { server.withLock { $0 } }
        set { server.withLock { $0 = newValue } }
    }
}

/// Our echo service at a socket of its own.
struct OurServer {
    let echo = EchoService()
    let socket = temporarySocket()
    let server: UnixSocketServer

    init() async throws {
        let box = ServerBox()
        server = try UnixSocketServer(
            path: socket,
            router: Router(services: [echo, Control(gate: echo.gate, server: box)]))
        box.value = server
        try await server.start()
    }
}
