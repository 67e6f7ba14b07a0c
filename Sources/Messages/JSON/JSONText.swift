/// Writes JSON, on one line or indented by two blanks.
struct JSONText {
    private(set) var text = ""
    private let isIndented: Bool
    /// Brackets that are open.
    private(set) var depth = 0
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

extension JSONValue {
    /// As JSON text: on one line, or indented by two blanks.
    package func text(isIndented: Bool = false) -> String {
        var text = JSONText(isIndented: isIndented)
        write(to: &text)
        return text.text
    }

    private func write(to text: inout JSONText) {
        switch self {
        case .null: text.bare("null")
        case .bool(let isTrue): text.bare(isTrue ? "true" : "false")
        case .number(let number): text.bare(number)
        case .string(let string): text.string(string)
        case .array(let values):
            text.open("[")
            for value in values { value.write(to: &text) }
            text.close("]")
        case .object(let members):
            text.open("{")
            for member in members {
                text.key(member.key)
                member.value.write(to: &text)
            }
            text.close("}")
        }
    }
}
