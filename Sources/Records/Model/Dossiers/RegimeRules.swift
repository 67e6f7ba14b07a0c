import Foundation
import WorkingTime

/// What the operator says about a regime's rules instead of what ships with the program: those of
/// which it is not verified what the law says.
///
/// Written as one JSON object, by regime and rule:
///
///     {"circular-03-2025": {"after_supplement": "restart", "payment_stops_clock": true}}
package struct RegimeRules: Hashable, Sendable {
    /// The raw values are the names in the text and in rows.
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        /// `resume` or `restart`.
        case afterSupplement = "after_supplement"
        case paymentStopsClock = "payment_stops_clock"
        case supplementsMax = "supplements_max"
        /// Such as `15:00`.
        case handOverCutOff = "hand_over_cut_off"
        case extensionNoticeMinutes = "extension_notice_minutes"
        case dueSoonMinutes = "due_soon_minutes"
    }

    package enum Value: Hashable, Sendable {
        case flag(Bool)
        case number(Int)
        case text(String)
    }

    /// Why a text says nothing that can be used: the field at fault and what puts it right.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package var field: String
        package var remedy: String

        package var description: String { field.isEmpty ? remedy : "\(field): \(remedy)" }
    }

    /// Sound ones only, by regime.
    package private(set) var values: [String: [Rule: Value]]

    package static let none = RegimeRules(unchecked: [:])
    /// A hundred working days: no warning comes earlier than that.
    static let minutesMax = 100 * TimeLimit.minutesPerWorkingDay
    static let supplementsMax = 10
    package static let bytesMax = 64 << 10

    private init(unchecked values: [String: [Rule: Value]]) { self.values = values }

    package init(_ given: [String: [String: Value]]) throws(Problem) {
        values = [:]
        for (id, rules) in given.sorted(by: { $0.key < $1.key }) {
            guard let regime = Regime.named(id) else {
                let known = Regime.all.map(\.id).joined(separator: ", ")
                throw Problem(field: String(id.prefix(100)), remedy: "name one of \(known)")
            }
            for (name, value) in rules.sorted(by: { $0.key < $1.key }) {
                guard let rule = Rule(rawValue: name) else {
                    let known = Rule.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Problem(
                        field: "\(id).\(name.prefix(100))", remedy: "name one of \(known)")
                }
                guard rule.apply(value, to: regime) != nil else {
                    throw Problem(field: "\(id).\(name)", remedy: rule.remedy)
                }
                values[id, default: [:]][rule] = value
            }
        }
    }

    /// - Throws: for the first field at fault.
    package init(parsing text: [UInt8]) throws(Problem) {
        guard text.count <= Self.bytesMax else {
            throw Problem(field: "", remedy: "write at most \(Self.bytesMax) bytes")
        }
        let given: [String: [String: Value]]
        do {
            given = try JSONDecoder().decode([String: [String: Value]].self, from: Data(text))
            try JSONSpelling.check(text[...])
        } catch let problem as LineProblem {
            throw Problem(field: "", remedy: problem.reason)
        } catch {
            throw Problem(
                field: "", remedy: "write one JSON object of objects of texts, numbers and flags")
        }
        try self.init(given)
    }

    package func applied(to regime: Regime) -> Regime {
        (values[regime.id] ?? [:]).reduce(regime) { regime, pair in
            pair.key.apply(pair.value, to: regime) ?? regime
        }
    }
}

extension RegimeRules: CustomStringConvertible {
    /// For the log, such as `circular-03-2025.supplements_max=3`.
    package var description: String {
        let texts = values.flatMap { id, rules in
            rules.map { rule, value in
                switch value {
                case .flag(let flag): "\(id).\(rule.rawValue)=\(flag)"
                case .number(let number): "\(id).\(rule.rawValue)=\(number)"
                case .text(let text): "\(id).\(rule.rawValue)=\(text)"
                }
            }
        }
        return texts.isEmpty ? "as shipped" : texts.sorted().joined(separator: ", ")
    }
}

extension RegimeRules.Rule {
    /// - Returns: `nil` for a value that the rule cannot have.
    fileprivate func apply(_ value: RegimeRules.Value, to regime: Regime) -> Regime? {
        var regime = regime
        switch (self, value) {
        case (.afterSupplement, .text(let text)):
            guard let rule = Deadline.AfterSupplement(rawValue: text) else { return nil }
            regime.afterSupplement = rule
        case (.paymentStopsClock, .flag(let flag)):
            regime.paymentStopsClock = flag
        case (.supplementsMax, .number(0...RegimeRules.supplementsMax)):
            guard case .number(let count) = value else { return nil }
            regime.supplementsMax = count
        case (.handOverCutOff, .text(let text)):
            do throws(TextRejection) {
                regime.handOverCutOff = try TimeOfDay(parsing: text)
            } catch {
                return nil
            }
        case (.extensionNoticeMinutes, .number(let minutes)):
            guard (0...RegimeRules.minutesMax).contains(minutes) else { return nil }
            regime.extensionNoticeMinutes = minutes
        case (.dueSoonMinutes, .number(let minutes)):
            guard (1...RegimeRules.minutesMax).contains(minutes) else { return nil }
            regime.dueSoonMinutes = minutes
        default:
            return nil
        }
        return regime
    }

    fileprivate var remedy: String {
        switch self {
        case .afterSupplement:
            "write one of "
                + Deadline.AfterSupplement.allCases.map(\.rawValue).joined(separator: ", ")
        case .paymentStopsClock: "write true or false"
        case .supplementsMax: "write 0 to \(RegimeRules.supplementsMax)"
        case .handOverCutOff: "write a time such as \"15:00\""
        case .extensionNoticeMinutes: "write 0 to \(RegimeRules.minutesMax) working minutes"
        case .dueSoonMinutes: "write 1 to \(RegimeRules.minutesMax) working minutes"
        }
    }
}

extension RegimeRules.Value: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            // Tried in turn: what it is not, it may be next.
            self = .flag(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }
}
