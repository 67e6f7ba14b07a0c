import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

extension Generator {
    /// What `MessageRegistry` knows: every message and every method.
    func registry(of files: [FileDescriptor], _ options: Options) -> String {
        var output = Output(header(options, isRegistry: true))
        output.scope("extension MessageRegistry") { output in
            output.line("/// Every message and method that was generated here.")
            output.nest("public static let \(options.registry) = MessageRegistry(", closing: ")") {
                output in
                output.nest("messages: [", closing: "],") { output in
                    for message in files.flatMap(\.messages).flatMap(\.withNested)
                    where !message.options.mapEntry {
                        output.line("\(Names.swift(message)).self,")
                    }
                }
                output.nest("mapEntries: [", closing: "],") { output in
                    for message in files.flatMap(\.messages).flatMap(\.withNested)
                    where message.options.mapEntry {
                        output.line("\"\(message.fullName)\",")
                    }
                }
                output.nest("calls: [", closing: "],") { output in
                    for method in files.flatMap(\.services).flatMap(\.methods) {
                        output.nest("MessageRegistry.Call(", closing: "),") { output in
                            let space = Names.namespace(method.file.package)
                            output.line("\(space).\(method.service.name).\(method.member),")
                            output.line("request: \"\(method.inputType.fullName)\",")
                            output.line("response: \"\(method.outputType.fullName)\"")
                        }
                    }
                }
                output.line("descriptorSet: \(options.registry)DescriptorSet")
            }
        }
        return output.text
    }

    /// The `google.protobuf.FileDescriptorSet` of the files and all that they import, in base64.
    func descriptorSet(of files: [FileDescriptor], _ options: Options) throws -> String {
        var seen: Set<String> = []
        var set = Google_Protobuf_FileDescriptorSet()
        func add(_ file: FileDescriptor) {
            guard seen.insert(file.name).inserted else { return }
            for dependency in file.dependencies { add(dependency) }
            var extracted = ExtractProtoOptions()
            extracted.includeSourceCodeInfo = false
            set.file.append(file.extractProto(options: extracted))
        }
        for file in files { add(file) }
        let bytes: Data = try set.serializedBytes()
        var output = Output(header(options))
        output.line("/// A `google.protobuf.FileDescriptorSet` in base64, its imports included.")
        output.line("let \(options.registry)DescriptorSet = \"\"\"")
        let text = Array(bytes.base64EncodedString())
        output.indented { output in
            for start in stride(from: 0, to: text.count, by: 92) {
                let end = min(start + 92, text.count)
                output.line(String(text[start..<end]) + "\\")
            }
            output.line()
            output.line("\"\"\"")
        }
        return output.text
    }
}

extension Descriptor {
    var withNested: [Descriptor] { [self] + messages.flatMap(\.withNested) }
}
