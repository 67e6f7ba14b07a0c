import Crypto
import Glibc
import Synchronization

/// A content that is coming in: a temporary file and the running hash of what was written.
///
/// Every method blocks and belongs on a ``WorkerPool``. A closed one refuses everything but
/// ``close()``.
package final class IncomingContent: Sendable {
    private struct State {
        /// -1 once closed.
        var descriptor: CInt
        var hash = SHA256()
    }

    let path: String
    private let state: Mutex<State>
    private let sync: @Sendable (CInt) -> CInt

    init(path: String, sync: @escaping @Sendable (CInt) -> CInt) throws {
        self.path = path
        self.sync = sync
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DigitizationError.system("make \(path)", errno) }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { close() }

    package func append(_ chunk: [UInt8]) throws {
        try state.withLock { state in
            try chunk.withUnsafeBytes { bytes in
                state.hash.update(bufferPointer: bytes)
                try Self.writeAll(bytes, to: state.descriptor, path)
            }
        }
    }

    /// What was written so far hashes to this.
    package func digest() -> ContentDigest {
        state.withLock { state in
            guard let digest = ContentDigest(Array(state.hash.finalize())) else {
                preconditionFailure("a SHA-256 has \(ContentDigest.byteCount) bytes")
            }
            return digest
        }
    }

    /// Returns when what was written is on disk. After a failure nothing may be kept: the kernel
    /// may have dropped what it could not write.
    func makeDurable() throws {
        try state.withLock { state in
            guard sync(state.descriptor) == 0 else {
                throw DigitizationError.system("make \(path) durable", errno)
            }
        }
    }

    func close() {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            Glibc.close(state.descriptor)
            state.descriptor = -1
        }
    }

    private static func writeAll(
        _ bytes: UnsafeRawBufferPointer, to descriptor: CInt, _ path: String
    ) throws {
        var rest = bytes[...]
        while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
            let written = write(descriptor, start, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw DigitizationError.system("write \(path)", errno)
            }
        }
    }
}
