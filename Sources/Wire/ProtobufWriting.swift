extension OutputBuffer {
    package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        let place = append(OutputBuffer.varintByteCount(value))
        var index = 0
        while rest > 0x7f {
            place.storeBytes(
                of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: index, as: UInt8.self)
            rest >>= 7
            index += 1
        }
        place.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: index, as: UInt8.self)
    }

    /// The key of a field of wire type 2 and its length.
    package mutating func appendLengthDelimited(field: UInt64, byteCount: Int) {
        appendVarint(field << 3 | 2)
        appendVarint(UInt64(byteCount))
    }

    /// A string field; nothing when it is empty, as proto3 has it.
    package mutating func appendString(field: UInt64, _ string: String) {
        guard !string.isEmpty else { return }
        var string = string
        string.withUTF8 { utf8 in
            appendLengthDelimited(field: field, byteCount: utf8.count)
            append(utf8.count).copyMemory(from: utf8.baseAddress!, byteCount: utf8.count)
        }
    }

    /// A bytes field; nothing when it is empty.
    package mutating func appendBytes(field: UInt64, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        appendLengthDelimited(field: field, byteCount: bytes.count)
        bytes.withUnsafeBytes {
            append($0.count).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
    }

    /// A varint field; nothing when it is 0. Negative values take ten bytes, as protobuf has it.
    package mutating func appendInteger(field: UInt64, _ value: Int64) {
        guard value != 0 else { return }
        appendVarint(field << 3)
        appendVarint(UInt64(bitPattern: value))
    }

    package static func varintByteCount(_ value: UInt64) -> Int {
        (70 - (value | 1).leadingZeroBitCount) / 7
    }

    /// Of a length-delimited field with a small number (below 16), key and length included; 0 when empty.
    package static func fieldByteCount(_ byteCount: Int) -> Int {
        byteCount == 0 ? 0 : 1 + varintByteCount(UInt64(byteCount)) + byteCount
    }
}
