import ArgumentParser
import Foundation
import Messages
import RPC

struct DownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Write the content of a stored document to standard output.",
        discussion: """
            motcua download DOCUMENT-ID --token-file FILE > scan.pdf

            Whoever reads slowly slows the service down, and nothing piles up between. Content that is damaged on \
            disk ends with DATA_LOSS and exit code 1: keep the file only after exit code 0.
            """)

    @Argument(help: "The document's id, as `motcua upload` prints it.")
    var document: String

    @Option(help: "Give up after this many seconds.")
    var timeout = 600

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        try await reportingStatus {
            let channel = try gateway.channel()
            try await DigitizationV1.DocumentsClient(channel).downloadDocument(
                .with { $0.documentID = document },
                options: try gateway.callOptions(timeout: .seconds(timeout))
            ) { parts in
                for try await part in parts {
                    try FileHandle.standardOutput.write(contentsOf: part.chunk)
                }
            }
            await channel.close()
        }
    }
}
