import RPC
import Wire

/// Builds what a foreign client puts on the wire, independently of our own client.
package func frame(_ type: UInt8, _ flags: UInt8 = 0, id: UInt32, _ data: [UInt8] = []) -> [UInt8] {
    bigEndian(UInt32(data.count)) + bigEndian(id) + [type, flags] + data
}

package func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

package func request(
    _ method: Method, _ payload: [UInt8] = [], id: UInt32, flags: UInt8 = 0,
    timeoutNano: [UInt8] = []
) -> [UInt8] {
    let service = Array(method.service.utf8)
    let name = Array(method.name.utf8)
    var envelope = [0x0a] + varint(service.count) + service + [0x12] + varint(name.count) + name
    if !payload.isEmpty { envelope += [0x1a] + varint(payload.count) + payload }
    if !timeoutNano.isEmpty { envelope += [0x20] + timeoutNano }
    return frame(1, flags, id: id, envelope)
}

/// A response frame, taken apart.
package struct Answer: Equatable {
    package var id: UInt32
    package var code: Int32
    package var message: String
    package var payload: [UInt8]

    package init?(_ frame: RawFrame?) {
        guard let frame, frame.header.type == .response else { return nil }
        id = frame.header.streamID
        let parsed = frame.data.withUnsafeBytes { data -> (Int32, String, [UInt8])? in
            guard let envelope = try? ResponseEnvelope(data) else { return nil }  // No answer then.
            return (
                envelope.failure?.code ?? 0,
                envelope.failure.map { String(decoding: $0.message, as: UTF8.self) } ?? "",
                Array(envelope.payload)
            )
        }
        guard let parsed else { return nil }
        (code, message, payload) = parsed
    }

    package var status: StatusCode? { StatusCode(rawValue: code) }
}

extension RawPeer {
    package func nextAnswer() async -> Answer? { Answer(await nextFrame()) }

    /// Whether an ordinary call still goes through.
    package func echoes(id: UInt32) async -> Bool {
        await send(request(EchoService.echo, note("x"), id: id))
        guard let answer = await nextAnswer() else { return false }
        return answer.id == id && answer.code == 0 && answer.payload == note("x")
    }
}

package func varint(_ value: Int) -> [UInt8] {
    value < 0x80
        ? [UInt8(value)] : [UInt8(value & 0x7f | 0x80)] + varint(value >> 7)
}

/// A note with a body of zeros.
package func note(bodyOf byteCount: Int) -> [UInt8] {
    [0x22] + varint(byteCount) + [UInt8](repeating: 0, count: byteCount)
}

package func note(_ text: String) -> [UInt8] { [0x0a, UInt8(text.utf8.count)] + Array(text.utf8) }

/// What a foreign server answers.
package func response(id: UInt32, code: UInt8 = 0, payload: [UInt8] = []) -> [UInt8] {
    let status: [UInt8] = code == 0 ? [] : [0x0a, 2, 0x08, code]
    return frame(
        2, id: id, status + (payload.isEmpty ? [] : [0x12] + varint(payload.count) + payload))
}

extension ChannelCore {
    /// A call with nothing said about how.
    package nonisolated(nonsending) func unary(_ method: Method, _ note: Note) async throws -> Note
    {
        try await unary(method, note, options: .init())
    }
}
