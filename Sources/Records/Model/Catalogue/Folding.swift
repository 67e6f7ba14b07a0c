import Foundation

/// Text folded for search: tone and vowel marks off, đ to d, lower case, every run of anything but
/// letters and digits one space. Never shown to anybody.
package enum Folding {
    /// The least number of letters and digits in a query.
    package static let queryCharactersMin = 2
    /// More words than this tell nothing more apart.
    package static let queryWordsMax = 16

    package static func fold(_ text: String) -> String {
        var folded = String.UnicodeScalarView()
        var gap = false
        for scalar in text.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark:
                continue
            case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter,
                .decimalNumber, .letterNumber, .otherNumber:
                if gap, !folded.isEmpty { folded.append(" ") }
                gap = false
                // Unicode does not decompose the stroke of đ.
                folded.append(scalar == "đ" ? "d" : scalar)
            default:
                gap = true
            }
        }
        return String(folded)
    }

    /// The words of a query, each to be found at the beginning of a word. `nil` when the query has
    /// fewer than ``queryCharactersMin`` letters and digits or more than ``queryWordsMax`` words.
    package static func words(ofQuery query: String) -> [String]? {
        let words = fold(query).split(separator: " ").map(String.init)
        guard words.reduce(0, { $0 + $1.count }) >= queryCharactersMin, words.count <= queryWordsMax
        else { return nil }
        return words
    }
}
