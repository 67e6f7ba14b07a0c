import CLinux
import Glibc
import RPC
import Wire

/// A connection's bytes over a Unix socket. The loop's.
final class SocketTransport: Transport, PollerClient {
    private static let readable = EPOLLIN.rawValue
    private static let writable = EPOLLOUT.rawValue
    private static let hungUp = EPOLLHUP.rawValue | EPOLLERR.rawValue
    /// Reads of one connection before the others have their turn.
    private static let readsPerTurnMax = 8

    private let descriptor: SocketDescriptor
    private let poller: Poller
    private let connection: Connection
    @exclusivity(unchecked) private var events = SocketTransport.readable
    /// The system had no room; it will say when it has.
    @exclusivity(unchecked) private var isBlocked = false
    @exclusivity(unchecked) private var isReading = true
    private var hasStoppedReceiving = false
    @exclusivity(unchecked) private var isClosed = false

    /// Takes the descriptor over.
    static func attach(
        _ descriptor: SocketDescriptor, to connection: Connection, on poller: Poller
    ) {
        let transport = SocketTransport(descriptor, connection, poller)
        connection.attach(transport)
        poller.register(descriptor.number, transport.events, transport)
    }

    private init(_ descriptor: SocketDescriptor, _ connection: Connection, _ poller: Poller) {
        self.descriptor = descriptor
        self.connection = connection
        self.poller = poller
    }

    func ready(_ events: UInt32) {
        if isReading, !connection.isBehind,
            events & (SocketTransport.readable | SocketTransport.hungUp) != 0
        {
            read()
        }
        if events & SocketTransport.writable != 0, !isClosed {
            isBlocked = false
            connection.flush()
        }
        if events & SocketTransport.hungUp != 0, !isReading, !isClosed, connection.peerHungUp() {
            // epoll would report it for ever; reading finds it again.
            stopWatching()
        }
    }

    func flush(_ output: inout OutputBuffer) -> Bool {
        while !isBlocked, !output.isEmpty {
            let bytes = output.bytes
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = send(descriptor.number, bytes.baseAddress, bytes.count, flags)
            if count >= 0 {
                output.consume(count)
            } else if errno == EAGAIN {
                isBlocked = true
            } else if errno != EINTR {
                isBlocked = false
                watch()
                return false
            }
        }
        watch()
        return true
    }

    func setReading(_ isOn: Bool) {
        guard !hasStoppedReceiving else { return }
        isReading = isOn
        watch()
    }

    func stopReceiving() {
        guard !isClosed else { return }
        _ = shutdown(descriptor.number, Int32(SHUT_RD))
        while isReading, !isClosed {
            let space = connection.space()
            let count = recv(descriptor.number, space.baseAddress, space.count, 0)
            if count > 0 {
                connection.received(count)
            } else if count == 0 || errno != EINTR {
                // The end that was just made: not to be found again by the poller.
                isReading = false
                hasStoppedReceiving = true
            }
        }
        watch()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        stopWatching()
        descriptor.close()
    }

    private func read() {
        for _ in 0..<SocketTransport.readsPerTurnMax {
            let space = connection.space()
            let count = recv(descriptor.number, space.baseAddress, space.count, 0)
            if count > 0 {
                connection.received(count)
                // A short read took all there was.
                if count < space.count || !isReading || isClosed || connection.isBehind { return }
            } else if count == 0 {
                return connection.disconnected()
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                // A reset is an end like any other.
                return connection.disconnected()
            }
        }
    }

    private func watch() {
        guard !isClosed else { return }
        let wanted =
            (isReading ? SocketTransport.readable : 0) | (isBlocked ? SocketTransport.writable : 0)
        if !isWatched {
            isWatched = true
            events = wanted
            poller.register(descriptor.number, wanted, self)
        } else if wanted != events {
            events = wanted
            poller.update(descriptor.number, wanted)
        }
    }

    private func stopWatching() {
        guard isWatched else { return }
        isWatched = false
        poller.unregister(descriptor.number)
    }

    @exclusivity(unchecked) private var isWatched = true
}
