/// Writes a procedure as the catalogue line that ``CatalogueReader`` reads back into the same
/// procedure: one spelling for each content, so that an export of what was exported is the same
/// bytes. Parts that a line may leave out stand in it only where there are any.
package enum CatalogueText {
    /// Without the line feed.
    package static func line(_ line: CatalogueLine) -> String {
        let content = line.content
        var object = JSONObjectText()
        // Only digits stand in the id: nothing else is taken.
        object.raw("source_id", line.procedureID)
        object.text("code", content.nationalCode)
        object.text("name", content.name)
        object.text("field", content.field)
        object.texts("agencies", content.agencies)
        object.texts("applicants", content.applicants)
        object.text("result", content.resultName)
        object.objects("methods", content.limits.map(method))
        object.objects("fees", content.feeLines.map(fee))
        object.objects("components", content.components.map(component))
        object.texts("legal_basis", content.legalBasis)
        addParts(of: content, to: &object)
        if line.isRetired { object.text("status", "retired") }
        return object.text
    }

    private static func addParts(of content: ProcedureContent, to object: inout JSONObjectText) {
        if let code = content.fieldCode { object.text("field_code", code) }
        if !content.sequence.isEmpty { object.text("sequence", content.sequence) }
        if !content.manner.isEmpty { object.text("manner", content.manner) }
        if let count = content.setCount { object.raw("set_count", String(count)) }
        if !content.receivingAgencies.isEmpty {
            object.texts("receiving_agencies", content.receivingAgencies)
        }
        if !content.requirements.isEmpty { object.text("requirements", content.requirements) }
        if let level = content.authorityLevel {
            object.text("authority_level", AuthorityLevel.words.first { $0.1 == level }!.0)
        }
        if let level = content.serviceLevel {
            object.text("service_level", ServiceLevel.words.first { $0.1 == level }!.0)
        }
        if !content.offeredBy.isEmpty { object.texts("offered_by", content.offeredBy) }
        if content.otherAgenciesStopClock { object.raw("other_agencies_stop_clock", "true") }
        if let process = content.process { object.raw("process", self.process(process).text) }
        if !content.doubts.isEmpty {
            object.objects(
                "doubts",
                content.doubts.map { doubt in
                    var object = JSONObjectText()
                    object.text("field", doubt.field)
                    object.text("reason", doubt.reason)
                    return object
                })
        }
    }

    private static func method(_ limit: LimitCase) -> JSONObjectText {
        var object = JSONObjectText()
        object.text("channel", limit.channel.word)
        object.raw(
            "limit_value", limit.limit.unit.takesValue ? String(limit.limit.value) : "null")
        object.text("limit_unit", limit.limit.unit.rawValue)
        object.text("limit_text", limit.text)
        return object
    }

    private static func fee(_ line: FeeLine) -> JSONObjectText {
        var object = JSONObjectText()
        object.text("kind", line.kind == .serviceFee ? "phi" : "le_phi")
        switch line.amount {
        case .dong(let dong): object.raw("amount_dong", String(dong))
        case .open: object.raw("amount_dong", "null")
        }
        object.text("per", line.per.isEmpty ? nil : line.per)
        object.text("note", line.note.isEmpty ? nil : line.note)
        object.texts("channels", line.channels.map(\.word))
        return object
    }

    private static func component(_ component: RequiredComponent) -> JSONObjectText {
        var object = JSONObjectText()
        object.text("name", component.name)
        object.raw("originals", String(component.originals))
        object.raw("copies", String(component.copies))
        object.text("form", component.form.isEmpty ? nil : component.form)
        return object
    }

    private static func process(_ process: InternalProcess) -> JSONObjectText {
        var object = JSONObjectText()
        if let document = process.document {
            var control = JSONObjectText()
            control.text("number", document.number)
            control.raw("issue", String(document.issue))
            control.text("review_date", document.reviewDate?.description)
            control.text("approver", document.approver)
            control.text("change", document.change)
            object.raw("document", control.text)
        }
        object.objects(
            "stages",
            process.stages.map { stage in
                var object = JSONObjectText()
                object.text("name", stage.name)
                object.objects("steps", stage.steps.map(step))
                return object
            })
        return object
    }

    private static func step(_ step: ProcessStep) -> JSONObjectText {
        var object = JSONObjectText()
        object.raw("number", String(step.number))
        object.text("name", step.name)
        object.text("role", step.role.word)
        object.text("agency", step.agency.isEmpty ? nil : step.agency)
        object.raw("budget_minutes", String(step.budgetMinutes))
        return object
    }
}

extension IntakeChannel {
    /// As catalogue lines write it.
    var word: String {
        switch self {
        case .direct: "direct"
        case .online: "online"
        case .post: "post"
        case .assisted: "assisted"
        }
    }
}

/// A JSON object while it is written: `{"key": value, …}`, keys in the order of writing.
private struct JSONObjectText {
    private var body = ""

    var text: String { "{\(body)}" }

    /// - Parameter value: JSON already.
    mutating func raw(_ key: String, _ value: String) {
        if !body.isEmpty { body += ", " }
        body += "\"\(key)\": \(value)"
    }

    mutating func text(_ key: String, _ text: String?) {
        raw(key, text.map(Self.quoted) ?? "null")
    }

    mutating func texts(_ key: String, _ texts: [String]) {
        raw(key, "[\(texts.map(Self.quoted).joined(separator: ", "))]")
    }

    mutating func objects(_ key: String, _ objects: [JSONObjectText]) {
        raw(key, "[\(objects.map(\.text).joined(separator: ", "))]")
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            // Of the control characters a catalogue holds these two.
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
