internal import CMessages
internal import CProtobufC
internal import RPC
internal import WorkingTime

/// The messages whose JSON is not an object of their fields.
enum WellKnown: String {
    case timestamp = "google.protobuf.Timestamp"
    case duration = "google.protobuf.Duration"
    case fieldMask = "google.protobuf.FieldMask"
    case any = "google.protobuf.Any"
}

extension MessageJSON {
    func write(
        _ message: UnsafePointer<ProtobufCMessage>, _ kind: WellKnown, to text: inout JSONText
    ) throws(MessageError) {
        let raw = UnsafeRawPointer(message)
        switch kind {
        case .timestamp:
            let c = raw.assumingMemoryBound(to: Google__Protobuf__Timestamp.self).pointee
            guard let written = TimeText.timestamp(seconds: c.seconds, nanos: c.nanos) else {
                throw MessageError(
                    .malformed, message: "a timestamp lies outside the years 1 to 9999")
            }
            text.string(written)
        case .duration:
            let c = raw.assumingMemoryBound(to: Google__Protobuf__Duration.self).pointee
            guard let written = TimeText.duration(seconds: c.seconds, nanos: c.nanos) else {
                throw MessageError(.malformed, message: "a duration is beyond ten thousand years")
            }
            text.string(written)
        case .fieldMask:
            let c = raw.assumingMemoryBound(to: Google__Protobuf__FieldMask.self).pointee
            let paths = (0..<c.n_paths).map { String(cString: c.paths[$0]!) }
            if let odd = paths.first(where: { !FieldPath.hasJSONForm($0) }) {
                throw MessageError(.malformed, message: "\"\(odd)\" has no form in a JSON mask")
            }
            text.string(paths.map(FieldPath.camel).joined(separator: ","))
        case .any:
            let c = raw.assumingMemoryBound(to: Google__Protobuf__Any.self).pointee
            try writeAny(String(cString: c.type_url), c.value, to: &text)
        }
    }

    private func writeAny(
        _ url: String, _ value: ProtobufCBinaryData, to text: inout JSONText
    ) throws(MessageError) {
        let bytes = UnsafeBufferPointer(start: value.data, count: value.len)
        try open("{", in: &text)
        defer { text.close("}") }
        if url.isEmpty && bytes.isEmpty { return }
        text.key("@type")
        text.string(url)
        let name = String(url[(url.lastIndex(of: "/").map(url.index(after:)) ?? url.startIndex)...])
        guard let descriptor = registry.descriptor(named: name) else {
            text.key("value")
            return text.string(Base64.encode(bytes))
        }
        let arena = Arena.current
        let mark = arena.mark()
        defer { arena.rewind(to: mark) }
        let message = try arena.unpack(UnsafeRawBufferPointer(bytes), descriptor)
        if let fault = StringFault.find(in: message) { throw fault }
        if let kind = WellKnown(rawValue: name) {
            text.key("value")
            try write(message, kind, to: &text)
        } else {
            try writeFields(of: message, to: &text)
        }
    }
}

extension JSONBuilder {
    func fill(
        _ message: UnsafeMutablePointer<ProtobufCMessage>, _ kind: WellKnown, _ value: JSONValue,
        _ path: String
    ) throws(MessageError) {
        let raw = UnsafeMutableRawPointer(message)
        switch kind {
        case .timestamp:
            guard case .string(let text) = value, let parts = TimeText.timestamp(text) else {
                throw refusal(path, "must be a time such as \"2026-02-25T16:10:00+07:00\"", value)
            }
            let c = raw.assumingMemoryBound(to: Google__Protobuf__Timestamp.self)
            (c.pointee.seconds, c.pointee.nanos) = parts
        case .duration:
            guard case .string(let text) = value, let parts = TimeText.duration(text) else {
                throw refusal(path, "must be seconds such as \"3.5s\"", value)
            }
            let c = raw.assumingMemoryBound(to: Google__Protobuf__Duration.self)
            (c.pointee.seconds, c.pointee.nanos) = parts
        case .fieldMask:
            guard case .string(let text) = value, !text.utf8.contains(0) else {
                throw refusal(path, "must be field names such as \"name,dueTime\"", value)
            }
            let c = raw.assumingMemoryBound(to: Google__Protobuf__FieldMask.self)
            let paths = text.split(separator: ",").map { FieldPath.snake(String($0)) }
            c.pointee.n_paths = paths.count
            c.pointee.paths = arena.copyStrings(paths)
        case .any: try fillAny(raw.assumingMemoryBound(to: Google__Protobuf__Any.self), value, path)
        }
    }

    private func fillAny(
        _ c: UnsafeMutablePointer<Google__Protobuf__Any>, _ value: JSONValue, _ path: String
    ) throws(MessageError) {
        guard case .object(var members) = value else {
            throw refusal(path, "must be an object", value)
        }
        if members.isEmpty { return }
        guard let position = members.firstIndex(where: { $0.key == "@type" }),
            case .string(let url) = members[position].value
        else { throw refusal(path, "must name its type in \"@type\"", value) }
        members.remove(at: position)
        var urlMember = c.pointee.type_url
        try withUnsafeMutablePointer(to: &urlMember) { (place) throws(MessageError) in
            try storeString(url, UnsafeMutableRawPointer(place), "\(path).@type")
        }
        c.pointee.type_url = urlMember
        let name = String(url[(url.lastIndex(of: "/").map(url.index(after:)) ?? url.startIndex)...])
        let descriptor = json.registry.descriptor(named: name)
        if let descriptor, WellKnown(rawValue: name) == nil {
            c.pointee.value = arena.copy(try json.pack(.object(members), descriptor, path: path))
            return
        }
        guard members.count == 1, members[0].key == "value" else {
            throw refusal(path, "must have \"@type\" and \"value\" alone", value)
        }
        if let descriptor {
            c.pointee.value = arena.copy(
                try json.pack(members[0].value, descriptor, path: "\(path).value"))
        } else if case .string(let text) = members[0].value, let bytes = Base64.decode(text) {
            c.pointee.value = arena.copy(bytes)
        } else {
            throw refusal(
                "\(path).value", "must be a string in base64: \(name) is not known here", value)
        }
    }
}

/// `due_time` and `dueTime`, in the paths of a field mask. Letters are those of ASCII, as in the names of
/// fields: others stay as they are.
enum FieldPath {
    static func camel(_ path: String) -> String {
        var result: [UInt8] = []
        var isUpper = false
        for byte in path.utf8 {
            if byte == UInt8(ascii: "_") {
                isUpper = true
            } else {
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                result.append(isUpper && isLetter ? byte & ~0x20 : byte)
                isUpper = false
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func snake(_ path: String) -> String {
        var result: [UInt8] = []
        for byte in path.utf8 {
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
                result += [UInt8(ascii: "_"), byte | 0x20]
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether reading what ``camel(_:)`` writes gives the path again, alone and in a list.
    static func hasJSONForm(_ path: String) -> Bool {
        !path.isEmpty && !path.utf8.contains(UInt8(ascii: ","))
            && snake(camel(path)).utf8.elementsEqual(path.utf8)
    }
}
