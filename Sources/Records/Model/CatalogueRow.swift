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
        if unknown.contains(where: { $0.hasSuffix("_raw") }) {
            parts.append(
                "a row as a source prints it is not read: bring it into the catalogue's shape first"
            )
        }
        let place = path.isEmpty ? "keys" : "\(path.dropLast()) keys"
        throw LineProblem(reason: "\(place): \(parts.joined(separator: "; "))")
    }

    func isNull(_ name: String) -> Bool {
        switch fields[name] {
        case .null, nil: true
        default: false
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

/// A catalogue line's object, read into a procedure. The ids of limits (L1..), fee lines (F1..) and
/// components (C1..) follow the source's order.
struct CatalogueRow {
    private let fields: CatalogueFields

    init(_ fields: [String: JSONValue]) { self.fields = CatalogueFields(fields) }

    func line() throws(LineProblem) -> CatalogueLine {
        try fields.check(
            required: [
                "source_id", "name", "field", "agencies", "applicants", "result", "methods", "fees",
                "components", "legal_basis",
            ], optional: ["code"])
        let id = try fields.integer("source_id", in: 1...999_999_999)
        guard fields.isNull("code") else {
            throw fields.problem("code", "has to be null: national codes are not read yet")
        }
        let limits = try limits()
        let content = ProcedureContent(
            name: try fields.text("name", charactersMax: 1000),
            field: try fields.text("field", charactersMax: 300),
            agencies: try fields.texts("agencies", countMin: 1, charactersMax: 300),
            applicants: try fields.texts("applicants", countMin: 1, charactersMax: 300),
            resultName: try fields.text("result", charactersMax: 2000, blankAllowed: true),
            limits: limits,
            feeLines: try feeLines(offered: Set(limits.map(\.channel))),
            components: try components(),
            legalBasis: try fields.texts("legal_basis", countMin: 0, charactersMax: 100))
        return CatalogueLine(procedureID: String(id), content: content)
    }

    private static let channels: [(String, IntakeChannel)] = [
        ("direct", .direct), ("online", .online), ("post", .post),
    ]
    private static let units = TimeLimit.Unit.allCases.map { ($0.rawValue, $0) }
    private static let kinds: [(String, FeeKind)] = [("phi", .serviceFee), ("le_phi", .charge)]
    /// Ten years, so that every due date lies within the years that a calendar reaches.
    private static func limitValueMax(_ unit: TimeLimit.Unit) -> Int64 {
        unit == .month ? 120 : 3650
    }
    /// With the sizes of their texts: what one event of the journal carries, 65,536 bytes.
    private static let feeLinesMax = 24
    private static let amountDongMax: Int64 = 1_000_000_000_000

    private func limits() throws(LineProblem) -> [LimitCase] {
        var limits: [LimitCase] = []
        for (index, method) in try fields.objects("methods", countMin: 1).enumerated() {
            try method.check(required: ["channel", "limit_value", "limit_unit", "limit_text"])
            let limit = LimitCase(
                id: "L\(index + 1)", channel: try method.word("channel", among: Self.channels),
                limit: try timeLimit(method),
                text: try method.text("limit_text", charactersMax: 500))
            if let same = limits.firstIndex(where: { same in
                var same = same
                same.id = limit.id
                return same == limit
            }) {
                throw fields.problem("methods[\(index)]", "is the same as methods[\(same)]")
            }
            limits.append(limit)
        }
        return limits
    }

    private func timeLimit(_ method: CatalogueFields) throws(LineProblem) -> TimeLimit {
        let unit = try method.word("limit_unit", among: Self.units)
        var value: Int?
        if unit.takesValue {
            value = Int(try method.integer("limit_value", in: 1...Self.limitValueMax(unit)))
        } else if !method.isNull("limit_value") {
            throw method.problem("limit_value", "has to be null: \(unit.rawValue) takes no number")
        }
        do throws(TextRejection) {
            return try TimeLimit(value, unit)
        } catch {
            throw method.problem("limit_value", error.reason)
        }
    }

    private func feeLines(offered: Set<IntakeChannel>) throws(LineProblem) -> [FeeLine] {
        var lines: [FeeLine] = []
        let fees = try fields.objects("fees", countMin: 0)
        guard fees.count <= Self.feeLinesMax else {
            throw fields.problem("fees", "has more than \(Self.feeLinesMax) elements")
        }
        for (index, fee) in fees.enumerated() {
            try fee.check(required: ["kind", "amount_dong", "per", "note", "channels"])
            var channels: [IntakeChannel] = []
            for word in try fee.texts("channels", countMin: 1, charactersMax: 24) {
                guard let channel = Self.channels.first(where: { $0.0 == word })?.1 else {
                    throw fee.problem(
                        "channels",
                        "\"\(LineProblem.shown(word))\" is not one of direct, online, post")
                }
                guard offered.contains(channel) else {
                    throw fee.problem("channels", "\(word) is no channel of methods")
                }
                guard !channels.contains(channel) else {
                    throw fee.problem("channels", "\(word) occurs twice")
                }
                channels.append(channel)
            }
            let amount: FeeAmount =
                fee.isNull("amount_dong")
                ? .open : .dong(try fee.integer("amount_dong", in: 0...Self.amountDongMax))
            lines.append(
                FeeLine(
                    id: "F\(index + 1)", kind: try fee.word("kind", among: Self.kinds),
                    amount: amount,
                    per: try fee.optionalText("per", charactersMax: 200),
                    note: try fee.optionalText("note", charactersMax: 400), channels: channels))
        }
        return lines
    }

    private func components() throws(LineProblem) -> [RequiredComponent] {
        var components: [RequiredComponent] = []
        for (index, paper) in try fields.objects("components", countMin: 0).enumerated() {
            try paper.check(required: ["name", "originals", "copies", "form"])
            components.append(
                RequiredComponent(
                    id: "C\(index + 1)", name: try paper.text("name", charactersMax: 2000),
                    originals: Int(try paper.integer("originals", in: 0...1000)),
                    copies: Int(try paper.integer("copies", in: 0...1000)),
                    form: try paper.optionalText("form", charactersMax: 1000)))
        }
        return components
    }
}
