import RPC
import RPCTesting
import Testing
import Wire

/// When the answers of one turn leave. The test's thread is the loop's.
struct EarlyFlushTests {
    private let told = Told()

    @Test func aPeerHasTheFirstAnswersBeforeTheLastCallsAreServed() {
        let order = serve(calls: 64)
        #expect(order.filter { $0 == "served" }.count == 64)
        let batches = order.split(separator: "sent")
        #expect(batches.allSatisfy { $0.count <= EventLoop.callsPerFlush })
        #expect(batches.count <= 64 / EventLoop.callsPerFlush + 1)
        #expect(order.last == "sent")
    }

    @Test func theAnswersOfAFewCallsLeaveTogether() {
        let order = serve(calls: EventLoop.callsPerFlush - 1)
        #expect(order.filter { $0 == "sent" }.count == 1)
        #expect(order.last == "sent")
    }

    /// - Returns: What happened, in order, when so many requests came in one read.
    private func serve(calls: Int) -> [String] {
        let told = told
        let method = Method(service: "motcua.testing.v1.Order", name: "Serve")
        struct Order: Service { let handlers: [Handler] }
        let service = Order(handlers: [
            .unary(method) { (note: Note, _) in
                told.add("served")
                return note
            }
        ])
        let loop = EventLoop(wake: {})
        loop.adoptCurrentThread()
        let connection = ServerConnection(
            loop: loop, router: Router(services: [service]), peer: Peer(userID: 1, groupID: 1),
            limits: .init(), onClose: { _ in })
        connection.attach(TellingTransport(told))
        var bytes: [UInt8] = []
        for call in 0..<calls {
            bytes += request(method, note("x"), id: UInt32(call * 2 + 1))
        }
        loop.beginTurn()
        connection.space().copyBytes(from: bytes)
        connection.received(bytes.count)
        loop.turn()
        connection.close()
        return told.all
    }
}

private final class TellingTransport: Transport {
    private let told: Told

    init(_ told: Told) { self.told = told }

    func flush(_ output: inout OutputBuffer) -> Bool {
        if !output.isEmpty { told.add("sent") }
        output.consume(output.byteCount)
        return true
    }

    func setReading(_ isOn: Bool) {}
    func stopReceiving() {}
    func close() {}
}
