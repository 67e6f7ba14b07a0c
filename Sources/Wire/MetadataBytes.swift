/// A call's metadata as it came: each entry's key and value, checked to be UTF-8 and copied once.
///
/// Most of what comes is never looked at, so a string is made only of what is asked for.
package struct MetadataBytes: Sendable {
    private static let headByteCount = 8

    /// Of each entry: the lengths of key and value as native 32-bit integers, then both.
    private var bytes: [UInt8]

    /// - Throws: `.malformedEnvelope`, `.invalidUTF8`.
    package init(_ envelope: RequestEnvelope) throws(WireError) {
        bytes = []
        bytes.reserveCapacity(
            envelope.metadataByteCount
                + envelope.metadataEntryCount * MetadataBytes.headByteCount)
        try envelope.forEachMetadataView { (key, value) throws(WireError) in
            guard key.isUTF8, value.isUTF8 else { throw .invalidUTF8 }
            withUnsafeBytes(of: (UInt32(key.count), UInt32(value.count))) {
                bytes.append(contentsOf: $0)
            }
            bytes.append(contentsOf: key)
            bytes.append(contentsOf: value)
        }
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// Hands over the entries in order, until `body` returns false. Views are valid within it.
    package func forEach(
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool
    ) {
        bytes.withUnsafeBytes { all in
            var place = 0
            while place < all.count {
                let (keyCount, valueCount) = all.loadUnaligned(
                    fromByteOffset: place, as: (UInt32, UInt32).self)
                let key = place + MetadataBytes.headByteCount
                let value = key + Int(keyCount)
                place = value + Int(valueCount)
                let goesOn = body(
                    UnsafeRawBufferPointer(rebasing: all[key..<value]),
                    UnsafeRawBufferPointer(rebasing: all[value..<place]))
                if !goesOn { return }
            }
        }
    }
}
