internal import CProtobufC
internal import RPC

/// From JSON to a C struct in the arena.
struct JSONBuilder {
    let json: MessageJSON
    let arena: Arena

    func message(
        _ value: JSONValue, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ path: String
    ) throws(MessageError) -> UnsafeMutablePointer<ProtobufCMessage> {
        let base = arena.take(descriptor.pointee.sizeof_message)
        protobuf_c_message_init(descriptor, base)
        let message = base.assumingMemoryBound(to: ProtobufCMessage.self)
        if let kind = WellKnown(rawValue: descriptor.pointee.fullName) {
            try fill(message, kind, value, path)
            return message
        }
        guard case .object(let members) = value else {
            throw refusal(path, "must be an object", value)
        }
        try fill(message, members, path)
        return message
    }

    func fill(
        _ message: UnsafeMutablePointer<ProtobufCMessage>,
        _ members: [JSONValue.Member], _ path: String
    ) throws(MessageError) {
        let base = UnsafeMutableRawPointer(message)
        let table = message.pointee.descriptor.pointee.fieldTable
        var seen: Set<UInt32> = []
        for member in members {
            let (key, value) = (member.key, member.value)
            let fieldPath = path.isEmpty ? key : "\(path).\(key)"
            guard let field = table.first(where: { $0.protoName == key || $0.jsonName == key })
            else {
                let names = table.map(\.protoName).joined(separator: ", ")
                let allowed =
                    table.isEmpty ? "the message has no fields" : "the fields are \(names)"
                throw MessageError(
                    .malformed, field: fieldPath,
                    message: "\(fieldPath): there is no such field; \(allowed)")
            }
            guard seen.insert(field.id).inserted else {
                throw MessageError(
                    .malformed, field: fieldPath,
                    message: "\(fieldPath): the field stands twice; leave one out")
            }
            if case .null = value { continue }
            try set(field, in: base, value, fieldPath)
        }
    }

    private func set(
        _ field: ProtobufCFieldDescriptor, in base: UnsafeMutableRawPointer, _ value: JSONValue,
        _ path: String
    ) throws(MessageError) {
        let member = base + Int(field.offset)
        let quantifier = base + Int(field.quantifier_offset)
        if field.isRepeated {
            let count: Int
            let isMap =
                field.type == PROTOBUF_C_TYPE_MESSAGE
                && json.registry.isMapEntry(field.messageType.pointee.fullName)
            if isMap {
                count = try setMap(field, member, value, path)
            } else {
                count = try setArray(field, member, value, path)
            }
            quantifier.storeBytes(of: count, as: Int.self)
            return
        }
        if field.isOneof {
            guard quantifier.load(as: UInt32.self) == 0 else {
                throw MessageError(
                    .malformed, field: path,
                    message: "\(path): another field of the same oneof is there; leave one out")
            }
            quantifier.storeBytes(of: field.id, as: UInt32.self)
        }
        try store(value, field, member, path)
    }

    private func setArray(
        _ field: ProtobufCFieldDescriptor, _ member: UnsafeMutableRawPointer, _ value: JSONValue,
        _ path: String
    ) throws(MessageError) -> Int {
        guard case .array(let values) = value else {
            throw refusal(path, "must be an array", value)
        }
        let array = arena.take(values.count * field.valueBytes)
        for (index, value) in values.enumerated() {
            try store(value, field, array + index * field.valueBytes, "\(path)[\(index)]")
        }
        member.storeBytes(of: array, as: UnsafeMutableRawPointer.self)
        return values.count
    }

    /// In the order of the keys, as the generated code writes them.
    private func setMap(
        _ field: ProtobufCFieldDescriptor, _ member: UnsafeMutableRawPointer, _ value: JSONValue,
        _ path: String
    ) throws(MessageError) -> Int {
        guard case .object(var members) = value else {
            throw refusal(path, "must be an object", value)
        }
        let descriptor = field.messageType
        let (keyField, valueField) = (descriptor.pointee.fields[0], descriptor.pointee.fields[1])
        if keyField.type == PROTOBUF_C_TYPE_STRING || keyField.type == PROTOBUF_C_TYPE_BOOL {
            members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        } else {
            // A key that is no number is refused below; until then its place does not matter.
            members.sort { (Int128($0.key) ?? 0) < (Int128($1.key) ?? 0) }
        }
        let entries = arena.pointers(to: ProtobufCMessage.self, members.count)
        for (index, member) in members.enumerated() {
            let (key, value) = (member.key, member.value)
            let entry = arena.take(descriptor.pointee.sizeof_message)
            protobuf_c_message_init(descriptor, entry)
            let entryPath = "\(path)[\"\(key)\"]"
            let isBool = keyField.type == PROTOBUF_C_TYPE_BOOL
            let keyValue: JSONValue =
                isBool && (key == "true" || key == "false") ? .bool(key == "true") : .string(key)
            try store(keyValue, keyField, entry + Int(keyField.offset), entryPath)
            if case .null = value { throw refusal(entryPath, "must have a value", value) }
            try store(value, valueField, entry + Int(valueField.offset), entryPath)
            entries[index] = entry.assumingMemoryBound(to: ProtobufCMessage.self)
        }
        member.storeBytes(
            of: entries, as: UnsafeMutablePointer<UnsafeMutablePointer<ProtobufCMessage>?>.self)
        return members.count
    }

    private func store(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor, _ place: UnsafeMutableRawPointer,
        _ path: String
    ) throws(MessageError) {
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE:
            let message = try message(value, field.messageType, path)
            place.storeBytes(of: message, as: UnsafeMutablePointer<ProtobufCMessage>.self)
        case PROTOBUF_C_TYPE_STRING:
            guard case .string(let text) = value else {
                throw refusal(path, "must be a string", value)
            }
            try storeString(text, place, path)
        case PROTOBUF_C_TYPE_BYTES:
            guard case .string(let text) = value, let bytes = Base64.decode(text) else {
                throw refusal(path, "must be a string in base64", value)
            }
            place.storeBytes(of: arena.copy(bytes), as: ProtobufCBinaryData.self)
        case PROTOBUF_C_TYPE_BOOL:
            guard case .bool(let bool) = value else {
                throw refusal(path, "must be true or false", value)
            }
            place.storeBytes(of: bool ? 1 : 0, as: Int32.self)
        case PROTOBUF_C_TYPE_ENUM:
            place.storeBytes(
                of: try enumNumber(value, field.enumType.pointee, path), as: Int32.self)
        case PROTOBUF_C_TYPE_DOUBLE:
            place.storeBytes(of: try floating(value, path), as: Double.self)
        case PROTOBUF_C_TYPE_FLOAT:
            place.storeBytes(of: try floating(value, path), as: Float.self)
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32:
            place.storeBytes(of: try integer(value, path), as: UInt32.self)
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
            place.storeBytes(of: try integer(value, path), as: UInt64.self)
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
            place.storeBytes(of: try integer(value, path), as: Int64.self)
        default: place.storeBytes(of: try integer(value, path), as: Int32.self)
        }
    }

    func storeString(
        _ text: String, _ place: UnsafeMutableRawPointer, _ path: String
    ) throws(MessageError) {
        if text.utf8.contains(0) {
            throw MessageError(
                .embeddedNUL, field: path, message: "\(path) holds a NUL: leave it out")
        }
        place.storeBytes(of: arena.copy(text), as: UnsafeMutablePointer<CChar>.self)
    }

    func refusal(_ path: String, _ remedy: String, _ value: JSONValue) -> MessageError {
        let subject = path.isEmpty ? "the value" : path
        return MessageError(
            .malformed, field: path, message: "\(subject) \(remedy), not \(value.kind)")
    }
}
