import WorkingTime

/// A catalogue line's object, read into a procedure. The ids of limits (L1..), fee lines (F1..) and
/// components (C1..) follow the source's order.
struct CatalogueRow {
    let fields: CatalogueFields

    init(_ fields: [String: JSONValue]) { self.fields = CatalogueFields(fields) }

    func line() throws(LineProblem) -> CatalogueLine {
        try fields.check(
            required: [
                "source_id", "name", "field", "agencies", "applicants", "result", "methods", "fees",
                "components", "legal_basis",
            ],
            optional: [
                "code", "status", "field_code", "sequence", "manner", "set_count",
                "receiving_agencies", "requirements", "authority_level", "service_level",
                "offered_by", "other_agencies_stop_clock", "process", "doubts",
            ])
        let id = try fields.integer("source_id", in: 1...999_999_999)
        let limits = try limits()
        var content = ProcedureContent(
            name: try fields.text("name", charactersMax: 1000),
            field: try fields.text("field", charactersMax: 300),
            agencies: try fields.texts("agencies", countMin: 1, charactersMax: 300),
            applicants: try fields.texts("applicants", countMin: 1, charactersMax: 300),
            resultName: try fields.text("result", charactersMax: 2000, blankAllowed: true),
            limits: limits,
            feeLines: try feeLines(offered: Set(limits.map(\.channel))),
            components: try components(),
            legalBasis: try fields.texts("legal_basis", countMin: 0, charactersMax: 100))
        try readParts(into: &content)
        return CatalogueLine(
            procedureID: String(id), content: content,
            isRetired: fields.has("status")
                ? try fields.word("status", among: [("published", false), ("retired", true)])
                : false)
    }

    private static let channels = IntakeChannel.ofProcedures.map { ($0.word, $0) }
    private static let units = TimeLimit.Unit.allCases.map { ($0.rawValue, $0) }
    private static let kinds: [(String, FeeKind)] = [("phi", .serviceFee), ("le_phi", .charge)]
    /// Ten years, so that every due date lies within the years that a calendar reaches.
    private static func limitValueMax(_ unit: TimeLimit.Unit) -> Int64 {
        unit == .month ? 120 : 3650
    }
    static let limitTextCharactersMax = 2_000
    /// With the sizes of their texts: what one event of the journal carries, 65,536 bytes.
    static let feeLinesMax = 24
    static let amountDongMax: Int64 = 1_000_000_000_000

    private func limits() throws(LineProblem) -> [LimitCase] {
        var limits: [LimitCase] = []
        for (index, method) in try fields.objects("methods", countMin: 1).enumerated() {
            try method.check(required: ["channel", "limit_value", "limit_unit", "limit_text"])
            let limit = LimitCase(
                id: "L\(index + 1)", channel: try method.word("channel", among: Self.channels),
                limit: try timeLimit(method),
                text: try method.text("limit_text", charactersMax: Self.limitTextCharactersMax))
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
