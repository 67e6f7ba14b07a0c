import Foundation

/// A QR symbol as a terminal shows it: half-block characters, two rows of modules a line, the text's colour dark.
struct TerminalSymbol {
    /// Pixels a module.
    private static let scale = 6
    /// A line of the symbol begins with its colours: black on white.
    private static let colours = "\u{1B}[38;5;16;48;5;231m"

    private var rows: [[Bool]] = []

    static func find(in output: String) -> [TerminalSymbol] {
        var symbols: [TerminalSymbol] = []
        var isInside = false
        for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix(colours) else {
                isInside = false
                continue
            }
            if !isInside { symbols.append(TerminalSymbol()) }
            isInside = true
            let blocks = line.dropFirst(colours.count).prefix { $0 != "\u{1B}" }
            symbols[symbols.count - 1].rows.append(blocks.map { $0 == "█" || $0 == "▀" })
            symbols[symbols.count - 1].rows.append(blocks.map { $0 == "█" || $0 == "▄" })
        }
        return symbols
    }

    /// The symbol as a binary PGM picture.
    var greyMap: Data {
        let width = (rows.first?.count ?? 0) * Self.scale
        var picture = Data("P5\n\(width) \(rows.count * Self.scale)\n255\n".utf8)
        for row in rows {
            let line = row.flatMap { Array(repeating: $0 ? 0 as UInt8 : 255, count: Self.scale) }
            for _ in 0..<Self.scale { picture.append(contentsOf: line) }
        }
        return picture
    }
}
