internal import CProtobufC

/// protobuf-c's tables in Swift's words.
extension ProtobufCFieldDescriptor {
    var protoName: String { String(cString: name) }

    /// proto3's JSON name: `request_id` is `requestId`.
    var jsonName: String { FieldPath.camel(protoName) }

    var isRepeated: Bool { label == PROTOBUF_C_LABEL_REPEATED }
    var isOneof: Bool { flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0 }

    var messageType: UnsafePointer<ProtobufCMessageDescriptor> {
        descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    }

    var enumType: UnsafePointer<ProtobufCEnumDescriptor> {
        descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
    }

    /// The size of one value in the struct, or in a repeated field's array.
    var valueBytes: Int {
        switch type {
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32,
            PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_FLOAT,
            PROTOBUF_C_TYPE_BOOL, PROTOBUF_C_TYPE_ENUM:
            4
        case PROTOBUF_C_TYPE_BYTES: MemoryLayout<ProtobufCBinaryData>.stride
        default: 8
        }
    }
}

extension ProtobufCMessageDescriptor {
    var fullName: String { String(cString: name) }
    var fieldTable: UnsafeBufferPointer<ProtobufCFieldDescriptor> {
        UnsafeBufferPointer(start: fields, count: Int(n_fields))
    }
}

extension ProtobufCEnumDescriptor {
    var valueTable: UnsafeBufferPointer<ProtobufCEnumValue> {
        UnsafeBufferPointer(start: values, count: Int(n_values))
    }
}
