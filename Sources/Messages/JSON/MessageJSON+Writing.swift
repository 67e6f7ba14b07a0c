internal import CProtobufC
internal import RPC

extension MessageJSON {
    func write(
        _ message: UnsafePointer<ProtobufCMessage>, to text: inout JSONText
    ) throws(MessageError) {
        if let kind = WellKnown(rawValue: message.pointee.descriptor.pointee.fullName) {
            return try write(message, kind, to: &text)
        }
        try open("{", in: &text)
        try writeFields(of: message, to: &text)
        text.close("}")
    }

    /// Opens what a reader of ours would follow: an `Any` may hold an `Any`, and so on.
    func open(_ bracket: Character, in text: inout JSONText) throws(MessageError) {
        guard text.depth < JSONParser.depthMax else {
            throw MessageError(
                .malformed, message: "the message nests deeper than \(JSONParser.depthMax)")
        }
        text.open(bracket)
    }

    func writeFields(
        of message: UnsafePointer<ProtobufCMessage>, to text: inout JSONText
    ) throws(MessageError) {
        let base = UnsafeRawPointer(message)
        for field in message.pointee.descriptor.pointee.fieldTable {
            let member = base + Int(field.offset)
            let quantifier = base + Int(field.quantifier_offset)
            if field.isRepeated {
                let count = quantifier.load(as: Int.self)
                guard count > 0 else { continue }
                text.key(field.jsonName)
                try writeAll(field, member.load(as: UnsafeRawPointer.self), count, to: &text)
            } else if field.isOneof {
                guard quantifier.load(as: UInt32.self) == field.id else { continue }
                text.key(field.jsonName)
                try writeValue(field, member, to: &text)
            } else if !isDefault(field, member) {
                text.key(field.jsonName)
                try writeValue(field, member, to: &text)
            }
        }
    }

    private func writeAll(
        _ field: ProtobufCFieldDescriptor, _ values: UnsafeRawPointer, _ count: Int,
        to text: inout JSONText
    ) throws(MessageError) {
        let isMap =
            field.type == PROTOBUF_C_TYPE_MESSAGE
            && registry.isMapEntry(field.messageType.pointee.fullName)
        if isMap { return try writeMap(field.messageType.pointee, values, count, to: &text) }
        try open("[", in: &text)
        for index in 0..<count {
            try writeValue(field, values + index * field.valueBytes, to: &text)
        }
        text.close("]")
    }

    /// A key that stands twice has the value that came last, as when it is decoded.
    private func writeMap(
        _ descriptor: ProtobufCMessageDescriptor, _ values: UnsafeRawPointer, _ count: Int,
        to text: inout JSONText
    ) throws(MessageError) {
        let (key, value) = (descriptor.fields[0], descriptor.fields[1])
        let entries = values.assumingMemoryBound(to: UnsafeRawPointer.self)
        let keys = (0..<count).map { index in
            let member = entries[index] + Int(key.offset)
            return key.type == PROTOBUF_C_TYPE_STRING ? string(member) : scalar(key, member)
        }
        var last: [String: Int] = [:]
        for index in 0..<count { last[keys[index]] = index }
        try open("{", in: &text)
        for index in 0..<count where last[keys[index]] == index {
            text.key(keys[index])
            try writeEntry(value, entries[index] + Int(value.offset), to: &text)
        }
        text.close("}")
    }

    private func writeEntry(
        _ value: ProtobufCFieldDescriptor, _ member: UnsafeRawPointer, to text: inout JSONText
    ) throws(MessageError) {
        let isAbsent =
            value.type == PROTOBUF_C_TYPE_MESSAGE && member.load(as: UnsafeRawPointer?.self) == nil
        if isAbsent {
            try open("{", in: &text)
            text.close("}")
        } else {
            try writeValue(value, member, to: &text)
        }
    }

    private func writeValue(
        _ field: ProtobufCFieldDescriptor, _ member: UnsafeRawPointer, to text: inout JSONText
    ) throws(MessageError) {
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE:
            try write(member.load(as: UnsafePointer<ProtobufCMessage>.self), to: &text)
        case PROTOBUF_C_TYPE_STRING: text.string(string(member))
        case PROTOBUF_C_TYPE_BYTES: text.string(Base64.encode(bytes(member)))
        case PROTOBUF_C_TYPE_ENUM:
            let number = member.load(as: Int32.self)
            if let value = protobuf_c_enum_descriptor_get_value(field.enumType, number) {
                text.string(String(cString: value.pointee.name))
            } else {
                text.bare(String(number))
            }
        case PROTOBUF_C_TYPE_DOUBLE: writeFloating(member.load(as: Double.self), to: &text)
        case PROTOBUF_C_TYPE_FLOAT: writeFloating(member.load(as: Float.self), to: &text)
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64,
            PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
            text.string(scalar(field, member))
        default: text.bare(scalar(field, member))
        }
    }

    /// One value as it is written, without quotes; empty for a message that is not there.
    func bareText(
        of field: ProtobufCFieldDescriptor, at member: UnsafeRawPointer
    ) throws(MessageError) -> String {
        if field.type == PROTOBUF_C_TYPE_STRING { return string(member) }
        if field.type == PROTOBUF_C_TYPE_MESSAGE, member.load(as: UnsafeRawPointer?.self) == nil {
            return ""
        }
        var text = JSONText(isIndented: false)
        try writeValue(field, member, to: &text)
        // Nothing that is left is written with an escape.
        return text.text.hasPrefix("\"") ? String(text.text.dropFirst().dropLast()) : text.text
    }

    private func writeFloating<T: BinaryFloatingPoint & LosslessStringConvertible>(
        _ value: T, to text: inout JSONText
    ) {
        if value.isNaN {
            text.string("NaN")
        } else if value.isInfinite {
            text.string(value < 0 ? "-Infinity" : "Infinity")
        } else {
            text.bare(value.description)
        }
    }

    private func scalar(_ field: ProtobufCFieldDescriptor, _ member: UnsafeRawPointer) -> String {
        switch field.type {
        case PROTOBUF_C_TYPE_BOOL: member.load(as: Int32.self) != 0 ? "true" : "false"
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: String(member.load(as: UInt32.self))
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: String(member.load(as: UInt64.self))
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
            String(member.load(as: Int64.self))
        default: String(member.load(as: Int32.self))
        }
    }

    func string(_ member: UnsafeRawPointer) -> String {
        String(cString: member.load(as: UnsafePointer<CChar>.self))
    }

    func bytes(_ member: UnsafeRawPointer) -> UnsafeBufferPointer<UInt8> {
        let data = member.load(as: ProtobufCBinaryData.self)
        return UnsafeBufferPointer(start: data.data, count: data.len)
    }

    private func isDefault(_ field: ProtobufCFieldDescriptor, _ member: UnsafeRawPointer) -> Bool {
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE: member.load(as: UnsafeRawPointer?.self) == nil
        case PROTOBUF_C_TYPE_STRING: member.load(as: UnsafePointer<CChar>.self).pointee == 0
        case PROTOBUF_C_TYPE_BYTES: member.load(as: ProtobufCBinaryData.self).len == 0
        default:
            field.valueBytes == 4
                ? member.load(as: UInt32.self) == 0 : member.load(as: UInt64.self) == 0
        }
    }
}
