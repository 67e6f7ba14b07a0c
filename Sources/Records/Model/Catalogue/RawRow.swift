import WorkingTime

/// A row as a crawl of the public portal prints it: lists in one text, limits and fees in words.
///
/// Each field gets a value, or the row is refused with the field and the reason. Where a reading is
/// taken that the source makes doubtful, a ``Doubt`` says so and stays with the version. Numbers are
/// taken only from where they certainly stand; texts are kept as printed, spaces apart.
struct RawRow {
    private let fields: CatalogueFields
    private var doubts: [Doubt] = []

    /// Whether an object is such a row rather than a line in the catalogue's shape.
    static func isRaw(_ fields: [String: JSONValue]) -> Bool {
        fields.keys.contains { $0.hasSuffix("_raw") }
    }

    init(_ fields: [String: JSONValue]) { self.fields = CatalogueFields(fields) }

    func line() throws(LineProblem) -> CatalogueLine {
        var row = self
        let line = try row.read()
        // What was read is a catalogue line like any other, within the same limits.
        return try CatalogueReader.read(line: Array(CatalogueText.line(line).utf8)[...])
    }

    private mutating func read() throws(LineProblem) -> CatalogueLine {
        try fields.check(
            required: [
                "source_id", "name", "field", "agencies_raw", "applicants_raw", "result_raw",
                "methods_raw", "phi_raw", "le_phi_raw", "components_raw", "legal_basis_raw",
            ],
            // What the collector of the row noted about it.
            optional: ["why", "expect"])
        let id = try fields.integer("source_id", in: 1...999_999_999)
        let name = try text("name", as: "name")
        let field = try text("field", as: "field")
        let methods = try methods()
        let limits = try limits(of: methods)
        let agencies = try agencies()
        let result = try result()
        let components = try components()
        if !result.isEmpty,
            components.contains(where: { Folding.fold($0.name) == Folding.fold(result) })
        {
            doubt("result_name", "is the name of a paper that is asked for")
        }
        let content = ProcedureContent(
            name: name, field: field, agencies: agencies, applicants: try applicants(),
            resultName: result, limits: limits, feeLines: try fees(of: methods),
            components: components, legalBasis: try legalBasis(field: field),
            doubts: doubts)
        return CatalogueLine(procedureID: String(id), content: content)
    }

    private mutating func doubt(_ field: String, _ reason: String) {
        doubts.append(Doubt(field: field, reason: RawText.cut(reason, charactersMax: 500)))
    }

    /// A text that has to be there.
    private mutating func text(_ key: String, as field: String) throws(LineProblem) -> String {
        let text = RawText.tidy(try fields.text(key, charactersMax: 4_000))
        if let damage = RawText.damage(in: text) { throw fields.problem(key, damage) }
        if RawText.isPlaceholder(text) { throw fields.problem(key, "is a placeholder") }
        noteGha(in: text, field)
        return text
    }

    private mutating func noteGha(in text: String, _ field: String) {
        if RawText.hasGha(text) { doubt(field, "holds ƣ (U+01A3) where ư may be meant") }
    }
}

// Methods and their limits.
extension RawRow {
    private struct Method {
        var channels: [IntakeChannel]
        var limitText: String
        /// Ids of fees.
        var fees: [String]
    }

    private func methods() throws(LineProblem) -> [Method] {
        var methods: [Method] = []
        for row in try fields.objects("methods_raw", countMin: 1) {
            try row.check(required: ["hinh_thuc", "thoi_han", "lien_ket_phi"])
            var channels: [IntakeChannel] = []
            for word in try row.text("hinh_thuc", charactersMax: 200).split(separator: ",") {
                guard let channel = Self.channels[Folding.fold(String(word))] else {
                    throw row.problem(
                        "hinh_thuc",
                        "\(RawText.quoted(String(word))) is not one of Trực tiếp, Trực tuyến, "
                            + "Dịch vụ bưu chính")
                }
                channels.append(channel)
            }
            methods.append(
                Method(
                    channels: channels,
                    limitText: RawText.tidy(
                        try row.optionalText(
                            "thoi_han", charactersMax: CatalogueRow.limitTextCharactersMax)),
                    fees: try row.texts("lien_ket_phi", countMin: 0, charactersMax: 40)))
        }
        return methods
    }

    private static let channels: [String: IntakeChannel] = [
        "truc tiep": .direct, "nop truc tiep": .direct, "truc tuyen": .online,
        "nop truc tuyen": .online, "dich vu buu chinh": .post, "buu chinh": .post,
        "qua dich vu buu chinh": .post, "dich vu buu chinh cong ich": .post,
        "buu chinh cong ich": .post, "qua dich vu buu chinh cong ich": .post,
    ]

    private mutating func limits(of methods: [Method]) throws(LineProblem) -> [LimitCase] {
        var limits: [LimitCase] = []
        for (index, method) in methods.enumerated() {
            let limit: TimeLimit
            let doubt: String?
            if let damage = RawText.damage(in: method.limitText) {
                throw fields.problem("methods_raw[\(index)].thoi_han", damage)
            }
            switch RawLimit.read(method.limitText) {
            case .refused(let reason):
                throw fields.problem(
                    "methods_raw[\(index)].thoi_han",
                    "\(RawText.quoted(method.limitText)) \(reason)")
            case .limit(let read, let why): (limit, doubt) = (read, why)
            }
            for channel in method.channels {
                let text = method.limitText.isEmpty ? "(không ghi)" : method.limitText
                // A channel that is printed twice with the same words is one.
                if limits.contains(where: { $0.channel == channel && $0.text == text }) { continue }
                if let doubt { self.doubt("limits[\(limits.count)]", doubt) }
                limits.append(
                    LimitCase(
                        id: "L\(limits.count + 1)", channel: channel, limit: limit, text: text))
            }
        }
        return limits
    }
}

// Fees.
extension RawRow {
    private mutating func fees(of methods: [Method]) throws(LineProblem) -> [FeeLine] {
        var printed =
            try fees("phi_raw", .serviceFee) + fees("le_phi_raw", .charge)
        // What one channel leaves open with these words, another does not give away with the same.
        for index in printed.indices where printed[index].read.amount == .dong(0) {
            let note = printed[index].read.note
            guard !note.isEmpty,
                printed.contains(where: { $0.read.amount == .open && $0.read.note == note })
            else { continue }
            printed[index].read.amount = .open
            printed[index].read.doubts.append(
                "prints 0 Đồng beside the words of a fee that is open elsewhere: it is left open")
        }
        for (index, method) in methods.enumerated() {
            for id in method.fees where !printed.contains(where: { $0.id == id }) {
                throw fields.problem(
                    "methods_raw[\(index)].lien_ket_phi",
                    "\(RawText.quoted(id)) is no fee of the row")
            }
        }
        var lines: [FeeLine] = []
        for fee in printed {
            let channels = IntakeChannel.allCases.filter { channel in
                methods.contains { $0.channels.contains(channel) && $0.fees.contains(fee.id) }
            }
            guard !channels.isEmpty else {
                throw fields.problem(fee.path, "no method links it: its channel is unknown")
            }
            let same = lines.firstIndex { line in
                line.kind == fee.kind && line.amount == fee.read.amount && line.per == fee.read.per
                    && line.note == fee.read.note
            }
            let index = same ?? lines.count
            if same == nil {
                lines.append(
                    FeeLine(
                        id: "F\(index + 1)", kind: fee.kind, amount: fee.read.amount,
                        per: fee.read.per, note: fee.read.note, channels: []))
            }
            // One row per channel says the same: one line with all its channels.
            let all = Set(lines[index].channels + channels)
            lines[index].channels = IntakeChannel.allCases.filter(all.contains)
            for reason in fee.read.doubts
            where !doubts.contains(Doubt(field: "fee_lines[\(index)]", reason: reason)) {
                doubt("fee_lines[\(index)]", reason)
            }
        }
        return lines
    }

    private struct PrintedFee {
        var id: String
        var path: String
        var kind: FeeKind
        var read: RawFee
    }

    private func fees(_ key: String, _ kind: FeeKind) throws(LineProblem) -> [PrintedFee] {
        if fields.isNull(key) { return [] }
        var fees: [PrintedFee] = []
        for (index, row) in try fields.objects(key, countMin: 0).enumerated() {
            try row.check(required: ["id", "text"])
            let id = try row.text("id", charactersMax: 40)
            guard !fees.contains(where: { $0.id == id }) else {
                throw row.problem("id", "occurs twice")
            }
            let text = try row.text("text", charactersMax: 8_000)
            if let damage = RawText.damage(in: text) { throw row.problem("text", damage) }
            switch RawFee.read(text, kind: kind) {
            case .refused(let reason): throw row.problem("text", reason)
            case .fee(let read):
                fees.append(
                    PrintedFee(id: id, path: "\(key)[\(index)]", kind: kind, read: read))
            }
        }
        return fees
    }
}

// Lists.
extension RawRow {
    private mutating func agencies() throws(LineProblem) -> [String] {
        let printed = try text("agencies_raw", as: "agencies")
        let (agencies, joined) = RawLists.agencies(in: printed)
        for text in joined {
            doubt(
                "agencies",
                "the comma before \(RawText.quoted(text)) is read as part of a name, for no agency "
                    + "begins so")
        }
        guard !agencies.isEmpty else { throw fields.problem("agencies_raw", "names no agency") }
        return agencies
    }

    private func applicants() throws(LineProblem) -> [String] {
        let printed = RawText.tidy(try fields.text("applicants_raw", charactersMax: 1_000))
        switch RawLists.applicants(in: printed) {
        case .success(let applicants): return applicants
        case .failure(let unknown):
            throw fields.problem(
                "applicants_raw",
                "\(RawText.quoted(unknown.text)) is not in the closed list of subjects")
        }
    }

    private mutating func result() throws(LineProblem) -> String {
        let text = RawText.tidy(try fields.optionalText("result_raw", charactersMax: 8_000))
        if let damage = RawText.damage(in: text) { throw fields.problem("result_raw", damage) }
        guard !RawText.isPlaceholder(text) else {
            doubt(
                "result_name",
                text.isEmpty ? "is empty" : "\(RawText.quoted(text)) is a placeholder: left empty")
            return ""
        }
        noteGha(in: text, "result_name")
        return RawText.cut(text, charactersMax: 2_000)
    }

    private mutating func components() throws(LineProblem) -> [RequiredComponent] {
        var components: [RequiredComponent] = []
        for row in try fields.objects("components_raw", countMin: 0) {
            try row.check(required: ["ten_giay_to", "bieu_mau", "so_luong"])
            let printed = try row.optionalText("ten_giay_to", charactersMax: 20_000)
            if let damage = RawText.damage(in: printed) { throw row.problem("ten_giay_to", damage) }
            let name = RawLists.unmarked(RawText.tidy(printed))
            guard name.unicodeScalars.count <= 2_000 else {
                throw row.problem("ten_giay_to", "is over 2000 characters: shorten it")
            }
            let counts = try row.optionalText("so_luong", charactersMax: 200)
            guard let (originals, copies) = RawLists.counts(in: counts) else {
                throw row.problem(
                    "so_luong",
                    "\(RawText.quoted(counts)) does not say Bản chính: N and Bản sao: N")
            }
            let form = try form(row, of: components.count)
            let field = "components[\(components.count)]"
            if originals + copies == 0, form.isEmpty, RawLists.isNote(name) {
                doubt(
                    "components",
                    "\(RawText.quoted(name)), without originals and copies, is a note and no paper: "
                        + "not taken")
                continue
            }
            let paper = RequiredComponent(
                id: "C\(components.count + 1)", name: name, originals: originals, copies: copies,
                form: form)
            if let same = components.first(where: { $0.name == name }) {
                guard (same.originals, same.copies, same.form) != (originals, copies, form) else {
                    doubt("components", "\(RawText.quoted(name)) is printed twice: taken once")
                    continue
                }
                doubt(field, "the same paper stands in \(same.id) otherwise")
            }
            if originals + copies == 0 { doubt(field, "asks for no original and no copy") }
            if name.hasSuffix(":") { doubt(field, "reads like a heading") }
            if let count = RawLists.originalsNamed(in: name), count != originals {
                doubt(field, "the name says \(count) bản chính, the count \(originals)")
            }
            noteGha(in: name, field)
            components.append(paper)
        }
        return components
    }

    private mutating func form(
        _ row: CatalogueFields, of index: Int
    ) throws(LineProblem) -> String {
        let printed = RawText.tidy(
            try row.optionalText("bieu_mau", charactersMax: 4_000), keepingLines: true)
        var names: [String] = []
        for name in printed.split(separator: "\n").map(String.init) where !names.contains(name) {
            if RawText.damage(in: name) != nil || name.hasPrefix("!") {
                doubt(
                    "components[\(index)].form",
                    "a file name is not readable: left out")
                continue
            }
            names.append(name)
        }
        return names.joined(separator: "; ")
    }

    private mutating func legalBasis(field: String) throws(LineProblem) -> [String] {
        var documents: [String] = []
        for (index, printed) in try fields.texts(
            "legal_basis_raw", countMin: 0, charactersMax: 300
        ).enumerated() {
            if let damage = RawText.damage(in: printed) {
                throw fields.problem("legal_basis_raw[\(index)]", damage)
            }
            let number = RawLists.documentNumber(in: printed)
            guard number.unicodeScalars.count <= 100 else {
                throw fields.problem("legal_basis_raw[\(index)]", "is over 100 characters")
            }
            if documents.contains(number) { continue }
            let place = "legal_basis[\(documents.count)]"
            if !RawLists.isDocumentNumber(number) {
                doubt(place, "\(RawText.quoted(number)) is not written like 60/2014/QH13")
            }
            if RawLists.isUnrelated(number, to: field) {
                doubt(place, "\(number) is of another field than \(RawText.quoted(field))")
            }
            documents.append(number)
        }
        return documents
    }
}
