extension QRSymbol {
    package enum TextStyle: Sendable, CaseIterable {
        /// Black on white by escape sequences, whatever the terminal's own colours. Modules of half
        /// a character.
        case coloured
        /// For paper and light terminals: the text's own colour is the dark one.
        case plainDarkOnLight
        /// For dark terminals without escape sequences: the text's own colour is the light one.
        case plainLightOnDark
    }

    /// The symbol in half-block characters, two rows of modules a line, quiet zone included.
    package func text(_ style: TextStyle) -> String {
        let edge = -Self.quietZone
        let far = side + Self.quietZone
        var text = ""
        for row in stride(from: edge, to: far, by: 2) {
            if style == .coloured { text += "\u{1B}[38;5;16;48;5;231m" }
            for column in edge..<far {
                let upper = isDark(row: row, column: column)
                let lower = isDark(row: row + 1, column: column)
                text += style == .plainLightOnDark ? block(!upper, !lower) : block(upper, lower)
            }
            if style == .coloured { text += "\u{1B}[0m" }
            text += "\n"
        }
        return text
    }

    private func block(_ upper: Bool, _ lower: Bool) -> String {
        switch (upper, lower) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }
}
