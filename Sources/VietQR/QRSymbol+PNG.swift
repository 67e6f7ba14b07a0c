extension QRSymbol {
    /// Pixels a module that ``png(modulePixels:)`` draws; below 2 hardly any reader succeeds, so 4
    /// is the default.
    package static let modulePixels = 1...32

    /// A PNG image (1 bit grey), quiet zone included.
    ///
    /// Stored, not compressed: a usual symbol is 17 kB at eight pixels a module, and nothing else
    /// here needs zlib.
    ///
    /// - Precondition: `modulePixels` is within ``modulePixels``.
    package func png(modulePixels: Int = 4) -> [UInt8] {
        precondition(Self.modulePixels.contains(modulePixels), "1 to 32 pixels a module")
        let size = (side + 2 * Self.quietZone) * modulePixels
        var rows: [UInt8] = []
        for row in 0..<size {
            rows.append(0)
            rows += packedRow(row / modulePixels - Self.quietZone, size, modulePixels)
        }
        var header = PNGWriter.bigEndian(UInt32(size)) + PNGWriter.bigEndian(UInt32(size))
        header += [1, 0, 0, 0, 0]

        var writer = PNGWriter()
        writer.append("IHDR", header)
        writer.append("IDAT", PNGWriter.zlibStored(rows))
        writer.append("IEND", [])
        return writer.bytes
    }

    /// One line of pixels, eight a byte from the highest bit down; a set bit is white.
    private func packedRow(_ row: Int, _ size: Int, _ modulePixels: Int) -> [UInt8] {
        var packed = [UInt8](repeating: 0, count: (size + 7) / 8)
        for pixel in 0..<size
        where !isDark(row: row, column: pixel / modulePixels - Self.quietZone) {
            packed[pixel / 8] |= 0x80 >> UInt8(pixel % 8)
        }
        return packed
    }
}

/// The chunks of a PNG file (ISO/IEC 15948), behind its signature.
private struct PNGWriter {
    private(set) var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    mutating func append(_ type: String, _ data: [UInt8]) {
        let checked = Array(type.utf8) + data
        bytes += Self.bigEndian(UInt32(data.count))
        bytes += checked
        bytes += Self.bigEndian(Self.crc32(checked))
    }

    /// A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4), each at most 65,535 bytes.
    static func zlibStored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 0xFFFF, data.count)
            let length = UInt16(end - start)
            stream.append(end == data.count ? 1 : 0)
            stream += [UInt8(length & 0xFF), UInt8(length >> 8)]
            stream += [UInt8(~length & 0xFF), UInt8(~length >> 8)]
            stream += data[start..<end]
            start = end
        } while start < data.count
        return stream + bigEndian(adler32(data))
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    private static func adler32(_ data: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in data {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }

    private static func crc32(_ data: [UInt8]) -> UInt32 {
        ~data.reduce(~0) { remainder, byte in
            remainder >> 8 ^ crcTable[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
        }
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { remainder, _ in
            remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
        }
    }
}
