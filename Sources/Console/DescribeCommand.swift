import ArgumentParser
import Messages
import RPC

struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "List the methods, or show the messages of one.",
        discussion: """
            motcua describe
            motcua describe motcua.records.v1.Dossiers
            motcua describe motcua.records.v1.Dossiers/SubmitDossier
            """)

    @Argument(help: "A service, a method or a message; everything when left out.")
    var name: String?

    func run() throws {
        guard let name else {
            for entry in MessageRegistry.product.calls { printNow(Self.line(entry)) }
            return
        }
        if let entry = MessageRegistry.product.call(path: name) {
            printNow(Self.line(entry))
            for message in [entry.request, entry.response] {
                printNow()
                printNow(MessageRegistry.product.description(of: message) ?? message)
            }
            return
        }
        let methods = MessageRegistry.product.calls.filter { $0.method.service == name }
        if !methods.isEmpty {
            methods.forEach { printNow(Self.line($0)) }
        } else if let text = MessageRegistry.product.description(of: name) {
            printNow(text)
        } else {
            printError(
                "There is no service, method or message \(name); `motcua describe` lists what there is."
            )
            throw ExitCode(1)
        }
    }

    private static func line(_ entry: MessageRegistry.Call) -> String {
        let method = entry.method
        let roles = CommonV1.Role.all
            .filter { $0 != .unspecified && method.roles.contains(RoleSet(number: $0.rawValue)) }
            .compactMap { $0.protoName?.replacing("ROLE_", with: "").lowercased() }
        let incoming =
            method.kind == .clientStreaming || method.kind == .bidirectional ? "stream " : ""
        let outgoing =
            method.kind == .serverStreaming || method.kind == .bidirectional ? "stream " : ""
        return "\(method.path) (\(incoming)\(entry.request)) -> (\(outgoing)\(entry.response))"
            + "  [\(roles.joined(separator: ", "))]"
    }
}
