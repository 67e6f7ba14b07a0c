import WorkingTime

extension AuthorityLevel {
    /// As catalogue lines write them.
    static let words: [(String, AuthorityLevel)] = [
        ("central", .central), ("city", .city), ("district", .district), ("commune", .commune),
    ]
}

extension ServiceLevel {
    /// As catalogue lines write them.
    static let words: [(String, ServiceLevel)] = [
        ("information", .information), ("partial", .partial), ("full", .full),
    ]
}

// The parts that a line may leave out.
extension CatalogueRow {
    /// A long text of the catalogue: a sequence, the requirements.
    static let proseCharactersMax = 8_000

    func readParts(into content: inout ProcedureContent) throws(LineProblem) {
        let prose = Self.proseCharactersMax
        content.sequence = try fields.optionalText("sequence", charactersMax: prose)
        content.manner = try fields.optionalText("manner", charactersMax: prose)
        content.requirements = try fields.optionalText("requirements", charactersMax: prose)
        if !fields.isNull("set_count") {
            content.setCount = Int(try fields.integer("set_count", in: 1...100))
        }
        content.receivingAgencies = try optionalTexts("receiving_agencies", charactersMax: 300)
        content.nationalCode = try code(
            "code", NationalCode.isWellFormed, "1.001193, 1.001193.H26 or 1.001193.000.00.00.H26")
        content.fieldCode = try code("field_code", NationalCode.isWellFormedField, "H26-TP")
        if !fields.isNull("authority_level") {
            content.authorityLevel = try fields.word(
                "authority_level", among: AuthorityLevel.words)
        }
        if !fields.isNull("service_level") {
            content.serviceLevel = try fields.word("service_level", among: ServiceLevel.words)
        }
        content.offeredBy = try optionalTexts("offered_by", charactersMax: 35)
        for (index, agency) in content.offeredBy.enumerated() {
            guard AgencyIdentifier.isWellFormed(agency) else {
                throw fields.problem(
                    "offered_by[\(index)]", "write the agency's identifier, such as H26.001.00")
            }
            guard content.offeredBy.firstIndex(of: agency) == index else {
                throw fields.problem("offered_by[\(index)]", "occurs twice")
            }
        }
        if fields.has("other_agencies_stop_clock") {
            content.otherAgenciesStopClock = try fields.boolean("other_agencies_stop_clock")
        }
        content.process = try process(limits: content.limits)
        if !fields.isNull("doubts") { content.doubts = try doubts() }
    }

    private func optionalTexts(
        _ name: String, charactersMax: Int
    ) throws(LineProblem) -> [String] {
        fields.isNull(name)
            ? [] : try fields.texts(name, countMin: 0, charactersMax: charactersMax)
    }

    private func code(
        _ name: String, _ isWellFormed: (String) -> Bool, _ samples: String
    ) throws(LineProblem) -> String? {
        if fields.isNull(name) { return nil }
        let text = try fields.text(name, charactersMax: 40)
        guard isWellFormed(text) else {
            throw fields.problem(name, "is written like \(samples), or null")
        }
        return text
    }

    private func doubts() throws(LineProblem) -> [Doubt] {
        var doubts: [Doubt] = []
        for doubt in try fields.objects("doubts", countMin: 0) {
            try doubt.check(required: ["field", "reason"])
            doubts.append(
                Doubt(
                    field: try doubt.text("field", charactersMax: 100),
                    reason: try doubt.text("reason", charactersMax: 500)))
        }
        return doubts
    }
}

// The internal process.
extension CatalogueRow {
    private func process(limits: [LimitCase]) throws(LineProblem) -> InternalProcess? {
        guard let fields = try fields.object("process") else { return nil }
        try fields.check(required: ["stages"], optional: ["document"])
        var process = InternalProcess(stages: [])
        for stage in try fields.objects("stages", countMin: 1) {
            try stage.check(required: ["name", "steps"])
            var read = ProcessStage(
                name: try stage.text("name", charactersMax: 300), steps: [])
            for step in try stage.objects("steps", countMin: 1) {
                read.steps.append(try Self.step(step))
            }
            process.stages.append(read)
        }
        if let document = try fields.object("document") {
            process.document = try Self.document(document)
        }
        if let violation = process.violations(limits: limits).first {
            throw LineProblem(reason: "\(violation.field): \(violation.remedy)")
        }
        return process
    }

    private static let roles = PostRole.allCases.map { ($0.word, $0) }

    private static func step(_ fields: CatalogueFields) throws(LineProblem) -> ProcessStep {
        try fields.check(required: ["number", "name", "role", "agency", "budget_minutes"])
        return ProcessStep(
            number: Int(try fields.integer("number", in: 1...Int64(InternalProcess.stepsMax))),
            name: try fields.text("name", charactersMax: 300),
            role: try fields.word("role", among: roles),
            agency: try fields.optionalText("agency", charactersMax: 35),
            budgetMinutes: Int(
                try fields.integer(
                    "budget_minutes", in: 1...Int64(ProcessStep.budgetMinutesMax))))
    }

    private static func document(_ fields: CatalogueFields) throws(LineProblem) -> DocumentControl {
        try fields.check(required: ["number", "issue", "review_date", "approver", "change"])
        return DocumentControl(
            number: try fields.text("number", charactersMax: 100),
            issue: Int(try fields.integer("issue", in: 1...Int64(DocumentControl.issueMax))),
            reviewDate: fields.isNull("review_date") ? nil : try fields.day("review_date"),
            approver: try fields.optionalText("approver", charactersMax: 200),
            change: try fields.optionalText("change", charactersMax: 2000))
    }
}

/// The forms of codes that national decisions print.
package enum NationalCode {
    /// Mã thủ tục: `1.012644`, `1.013938.H13` or `1.001193.000.00.00.H26`. What the first digit
    /// means is not known, so any but zero is taken.
    package static func isWellFormed(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }), parts[0].first != 0x30,
            digits(parts[0], 1), digits(parts[1], 6)
        else { return false }
        return switch parts.count {
        case 2: true
        case 3: isUnit(parts[2])
        case 6:
            digits(parts[2], 3) && digits(parts[3], 2) && digits(parts[4], 2) && isUnit(parts[5])
        default: false
        }
    }

    /// Mã lĩnh vực: `MX1X2-LV` (Circular 01/2018 art. 20).
    package static func isWellFormedField(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.count == 2 && isUnit(parts[0]) && (1...10).contains(parts[1].count)
            && parts[1].allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
    }

    /// A level-1 unit, such as `H26`.
    private static func isUnit(_ part: Substring.UTF8View) -> Bool {
        part.count == 3 && (0x41...0x59).contains(part.first!) && digits(part.dropFirst(), 2)
    }

    private static func digits(_ part: Substring.UTF8View, _ count: Int) -> Bool {
        part.count == count && part.allSatisfy { (0x30...0x39).contains($0) }
    }
}
