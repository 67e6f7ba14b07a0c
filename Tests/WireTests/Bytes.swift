import Wire

/// Builds what others put on the wire, independently of the code under test.
func frame(_ type: UInt8, _ flags: UInt8, id: UInt32, _ data: [UInt8]) -> [UInt8] {
    bigEndian(UInt32(data.count)) + bigEndian(id) + [type, flags] + data
}

func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension FrameDecoder {
    mutating func append(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let space = space()
            let count = min(space.count, rest.count)
            space.copyBytes(from: rest.prefix(count))
            advance(by: count)
            rest = rest.dropFirst(count)
        }
    }
}

extension OutputBuffer {
    var array: [UInt8] { Array(bytes) }
}
