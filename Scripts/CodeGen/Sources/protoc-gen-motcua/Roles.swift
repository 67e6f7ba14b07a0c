import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

extension MethodDescriptor {
    /// The cases of `motcua.common.v1.Role` named by the option `(motcua.common.v1.roles)`.
    var roles: [String] {
        let role = file.dependencies.lazy.flatMap(\.enums)
            .first { $0.fullName == "motcua.common.v1.Role" }
        return roleNumbers.map { number in
            role?.values.first { $0.number == number }.map { Names.enumCase($0) }
                ?? "unrecognized(\(number))"
        }
    }

    /// The option is unknown to SwiftProtobuf, so it is read from the unknown fields: field 50101,
    /// varints packed or one by one.
    private var roleNumbers: [Int32] {
        var bytes = [UInt8](options.unknownFields.data)[...]
        var numbers: [Int32] = []
        while let tag = varint(&bytes) {
            switch tag & 7 {
            case 0:
                guard let value = varint(&bytes) else { return numbers }
                if tag >> 3 == 50101 { numbers.append(Int32(truncatingIfNeeded: value)) }
            case 1: bytes = bytes.dropFirst(8)
            case 2:
                guard let length = varint(&bytes) else { return numbers }
                var content = bytes.prefix(Int(length))
                bytes = bytes.dropFirst(Int(length))
                while tag >> 3 == 50101, let value = varint(&content) {
                    numbers.append(Int32(truncatingIfNeeded: value))
                }
            case 5: bytes = bytes.dropFirst(4)
            default: return numbers
            }
        }
        return numbers
    }

    private func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
