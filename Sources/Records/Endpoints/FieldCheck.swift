import RPC
import WorkingTime

/// Checks that need nothing but the request itself, and tells everything that is wrong at once.
struct FieldCheck {
    /// A sentence or two of an official: a reason, a note, a summary.
    static let proseCharactersMax = 2_000
    /// An id, a code, the number of a document.
    static let nameCharactersMax = 100

    private(set) var violations: [FieldViolation] = []

    mutating func name(_ text: String, _ field: String) {
        check(text, field, charactersMax: Self.nameCharactersMax, isRequired: true)
    }

    mutating func prose(_ text: String, _ field: String, isRequired: Bool = true) {
        check(text, field, charactersMax: Self.proseCharactersMax, isRequired: isRequired)
    }

    /// Any regime's unit, or none.
    mutating func unit(_ text: String) {
        if !text.isEmpty, !Regime.all.contains(where: { $0.unitPattern.matches(text) }) {
            add(
                FieldViolation(
                    "receiving_unit", .malformed, "write it as H26.001.00, or leave it out"))
        }
    }

    /// One of a list that has no default.
    mutating func choice<Choice>(_ choice: Choice?, _ field: String) -> Choice? {
        if choice == nil { add(FieldViolation(field, .required, "choose one of the list")) }
        return choice
    }

    /// A principal, as tokens name officials.
    mutating func official(_ text: String, _ field: String) {
        name(text, field)
        if text.unicodeScalars.contains(where: { $0.properties.isWhitespace || !$0.isASCII }) {
            add(FieldViolation(field, .malformed, "name the principal, such as nguyen.van.an"))
        }
    }

    /// `nil` for an empty text.
    mutating func day(_ text: String, _ field: String) -> CivilDate? {
        if text.isEmpty { return nil }
        do throws(TextRejection) {
            return try CivilDate(parsing: text)
        } catch {
            add(
                FieldViolation(
                    field, error.code == .noSuchDate ? .noSuchDate : .malformed, error.reason))
            return nil
        }
    }

    mutating func add(_ violation: FieldViolation) { violations.append(violation) }

    func finish() throws(Status) {
        guard violations.isEmpty else { throw Status(invalid: violations) }
    }

    private mutating func check(
        _ text: String, _ field: String, charactersMax: Int, isRequired: Bool
    ) {
        if isRequired, text.allSatisfy(\.isWhitespace) {
            add(FieldViolation(field, .required, "fill it in"))
        } else if text.unicodeScalars.count > charactersMax {
            add(FieldViolation(field, .tooLong, "write at most \(charactersMax) characters"))
        }
    }
}
