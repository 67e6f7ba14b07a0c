import RPC
import Wire

/// `Note { text=1; count=2; request_id=3; body=4 }`, coded by hand: a message for tests of the runtime.
package struct Note: IdempotentRequest {
    package static let fullName = "motcua.testing.v1.Note"

    package var text = ""
    package var count: Int64 = 0
    package var requestID = ""
    package var body: [UInt8] = []

    package init() {}

    package init(_ text: String = "", count: Int64 = 0, requestID: String = "", body: [UInt8] = [])
    {
        self.text = text
        self.count = count
        self.requestID = requestID
        self.body = body
    }

    package init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError) {
        var reader = NoteReader(rest: bytes)
        while !reader.rest.isEmpty {
            let key = try reader.varint()
            switch key {
            case 1 << 3 | 2: text = try reader.string("text")
            case 2 << 3: count = Int64(bitPattern: try reader.varint())
            case 3 << 3 | 2: requestID = try reader.string("request_id")
            case 4 << 3 | 2: body = Array(try reader.bytes())
            default: throw MessageError(.malformed, message: "an unknown key \(key)")
            }
        }
    }

    package func serialize(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        if text.utf8.contains(0) {
            throw MessageError(.embeddedNUL, field: "text", message: "a string must not hold a NUL")
        }
        var buffer = OutputBuffer()
        buffer.appendString(field: 1, text)
        buffer.appendInteger(field: 2, count)
        buffer.appendString(field: 3, requestID)
        buffer.appendBytes(field: 4, body)
        let target = try place(buffer.byteCount)
        target.copyMemory(from: buffer.bytes.baseAddress!, byteCount: buffer.byteCount)
    }
}

private struct NoteReader {
    var rest: UnsafeRawBufferPointer

    mutating func varint() throws(MessageError) -> UInt64 {
        var value: UInt64 = 0
        for (index, byte) in rest.enumerated().prefix(10) {
            value |= UInt64(byte & 0x7f) << UInt64(index * 7)
            if byte < 0x80 {
                rest = UnsafeRawBufferPointer(rebasing: rest[(index + 1)...])
                return value
            }
        }
        throw MessageError(.malformed, message: "a varint does not end")
    }

    mutating func bytes() throws(MessageError) -> UnsafeRawBufferPointer {
        let count = try varint()
        guard count <= UInt64(rest.count) else {
            throw MessageError(.malformed, message: "a field is longer than the message")
        }
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<Int(count)])
        rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        return taken
    }

    mutating func string(_ field: String) throws(MessageError) -> String {
        guard let string = String(validating: try bytes(), as: UTF8.self) else {
            throw MessageError(.invalidUTF8, field: field, message: "is not UTF-8")
        }
        return string
    }
}
