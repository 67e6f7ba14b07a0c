import Glibc
import RPC
import RPCTesting
import Wire

@testable import UnixSocket

/// A client or a server that knows nothing of our runtime: a socket, and the bytes a test puts on it.
///
/// Calls block, at most for ``patience``.
final class RawSocket: Sendable {
    static let patience = 10

    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: RawSocket.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    convenience init(connectingTo path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = try UnixSocketAddress(path)
        guard address.withSystemAddress({ connect(descriptor, $0, $1) }) == 0 else {
            let failure = UnixSocketError(failed: "connect to", path: path)
            _ = Glibc.close(descriptor)
            throw failure
        }
        self.init(descriptor: descriptor)
    }

    deinit { _ = Glibc.close(descriptor) }

    /// - Returns: Whether all of it was taken within ``patience``.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// - Returns: How many bytes of it were taken before the other side read nothing for a while.
    func sendUntilStuck(_ bytes: [UInt8]) -> Int {
        var sent = 0
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while sent < bytes.count, poll(&state, 1, 200) == 1 {
            let part = Array(bytes[sent..<min(sent + 65_536, bytes.count)])
            let count = sendWhatFits(part)
            if count == 0 { break }
            sent += count
        }
        return sent
    }

    /// - Returns: How many bytes of it the socket took without waiting.
    func sendWhatFits(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress, $0.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// - Returns: Nil at the connection's end, or after ``patience``.
    func nextFrame() -> RawFrame? {
        guard let head = read(FrameHeader.byteCount) else { return nil }
        let header = head.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
        guard let data = read(Int(header.length)) else { return nil }
        return RawFrame(header: header, data: data)
    }

    func nextAnswer() -> Answer? { Answer(nextFrame()) }

    /// Whether an ordinary call goes through.
    func echoes(id: UInt32) -> Bool {
        guard send(request(EchoService.echo, note("x"), id: id)), let answer = nextAnswer() else {
            return false
        }
        return answer.id == id && answer.code == 0 && answer.payload == note("x")
    }

    /// Whether the other side has closed the connection, within ``patience``.
    func isClosedByPeer() -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = recv(descriptor, &byte, 1, 0)
            if count > 0 { continue }
            return count == 0 || errno == ECONNRESET
        }
    }

    private func read(_ byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var filled = 0
        while filled < byteCount {
            let count = bytes[filled...].withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return nil }
            filled += count
        }
        return bytes
    }
}

/// A server that knows nothing of our runtime.
final class RawListener: Sendable {
    private let descriptor: Int32

    init(at path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = try UnixSocketAddress(path)
        guard address.withSystemAddress({ bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, 16) == 0
        else { throw UnixSocketError(failed: "listen at", path: path) }
    }

    deinit { _ = Glibc.close(descriptor) }

    /// - Returns: The next connection, or nil after ``RawSocket/patience``.
    func next() -> RawSocket? {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, Int32(RawSocket.patience * 1000)) == 1 else { return nil }
        return RawSocket(descriptor: accept(descriptor, nil, nil))
    }
}
