import ArgumentParser
import Foundation
import Messages
import RPC

struct ImportOrganisationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-organisation",
        abstract: "Import agencies, counters and officials from a file of JSON lines.",
        discussion: """
            Agencies stand first in the file, then counters, then officials, as `motcua export-organisation` writes \
            them. A line that cannot stand is reported by its number and reason, and the others are imported. \
            Importing the same file again changes nothing; nothing is deleted: what ends gets a last day. Exits 2 \
            if any line was refused.
            """)

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Tell what would happen and change nothing.")
    var dryRun = false

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        guard let content = FileManager.default.contents(atPath: file) else {
            printError("Cannot read \(file).")
            throw ExitCode(1)
        }
        let parts = LineParts.parts(of: [UInt8](content))
        // Later lines lean on earlier ones, which a dry run does not store.
        if dryRun, parts.count > 1 {
            printError("A dry run takes at most \(LineParts.bytesMax) bytes: cut \(file) first.")
            throw ExitCode(1)
        }
        var total = RecordsV1.ImportOrganisationResponse()
        try await reportingStatus {
            let channel = try gateway.channel()
            for part in parts {
                var request = RecordsV1.ImportOrganisationRequest()
                request.requestID = UUID().uuidString
                request.jsonLines = part.bytes
                request.dryRun = dryRun
                let response = try await RecordsV1.OrganisationClient(channel).importOrganisation(
                    request, options: try gateway.callOptions(timeout: .seconds(120)))
                for line in response.rejected {
                    printError("\(file):\(part.linesBefore + Int(line.line)): \(line.reason)")
                }
                total.imported += response.imported
                total.unchanged += response.unchanged
                total.rejectedCount += response.rejectedCount
            }
            await channel.close()
        }
        printNow(
            "\(dryRun ? "would import" : "imported") \(total.imported), unchanged "
                + "\(total.unchanged), refused \(total.rejectedCount)")
        if total.rejectedCount > 0 { throw ExitCode(2) }
    }
}

struct ExportOrganisationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-organisation",
        abstract: "Write agencies, counters and officials as JSON lines to standard output.",
        discussion: "Importing what was exported changes nothing.")

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        try await reportingStatus {
            let channel = try gateway.channel()
            var request = RecordsV1.ExportOrganisationRequest()
            repeat {
                let page = try await RecordsV1.OrganisationClient(channel).exportOrganisation(
                    request, options: try gateway.callOptions(timeout: .seconds(60)))
                try FileHandle.standardOutput.write(contentsOf: page.jsonLines)
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            await channel.close()
        }
    }
}

/// A file of lines, cut between lines into parts that fit one request each.
enum LineParts {
    static let bytesMax = 2 << 20
    static let linesMax = 10_000

    struct Part: Hashable {
        var bytes: [UInt8]
        /// Lines of the file before this part.
        var linesBefore: Int
    }

    static func parts(
        of bytes: [UInt8], bytesMax: Int = bytesMax, linesMax: Int = linesMax
    ) -> [Part] {
        var parts: [Part] = []
        var part = Part(bytes: [], linesBefore: 0)
        var lines = 0
        // What follows the last line feed is no line.
        let content = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
        for line in content.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if lines > 0, lines == linesMax || part.bytes.count + line.count >= bytesMax {
                parts.append(part)
                part = Part(bytes: [], linesBefore: part.linesBefore + lines)
                lines = 0
            }
            part.bytes += line + [0x0A]
            lines += 1
        }
        return parts + [part]
    }
}
