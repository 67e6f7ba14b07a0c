import SwiftProtobufPluginLibrary

/// An open enum: numbers that this version does not know survive as `unrecognized`.
struct EnumWriter {
    private let enumeration: EnumDescriptor
    private let values: [(name: String, value: EnumValueDescriptor)]

    init(_ enumeration: EnumDescriptor) {
        self.enumeration = enumeration
        var seen: Set<Int32> = []
        values = enumeration.values.filter { seen.insert($0.number).inserted }
            .map { (Names.enumCase($0), $0) }
    }

    func write(to output: inout Output) {
        output.block(enumeration.protoSourceComments())
        output.scope("public enum \(Names.type(enumeration.name)): MessageEnum") { output in
            for (name, value) in values {
                output.block(value.protoSourceComments())
                output.line("case \(name)")
            }
            output.line("/// A number that this version does not know.")
            output.line("case unrecognized(Int32)")
            output.line()
            output.nest("public static let all: [Self] = [", closing: "]") { output in
                for (name, _) in values { output.line(".\(name),") }
            }
            output.line()
            output.scope("public init(rawValue: Int32)") { output in
                output.cases("switch rawValue") { output in
                    for (name, value) in values {
                        output.line("case \(value.number): self = .\(name)")
                    }
                    output.line("default: self = .unrecognized(rawValue)")
                }
            }
            output.line()
            output.scope("public var rawValue: Int32") { output in
                output.cases("switch self") { output in
                    for (name, value) in values { output.line("case .\(name): \(value.number)") }
                    output.line("case .unrecognized(let number): number")
                }
            }
            output.line()
            output.scope("public var protoName: String?") { output in
                output.cases("switch self") { output in
                    for (name, value) in values {
                        output.line("case .\(name): \"\(value.name)\"")
                    }
                    output.line("case .unrecognized: nil")
                }
            }
        }
    }
}
