/// Walks the fields of a protobuf message without copying. Views are valid as long as the bytes are.
package struct ProtobufReader {
    package enum Value {
        case varint(UInt64)
        case bytes(UnsafeRawBufferPointer)
        /// Fixed 32 and 64: in no envelope of ours, skipped.
        case other
    }

    private var rest: UnsafeRawBufferPointer

    package init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// The next field, or `nil` at the end.
    package mutating func next() throws(WireError) -> (field: UInt64, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try varint()
        guard key >> 3 != 0, key >> 3 <= 0x1fff_ffff else { throw .malformedEnvelope }
        switch key & 7 {
        case 0: return (key >> 3, .varint(try varint()))
        case 1:
            _ = try take(8)
            return (key >> 3, .other)
        case 2:
            let count = try varint()
            return (key >> 3, .bytes(try take(count)))
        case 5:
            _ = try take(4)
            return (key >> 3, .other)
        default: throw .malformedEnvelope
        }
    }

    private mutating func take(_ count: UInt64) throws(WireError) -> UnsafeRawBufferPointer {
        guard count <= UInt64(rest.count) else { throw .malformedEnvelope }
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<Int(count)])
        rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        return taken
    }

    private mutating func varint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var index = 0
        while index < rest.count, index < 10 {
            let byte = rest[index]
            value |= UInt64(byte & 0x7f) << UInt64(index * 7)
            index += 1
            if byte < 0x80 {
                rest = UnsafeRawBufferPointer(rebasing: rest[index...])
                return value
            }
        }
        throw .malformedEnvelope
    }
}
