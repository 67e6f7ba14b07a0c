internal import CProtobufC
import Glibc
internal import RPC

/// The search for the string that made a message be refused, by protobuf-c's own tables. The way
/// that succeeds carries no paths: they are only worked out here.
enum StringFault {
    static func find(
        in message: UnsafePointer<ProtobufCMessage>, path: String = ""
    ) -> MessageError? {
        let base = UnsafeRawPointer(message)
        let descriptor = message.pointee.descriptor.pointee
        for index in 0..<Int(descriptor.n_fields) {
            let field = descriptor.fields[index]
            guard field.type == PROTOBUF_C_TYPE_STRING || field.type == PROTOBUF_C_TYPE_MESSAGE
            else {
                continue
            }
            let name = path + String(cString: field.name)
            let member = base + Int(field.offset)
            if field.label == PROTOBUF_C_LABEL_REPEATED {
                let count = (base + Int(field.quantifier_offset)).load(as: Int.self)
                guard count > 0 else { continue }
                let pointers = member.load(as: UnsafePointer<UnsafeRawPointer?>.self)
                for position in 0..<count {
                    let path = "\(name)[\(position)]"
                    if let fault = find(at: pointers[position], field, path) { return fault }
                }
            } else {
                let isOneof = field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0
                if isOneof {
                    let chosen = (base + Int(field.quantifier_offset)).load(as: UInt32.self)
                    guard chosen == field.id else { continue }
                }
                let pointer = member.load(as: UnsafeRawPointer?.self)
                if let fault = find(at: pointer, field, name) { return fault }
            }
        }
        return nil
    }

    private static func find(
        at value: UnsafeRawPointer?, _ field: ProtobufCFieldDescriptor, _ path: String
    ) -> MessageError? {
        guard let value else { return nil }
        if field.type == PROTOBUF_C_TYPE_MESSAGE {
            return find(in: value.assumingMemoryBound(to: ProtobufCMessage.self), path: path + ".")
        }
        guard value != UnsafeRawPointer(protobuf_c_empty_string_address()) else { return nil }
        return check(value, path)
    }

    private static func check(_ string: UnsafeRawPointer, _ path: String) -> MessageError? {
        let byteCount = Arena.blockBytes(string) - 1
        if strlen(string.assumingMemoryBound(to: CChar.self)) != byteCount {
            return MessageError(
                .embeddedNUL, field: path, message: "\(path) holds a NUL: leave it out")
        }
        let bytes = UnsafeBufferPointer(
            start: string.assumingMemoryBound(to: UInt8.self), count: byteCount)
        if String(validating: bytes, as: UTF8.self) == nil {
            return MessageError(.invalidUTF8, field: path, message: "\(path) is not UTF-8")
        }
        return nil
    }
}
