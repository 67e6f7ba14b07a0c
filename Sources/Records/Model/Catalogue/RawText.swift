import Foundation

/// What every text of a raw row goes through: NFC, one space where there are several, and a look for
/// letters of another encoding.
enum RawText {
    /// NFC, without spaces at its ends and with single ones inside; line feeds stay when they are
    /// wanted.
    static func tidy(_ text: String, keepingLines: Bool = false) -> String {
        let lines = text.precomposedStringWithCanonicalMapping.replacing("\r\n", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: true)
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .filter { !$0.isEmpty }
        return lines.joined(separator: keepingLines ? "\n" : " ")
    }

    /// What a crawl prints where there is nothing.
    static func isPlaceholder(_ text: String) -> Bool {
        let bare = tidy(text).trimmingCharacters(in: CharacterSet(charactersIn: ".- ")).lowercased()
        return [
            "", "không có thông tin", "đang cập nhật", "chưa cập nhật", "n/a", "null",
            "không có dữ liệu",
        ].contains(bare)
    }

    /// Why a text is not readable Vietnamese; `nil` when it is.
    static func damage(in text: String) -> String? {
        let scalars = Array(text.precomposedStringWithCanonicalMapping.unicodeScalars)
        if scalars.contains("\u{FFFD}") { return "holds U+FFFD, which stands for a lost letter" }
        for (index, scalar) in scalars.enumerated() {
            if (0x80...0x9F).contains(scalar.value) { return "is in another encoding than UTF-8" }
            if index + 1 < scalars.count,
                wrongEncodingPairs[scalar]?.contains(scalars[index + 1]) == true
            {
                return "is UTF-8 that was read as another encoding"
            }
            let isInWord =
                index > 0 && scalars[index - 1].properties.isAlphabetic
                || index + 1 < scalars.count && scalars[index + 1].properties.isAlphabetic
            if isInWord, tcvn3Only.contains(scalar) {
                return "holds \(scalar) inside a word: letters of TCVN3 or another old encoding"
            }
        }
        return nil
    }

    /// A letter that the source writes for ư (U+01B0): the Latin letter gha looks like it.
    static func hasGha(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0 == "\u{01A2}" || $0 == "\u{01A3}" }
    }

    /// Signs that TCVN3 (ABC) uses for Vietnamese letters and that no Vietnamese word has. Those
    /// that stand for themselves in Vietnamese, such as È, cannot tell the two apart.
    private static let tcvn3Only = Set("µ¸¶¹¨¾¼½Æ©ÇË®ÐÎÏÑª×ØÞßä«åæçëîïñ¬­öøû¦¡¢£¤¥§".unicodeScalars)

    /// UTF-8 taken for Windows-1252: the first byte of a letter and what may follow it.
    private static let wrongEncodingPairs: [Unicode.Scalar: Set<Unicode.Scalar>] = [
        "Ã": Set((0xA0...0xBF).map { Unicode.Scalar($0) }), "Ä": ["‘", "ƒ", "…", "©"],
        "á": ["º", "»"], "Æ": ["°", "¡", "¯"],
    ]

    /// The beginning of a text, to be told in a reason.
    static func quoted(_ text: String) -> String {
        let limit = 60
        let shown = tidy(text)
        return shown.count <= limit ? "\"\(shown)\"" : "\"\(shown.prefix(limit))…\""
    }

    /// At most so many characters, the cut one visible.
    static func cut(_ text: String, charactersMax: Int) -> String {
        guard text.unicodeScalars.count > charactersMax else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(charactersMax - 1))) + "…"
    }
}
