import CQRencode

/// The QR symbol of a text, as a square of dark and light modules without its quiet zone.
///
/// Error correction level M (ISO/IEC 18004), the smallest version that fits, digits and capitals
/// packed in their own modes: a usual payload makes 37 modules a side. NAPAS prescribes neither
/// level nor size; M, the quiet zone of four and at least four pixels (0.5 mm in print) a module
/// are what survives small and blurred photographs.
package struct QRSymbol: Hashable, Sendable {
    /// Light modules around the symbol that every rendering includes.
    package static let quietZone = 4
    /// What one symbol may say, in bytes. Always fits level M.
    package static let textBytesMax = PayloadLimits.payloadBytesMax

    /// Modules a side.
    package let side: Int
    /// Row by row.
    private let modules: [Bool]

    /// - Parameter text: printable ASCII, as every payload of ours and every URL is.
    package init(_ text: String) throws(SymbolRefusal) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= Self.textBytesMax else { throw .tooLong(bytes: text.utf8.count) }
        if let fault = text.utf8.enumerated().first(where: { !$0.element.isPrintableASCII }) {
            throw .notPrintableASCII(offset: fault.offset)
        }
        // Case sensitive: the library would otherwise capitalise the text and so break its CRC.
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            fatalError("libqrencode is out of memory")
        }
        defer { QRcode_free(code) }
        let side = Int(code.pointee.width)
        let data = UnsafeBufferPointer(start: code.pointee.data, count: side * side)
        self.side = side
        modules = data.map { $0 & 1 == 1 }
    }

    /// Light anywhere outside the symbol, so that renderings may count from the quiet zone's
    /// corner.
    package func isDark(row: Int, column: Int) -> Bool {
        guard (0..<side).contains(row), (0..<side).contains(column) else { return false }
        return modules[row * side + column]
    }
}

/// Why a text gets no symbol.
package enum SymbolRefusal: Error, Hashable, Sendable {
    case empty
    case tooLong(bytes: Int)
    case notPrintableASCII(offset: Int)
}
