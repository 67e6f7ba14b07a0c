/// `Request { service=1; method=2; payload=3; timeout_nano=4; metadata=5 }`, as views of a frame's data.
package struct RequestEnvelope {
    package enum Field {
        package static let service: UInt64 = 1
        package static let method: UInt64 = 2
        package static let payload: UInt64 = 3
        package static let timeoutNano: UInt64 = 4
        package static let metadata: UInt64 = 5
    }

    private static var nothing: UnsafeRawBufferPointer { .init(start: nil, count: 0) }

    package private(set) var service = nothing
    package private(set) var method = nothing
    package private(set) var payload = nothing
    /// Time left at sending; 0 is none, below 0 has passed.
    package private(set) var timeoutNano: Int64 = 0
    package private(set) var metadataEntryCount = 0
    /// Of all entries, with their own heads.
    package private(set) var metadataByteCount = 0
    private let data: UnsafeRawBufferPointer

    /// - Throws: `.malformedEnvelope`, `.nameTooLong`, `.tooMuchMetadata`.
    package init(_ data: UnsafeRawBufferPointer, limits: Limits = .init()) throws(WireError) {
        self.data = data
        var reader = ProtobufReader(data)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (Field.service, .bytes(let bytes)): service = bytes
            case (Field.method, .bytes(let bytes)): method = bytes
            case (Field.payload, .bytes(let bytes)): payload = bytes
            case (Field.timeoutNano, .varint(let bits)): timeoutNano = Int64(bitPattern: bits)
            case (Field.metadata, .bytes(let bytes)):
                metadataEntryCount += 1
                metadataByteCount += bytes.count
            default: break
            }
        }
        guard service.count <= limits.nameBytesMax, method.count <= limits.nameBytesMax else {
            throw .nameTooLong
        }
        guard metadataEntryCount <= limits.metadataEntriesMax,
            metadataByteCount <= limits.metadataBytesMax
        else { throw .tooMuchMetadata }
    }

    /// Hands over the metadata in order.
    ///
    /// - Throws: `.malformedEnvelope`, `.invalidUTF8`.
    package func forEachMetadata(_ body: (String, String) -> Void) throws(WireError) {
        try forEachMetadataView { (key, value) throws(WireError) in
            guard let key = String(fromWire: key), let value = String(fromWire: value)
            else { throw .invalidUTF8 }
            body(key, value)
        }
    }

    @inline(__always)
    func forEachMetadataView(
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(WireError) -> Void
    ) throws(WireError) {
        guard metadataEntryCount > 0 else { return }
        var reader = ProtobufReader(data)
        while let (field, value) = try reader.next() {
            guard field == Field.metadata, case .bytes(let entry) = value else { continue }
            var entryReader = ProtobufReader(entry)
            var key = RequestEnvelope.nothing
            var text = RequestEnvelope.nothing
            while let (field, value) = try entryReader.next() {
                switch (field, value) {
                case (1, .bytes(let bytes)): key = bytes
                case (2, .bytes(let bytes)): text = bytes
                default: break
                }
            }
            try body(key, text)
        }
    }
}

extension OutputBuffer {
    /// The fields before the payload. They fit any frame: names are bounded.
    package mutating func appendRequestHead(service: String, method: String) {
        appendString(field: RequestEnvelope.Field.service, service)
        appendString(field: RequestEnvelope.Field.method, method)
    }

    /// The fields after the payload.
    ///
    /// - Parameter timeoutNano: Time left; 0 is none.
    package mutating func appendTimeout(_ timeoutNano: Int64) {
        appendInteger(field: RequestEnvelope.Field.timeoutNano, timeoutNano)
    }

    package mutating func appendMetadata(key: String, value: String) {
        let byteCount =
            OutputBuffer.fieldByteCount(key.utf8.count)
            + OutputBuffer.fieldByteCount(value.utf8.count)
        appendLengthDelimited(field: RequestEnvelope.Field.metadata, byteCount: byteCount)
        appendString(field: 1, key)
        appendString(field: 2, value)
    }

    /// Room for the payload of the frame begun at `frame`; nothing is written for an empty one.
    ///
    /// - Throws: `.dataTooLarge` before anything is allocated.
    package mutating func appendPayload(
        field: UInt64, byteCount: Int, frame: UInt64, lengthMax: Int
    ) throws(WireError) -> UnsafeMutableRawPointer {
        guard byteCount > 0 else { return append(0) }
        let total = dataByteCount(since: frame) + OutputBuffer.fieldByteCount(byteCount)
        guard total <= lengthMax else { throw .dataTooLarge(byteCount: total) }
        appendLengthDelimited(field: field, byteCount: byteCount)
        return append(byteCount)
    }
}
