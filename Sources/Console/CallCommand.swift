import ArgumentParser
import Foundation
import Messages
import RPC

struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call any method with a JSON request; prints the JSON response.",
        discussion: """
            motcua call motcua.records.v1.Procedures/SearchProcedures '{"query": "khai sinh"}'

            A request that wants a request_id and has none gets a random one. A streaming response is printed one \
            message a line.
            """)

    @Argument(help: "SERVICE/METHOD, as `motcua describe` lists them.")
    var method: String

    @Argument(help: "The request as JSON; - reads it from standard input.")
    var request = "{}"

    @OptionGroup var gateway: GatewayOptions

    @Option(help: "Give up after this many seconds.")
    var timeout = 30

    func run() async throws {
        guard let entry = MessageRegistry.product.call(path: method) else {
            printError("There is no method \(method); `motcua describe` lists what there is.")
            throw ExitCode(1)
        }
        let text =
            request == "-"
            ? String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
            : request
        try await reportingStatus {
            let request = RawMessage(bytes: try requestBytes(text, entry))
            let json = MessageJSON(isIndented: entry.method.kind == .unary)
            let channel = try gateway.channel()
            let options = try gateway.callOptions(timeout: .seconds(timeout))
            switch entry.method.kind {
            case .unary:
                let response: RawMessage = try await channel.unary(
                    entry.method, request, options: options)
                printNow(try json.text(serialized: response.bytes, as: entry.response))
            case .serverStreaming:
                try await channel.serverStreaming(entry.method, request, options: options) {
                    (responses: ResponseStream<RawMessage>) in
                    for try await response in responses {
                        printNow(try json.text(serialized: response.bytes, as: entry.response))
                    }
                }
            case .clientStreaming, .bidirectional:
                throw Status(
                    .unimplemented,
                    "\(method) takes a stream of requests; `motcua upload` sends a document, a client library any"
                )
            }
            await channel.close()
        }
    }

    private func requestBytes(_ text: String, _ entry: MessageRegistry.Call) throws -> [UInt8] {
        do throws(MessageError) {
            var bytes = try MessageJSON().serialized(text, as: entry.request)
            if entry.method.hasRequestID {
                try RequestID.addIfMissing(to: &bytes, of: entry.request)
            }
            return bytes
        } catch {
            throw Status(error)
        }
    }
}

/// The `request_id` of a serialized request.
enum RequestID {
    /// Appends a random one where the field is empty.
    static func addIfMissing(to bytes: inout [UInt8], of request: String) throws(MessageError) {
        let reader = MessageJSON()
        let text = try reader.text(serialized: bytes, as: request)
        // What the mapping has written is an object; a field that is empty is left out of it.
        let fields = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        guard fields?["requestId"] == nil else { return }
        bytes += try reader.serialized(
            "{\"request_id\": \"\(UUID().uuidString)\"}", as: request)
    }
}
