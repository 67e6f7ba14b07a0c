package import RPC

/// A parsed JSON text. Numbers stay text, so that an int64 loses nothing.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; no key twice.
    case object([Member])

    /// A struct, where a tuple makes the compiler see a circle.
    package struct Member: Sendable {
        package var key: String
        package var value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// What a refusal calls it.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Reads RFC 8259 and nothing more: no comments, no trailing commas, no bare NaN.
package struct JSONParser {
    /// Deeper than any message goes; keeps a hostile text from using up the stack.
    static let depthMax = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    private init(_ text: String) { bytes = Array(text.utf8) }

    package static func parse(_ text: String) throws(MessageError) -> JSONValue {
        var parser = JSONParser(text)
        let value = try parser.takeValue()
        parser.skipBlanks()
        guard parser.position == parser.bytes.count else {
            throw parser.refusal("the text goes on after the value")
        }
        return value
    }

    private func refusal(_ what: String) -> MessageError {
        let before = bytes[..<position]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return MessageError(.malformed, message: "JSON, line \(line), column \(column): \(what)")
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeValue() throws(MessageError) -> JSONValue {
        skipBlanks()
        guard let byte = next else { throw refusal("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"):
            return try nested { parser throws(MessageError) in try parser.takeObject() }
        case UInt8(ascii: "["):
            return try nested { parser throws(MessageError) in try parser.takeArray() }
        case UInt8(ascii: "\""): return .string(try takeString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try takeNumber())
        default:
            if takeWord("true") { return .bool(true) }
            if takeWord("false") { return .bool(false) }
            if takeWord("null") { return .null }
            throw refusal("a value is an object, an array, a string, a number, true, false or null")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(MessageError) -> JSONValue
    ) throws(MessageError) -> JSONValue {
        guard depth < Self.depthMax else { throw refusal("nested deeper than \(Self.depthMax)") }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func takeObject() throws(MessageError) -> JSONValue {
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        if take("}") { return .object([]) }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else {
                throw refusal("a key in quotes should be here")
            }
            let key = try takeString()
            guard keys.insert(key).inserted else {
                throw refusal("the key \"\(key)\" stands twice")
            }
            guard take(":") else { throw refusal("a colon should follow the key") }
            members.append(.init(key: key, value: try takeValue()))
        } while take(",")
        guard take("}") else { throw refusal("a comma or } should be here") }
        return .object(members)
    }

    private mutating func takeArray() throws(MessageError) -> JSONValue {
        var values: [JSONValue] = []
        if take("]") { return .array([]) }
        repeat { values.append(try takeValue()) } while take(",")
        guard take("]") else { throw refusal("a comma or ] should be here") }
        return .array(values)
    }

    private mutating func takeNumber() throws(MessageError) -> String {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let firstDigit = next
        let integerDigits = takeDigits()
        guard integerDigits == 1 || (integerDigits > 1 && firstDigit != UInt8(ascii: "0")) else {
            throw refusal("no number of JSON")
        }
        if next == UInt8(ascii: ".") {
            position += 1
            guard takeDigits() > 0 else { throw refusal("digits should follow the point") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard takeDigits() > 0 else { throw refusal("digits should follow the exponent") }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func takeDigits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        return position - start
    }

    private mutating func takeString() throws(MessageError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content.append(contentsOf: String(try takeEscape()).utf8)
            case ..<0x20: throw refusal("a control character in a string must be escaped")
            default: content.append(byte)
            }
        }
        throw refusal("the string does not end")
    }

    private mutating func takeEscape() throws(MessageError) -> Unicode.Scalar {
        guard let byte = next else { throw refusal("the string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw refusal("no escape of JSON")
        }
        let first = try takeHex()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), takeWord("\\u") else {
            throw refusal("half of a surrogate pair")
        }
        let second = try takeHex()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw refusal("half of a surrogate pair") }
        return scalar
    }

    private mutating func takeHex() throws(MessageError) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4,
            digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw refusal("four hexadecimal digits should follow \\u") }
        position += 4
        return value
    }
}
