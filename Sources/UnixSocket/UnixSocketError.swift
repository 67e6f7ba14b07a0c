import Glibc

/// Why a socket could not be served or reached.
public struct UnixSocketError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// A path holds at most ``UnixSocketAddress/pathBytesMax`` bytes.
        case pathTooLong
        /// A live server answers at the path.
        case addressInUse
        /// Something else than a socket is at the path; it is left alone.
        case notASocket
        /// The system refused; `errorNumber` says why.
        case system
    }

    public var code: Code
    public var message: String
    /// `errno`, where the system refused.
    public var errorNumber: Int32?

    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Takes `errno` as the last call left it.
    init(failed action: String, path: String) {
        let number = errno
        code = .system
        errorNumber = number
        message = "cannot \(action) \(path): \(String(cString: strerror(number)))"
    }
}
