/// Writes JSON, on one line or indented by two blanks.
struct JSONText {
    private(set) var text = ""
    private let isIndented: Bool
    private var depth = 0
    private var isFirst = true
    private var followsKey = false

    init(isIndented: Bool) { self.isIndented = isIndented }

    mutating func open(_ bracket: Character) {
        separate()
        text.append(bracket)
        depth += 1
        isFirst = true
    }

    mutating func close(_ bracket: Character) {
        depth -= 1
        if !isFirst { breakLine() }
        text.append(bracket)
        isFirst = false
    }

    mutating func key(_ name: String) {
        separate()
        quote(name)
        text += isIndented ? ": " : ":"
        followsKey = true
    }

    /// A number, `true`, `false` or `null`.
    mutating func bare(_ literal: String) {
        separate()
        text += literal
    }

    mutating func string(_ string: String) {
        separate()
        quote(string)
    }

    private mutating func separate() {
        if followsKey {
            followsKey = false
            return
        }
        if !isFirst { text += "," }
        isFirst = false
        if depth > 0 { breakLine() }
    }

    private mutating func breakLine() {
        guard isIndented else { return }
        text += "\n"
        text += String(repeating: "  ", count: depth)
    }

    private mutating func quote(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case ..<"\u{20}", "\u{7f}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
