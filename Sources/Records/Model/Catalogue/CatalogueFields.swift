import Foundation
import WorkingTime

/// The fields of one JSON object of a catalogue line, and how they are read: by name, by type, with
/// a reason for each that is not as it should be.
struct CatalogueFields {
    private let fields: [String: JSONValue]
    private let path: String

    init(_ fields: [String: JSONValue], path: String = "") {
        self.fields = fields
        self.path = path
    }

    func problem(_ name: String, _ what: String) -> LineProblem {
        LineProblem(reason: "\(path)\(name): \(what)")
    }

    /// Every key is known and every one that has to be there is.
    func check(required: [String], optional: [String] = []) throws(LineProblem) {
        let unknown = fields.keys.filter { !required.contains($0) && !optional.contains($0) }
            .sorted()
        let missing = required.filter { fields[$0] == nil }
        if unknown.isEmpty, missing.isEmpty { return }
        var parts: [String] = []
        if !unknown.isEmpty {
            let shown = unknown.prefix(8).map(LineProblem.shown).joined(separator: ", ")
            parts.append("unknown \(shown)")
        }
        if !missing.isEmpty { parts.append("missing \(missing.joined(separator: ", "))") }
        let place = path.isEmpty ? "keys" : "\(path.dropLast()) keys"
        throw LineProblem(reason: "\(place): \(parts.joined(separator: "; "))")
    }

    func isNull(_ name: String) -> Bool {
        switch fields[name] {
        case .null, nil: true
        default: false
        }
    }

    func has(_ name: String) -> Bool { fields[name] != nil }

    /// An object, or `nil` for null and for nothing.
    func object(_ name: String) throws(LineProblem) -> CatalogueFields? {
        if isNull(name) { return nil }
        guard case .object(let fields)? = fields[name] else {
            throw problem(name, "has to be an object")
        }
        return CatalogueFields(fields, path: "\(path)\(name).")
    }

    func boolean(_ name: String) throws(LineProblem) -> Bool {
        guard case .bool(let value)? = fields[name] else {
            throw problem(name, "has to be true or false")
        }
        return value
    }

    /// A day written yyyy-MM-dd that there is.
    func day(_ name: String) throws(LineProblem) -> CivilDate {
        let text = try text(name, charactersMax: 10)
        do throws(TextRejection) {
            return try CivilDate(parsing: text)
        } catch {
            throw problem(name, "\(LineProblem.shown(text)) is no date: \(error.reason)")
        }
    }

    /// Text in NFC, without control characters.
    func text(_ name: String, charactersMax: Int, blankAllowed: Bool = false) throws(LineProblem)
        -> String
    {
        guard case .string(let text)? = fields[name] else { throw problem(name, "has to be text") }
        return try checked(text, name, charactersMax: charactersMax, blankAllowed: blankAllowed)
    }

    /// Text or null, which reads as empty.
    func optionalText(_ name: String, charactersMax: Int) throws(LineProblem) -> String {
        isNull(name) ? "" : try text(name, charactersMax: charactersMax, blankAllowed: true)
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(LineProblem) -> Int64 {
        guard case .integer(let value)? = fields[name] else {
            throw problem(name, "has to be a whole number")
        }
        guard range.contains(value) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw problem(
                name, value < 0 ? "is negative, has to be \(bounds)" : "has to be \(bounds)")
        }
        return value
    }

    func word<Value>(_ name: String, among words: [(String, Value)]) throws(LineProblem) -> Value {
        let allowed = words.map(\.0).joined(separator: ", ")
        guard case .string(let text)? = fields[name] else {
            throw problem(name, "is missing, has to be one of \(allowed)")
        }
        guard let match = words.first(where: { $0.0 == text }) else {
            throw problem(name, "\"\(LineProblem.shown(text))\" is not one of \(allowed)")
        }
        return match.1
    }

    func texts(_ name: String, countMin: Int, charactersMax: Int) throws(LineProblem) -> [String] {
        let elements = try array(name, countMin: countMin)
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            let place = "\(name)[\(index)]"
            guard case .string(let text) = element else { throw problem(place, "has to be text") }
            texts.append(
                try checked(text, place, charactersMax: charactersMax, blankAllowed: false))
        }
        return texts
    }

    func objects(_ name: String, countMin: Int) throws(LineProblem) -> [CatalogueFields] {
        var objects: [CatalogueFields] = []
        for (index, element) in try array(name, countMin: countMin).enumerated() {
            guard case .object(let fields) = element else {
                throw problem("\(name)[\(index)]", "has to be an object")
            }
            objects.append(CatalogueFields(fields, path: "\(path)\(name)[\(index)]."))
        }
        return objects
    }

    /// The most elements of any list.
    private static let elementsMax = 200

    private func array(_ name: String, countMin: Int) throws(LineProblem) -> [JSONValue] {
        guard case .array(let elements)? = fields[name] else {
            throw problem(name, "has to be a list")
        }
        guard elements.count >= countMin else { throw problem(name, "is empty") }
        guard elements.count <= Self.elementsMax else {
            throw problem(name, "has more than \(Self.elementsMax) elements")
        }
        return elements
    }

    private func checked(
        _ text: String, _ name: String, charactersMax: Int, blankAllowed: Bool
    ) throws(LineProblem) -> String {
        let text = text.precomposedStringWithCanonicalMapping
        if text.unicodeScalars.contains(where: {
            $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
        }) {
            throw problem(name, "holds a control character")
        }
        if !blankAllowed, text.allSatisfy(\.isWhitespace) { throw problem(name, "is blank") }
        if text.unicodeScalars.count > charactersMax {
            throw problem(name, "is over \(charactersMax) characters")
        }
        return text
    }
}
