import Crypto
import Foundation

/// SHA-256 over a list of values whose borders are part of what is hashed, so that no two lists
/// collide by moving bytes from one value to the next.
///
/// Each value is preceded by its size in bytes, 64 bits big-endian; the first is the hash's
/// purpose.
struct FramedHash: ~Copyable {
    static let byteCount = 32

    private var hash = SHA256()

    init(purpose: StaticString) {
        purpose.withUTF8Buffer { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: bytes)
    }

    mutating func add(_ bytes: some ContiguousBytes) {
        bytes.withUnsafeBytes { add($0) }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ number: Int64) {
        withUnsafeBytes(of: number.bigEndian) { add($0) }
    }

    consuming func finish() -> Data { Data(hash.finalize()) }
}
