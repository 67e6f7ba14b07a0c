import ArgumentParser
import Crypto
import Foundation
import Messages
import RPC

struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload",
        abstract: "Upload a scanned paper or a result of a dossier.",
        discussion: """
            motcua upload scan.pdf --dossier ID --component C1 --token-file FILE
            motcua upload decision.pdf --dossier ID --token-file FILE

            Reads the file twice: once for its SHA-256, once to send it. Prints the stored document as JSON.
            """)

    static let chunkBytes = 256 << 10

    @Argument(help: "A PDF, PNG, JPEG or TIFF file.")
    var file: String

    @Option(help: "The dossier's id.")
    var dossier: String

    @Option(help: "Which component it is; the dossier's result when left out.")
    var component: String?

    @Option(help: "Give up after this many seconds.")
    var timeout = 600

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        guard let reading = FileHandle(forReadingAtPath: file) else {
            printError("Cannot read \(file).")
            throw ExitCode(1)
        }
        try await reportingStatus {
            let header = try header(of: reading)
            let channel = try gateway.channel()
            try reading.seek(toOffset: 0)
            let document = try await DigitizationV1.DocumentsClient(channel).uploadDocument(
                options: try gateway.callOptions(timeout: .seconds(timeout))
            ) { parts in
                try await parts.write(.with { $0.part = .header(header) })
                while let chunk = try reading.read(upToCount: Self.chunkBytes), !chunk.isEmpty {
                    try await parts.write(.with { $0.part = .chunk([UInt8](chunk)) })
                }
            }
            printNow(try MessageJSON(isIndented: true).text(document))
            await channel.close()
        }
    }

    private func header(of reading: FileHandle) throws -> DigitizationV1.UploadHeader {
        var hash = SHA256()
        var size = 0
        while let chunk = try reading.read(upToCount: Self.chunkBytes), !chunk.isEmpty {
            hash.update(data: chunk)
            size += chunk.count
        }
        return .with {
            $0.requestID = UUID().uuidString
            $0.dossierID = dossier
            $0.purpose = component == nil ? .result : .component
            $0.componentID = component ?? ""
            $0.fileName = (file as NSString).lastPathComponent
            $0.sizeBytes = Int64(size)
            $0.sha256 = Array(hash.finalize())
        }
    }
}
