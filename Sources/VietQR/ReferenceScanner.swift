/// Finds references in what banks deliver as a transfer's content.
///
/// Sees through case, tone marks, full-width forms, O for 0, I and L for 1, text glued to either
/// side, and blanks, hyphens and dots inside. Any other character ends a candidate. Only right
/// check characters count: a damaged reference is not found, and no number is taken for one.
package struct ReferenceScanner: Sendable {
    private let prefixes: Set<UInt32>

    package init(prefixes: Set<ReferencePrefix>) {
        self.prefixes = Set(prefixes.map { Self.key($0.text.utf8) })
    }

    /// All different references, in the order of their first appearance. More than one is for a
    /// person to decide.
    ///
    /// Time and memory grow with the content's length and nothing else.
    package func references(in content: String) -> [Reference] {
        let characters = Self.folded(content)
        var found: [Reference] = []
        var start = 0
        while start + Reference.length <= characters.count {
            let candidate = characters[start..<start + Reference.length]
            if prefixes.contains(Self.key(candidate.prefix(3))),
                candidate.allSatisfy(Reference.isInAlphabet),
                let reference = Reference(folded: candidate), !found.contains(reference)
            {
                found.append(reference)
            }
            start += 1
        }
        return found
    }

    private static func key(_ prefix: some Sequence<UInt8>) -> UInt32 {
        prefix.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The content in the alphabet of references; a zero byte stands for whatever ends a candidate.
    private static func folded(_ content: String) -> [UInt8] {
        var characters: [UInt8] = []
        characters.reserveCapacity(content.utf8.count)
        for scalar in content.unicodeScalars {
            switch ContentFolding.fold(scalar) {
            case .character(UInt8(ascii: "O")): characters.append(UInt8(ascii: "0"))
            case .character(UInt8(ascii: "I")), .character(UInt8(ascii: "L")):
                characters.append(UInt8(ascii: "1"))
            case .character(let byte): characters.append(byte)
            case .skipped: continue
            case .boundary: characters.append(0)
            }
        }
        return characters
    }
}
