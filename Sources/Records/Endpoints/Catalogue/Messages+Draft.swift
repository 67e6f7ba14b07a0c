import Foundation
import Messages
import WorkingTime

// A draft as it is sent.
extension ProcedureContent {
    /// What a draft says, its text in NFC and its limits, fee lines and components numbered in
    /// their order; or what is wrong with it, each field at fault at once where a number or a word
    /// is out of range, else the first that a catalogue line may not hold.
    static func read(
        _ message: RecordsV1.Procedure, id: String
    ) -> Result<ProcedureContent, InvalidFields> {
        var violations: [FieldViolation] = []
        let limits = limits(of: message, &violations)
        let fees = feeLines(of: message, &violations)
        let content = ProcedureContent(
            name: message.name.nfc, field: message.field.nfc,
            agencies: message.agencies.map(\.nfc), applicants: message.applicants.map(\.nfc),
            resultName: message.resultName.nfc, limits: limits, feeLines: fees,
            components: message.components.enumerated().map { index, component in
                RequiredComponent(
                    id: "C\(index + 1)", name: component.name.nfc,
                    originals: Int(component.originals), copies: Int(component.copies),
                    form: component.form.nfc)
            }, legalBasis: message.legalBasis.map(\.nfc), sequence: message.sequence.nfc,
            manner: message.manner.nfc,
            setCount: message.setCount == 0 ? nil : Int(message.setCount),
            receivingAgencies: message.receivingAgencies.map(\.nfc),
            requirements: message.requirements.nfc,
            nationalCode: message.nationalCode.isEmpty ? nil : message.nationalCode,
            fieldCode: message.fieldCode.isEmpty ? nil : message.fieldCode,
            authorityLevel: level(message.authorityLevel, "authority_level", &violations),
            serviceLevel: level(message.serviceLevel, "service_level", &violations),
            offeredBy: message.offeredBy, otherAgenciesStopClock: message.otherAgenciesStopClock,
            process: process(of: message, limits: limits, &violations),
            doubts: message.doubts.map { Doubt(field: $0.field.nfc, reason: $0.reason.nfc) })
        guard violations.isEmpty else { return .failure(InvalidFields(violations)) }
        // A draft is what a catalogue line could hold: so that it can be exported and read again.
        let line = CatalogueText.line(CatalogueLine(procedureID: id, content: content))
        do throws(LineProblem) {
            return .success(try CatalogueReader.read(line: Array(line.utf8)[...]).content)
        } catch {
            return .failure(InvalidFields([error.violation]))
        }
    }

    struct InvalidFields: Error {
        var violations: [FieldViolation]
        init(_ violations: [FieldViolation]) { self.violations = violations }
    }

    private static func limits(
        of message: RecordsV1.Procedure, _ violations: inout [FieldViolation]
    ) -> [LimitCase] {
        message.limits.enumerated().compactMap { index, limit in
            let path = "limits[\(index)]"
            guard let channel = IntakeChannel(limit.channel) else {
                violations.append(FieldViolation("\(path).channel", .required, "choose a channel"))
                return nil
            }
            guard let unit = TimeLimit.Unit(limit.limit?.unit ?? .unspecified) else {
                violations.append(
                    FieldViolation(
                        "\(path).limit.unit", .required, "choose a unit, or TIME_UNIT_NONE"))
                return nil
            }
            let value = limit.limit?.value ?? 0
            do throws(TextRejection) {
                return LimitCase(
                    id: "L\(index + 1)", channel: channel,
                    limit: try TimeLimit(value == 0 ? nil : Int(value), unit),
                    text: limit.text.nfc)
            } catch {
                violations.append(
                    FieldViolation("\(path).limit.value", .outOfRange, error.reason))
                return nil
            }
        }
    }

    private static func feeLines(
        of message: RecordsV1.Procedure, _ violations: inout [FieldViolation]
    ) -> [FeeLine] {
        message.feeLines.enumerated().compactMap { index, line in
            let path = "fee_lines[\(index)]"
            guard let kind = FeeKind(rawValue: Int(line.kind.rawValue)) else {
                violations.append(
                    FieldViolation("\(path).kind", .required, "choose phí or lệ phí"))
                return nil
            }
            let channels = line.channels.compactMap { IntakeChannel($0) }
            if channels.count != line.channels.count {
                violations.append(
                    FieldViolation("\(path).channels", .unknown, "name channels of the limits"))
            }
            if line.amountOpen, line.amountDong != 0 {
                violations.append(
                    FieldViolation(
                        "\(path).amount_dong", .ambiguous, "an open amount has no number"))
            }
            return FeeLine(
                id: "F\(index + 1)", kind: kind,
                amount: line.amountOpen ? .open : .dong(line.amountDong), per: line.per.nfc,
                note: line.note.nfc, channels: channels)
        }
    }

    private static func process(
        of message: RecordsV1.Procedure, limits: [LimitCase], _ violations: inout [FieldViolation]
    ) -> InternalProcess? {
        guard let sent = message.process else { return nil }
        var process = InternalProcess(stages: [])
        for (stageIndex, stage) in sent.stages.enumerated() {
            var read = ProcessStage(name: stage.name.nfc, steps: [])
            for (index, step) in stage.steps.enumerated() {
                let role = PostRole(rawValue: Int(step.role.rawValue))
                if role == nil {
                    violations.append(
                        FieldViolation(
                            "process.stages[\(stageIndex)].steps[\(index)].role", .required,
                            "say whose role the step is"))
                }
                read.steps.append(
                    ProcessStep(
                        number: Int(step.number), name: step.name.nfc, role: role ?? .handler,
                        agency: step.agency, budgetMinutes: Int(step.budgetMinutes)))
            }
            process.stages.append(read)
        }
        if let document = sent.document {
            var reviewDate: CivilDate?
            if !document.reviewDate.isEmpty {
                reviewDate = day(document.reviewDate, "process.document.review_date", &violations)
            }
            process.document = DocumentControl(
                number: document.number.nfc, issue: Int(document.issue), reviewDate: reviewDate,
                approver: document.approver.nfc, change: document.change.nfc)
        }
        violations += process.violations(limits: limits)
        return process
    }

    private static func level(
        _ message: RecordsV1.AuthorityLevel, _ field: String,
        _ violations: inout [FieldViolation]
    ) -> AuthorityLevel? {
        let level = AuthorityLevel(rawValue: Int(message.rawValue))
        if level == nil, message != .unspecified {
            violations.append(FieldViolation(field, .unknown, "choose one of the levels"))
        }
        return level
    }

    private static func level(
        _ message: RecordsV1.ServiceLevel, _ field: String, _ violations: inout [FieldViolation]
    ) -> ServiceLevel? {
        let level = ServiceLevel(rawValue: Int(message.rawValue))
        if level == nil, message != .unspecified {
            violations.append(FieldViolation(field, .unknown, "choose one of the levels"))
        }
        return level
    }

    static func day(
        _ text: String, _ field: String, _ violations: inout [FieldViolation]
    ) -> CivilDate? {
        do throws(TextRejection) {
            return try CivilDate(parsing: text)
        } catch {
            violations.append(
                FieldViolation(
                    field, error.code == .noSuchDate ? .noSuchDate : .malformed, error.reason))
            return nil
        }
    }
}

extension TimeLimit.Unit {
    init?(_ message: RecordsV1.TimeUnit) {
        switch message {
        case .workingHour: self = .workingHour
        case .workingDay: self = .workingDay
        case .hour: self = .hour
        case .day: self = .day
        case .month: self = .month
        case .sameDay: self = .sameDay
        case .none_: self = .unspecified
        case .unspecified, .unrecognized: return nil
        }
    }
}

extension LineProblem {
    /// The same under the names of the message, where a catalogue line has others.
    fileprivate var violation: FieldViolation {
        guard !field.isEmpty else {
            return FieldViolation("procedure", .malformed, reason)
        }
        let path = Self.renamed.reduce(field) { path, names in
            path.hasPrefix(names.0) ? names.1 + path.dropFirst(names.0.count) : path
        }
        let remedy = reason.dropFirst(field.count + 2)
        return FieldViolation(path, .malformed, String(remedy))
    }

    private static let renamed = [
        ("methods", "limits"), ("fees", "fee_lines"), ("result", "result_name"),
        ("code", "national_code"), ("source_id", "procedure_id"),
    ]
}

extension String {
    fileprivate var nfc: String { precomposedStringWithCanonicalMapping }
}
