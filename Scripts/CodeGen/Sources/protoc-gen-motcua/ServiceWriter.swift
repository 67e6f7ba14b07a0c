import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// A service's method table, its protocol and its client.
struct ServiceWriter {
    private let service: ServiceDescriptor
    private let namespace: String

    init(_ service: ServiceDescriptor) {
        self.service = service
        namespace = Names.namespace(service.file.package)
    }

    func write(to output: inout Output) {
        output.line()
        output.scope("extension \(namespace)") { output in
            writeTable(&output)
            output.line()
            writeProtocol(&output)
            output.line()
            writeClient(&output)
        }
        output.line()
        output.scope("extension \(namespace).\(service.name)Service") { output in
            output.scope("public var handlers: [RPC.Handler]") { output in
                output.nest("[", closing: "]") { output in
                    for method in service.methods { writeHandler(method, &output) }
                }
            }
        }
    }

    private func writeTable(_ output: inout Output) {
        output.line("/// The methods of `\(service.fullName)`.")
        output.scope("public enum \(service.name)") { output in
            output.line("public static let fullName = \"\(service.fullName)\"")
            output.line()
            for method in service.methods {
                output.block(method.protoSourceComments())
                output.nest("public static let \(method.member) = RPC.Method(", closing: ")") {
                    output in
                    output.line(
                        "service: fullName, name: \"\(method.name)\", kind: .\(method.kind.rawValue),"
                    )
                    let roles = method.roles.map { ".init(.\($0))" }.joined(separator: ", ")
                    output.line("roles: [\(roles)],")
                    let isRead = method.options.idempotencyLevel == .noSideEffects
                    let hasID = method.inputType.isIdempotentRequest
                    output.line("isRead: \(isRead), hasRequestID: \(hasID)")
                }
            }
            output.line()
            output.nest("public static let methods: [RPC.Method] = [", closing: "]") { output in
                for method in service.methods { output.line("\(method.member),") }
            }
        }
    }

    private func writeProtocol(_ output: inout Output) {
        output.block(service.protoSourceComments())
        output.scope("public protocol \(service.name)Service: RPC.Service") { output in
            for method in service.methods {
                output.block(method.protoSourceComments())
                let request = method.request
                let response = method.response
                let name = method.member
                switch method.kind {
                case .unary:
                    output.line(
                        "func \(name)(_ request: \(request), context: RPC.CallContext) async throws"
                    )
                    output.line("    -> \(response)")
                case .serverStreaming:
                    output.nest("func \(name)(", closing: ") async throws") { output in
                        output.line("_ request: \(request),")
                        output.line(
                            "responses: RPC.ResponseWriter<\(response)>, context: RPC.CallContext")
                    }
                case .clientStreaming:
                    output.line("func \(name)(")
                    output.line(
                        "    _ requests: RPC.RequestStream<\(request)>, context: RPC.CallContext")
                    output.line(") async throws -> \(response)")
                case .bidirectional:
                    output.nest("func \(name)(", closing: ") async throws") { output in
                        output.line("_ requests: RPC.RequestStream<\(request)>,")
                        output.line(
                            "responses: RPC.ResponseWriter<\(response)>, context: RPC.CallContext")
                    }
                }
            }
        }
    }

    private func writeHandler(_ method: MethodDescriptor, _ output: inout Output) {
        let parameters =
            switch method.kind {
            case .unary: "request: \(method.request)"
            case .serverStreaming:
                "request: \(method.request),\nresponses: RPC.ResponseWriter<\(method.response)>"
            case .clientStreaming: "requests: RPC.RequestStream<\(method.request)>"
            case .bidirectional:
                "requests: RPC.RequestStream<\(method.request)>,\n"
                    + "responses: RPC.ResponseWriter<\(method.response)>"
            }
        let arguments =
            switch method.kind {
            case .unary: "request, context: context"
            case .serverStreaming: "request, responses: responses, context: context"
            case .clientStreaming: "requests, context: context"
            case .bidirectional: "requests, responses: responses, context: context"
            }
        let table = "\(namespace).\(service.name).\(method.member)"
        output.nest(".\(method.kind.rawValue)(\(table)) {", closing: "},") { output in
            output.line("(")
            output.indented { $0.block("\(parameters),\ncontext: RPC.CallContext\n") }
            output.line(") in")
            output.line("try await self.\(method.member)(\(arguments))")
        }
    }

    private func writeClient(_ output: inout Output) {
        output.line("/// Calls `\(service.fullName)`.")
        output.scope("public struct \(service.name)Client: Sendable") { output in
            output.line("private let channel: any RPC.Channel")
            output.line()
            output.line("public init(_ channel: any RPC.Channel) { self.channel = channel }")
            for method in service.methods {
                output.line()
                output.block(method.protoSourceComments())
                writeCall(method, &output)
            }
        }
    }

    private func writeCall(_ method: MethodDescriptor, _ output: inout Output) {
        let table = "\(service.name).\(method.member)"
        let options = "options: RPC.CallOptions = .init()"
        let stream = "RPC.ResponseStream<\(method.response)>"
        let writer = "RPC.RequestWriter<\(method.request)>"
        let answer = "Answer: Sendable"
        switch method.kind {
        case .unary:
            output.line("public func \(method.member)(")
            output.line("    _ request: \(method.request), \(options)")
            output.scope(") async throws -> \(method.response)") {
                $0.line("try await channel.unary(\(table), request, options: options)")
            }
        case .serverStreaming:
            output.line("public func \(method.member)<\(answer)>(")
            output.line("    _ request: \(method.request), \(options),")
            output.line("    _ body: (\(stream)) async throws -> Answer")
            output.scope(") async throws -> Answer") {
                $0.line(
                    "try await channel.serverStreaming(\(table), request, options: options, body)")
            }
        case .clientStreaming:
            output.line("public func \(method.member)(")
            output.line("    \(options), _ write: (\(writer)) async throws -> Void")
            output.scope(") async throws -> \(method.response)") {
                $0.line("try await channel.clientStreaming(\(table), options: options, write)")
            }
        case .bidirectional:
            output.line("public func \(method.member)<\(answer)>(")
            output.line("    \(options),")
            output.line("    _ body: (\(writer), \(stream)) async throws -> Answer")
            output.scope(") async throws -> Answer") {
                $0.line("try await channel.bidirectional(\(table), options: options, body)")
            }
        }
    }
}

enum MethodKind: String {
    case unary, clientStreaming, serverStreaming, bidirectional
}

extension MethodDescriptor {
    var member: String { Names.escaped(Names.method(name)) }
    var request: String { Names.swift(inputType) }
    var response: String { Names.swift(outputType) }

    var kind: MethodKind {
        switch (clientStreaming, serverStreaming) {
        case (false, false): .unary
        case (true, false): .clientStreaming
        case (false, true): .serverStreaming
        case (true, true): .bidirectional
        }
    }
}
