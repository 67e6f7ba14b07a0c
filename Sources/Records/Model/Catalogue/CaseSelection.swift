/// Which limit, fee lines and components of a procedure version a dossier takes.
package struct CaseSelection: Hashable, Sendable {
    package var limit: LimitCase
    package var feeLines: [FeeLine]
    package var components: [RequiredComponent]

    /// What the caller names; empty where the procedure leaves one choice only.
    package struct Choice: Hashable, Sendable {
        package var channel: IntakeChannel
        package var limitID: String
        package var feeLineIDs: [String]
        package var componentIDs: [String]

        package init(
            channel: IntakeChannel, limitID: String, feeLineIDs: [String], componentIDs: [String]
        ) {
            self.channel = channel
            self.limitID = limitID
            self.feeLineIDs = feeLineIDs
            self.componentIDs = componentIDs
        }
    }

    package struct Violations: Error, Hashable, Sendable {
        package var violations: [FieldViolation]
    }

    /// Selects the case, or tells everything that is wrong with the choice. Among several limits or
    /// fee lines nothing is picked unasked, and alternatives are never summed.
    package static func select(
        _ choice: Choice, of content: ProcedureContent
    ) -> Result<CaseSelection, Violations> {
        let offered = IntakeChannel.allCases.filter { channel in
            content.limits.contains { $0.channel == channel.ofTerms }
        }
        guard offered.contains(choice.channel) else {
            let names = offered.map(\.protoName).joined(separator: ", ")
            return .failure(
                Violations(violations: [
                    FieldViolation("channel", .notOffered, "the procedure takes \(names)")
                ]))
        }
        var violations: [FieldViolation] = []
        let limit = limit(choice, of: content, &violations)
        let feeLines = feeLines(choice, of: content, &violations)
        let components = components(choice, of: content, &violations)
        guard let limit, violations.isEmpty else {
            return .failure(Violations(violations: violations))
        }
        return .success(CaseSelection(limit: limit, feeLines: feeLines, components: components))
    }

    private static func limit(
        _ choice: Choice, of content: ProcedureContent, _ violations: inout [FieldViolation]
    ) -> LimitCase? {
        let limits = content.limits.filter { $0.channel == choice.channel.ofTerms }
        if choice.limitID.isEmpty {
            if limits.count == 1 { return limits[0] }
            violations.append(
                FieldViolation("limit_id", .ambiguous, "choose one of \(listed(limits))"))
            return nil
        }
        guard let limit = limits.first(where: { $0.id == choice.limitID }) else {
            violations.append(
                FieldViolation("limit_id", .unknown, "this channel has \(listed(limits))"))
            return nil
        }
        return limit
    }

    private static func feeLines(
        _ choice: Choice, of content: ProcedureContent, _ violations: inout [FieldViolation]
    ) -> [FeeLine] {
        let lines = content.feeLines.filter { $0.channels.contains(choice.channel.ofTerms) }
        let known = lines.isEmpty ? "no fee line" : listed(lines)
        if choice.feeLineIDs.isEmpty {
            if lines.count > 1 {
                violations.append(
                    FieldViolation(
                        "fee_line_ids", .ambiguous, "name those that apply among \(known)"))
            }
            return lines
        }
        violations += FieldViolation.inList(
            choice.feeLineIDs, field: "fee_line_ids", known: lines.map(\.id),
            remedy: "this channel has \(known)")
        return lines.filter { choice.feeLineIDs.contains($0.id) }
    }

    private static func components(
        _ choice: Choice, of content: ProcedureContent, _ violations: inout [FieldViolation]
    ) -> [RequiredComponent] {
        if choice.componentIDs.isEmpty { return content.components }
        let ids = content.components.map(\.id)
        let known = ids.isEmpty ? "no component" : ids.joined(separator: ", ")
        violations += FieldViolation.inList(
            choice.componentIDs, field: "component_ids", known: ids,
            remedy: "the procedure has \(known)")
        return content.components.filter { choice.componentIDs.contains($0.id) }
    }

    /// A refusal lists no more alternatives than these.
    private static let listedMax = 20

    private static func listed(_ limits: [LimitCase]) -> String {
        limits.prefix(listedMax).map { "\($0.id) (\($0.text.prefix(60)))" }.joined(separator: ", ")
    }

    private static func listed(_ lines: [FeeLine]) -> String {
        lines.prefix(listedMax).map { line in
            let amount =
                switch line.amount {
                case .open: "amount open"
                case .dong(let dong): "\(dong) dong"
                }
            let note = line.note.isEmpty ? "" : ", \(line.note.prefix(60))"
            return "\(line.id) (\(amount)\(note))"
        }.joined(separator: ", ")
    }
}

extension IntakeChannel {
    /// The name that callers write.
    package var protoName: String {
        switch self {
        case .direct: "CHANNEL_DIRECT"
        case .online: "CHANNEL_ONLINE"
        case .post: "CHANNEL_POST"
        case .assisted: "CHANNEL_ASSISTED"
        }
    }
}
