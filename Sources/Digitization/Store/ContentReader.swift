import Crypto
import Glibc
import Synchronization

/// An open content. It stays readable when its name is replaced or removed. Every method blocks.
package final class ContentReader: Sendable {
    private struct Passage {
        var offset: Int64 = 0
        var hash = SHA256()
    }

    private let descriptor: CInt
    private let passage = Mutex(Passage())
    private let path: String
    package let sizeBytes: Int64

    /// - Throws: `.contentMissing` when there is no such file.
    package init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno != ENOENT else {
                throw DigitizationError(.contentMissing, "the content \(path) is not there")
            }
            throw DigitizationError.system("open \(path)", errno)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let number = errno
            close(descriptor)
            throw DigitizationError.system("look at \(path)", number)
        }
        sizeBytes = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    /// Returns `count` bytes at `offset`, fewer at the end of the file.
    package func read(at offset: Int64, count: Int) throws -> [UInt8] {
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let place = buffer.baseAddress! + filled
                let got = pread(descriptor, place, count - filled, off_t(offset) + off_t(filled))
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw DigitizationError.system("read \(path)", failure) }
        return bytes
    }

    /// Returns the next `count` bytes, fewer at the end of the file, none after it.
    package func next(_ count: Int) throws -> [UInt8] {
        try passage.withLock { passage in
            let bytes = try read(at: passage.offset, count: count)
            passage.offset += Int64(bytes.count)
            passage.hash.update(data: bytes)
            return bytes
        }
    }

    /// What ``next(_:)`` returned so far hashes to this.
    package func digest() -> ContentDigest {
        passage.withLock { passage in
            guard let digest = ContentDigest(Array(passage.hash.finalize())) else {
                preconditionFailure("a SHA-256 has \(ContentDigest.byteCount) bytes")
            }
            return digest
        }
    }
}
