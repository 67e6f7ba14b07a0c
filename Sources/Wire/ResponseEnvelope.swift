/// `Response { status=1; payload=2 }`, as views of a frame's data.
package struct ResponseEnvelope {
    package enum Field {
        package static let status: UInt64 = 1
        package static let payload: UInt64 = 2
    }

    /// `google.rpc.Status { code=1; message=2; details=3 }`.
    package struct StatusView {
        package fileprivate(set) var code: Int32 = 0
        package fileprivate(set) var message = UnsafeRawBufferPointer(start: nil, count: 0)
        fileprivate let envelope: UnsafeRawBufferPointer

        /// Hands over each `google.protobuf.Any { type_url=1; value=2 }`, in order.
        ///
        /// - Throws: `.malformedEnvelope`.
        package func forEachDetail(
            _ body: (_ typeURL: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
        ) throws(WireError) {
            var reader = ProtobufReader(envelope)
            while let (field, value) = try reader.next() {
                guard field == Field.status, case .bytes(let status) = value else { continue }
                var statusReader = ProtobufReader(status)
                while let (field, value) = try statusReader.next() {
                    guard field == 3, case .bytes(let detail) = value else { continue }
                    let (typeURL, content) = try StatusView.read(detail)
                    body(typeURL, content)
                }
            }
        }

        private static func read(
            _ detail: UnsafeRawBufferPointer
        ) throws(WireError) -> (typeURL: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
            var typeURL = UnsafeRawBufferPointer(start: nil, count: 0)
            var content = UnsafeRawBufferPointer(start: nil, count: 0)
            var reader = ProtobufReader(detail)
            while let (field, value) = try reader.next() {
                switch (field, value) {
                case (1, .bytes(let bytes)): typeURL = bytes
                case (2, .bytes(let bytes)): content = bytes
                default: break
                }
            }
            return (typeURL, content)
        }
    }

    /// `nil` is success: absent, or present with code 0 (Go does the one, Rust the other).
    package private(set) var failure: StatusView?
    package private(set) var payload = UnsafeRawBufferPointer(start: nil, count: 0)

    /// A status that stands twice is one, as protobuf merges a message: the details of both, and of the rest
    /// what came last.
    ///
    /// - Throws: `.malformedEnvelope`.
    package init(_ data: UnsafeRawBufferPointer) throws(WireError) {
        var status = StatusView(envelope: data)
        var reader = ProtobufReader(data)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (Field.status, .bytes(let bytes)):
                var statusReader = ProtobufReader(bytes)
                while let (field, value) = try statusReader.next() {
                    switch (field, value) {
                    case (1, .varint(let bits)): status.code = Int32(truncatingIfNeeded: bits)
                    case (2, .bytes(let bytes)): status.message = bytes
                    default: break
                    }
                }
            case (Field.payload, .bytes(let bytes)): payload = bytes
            default: break
            }
        }
        if status.code != 0 { failure = status }
    }
}

extension OutputBuffer {
    /// The status field of a failure, with its details.
    package mutating func appendStatus(
        code: Int32, message: String, details: [(typeURL: String, value: [UInt8])]
    ) {
        func detailByteCount(_ detail: (typeURL: String, value: [UInt8])) -> Int {
            OutputBuffer.fieldByteCount(detail.typeURL.utf8.count)
                + OutputBuffer.fieldByteCount(detail.value.count)
        }
        var byteCount = OutputBuffer.fieldByteCount(message.utf8.count)
        if code != 0 {
            byteCount += 1 + OutputBuffer.varintByteCount(UInt64(bitPattern: Int64(code)))
        }
        for detail in details {
            let inner = detailByteCount(detail)
            byteCount += 1 + OutputBuffer.varintByteCount(UInt64(inner)) + inner
        }
        appendLengthDelimited(field: ResponseEnvelope.Field.status, byteCount: byteCount)
        appendInteger(field: 1, Int64(code))
        appendString(field: 2, message)
        for detail in details {
            appendLengthDelimited(field: 3, byteCount: detailByteCount(detail))
            appendString(field: 1, detail.typeURL)
            appendBytes(field: 2, detail.value)
        }
    }
}
