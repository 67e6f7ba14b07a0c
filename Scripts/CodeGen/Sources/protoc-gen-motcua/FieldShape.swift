import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// How one value of a field looks in Swift and in C.
enum ValueShape {
    case number(String)
    case bool
    case string
    case bytes
    case enumeration(String)
    case message(String)

    init(_ field: FieldDescriptor) {
        switch field.type {
        case .double: self = .number("Double")
        case .float: self = .number("Float")
        case .int32, .sint32, .sfixed32: self = .number("Int32")
        case .int64, .sint64, .sfixed64: self = .number("Int64")
        case .uint32, .fixed32: self = .number("UInt32")
        case .uint64, .fixed64: self = .number("UInt64")
        case .bool: self = .bool
        case .string: self = .string
        case .bytes: self = .bytes
        case .enum: self = .enumeration(Names.swift(field.enumType))
        case .message, .group: self = .message(Names.swift(field.messageType))
        }
    }

    var swift: String {
        switch self {
        case .number(let name), .enumeration(let name), .message(let name): name
        case .bool: "Bool"
        case .string: "String"
        case .bytes: "[UInt8]"
        }
    }

    var defaultValue: String {
        switch self {
        case .number: "0"
        case .bool: "false"
        case .string: "\"\""
        case .bytes: "[]"
        case .enumeration: ".init(rawValue: 0)"
        case .message: ".init()"
        }
    }

    /// Reads a singular value from the expression of the C member. A message comes out optional.
    func read(_ c: String) -> String {
        switch self {
        case .number: c
        case .bool: "\(c) != 0"
        case .string: "arena.string(\(c))"
        case .bytes: "arena.bytes(\(c))"
        case .enumeration: ".init(rawValue: .init(truncatingIfNeeded: \(c).rawValue))"
        case .message: "arena.message(\(c))"
        }
    }

    /// Like ``read(_:)``, for where protobuf always has a value: map values and oneofs.
    func readPresent(_ c: String) -> String {
        if case .message = self { return "\(read(c)) ?? .init()" }
        return read(c)
    }

    func readMany(_ c: String, count: String) -> String {
        switch self {
        case .number: "arena.numbers(\(c), \(count))"
        case .bool: "arena.bools(\(c), \(count))"
        case .string: "arena.strings(\(c), \(count))"
        case .bytes: "arena.blobs(\(c), \(count))"
        case .enumeration: "arena.enums(\(c), \(count))"
        case .message: "arena.messages(\(c), \(count))"
        }
    }

    /// The C value of a Swift value.
    func write(_ value: String) -> String {
        switch self {
        case .number: value
        case .bool: "\(value) ? 1 : 0"
        case .string, .bytes: "arena.copy(\(value))"
        case .enumeration: ".init(rawValue: .init(truncatingIfNeeded: \(value).rawValue))"
        case .message: "arena.store(\(value))"
        }
    }

    func writeMany(_ value: String) -> String {
        switch self {
        case .number: "arena.copyNumbers(\(value))"
        case .bool: "arena.copyBools(\(value))"
        case .string: "arena.copyStrings(\(value))"
        case .bytes: "arena.copyBlobs(\(value))"
        case .enumeration: "arena.copyEnums(\(value))"
        case .message: "arena.storeAll(\(value))"
        }
    }
}

extension FieldDescriptor {
    var shape: ValueShape { ValueShape(self) }
    var member: String { Names.escaped(Names.member(name)) }

    /// The members of the C struct.
    var cMember: String { "c.pointee.\(Names.cField(name))" }
    var cCount: String { "c.pointee.n_\(name.lowercased())" }

    var swiftType: String {
        if let (key, value) = messageType?.mapKeyAndValue {
            return "[\(key.shape.swift): \(value.shape.swift)]"
        }
        if isRepeated { return "[\(shape.swift)]" }
        if case .message(let name) = shape { return "\(name)?" }
        return shape.swift
    }

    var swiftDefault: String? {
        if isMap { return "[:]" }
        if isRepeated { return "[]" }
        if case .message = shape { return nil }
        if case .enumeration = shape, let first = enumType.values.first(where: { $0.number == 0 }) {
            return ".\(Names.enumCase(first))"
        }
        return shape.defaultValue
    }
}
