import Glibc

/// The path of a Unix socket, known to fit the system's structure.
package struct UnixSocketAddress: Hashable, Sendable {
    /// `sun_path` is 108 bytes and ends with a NUL.
    package static let pathBytesMax = 107

    package let path: String

    /// - Throws: `.pathTooLong`, also for an empty path and one with a NUL.
    package init(_ path: String) throws(UnixSocketError) {
        guard path.utf8.count <= UnixSocketAddress.pathBytesMax else {
            throw UnixSocketError(
                .pathTooLong,
                "the socket path has \(path.utf8.count) bytes, \(UnixSocketAddress.pathBytesMax) at most: "
                    + "\(path); choose a shorter directory")
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw UnixSocketError(.pathTooLong, "the socket path is empty or holds a NUL")
        }
        self.path = path
    }

    func withSystemAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            place.copyBytes(from: path.utf8)
        }
        return withUnsafeBytes(of: &address) { bytes in
            body(
                bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

/// A descriptor of a stream socket, closed by whoever holds it.
struct SocketDescriptor {
    let number: Int32

    /// Non-blocking, and not inherited by child processes.
    static func make(for path: String) throws(UnixSocketError) -> SocketDescriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(AF_UNIX, type, 0)
        guard number >= 0 else { throw UnixSocketError(failed: "make a socket for", path: path) }
        return SocketDescriptor(number: number)
    }

    func close() {
        // Linux frees the number whatever it returns; there is nothing to do about a failure.
        _ = Glibc.close(number)
    }

    /// - Returns: 0, or `errno`.
    func connect(to address: UnixSocketAddress) -> Int32 {
        address.withSystemAddress { pointer, length in
            while Glibc.connect(number, pointer, length) != 0 {
                if errno != EINTR { return errno }
            }
            return 0
        }
    }
}
