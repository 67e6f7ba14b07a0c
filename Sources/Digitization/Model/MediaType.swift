/// What a content is, told by its first bytes and never by the file's name.
///
/// PDF is what papers are scanned to (PDF/A), PNG and TIFF are masters, JPEG is what phones make.
/// PDF, PNG and JPEG are told as WHATWG MIME Sniffing tells them: by what stands at the very
/// beginning.
package enum MediaType: String, Hashable, Sendable, CaseIterable {
    case pdf = "application/pdf"
    case png = "image/png"
    case jpeg = "image/jpeg"
    case tiff = "image/tiff"

    /// As many bytes as any signature has.
    package static let signatureBytesMax = 8

    /// - Parameter prefix: The content's first ``signatureBytesMax`` bytes, or all of a shorter
    ///   content.
    package init?(prefix: some Collection<UInt8>) {
        let found = Self.allCases.first { type in
            type.signatures.contains { prefix.starts(with: $0) }
        }
        guard let found else { return nil }
        self = found
    }

    private var signatures: [[UInt8]] {
        switch self {
        case .pdf: [Array("%PDF-".utf8)]
        case .png: [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]]
        case .jpeg: [[0xFF, 0xD8, 0xFF]]
        // TIFF 6.0 section 2; BigTIFF (version 43) is not accepted.
        case .tiff: [[0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A]]
        }
    }
}
