import ArgumentParser
import Foundation
import Messages
import RPC

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import procedures from a file of JSON lines.",
        discussion: """
            A line is a procedure as `motcua export-procedures` writes it, or a row as the public portal prints it. A \
            line that cannot be read is reported by its number, field and reason, and the others are imported; a \
            reading that the source makes doubtful is told too, and kept with the procedure. Importing the same file \
            again changes nothing. Exits 2 if any line was refused.
            """)

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Tell what would happen and change nothing.")
    var dryRun = false

    @OptionGroup var gateway: GatewayOptions

    /// What one request takes at most.
    private static let linesMax = 4_000

    func run() async throws {
        guard let content = FileManager.default.contents(atPath: file) else {
            printError("Cannot read \(file).")
            throw ExitCode(1)
        }
        var total = RecordsV1.ImportProceduresResponse()
        try await reportingStatus {
            let channel = try gateway.channel()
            for part in LineParts.parts(of: [UInt8](content), linesMax: Self.linesMax) {
                var request = RecordsV1.ImportProceduresRequest()
                request.requestID = UUID().uuidString
                request.jsonLines = part.bytes
                request.dryRun = dryRun
                let response = try await RecordsV1.ProceduresClient(channel).importProcedures(
                    request, options: try gateway.callOptions(timeout: .seconds(120)))
                for line in response.rejected {
                    printError("\(file):\(part.linesBefore + Int(line.line)): \(line.reason)")
                }
                for line in response.doubtful {
                    printError(
                        "\(file):\(part.linesBefore + Int(line.line)): doubtful: \(line.field): "
                            + line.reason)
                }
                total.imported += response.imported
                total.unchanged += response.unchanged
                total.rejected += response.rejected
            }
            await channel.close()
        }
        printNow(
            "\(dryRun ? "would import" : "imported") \(total.imported), unchanged "
                + "\(total.unchanged), refused \(total.rejected.count)")
        if !total.rejected.isEmpty { throw ExitCode(2) }
    }
}

struct ExportProceduresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-procedures",
        abstract: "Write the procedures as JSON lines to standard output.",
        discussion: """
            Those in force and those retired, in the order of their ids. Importing what was exported changes nothing, \
            and another system that imported it exports the same bytes.
            """)

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        try await reportingStatus {
            let channel = try gateway.channel()
            var request = RecordsV1.ExportProceduresRequest()
            repeat {
                let page = try await RecordsV1.ProceduresClient(channel).exportProcedures(
                    request, options: try gateway.callOptions(timeout: .seconds(60)))
                try FileHandle.standardOutput.write(contentsOf: page.jsonLines)
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            await channel.close()
        }
    }
}
