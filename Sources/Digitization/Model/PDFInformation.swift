/// Reads what `pdfinfo` of poppler-utils prints.
package enum PDFInformation {
    /// The number of pages, or 0 when the text does not say it.
    ///
    /// The last line that says it counts: titles and authors, which come from inside the file and
    /// may hold line breaks, are printed before it.
    package static func pageCount(in output: [UInt8]) -> Int32 {
        let label = "Pages:"
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        guard let line = lines.last(where: { $0.hasPrefix(label) }) else { return 0 }
        let digits = line.dropFirst(label.count).drop { $0 == " " }
        guard let count = Int32(digits), count > 0 else { return 0 }
        return count
    }
}
