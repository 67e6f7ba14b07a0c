import GoldenMessages
import Messages
import RPC
import Wire

/// The envelopes, read by hand in Wire: they say what protobuf-c says of the same bytes, and what we write is
/// read back.
///
/// The first byte chooses the request or the response; the rest is the envelope.
enum EnvelopesTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        var program = Program(input)
        if program.byte() & 1 == 0 {
            let data = program.all()
            request(data, Keys(in: data, Keys.request))
        } else {
            let data = program.all()
            response(data, Keys(in: data, Keys.response))
        }
    }

    private static func request(_ data: UnsafeRawBufferPointer, _ keys: Keys) {
        let oracle = Oracle<TestingV1.EnvelopeRequest>(data)
        var limits = Limits()
        limits.metadataEntriesMax = .max
        limits.metadataBytesMax = .max
        limits.nameBytesMax = .max
        var metadata: [Metadata.Entry] = []
        let ours: RequestEnvelope
        do throws(WireError) {
            ours = try RequestEnvelope(data, limits: limits)
            try ours.forEachMetadata { metadata.append(.init(key: $0, value: $1)) }
        } catch {
            return oracle.expectRefused(with: error, keys)
        }
        guard
            let theirs = oracle.accepted(
                unless: keys != .ordinary || String(validating: ours.service, as: UTF8.self) == nil
                    || String(validating: ours.method, as: UTF8.self) == nil)
        else { return }
        expect(Array(ours.service) == Array(theirs.service.utf8), "service: \(theirs.service)")
        expect(Array(ours.method) == Array(theirs.method.utf8), "method: \(theirs.method)")
        expect(Array(ours.payload) == theirs.payload, "payload: \(theirs.payload)")
        expect(ours.timeoutNano == theirs.timeoutNano, "timeout: \(theirs.timeoutNano)")
        expect(
            metadata.map { Array($0.key.utf8) } == theirs.metadata.map { Array($0.key.utf8) }
                && metadata.map { Array($0.value.utf8) }
                    == theirs.metadata.map { Array($0.value.utf8) },
            "metadata: \(theirs.metadata)")
        expectWritten(theirs)
        expectBounds(data, ours)
    }

    /// What we write of a request is what protobuf-c writes, and is read back.
    private static func expectWritten(_ message: TestingV1.EnvelopeRequest) {
        var output = OutputBuffer()
        let frame = output.beginFrame()
        output.appendRequestHead(service: message.service, method: message.method)
        do {
            let place = try output.appendPayload(
                field: RequestEnvelope.Field.payload, byteCount: message.payload.count,
                frame: frame, lengthMax: Limits.frameLengthMax)
            message.payload.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress {
                    place.copyMemory(from: base, byteCount: bytes.count)
                }
            }
        } catch {
            fatalError("a small payload does not fit: \(error)")
        }
        output.appendTimeout(message.timeoutNano)
        for entry in message.metadata { output.appendMetadata(key: entry.key, value: entry.value) }
        let written = Array(output.bytes.dropFirst(FrameHeader.byteCount))
        expect(written == bytes(of: message), "written otherwise than by protobuf-c: \(written)")
    }

    /// Each limit holds at the envelope's own size and not one below.
    private static func expectBounds(_ data: UnsafeRawBufferPointer, _ envelope: RequestEnvelope) {
        var limits = Limits()
        limits.nameBytesMax = max(envelope.service.count, envelope.method.count)
        limits.metadataEntriesMax = envelope.metadataEntryCount
        limits.metadataBytesMax = .max
        expect(refusal(data, limits) == nil, "refused at its limits")
        if limits.nameBytesMax > 0 {
            limits.nameBytesMax -= 1
            expect(refusal(data, limits) == .nameTooLong, "a name beyond its limit")
            limits.nameBytesMax += 1
        }
        if limits.metadataEntriesMax > 0 {
            limits.metadataEntriesMax -= 1
            expect(refusal(data, limits) == .tooMuchMetadata, "an entry beyond the limit")
        }
    }

    private static func refusal(_ data: UnsafeRawBufferPointer, _ limits: Limits) -> WireError? {
        do throws(WireError) {
            _ = try RequestEnvelope(data, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    private static func response(_ data: UnsafeRawBufferPointer, _ keys: Keys) {
        let oracle = Oracle<TestingV1.EnvelopeResponse>(data)
        var details: [Status.Detail] = []
        var texts: [UnsafeRawBufferPointer] = []
        let ours: ResponseEnvelope
        do throws(WireError) {
            ours = try ResponseEnvelope(data)
            try ours.failure?.forEachDetail { url, value in
                texts.append(url)
                details.append(
                    .init(typeURL: String(decoding: url, as: UTF8.self), value: Array(value)))
            }
        } catch {
            return oracle.expectRefused(with: error, keys)
        }
        if let failure = ours.failure { texts.append(failure.message) }
        // The strings of a success's status are not looked at.
        let isNoText = texts.contains { String(validating: $0, as: UTF8.self) == nil }
        guard
            let theirs = oracle.accepted(
                unless: keys != .ordinary || isNoText || ours.failure == nil)
        else { return }
        guard keys == .ordinary else { return }
        expect(Array(ours.payload) == theirs.payload, "payload: \(theirs.payload)")
        let code = theirs.status?.code ?? 0
        expect(ours.failure?.code ?? 0 == code, "code: \(code)")
        guard let failure = ours.failure, let status = theirs.status else { return }
        expect(Array(failure.message) == Array(status.message.utf8), "message: \(status.message)")
        expect(
            details.map { Array($0.typeURL.utf8) } == status.details.map { Array($0.typeURL.utf8) }
                && details.map(\.value) == status.details.map(\.value),
            "details: \(status.details)")
        var output = OutputBuffer()
        output.appendStatus(
            code: status.code, message: status.message,
            details: status.details.map { ($0.typeURL, $0.value) })
        var written = theirs
        written.payload = []
        let array = Array(output.bytes)
        expect(array == bytes(of: written), "written otherwise than by protobuf-c: \(array)")
    }

    private static func bytes(of message: some Message) -> [UInt8] {
        do { return try message.serialized() } catch { fatalError("cannot be written: \(error)") }
    }
}

/// What the generated decoder over protobuf-c says of an envelope.
private struct Oracle<M: Message> {
    let result: Result<M, MessageError>

    init(_ data: UnsafeRawBufferPointer) {
        do throws(MessageError) {
            result = .success(try M(serialized: data))
        } catch {
            result = .failure(error)
        }
    }

    /// Wire refused: so must protobuf-c, which is laxer with numbers of fields alone.
    func expectRefused(with error: WireError, _ keys: Keys) {
        guard keys != .noField else { return }
        guard case .success(let message) = result else { return }
        fatalError("refused with \(error), and protobuf-c reads \(message)")
    }

    /// Wire accepted: so must protobuf-c, but for what Wire leaves to others.
    ///
    /// - Parameter isExcused: Text that is not UTF-8 where Wire hands over bytes, or a part of the
    ///   envelope that Wire passes over.
    func accepted(unless isExcused: Bool) -> M? {
        switch result {
        case .success(let message): return message
        case .failure(let error) where error.code == .embeddedNUL: return nil
        case .failure(let error):
            expect(isExcused, "accepted, and protobuf-c says: \(error.message)")
            return nil
        }
    }
}

/// How the keys and lengths of a message are written, down to where it is malformed.
private enum Keys {
    case ordinary
    /// A key or length in more than the five bytes that protobuf-c reads; a field of another kind than its
    /// declaration, which is an unknown field to Wire and to others, and malformed to protobuf-c; or a status
    /// that stands twice, where protobuf-c cannot tell a code 0 that was sent from none.
    case odd
    /// A number that no field has: 0, or beyond 2^29 - 1. protobuf-c takes some of them.
    case noField

    /// What a field is declared as.
    indirect enum Kind {
        case number
        case bytes
        case message([UInt64: Kind])

        var wireType: UInt64 {
            switch self {
            case .number: 0
            case .bytes, .message: 2
            }
        }
    }

    static let any: [UInt64: Kind] = [1: .bytes, 2: .bytes]
    static let request: [UInt64: Kind] = [
        1: .bytes, 2: .bytes, 3: .bytes, 4: .number, 5: .message(any),
    ]
    static let response: [UInt64: Kind] = [
        1: .message([1: .number, 2: .bytes, 3: .message(any)]), 2: .bytes,
    ]

    init(in data: UnsafeRawBufferPointer, _ fields: [UInt64: Kind]) {
        self = .ordinary
        var rest = data[...]
        var statusCount = 0
        func varint() -> (UInt64, byteCount: Int) {
            var value: UInt64 = 0
            for index in 0..<10 {
                guard let byte = rest.popFirst() else { break }
                value |= UInt64(byte & 0x7f) << UInt64(7 * index)
                if byte < 0x80 { return (value, index + 1) }
            }
            rest = rest.suffix(0)
            return (0, 0)
        }
        while !rest.isEmpty, self != .noField {
            let (key, keyByteCount) = varint()
            guard keyByteCount > 0 else { return }
            let kind = fields[key >> 3]
            if keyByteCount > 5 || kind.map({ $0.wireType != key & 7 }) ?? false { self = .odd }
            if !(1...0x1fff_ffff).contains(key >> 3) { self = .noField }
            switch key & 7 {
            case 0: _ = varint()
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            case 2:
                let (length, byteCount) = varint()
                if byteCount > 5 { self = .odd }
                let inner = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(clamping: length)))
                rest = rest.dropFirst(inner.count)
                guard case .message(let fields)? = kind else { continue }
                if key >> 3 == ResponseEnvelope.Field.status { statusCount += 1 }
                if statusCount > 1 { self = .odd }
                let below = Keys(in: inner, fields)
                if below != .ordinary { self = below }
            default: return
            }
        }
    }
}
