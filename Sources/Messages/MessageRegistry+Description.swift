internal import CProtobufC

extension MessageRegistry {
    /// A message as a `.proto` would declare it, with the enums of its fields; `nil` for a name that there is not.
    ///
    /// Made from protobuf-c's tables, which keep no comments.
    public func description(of fullName: String) -> String? {
        guard let descriptor = descriptor(named: fullName)?.pointee else { return nil }
        var lines = ["message \(fullName) {"]
        var enums: [String: ProtobufCEnumDescriptor] = [:]
        for field in descriptor.fieldTable {
            if field.type == PROTOBUF_C_TYPE_ENUM {
                enums[String(cString: field.enumType.pointee.name)] = field.enumType.pointee
            }
            let oneof = field.isOneof ? "  // one of several" : ""
            lines.append("  \(typeText(field)) \(field.protoName) = \(field.id);\(oneof)")
        }
        lines.append("}")
        for (name, type) in enums.sorted(by: { $0.key < $1.key }) {
            lines.append("enum \(name) {")
            lines += type.valueTable.map { "  \(String(cString: $0.name)) = \($0.value);" }
            lines.append("}")
        }
        return lines.joined(separator: "\n")
    }

    private func typeText(_ field: ProtobufCFieldDescriptor) -> String {
        guard field.type == PROTOBUF_C_TYPE_MESSAGE, isMapEntry(field.messageType.pointee.fullName)
        else {
            return (field.isRepeated ? "repeated " : "") + valueText(field)
        }
        let entry = field.messageType.pointee.fieldTable
        return "map<\(valueText(entry[0])), \(valueText(entry[1]))>"
    }

    private func valueText(_ field: ProtobufCFieldDescriptor) -> String {
        switch field.type {
        case PROTOBUF_C_TYPE_INT32: "int32"
        case PROTOBUF_C_TYPE_SINT32: "sint32"
        case PROTOBUF_C_TYPE_SFIXED32: "sfixed32"
        case PROTOBUF_C_TYPE_INT64: "int64"
        case PROTOBUF_C_TYPE_SINT64: "sint64"
        case PROTOBUF_C_TYPE_SFIXED64: "sfixed64"
        case PROTOBUF_C_TYPE_UINT32: "uint32"
        case PROTOBUF_C_TYPE_FIXED32: "fixed32"
        case PROTOBUF_C_TYPE_UINT64: "uint64"
        case PROTOBUF_C_TYPE_FIXED64: "fixed64"
        case PROTOBUF_C_TYPE_FLOAT: "float"
        case PROTOBUF_C_TYPE_DOUBLE: "double"
        case PROTOBUF_C_TYPE_BOOL: "bool"
        case PROTOBUF_C_TYPE_STRING: "string"
        case PROTOBUF_C_TYPE_BYTES: "bytes"
        case PROTOBUF_C_TYPE_ENUM: String(cString: field.enumType.pointee.name)
        case PROTOBUF_C_TYPE_MESSAGE: field.messageType.pointee.fullName
        default: preconditionFailure("protobuf-c has no other types")
        }
    }
}
