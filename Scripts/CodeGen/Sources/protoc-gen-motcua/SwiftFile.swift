import SwiftProtobufPluginLibrary

/// The Swift of one proto file.
struct SwiftFile {
    private let file: FileDescriptor
    private let namespace: String

    init(_ file: FileDescriptor) {
        self.file = file
        namespace = Names.namespace(file.package)
    }

    func write(to output: inout Output) {
        if !file.enums.isEmpty || !file.messages.isEmpty {
            output.scope("extension \(namespace)") { output in
                var first = true
                for enumeration in file.enums {
                    if !first { output.line() }
                    first = false
                    EnumWriter(enumeration).write(to: &output)
                }
                for message in file.messages {
                    if !first { output.line() }
                    first = false
                    declare(message, &output)
                }
            }
        }
        for message in file.messages { conform(message, &output) }
        for service in file.services { ServiceWriter(service).write(to: &output) }
    }

    private func declare(_ message: Descriptor, _ output: inout Output) {
        output.block(message.protoSourceComments())
        let protocols = message.isIdempotentRequest ? "RPC.IdempotentRequest" : "RPC.Message"
        output.scope("public struct \(Names.type(message.name)): \(protocols)") { output in
            output.line("public static let fullName = \"\(message.fullName)\"")
            output.line()
            var written: Set<String> = []
            for field in message.fields {
                if let oneof = field.realContainingOneof {
                    guard written.insert(oneof.name).inserted else { continue }
                    output.block(oneof.protoSourceComments())
                    let name = Names.escaped(Names.member(oneof.name))
                    output.line("public var \(name): \(Names.swift(message)).\(Names.type(oneof))?")
                } else {
                    output.block(field.protoSourceComments())
                    let value = field.swiftDefault.map { " = \($0)" } ?? ""
                    output.line("public var \(field.member): \(field.swiftType)\(value)")
                }
            }
            if !message.fields.isEmpty { output.line() }
            output.line("public init() {}")
            for oneof in message.realOneofs {
                output.line()
                declare(oneof, &output)
            }
            for enumeration in message.enums {
                output.line()
                EnumWriter(enumeration).write(to: &output)
            }
            for nested in message.messages where !nested.options.mapEntry {
                output.line()
                declare(nested, &output)
            }
        }
    }

    private func declare(_ oneof: OneofDescriptor, _ output: inout Output) {
        output.scope("public enum \(Names.type(oneof)): Hashable, Sendable") { output in
            for field in oneof.fields {
                output.block(field.protoSourceComments())
                output.line("case \(field.member)(\(field.shape.swift))")
            }
        }
    }

    private func conform(_ message: Descriptor, _ output: inout Output) {
        let cStruct = Names.cStruct(message.fullName)
        let cFunctions = Names.cFunctions(message.fullName)
        output.line()
        output.scope("extension \(Names.swift(message)): StoredMessage") { output in
            output.line("package typealias Storage = \(cStruct)")
            output.line()
            output.line("nonisolated(unsafe) package static let descriptor =")
            output.line("    Arena.descriptor(of: \(cFunctions)__init)")
            output.line()
            output.scope("package static func prepare(_ c: UnsafeMutablePointer<Storage>)") {
                $0.line("\(cFunctions)__init(c)")
            }
            output.line()
            output.scope(
                "public init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError)"
            ) {
                $0.line("self = try Arena.decode(bytes)")
            }
            output.line()
            output.line("public func serialize(")
            output.line("    into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer")
            output.scope(") throws(MessageError)") {
                $0.line("try Arena.encode(self, into: place)")
            }
            output.line()
            output.scope("package init(_ c: UnsafePointer<Storage>, _ arena: Arena)") {
                MappingWriter(message).read(&$0)
            }
            output.line()
            output.scope("package func fill(_ c: UnsafeMutablePointer<Storage>, _ arena: Arena)") {
                MappingWriter(message).fill(&$0)
            }
        }
        for nested in message.messages where !nested.options.mapEntry { conform(nested, &output) }
    }
}

extension Descriptor {
    var isIdempotentRequest: Bool {
        fields.contains { $0.name == "request_id" && $0.type == .string && !$0.isRepeated }
    }
}
