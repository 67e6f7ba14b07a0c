/// Walks the fields of a protobuf message without copying. Views are valid as long as the bytes are.
package struct ProtobufReader {
    package enum Value {
        case varint(UInt64)
        case bytes(UnsafeRawBufferPointer)
        /// Fixed 32 and 64: in no envelope of ours, skipped.
        case other
    }

    // Two pointers, not a buffer: re-slicing one for each field was a twentieth of a call.
    private var place: UnsafeRawPointer
    private let end: UnsafeRawPointer

    package init(_ bytes: UnsafeRawBufferPointer) {
        // An empty buffer may have no address; one that is never read from serves.
        place = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
        end = place + bytes.count
    }

    /// The next field, or `nil` at the end.
    @inline(__always)
    package mutating func next() throws(WireError) -> (field: UInt64, value: Value)? {
        guard place < end else { return nil }
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

    @inline(__always)
    private mutating func take(_ count: UInt64) throws(WireError) -> UnsafeRawBufferPointer {
        guard count <= UInt64(end - place) else { throw .malformedEnvelope }
        let taken = UnsafeRawBufferPointer(start: place, count: Int(count))
        place += Int(count)
        return taken
    }

    @inline(__always)
    private mutating func varint() throws(WireError) -> UInt64 {
        if place < end {
            let byte = place.load(as: UInt8.self)
            if byte < 0x80 {
                place += 1
                return UInt64(byte)
            }
        }
        return try longVarint()
    }

    @inline(never)
    private mutating func longVarint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var index = 0
        while place + index < end, index < 10 {
            let byte = place.load(fromByteOffset: index, as: UInt8.self)
            value |= UInt64(byte & 0x7f) << UInt64(index * 7)
            index += 1
            if byte < 0x80 {
                place += index
                return value
            }
        }
        throw .malformedEnvelope
    }
}

extension String {
    /// Text off the wire; nil when it is not UTF-8.
    ///
    /// Almost all of it is ASCII, which needs no other check: `String(validating:as:)` goes through its
    /// generics byte by byte, and was a tenth of a call with metadata.
    package init?(fromWire bytes: UnsafeRawBufferPointer) {
        guard bytes.isASCII else {
            guard let valid = String(validating: bytes, as: UTF8.self) else { return nil }
            self = valid
            return
        }
        self = String(decoding: bytes, as: UTF8.self)
    }
}

extension UnsafeRawBufferPointer {
    var isUTF8: Bool { isASCII || String(validating: self, as: UTF8.self) != nil }

    fileprivate var isASCII: Bool {
        var bits: UInt64 = 0
        var offset = 0
        while offset + 8 <= count {
            bits |= loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        while offset < count {
            bits |= UInt64(self[offset])
            offset += 1
        }
        return bits & 0x8080_8080_8080_8080 == 0
    }
}
