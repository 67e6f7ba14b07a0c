import RPC
import Wire

/// One end of a byte pipe between two connections on the same loop. Bounded, as a socket is.
final class Pipe: Transport {
    private static let capacity = 64 << 10

    private let connection: Connection?
    private weak var other: Pipe?
    /// Written by the other end, not yet read by this one.
    private(set) var inbound: [UInt8] = []
    private(set) var otherHasClosed = false
    private var isReading = true
    private var hasStoppedReceiving = false
    private var isBlocked = false
    private(set) var isClosed = false

    /// - Parameter connection: Nil for a test that reads and writes bytes itself.
    init(_ connection: Connection?) { self.connection = connection }

    static func join(_ one: Pipe, _ other: Pipe) {
        one.other = other
        other.other = one
        one.connection?.attach(one)
        other.connection?.attach(other)
    }

    /// Whether ``step()`` would do something.
    var isReady: Bool {
        guard let connection, !isClosed, !connection.isClosed, !connection.isBehind else {
            return false
        }
        return isReading ? !inbound.isEmpty || otherHasClosed : false
    }

    /// Hands what has arrived to the connection.
    func step() {
        guard isReady, let connection else { return }
        guard !inbound.isEmpty else { return connection.disconnected() }
        let space = connection.space()
        let count = min(space.count, inbound.count)
        space.copyBytes(from: inbound[..<count])
        take(count)
        connection.received(count)
    }

    /// For a test that reads itself.
    func take(_ count: Int) {
        inbound.removeFirst(count)
        guard let other, other.isBlocked else { return }
        other.isBlocked = false
        other.connection?.flush()
    }

    /// For a test that writes itself: not bounded.
    func write(_ bytes: [UInt8]) { other?.inbound.append(contentsOf: bytes) }

    func flush(_ output: inout OutputBuffer) -> Bool {
        guard let other, !otherHasClosed, !other.hasStoppedReceiving else {
            return output.isEmpty
        }
        let count = min(Pipe.capacity - other.inbound.count, output.byteCount)
        if count > 0 {
            other.inbound.append(contentsOf: output.bytes[..<count])
            output.consume(count)
        }
        isBlocked = !output.isEmpty
        return true
    }

    func setReading(_ isOn: Bool) {
        isReading = isOn
        if !isOn, otherHasClosed { _ = connection?.peerHungUp() }
    }

    func stopReceiving() {
        hasStoppedReceiving = true
        while isReady, !inbound.isEmpty { step() }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        guard let other else { return }
        other.otherHasClosed = true
        if !other.isReading { _ = other.connection?.peerHungUp() }
    }
}
