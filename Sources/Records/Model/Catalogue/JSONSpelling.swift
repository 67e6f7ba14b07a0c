/// What a JSON decoder lets pass in silence and a catalogue may not: a key that stands twice, where
/// one value would win unseen, and a whole number that is written as another one (`1.0`, `1e3`).
enum JSONSpelling {
    /// - Parameter line: One well-formed JSON value in UTF-8.
    static func check(_ line: ArraySlice<UInt8>) throws(LineProblem) {
        var keys: [Set<[UInt8]>] = []
        var key = ""
        var rest = line
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                keys.append([])
                rest.removeFirst()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                keys.removeLast()
                rest.removeFirst()
            case UInt8(ascii: "\""):
                let text = string(from: &rest)
                guard rest.first(where: { !isBlank($0) }) == UInt8(ascii: ":") else { break }
                key = LineProblem.shown(String(decoding: text, as: UTF8.self))
                // The same key could be spelled in several ways, and none needs it.
                guard !text.contains(UInt8(ascii: "\\")) else {
                    throw LineProblem(reason: "\(key): write the key without escapes")
                }
                guard keys[keys.count - 1].insert(text).inserted else {
                    throw LineProblem(
                        reason: "\(key): stands twice in one object; keep one of them")
                }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let number = rest.prefix(while: isOfNumber)
                guard number.allSatisfy({ $0 <= UInt8(ascii: "9") && $0 != UInt8(ascii: ".") })
                else {
                    throw LineProblem(
                        reason: "\(key): write whole numbers in digits alone, not "
                            + LineProblem.shown(String(decoding: number, as: UTF8.self)))
                }
                rest.removeFirst(number.count)
            default:
                rest.removeFirst()
            }
        }
    }

    /// Takes a string and returns what stands between its quotes.
    private static func string(from rest: inout ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            text.append(byte)
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() { text.append(escaped) }
        }
        return text
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || Array("+-.eE".utf8).contains(byte)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }
}
