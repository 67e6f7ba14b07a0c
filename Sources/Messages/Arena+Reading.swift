package import CProtobufC

/// From C to Swift. What is no string sets `hasFault`; the decode then fails as a whole.
extension Arena {
    @inline(__always)
    package func string(_ c: UnsafeMutablePointer<CChar>!) -> String {
        let start = UnsafeRawPointer(c)!
        return start == state.pointee.emptyString ? "" : unpackedString(start)
    }

    @inline(never)
    private func unpackedString(_ start: UnsafeRawPointer) -> String {
        // Not `String(validating:as:)`: through its generics a decode takes three times as long.
        let string = String(validatingCString: start.assumingMemoryBound(to: CChar.self))
        if let string, string.utf8.count == Arena.blockBytes(start) - 1 { return string }
        state.pointee.hasFault = true
        return ""
    }

    /// The size that a block was asked for with.
    static func blockBytes(_ start: UnsafeRawPointer) -> Int {
        (start - 8).load(as: Int.self)
    }

    @inline(__always)
    package func bytes(_ c: ProtobufCBinaryData) -> [UInt8] {
        c.len == 0 ? [] : Array(UnsafeBufferPointer(start: c.data, count: c.len))
    }

    @inline(__always)
    package func message<M: StoredMessage>(_ c: UnsafeMutablePointer<M.Storage>!) -> M? {
        c.map { M(UnsafePointer($0), self) }
    }

    @inline(__always)
    package func numbers<T: BitwiseCopyable>(_ c: UnsafeMutablePointer<T>!, _ count: Int) -> [T] {
        count == 0 ? [] : Array(UnsafeBufferPointer(start: c, count: count))
    }

    package func bools(_ c: UnsafeMutablePointer<Int32>!, _ count: Int) -> [Bool] {
        UnsafeBufferPointer(start: c, count: count).map { $0 != 0 }
    }

    package func enums<C, E: MessageEnum>(_ c: UnsafeMutablePointer<C>!, _ count: Int) -> [E] {
        guard count > 0 else { return [] }
        let numbers = UnsafeRawPointer(c!).assumingMemoryBound(to: Int32.self)
        return UnsafeBufferPointer(start: numbers, count: count).map { E(rawValue: $0) }
    }

    package func strings(
        _ c: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!, _ count: Int
    ) -> [String] {
        UnsafeBufferPointer(start: c, count: count).map { string($0) }
    }

    package func blobs(_ c: UnsafeMutablePointer<ProtobufCBinaryData>!, _ count: Int) -> [[UInt8]] {
        UnsafeBufferPointer(start: c, count: count).map { bytes($0) }
    }

    @inline(__always)
    package func messages<M: StoredMessage>(
        _ c: UnsafeMutablePointer<UnsafeMutablePointer<M.Storage>?>!, _ count: Int
    ) -> [M] {
        guard count > 0 else { return [] }
        return [M](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                buffer.initializeElement(at: index, to: M(UnsafePointer(c[index]!), self))
            }
            initialized = count
        }
    }
}
