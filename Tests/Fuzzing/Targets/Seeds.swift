import CMessages
import CProtobufC
import Glibc
import Messages
import RPC
import RPCTesting
import Wire

/// Inputs to begin with: real encodings, so that the fuzzer need not find protobuf by itself.
enum Seeds {
    static func write(to folder: String) {
        let all: [(Target, [[UInt8]])] = [
            (.frames, frames), (.envelopes, envelopes), (.messages, messages), (.json, json),
            (.server, server), (.traces, traces), (.vietqr, vietqr),
        ]
        for (target, inputs) in all {
            let path = "\(folder)/\(target.rawValue)"
            mkdir(path, 0o777)
            for (index, input) in inputs.enumerated() {
                guard let file = fopen("\(path)/seed-\(index)", "w"),
                    fwrite(input, 1, input.count, file) == input.count, fclose(file) == 0
                else { fatalError("the seeds cannot be written to \(path)") }
            }
        }
    }

    private static func frame(_ type: UInt8, _ flags: UInt8, _ id: UInt8, _ data: [UInt8])
        -> [UInt8]
    {
        [0, 0, UInt8(data.count >> 8), UInt8(data.count & 0xff), 0, 0, 0, id, type, flags] + data
    }

    /// As steps of a program: at most 64 bytes each.
    private static func literal(_ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 64).flatMap { start in
            let part = bytes[start..<min(start + 64, bytes.count)]
            return [UInt8(part.count - 1)] + part
        }
    }

    private static var frames: [[UInt8]] {
        let look: UInt8 = 0x80
        let blind: UInt8 = 0xc0
        let small = literal(frame(1, 0, 1, Array("abc".utf8)))
        let pair = small + literal(frame(3, 5, 1, []))
        var cut = literal([0, 0, 0]) + [look]
        cut += literal([3, 0, 0, 0, 1, 1, 0, 9])
        cut += [blind] + literal([9, 9, 0])
        // 70,000 bytes, then a small frame; 128 KiB that few limits allow, then a small frame.
        var large = literal([0, 1, 0x11, 0x70, 0, 0, 0, 3, 1, 0])
        large += [0x40 | 60, 0, 7, look, 0x40 | 8, 0x70, 7] + small
        var tooLarge = literal([0, 2, 0, 0, 0, 0, 0, 5, 1, 0])
        for _ in 0..<2 { tooLarge += [0x7f, 0xff, 7, look] }
        tooLarge += [0x41, 0xff, 7, blind] + literal([7, 7])
        tooLarge += small
        return FramesTarget.lengthsMax.indices.flatMap { limit in
            [pair, cut, large, tooLarge].map { [UInt8(limit)] + $0 }
        }
    }

    private static var envelopes: [[UInt8]] {
        var request = OutputBuffer()
        request.appendRequestHead(service: "motcua.records.v1.Dossiers", method: "GetDossier")
        request.appendBytes(field: 3, Array("payload".utf8))
        request.appendTimeout(1_500_000_000)
        request.appendMetadata(key: "motcua-caller", value: "một cửa")
        request.appendMetadata(key: "traceparent", value: "")
        var late = OutputBuffer()
        late.appendTimeout(-1)
        var failure = OutputBuffer()
        failure.appendStatus(
            code: 5, message: "không có", details: [("type.googleapis.com/x.Y", [8, 1]), ("", [])])
        failure.appendBytes(field: 2, [1, 2, 3])
        return [
            [0] + request.bytes, [0] + late.bytes, [0, 0x30, 5, 0x39, 1, 2, 3, 4, 5, 6, 7, 8],
            [1] + failure.bytes, [1, 0x12, 2, 8, 1], [1, 0x0a, 0, 0x12, 1, 9],
        ]
    }

    private static func point(_ entry: MessageTypes.Entry) -> [UInt8] {
        [UInt8(entry.point >> 8), UInt8(entry.point & 0xff)]
    }

    private static var messages: [[UInt8]] {
        MessageTypes.all.map { point($0) + filled($0.type.descriptor, depth: 0) }
    }

    private static var json: [[UInt8]] {
        let texts = MessageTypes.all.compactMap { entry -> [UInt8]? in
            let bytes = filled(entry.type.descriptor, depth: 0)
            let json = MessageJSON(registry: entry.registry, isIndented: true)
            guard let text = try? json.text(serialized: bytes, as: entry.type.fullName) else {
                return nil
            }
            return point(entry) + text.utf8
        }
        let odd = [
            #"{"a": [null, true, false, -1.5e+3, "\u00e9\ud83d\ude00\n\"\\"]}"#,
            #"{"@type": "type.googleapis.com/google.protobuf.Duration", "value": "3.000001s"}"#,
            #""1972-01-01T10:00:20.021Z""#, #""2026-02-25T16:10:00+07:00""#, #""-3.5s""#,
            #""name,dueTime""#,
        ]
        let wellKnown = MessageTypes.all.filter { $0.type.fullName.hasPrefix("google.protobuf.") }
        return texts + odd.flatMap { text in wellKnown.map { point($0) + text.utf8 } }
    }

    /// A message with every field, by its table.
    private static func filled(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, depth: Int
    ) -> [UInt8] {
        var output = OutputBuffer()
        let table = UnsafeBufferPointer(
            start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
        for field in table where depth < 4 {
            let number = UInt64(field.id)
            switch field.type {
            case PROTOBUF_C_TYPE_STRING: output.appendString(field: number, "chữ \(number)")
            case PROTOBUF_C_TYPE_BYTES: output.appendBytes(field: number, [0, 0xff])
            case PROTOBUF_C_TYPE_MESSAGE:
                let type = field.descriptor.assumingMemoryBound(
                    to: ProtobufCMessageDescriptor.self)
                let inner = filled(type, depth: depth + 1)
                output.appendLengthDelimited(field: number, byteCount: inner.count)
                append(inner, to: &output)
            case PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FLOAT:
                output.appendVarint(number << 3 | 5)
                append([0, 0, 0xc0, 0x3f], to: &output)
            case PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_DOUBLE:
                output.appendVarint(number << 3 | 1)
                append([0, 0, 0, 0, 0, 0, 0xf8, 0x3f], to: &output)
            default: output.appendInteger(field: number, 1)
            }
        }
        return Array(output.bytes)
    }

    private static func append(_ bytes: [UInt8], to output: inout OutputBuffer) {
        output.append(bytes.count).copyMemory(from: bytes, byteCount: bytes.count)
    }

    private static var server: [[UInt8]] {
        let note: [UInt8] = [0x0a, 2, 0x6f, 0x6b, 0x10, 9, 0x22, 1, 7]
        let turn: UInt8 = 0xc0
        func request(_ method: Int, flags: UInt8 = 0, extras: [UInt8] = [0]) -> [UInt8] {
            [0x40 | UInt8(method), flags, extras[0], UInt8(note.count)] + note
                + extras.dropFirst() + [turn]
        }
        func data(_ flags: UInt8) -> [UInt8] { [0x80, flags, UInt8(note.count)] + note + [turn] }
        let methods = 0..<FuzzService.methods.count
        var seeds = methods.map { request($0) }
        for method in methods {
            let open = request(method, flags: 2)
            seeds.append(open + data(0) + data(0) + [0xc1] + data(5))
            seeds.append(request(method, flags: 10) + data(0) + data(1))
        }
        // Deadlines, metadata, a peer that does not read, ids used twice, frames cut in two.
        seeds.append(methods.flatMap { request($0, extras: [1, 2]) } + [0xc2, 9])
        seeds.append(request(0, extras: [5, 3, 0x6b, 0x31, 0x76, 0x76, 0x76, 0x76]))
        let repeated = (0..<6).flatMap { _ in request(4) + request(5) }
        seeds.append([0xc4] + repeated + [0xc3, 30, 0xc5])
        seeds.append(request(1) + request(1, extras: [0xf0, 1]) + request(1, extras: [0xf0, 2]))
        let whole = frame(1, 0, 1, [0x0a, 3, 0x66, 0x2e, 0x46, 0x12, 1, 0x45])
        seeds.append(literal(whole) + [turn] + literal([0, 0]) + [turn] + literal([0xff, 0]))
        seeds.append(literal(frame(2, 0, 1, [])) + literal(frame(9, 0xff, 2, [1])) + request(0))
        return seeds
    }

    /// The examples of the standard, and a version that is to come.
    private static var traces: [[UInt8]] {
        [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\nrojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00\na=1\nfw529a3039@dt=FfAb , ,b=2",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-what-comes",
        ].map { Array($0.utf8) }
    }

    private static var vietqr: [[UInt8]] {
        let body = Array(
            ("00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
                + "530370454061800005802VN5912NGUYEN VAN A6005HANOI62150811HOC PHI T10").utf8)
        let reading = VietQRTarget.sealed(body)
        let contents = [
            "CHUYEN TIEN DVCK3X9QZ7M2T4J", "dvck 3x9q-z7m2.t4j nộp phí ĐẤT ĐAI",
        ]
        return [[1] + body, [0] + reading, [0] + reading.dropLast()]
            + contents.map { [2] + Array($0.utf8) }
    }
}
