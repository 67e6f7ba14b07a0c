import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// Writes Swift values, services and clients over protoc-c's structs.
///
/// Parameters: `registry=NAME` names the `MessageRegistry` constant; `imports=A+B` adds imports to
/// each file; `cmodule=NAME` is the C module that protoc-c's output is built as.
@main
struct Generator: CodeGenerator {
    let version: String? = "1"
    let supportedFeatures: [Google_Protobuf_Compiler_CodeGeneratorResponse.Feature] = []

    func generate(
        files: [FileDescriptor],
        parameter: any CodeGeneratorParameter,
        protoCompilerContext: any ProtoCompilerContext,
        generatorOutputs: any GeneratorOutputs
    ) throws {
        let options = try Options(parameter.parsedPairs)
        let ordered = files.sorted { $0.name < $1.name }
        for file in ordered { try check(file) }

        for file in ordered where file.hasSwift {
            var output = Output(header(options, for: file))
            SwiftFile(file).write(to: &output)
            let name = file.name.dropLast(".proto".count).replacing("/", with: ".")
            try generatorOutputs.add(fileName: "\(name).swift", contents: output.text)
        }
        try generatorOutputs.add(
            fileName: "\(options.registry.capitalizedFirst)Namespaces.swift",
            contents: namespaces(of: ordered, options))
        try generatorOutputs.add(
            fileName: "\(options.registry.capitalizedFirst)Registry.swift",
            contents: registry(of: ordered, options))
        try generatorOutputs.add(
            fileName: "\(options.registry.capitalizedFirst)DescriptorSet.swift",
            contents: descriptorSet(of: ordered, options))
    }

    private func namespaces(of files: [FileDescriptor], _ options: Options) -> String {
        var output = Output(header(options))
        let packages = Set(files.filter(\.hasSwift).map(\.package)).sorted()
        for package in packages {
            output.line("/// `\(package)`.")
            output.line("public enum \(Names.namespace(package)) {}")
        }
        return output.text
    }
}

struct Options {
    var registry = "product"
    var imports: [String] = []
    var cModule = "CMessages"

    init(_ pairs: [(key: String, value: String)]) throws {
        for (key, value) in pairs {
            switch key {
            case "registry": registry = value
            case "imports": imports = value.split(separator: "+").map(String.init)
            case "cmodule": cModule = value
            default: throw Refusal("unknown parameter \(key)")
            }
        }
    }
}

/// Why a proto file cannot be generated.
struct Refusal: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

extension FileDescriptor {
    var hasSwift: Bool { !messages.isEmpty || !enums.isEmpty || !services.isEmpty }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
