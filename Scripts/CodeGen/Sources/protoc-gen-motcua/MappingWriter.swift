import SwiftProtobufPluginLibrary

/// The two directions between a Swift value and protoc-c's struct.
struct MappingWriter {
    private let message: Descriptor

    init(_ message: Descriptor) { self.message = message }

    func read(_ output: inout Output) {
        for field in message.fields where field.realContainingOneof == nil {
            if field.isMap {
                readMap(field, &output)
            } else if field.isRepeated {
                output.line(
                    "self.\(field.member) = \(field.shape.readMany(field.cMember, count: field.cCount))"
                )
            } else {
                output.line("self.\(field.member) = \(field.shape.read(field.cMember))")
            }
        }
        for oneof in message.realOneofs {
            let name = Names.escaped(Names.member(oneof.name))
            output.cases("switch c.pointee.\(oneof.name.lowercased())_case.rawValue") { output in
                for field in oneof.fields {
                    let value = field.shape.readPresent(field.cMember)
                    output.line("case \(field.number): self.\(name) = .\(field.member)(\(value))")
                }
                output.line("default: break")
            }
        }
    }

    private func readMap(_ field: FieldDescriptor, _ output: inout Output) {
        guard let (key, value) = field.messageType.mapKeyAndValue else { return }
        output.scope("for index in 0..<Int(\(field.cCount))") { output in
            output.line("let entry = \(field.cMember)[index]!")
            let keyText = key.shape.read("entry.pointee.key")
            output.line("let key = \(keyText)")
            output.line(
                "self.\(field.member)[key] = \(value.shape.readPresent("entry.pointee.value"))")
        }
    }

    func fill(_ output: inout Output) {
        for field in message.fields where field.realContainingOneof == nil {
            if field.isMap {
                fillMap(field, &output)
            } else if field.isRepeated {
                output.scope("if !self.\(field.member).isEmpty") { output in
                    output.line("\(field.cCount) = self.\(field.member).count")
                    output.line(
                        "\(field.cMember) = \(field.shape.writeMany("self.\(field.member)"))")
                }
            } else {
                fillSingular(field, &output)
            }
        }
        for oneof in message.realOneofs { fill(oneof, &output) }
    }

    private func fillSingular(_ field: FieldDescriptor, _ output: inout Output) {
        let member = "self.\(field.member)"
        let assignment = "\(field.cMember) = \(field.shape.write(member))"
        switch field.shape {
        case .string, .bytes: output.line("if !\(member).isEmpty { \(assignment) }")
        case .message:
            output.line(
                "if let value = \(member) { \(field.cMember) = \(field.shape.write("value")) }")
        case .number, .bool, .enumeration: output.line(assignment)
        }
    }

    private func fill(_ oneof: OneofDescriptor, _ output: inout Output) {
        output.cases("switch self.\(Names.escaped(Names.member(oneof.name)))") { output in
            output.line("case nil: break")
            for field in oneof.fields {
                output.line("case .\(field.member)(let value)?:")
                output.indented { output in
                    output.line(
                        "c.pointee.\(oneof.name.lowercased())_case = .init(rawValue: \(field.number))"
                    )
                    output.line("\(field.cMember) = \(field.shape.write("value"))")
                }
            }
        }
    }

    private func fillMap(_ field: FieldDescriptor, _ output: inout Output) {
        guard let (key, value) = field.messageType.mapKeyAndValue else { return }
        let entryStruct = Names.cStruct(field.messageType.fullName)
        let entryFunctions = Names.cFunctions(field.messageType.fullName)
        output.scope("if !self.\(field.member).isEmpty") { output in
            output.line(
                "let entries = arena.pointers(to: \(entryStruct).self, self.\(field.member).count)")
            output.line("var index = 0")
            output.scope("for key in arena.sortedKeys(self.\(field.member))") { output in
                output.line("let entry = arena.take(\(entryStruct).self)")
                output.line("\(entryFunctions)__init(entry)")
                output.line("let value = self.\(field.member)[key]!")
                output.line(entryMember("key", key.shape))
                output.line(entryMember("value", value.shape))
                output.line("entries[index] = entry")
                output.line("index += 1")
            }
            output.line("\(field.cCount) = self.\(field.member).count")
            output.line("\(field.cMember) = entries")
        }
    }

    private func entryMember(_ name: String, _ shape: ValueShape) -> String {
        let assignment = "entry.pointee.\(name) = \(shape.write(name))"
        switch shape {
        case .string, .bytes: return "if !\(name).isEmpty { \(assignment) }"
        case .number, .bool, .enumeration, .message: return assignment
        }
    }
}
