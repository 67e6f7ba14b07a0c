import ArgumentParser
import Foundation
import Messages
import RPC

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import procedures from a file of JSON lines.",
        discussion: """
            A damaged line is reported by its number and reason, and the others are imported. Importing the same \
            file again changes nothing. Exits 2 if any line was refused.
            """)

    @Argument(help: "The file.")
    var file: String

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        guard let content = FileManager.default.contents(atPath: file) else {
            printError("Cannot read \(file).")
            throw ExitCode(1)
        }
        var refused = 0
        try await reportingStatus {
            let channel = try gateway.channel()
            var request = RecordsV1.ImportProceduresRequest()
            request.requestID = UUID().uuidString
            request.jsonLines = [UInt8](content)
            let response = try await RecordsV1.ProceduresClient(channel).importProcedures(
                request, options: try gateway.callOptions(timeout: .seconds(60)))
            for line in response.rejected { printError("\(file):\(line.line): \(line.reason)") }
            refused = response.rejected.count
            printNow(
                "imported \(response.imported), unchanged \(response.unchanged), refused \(refused)"
            )
            await channel.close()
        }
        if refused > 0 { throw ExitCode(2) }
    }
}
