import Glibc

/// Counts the pages of a stored content. Blocks: belongs on a ``WorkerPool``.
///
/// A count that cannot be had is 0 and never an error: the paper was handed in whether or not we
/// can read it.
package struct PageCounter: Sendable {
    /// A 2 GiB scan is indexed in seconds; what takes longer is damaged or meant to harm.
    package static let limits = LimitedProcess.Limits(
        wallClock: .seconds(10), processorSeconds: 8, memoryBytes: 1 << 30, outputBytesMax: 64 << 10
    )

    private let pdfTool: String
    private let process: LimitedProcess

    /// - Parameter pdfTool: The path of poppler's `pdfinfo`.
    package init(pdfTool: String, limits: LimitedProcess.Limits = Self.limits) {
        self.pdfTool = pdfTool
        process = LimitedProcess(limits: limits)
    }

    package func count(_ path: String, _ type: MediaType) throws -> Int32 {
        switch type {
        case .png, .jpeg:
            return 1
        case .tiff:
            let reader = try ContentReader(path: path)
            return try TIFFPages.count { offset, count in try reader.read(at: offset, count: count)
            }
        case .pdf:
            switch try process.run(pdfTool, [path]) {
            case .exited(code: 0, let output): return PDFInformation.pageCount(in: output)
            case .exited, .signalled, .tooSlow, .tooTalkative, .notStarted: return 0
            }
        }
    }
}
