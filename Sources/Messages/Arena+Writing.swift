package import CProtobufC
import Glibc

/// From Swift to C, copied into the arena. A NUL in a string sets `hasFault`: C would cut the
/// string there.
extension Arena {
    package func copy(_ string: String) -> UnsafeMutablePointer<CChar> {
        let copied = string.utf8.withContiguousStorageIfAvailable { copy($0) }
        return copied ?? Array(string.utf8).withUnsafeBufferPointer { copy($0) }
    }

    @inline(__always)
    private func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<CChar> {
        let target = take(bytes.count + 1)
        if let source = bytes.baseAddress {
            memcpy(target, source, bytes.count)
            if memchr(target, 0, bytes.count) != nil { state.pointee.hasFault = true }
        }
        target.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
        return target.assumingMemoryBound(to: CChar.self)
    }

    package func copy(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        ProtobufCBinaryData(len: bytes.count, data: copyNumbers(bytes))
    }

    @inline(__always)
    package func store<M: StoredMessage>(_ message: M) -> UnsafeMutablePointer<M.Storage> {
        let c = take(M.Storage.self)
        M.prepare(c)
        message.fill(c, self)
        return c
    }

    package func copyNumbers<T: BitwiseCopyable>(_ numbers: [T]) -> UnsafeMutablePointer<T> {
        let byteCount = numbers.count * MemoryLayout<T>.stride
        let target = take(byteCount)
        numbers.withUnsafeBytes {
            if let source = $0.baseAddress { memcpy(target, source, byteCount) }
        }
        return target.assumingMemoryBound(to: T.self)
    }

    package func copyBools(_ bools: [Bool]) -> UnsafeMutablePointer<Int32> {
        copyNumbers(bools.map { $0 ? 1 : 0 })
    }

    package func copyEnums<C, E: MessageEnum>(_ values: [E]) -> UnsafeMutablePointer<C> {
        UnsafeMutableRawPointer(copyNumbers(values.map(\.rawValue))).assumingMemoryBound(to: C.self)
    }

    package func copyStrings(
        _ strings: [String]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let pointers = pointers(to: CChar.self, strings.count)
        for index in strings.indices { pointers[index] = copy(strings[index]) }
        return pointers
    }

    package func copyBlobs(_ blobs: [[UInt8]]) -> UnsafeMutablePointer<ProtobufCBinaryData> {
        copyNumbers(blobs.map { copy($0) })
    }

    @inline(__always)
    package func storeAll<M: StoredMessage>(
        _ messages: [M]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<M.Storage>?> {
        let pointers = pointers(to: M.Storage.self, messages.count)
        for index in messages.indices { pointers[index] = store(messages[index]) }
        return pointers
    }

    package func pointers<T>(
        to type: T.Type, _ count: Int
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<T>?> {
        take(count * MemoryLayout<UnsafeRawPointer>.stride)
            .assumingMemoryBound(to: UnsafeMutablePointer<T>?.self)
    }

    /// Map entries go out in the order of their keys, so that equal messages have equal bytes.
    /// Strings by their UTF-8, which is the order of every other language's bytes.
    package func sortedKeys<Value>(_ map: [String: Value]) -> [String] {
        map.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func sortedKeys<Key: Comparable, Value>(_ map: [Key: Value]) -> [Key] {
        map.keys.sorted()
    }

    package func sortedKeys<Value>(_ map: [Bool: Value]) -> [Bool] {
        map.keys.sorted { !$0 && $1 }
    }
}
