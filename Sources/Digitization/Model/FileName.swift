import Foundation

/// What a file was called where it came from. Shown to people, never used as a path or to tell a
/// type.
package struct FileName: Hashable, Sendable {
    /// In Unicode's NFC, at most ``DocumentLimits/fileNameBytesMax`` bytes; may be empty.
    package let text: String

    /// Returns `nil` for a name that is too long, or that holds a control character, a line
    /// separator or a character that turns the direction of writing (with which `fdp.exe` is shown
    /// as `exe.pdf`).
    package init?(_ text: String) {
        let composed = text.precomposedStringWithCanonicalMapping
        guard composed.utf8.count <= DocumentLimits.fileNameBytesMax,
            composed.unicodeScalars.allSatisfy(Self.isShowable)
        else { return nil }
        self.text = composed
    }

    /// A name that was accepted before and kept since.
    package init(stored text: String) { self.text = text }

    private static func isShowable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: !scalar.properties.isBidiControl
        }
    }
}
