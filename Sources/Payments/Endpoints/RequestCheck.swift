import Messages
import RPC

/// Collects what is wrong with a request, so that its sender is told all of it at once.
///
/// No fault repeats a value: a value may be personal data.
struct RequestCheck {
    /// Ids of other services, such as a dossier's.
    static let identifierBytesMax = 64
    /// A note or a reason.
    static let textBytesMax = 4_096

    private var violations: [GoogleRPC.BadRequest.FieldViolation] = []

    mutating func require(_ holds: Bool, _ field: String, _ remedy: String) {
        if !holds { violations.append(.init(field: field, remedy: remedy)) }
    }

    mutating func identifier(_ text: String, _ field: String) {
        require(
            (1...Self.identifierBytesMax).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x21...0x7E).contains($0) },
            field, "must be 1 to \(Self.identifierBytesMax) visible ASCII characters")
    }

    mutating func text(_ text: String, _ field: String, bytesMax: Int = textBytesMax) {
        require(text.utf8.count <= bytesMax, field, "must be at most \(bytesMax) bytes of UTF-8")
    }

    mutating func amount(_ dong: Int64, _ field: String, within range: ClosedRange<Int64>) {
        require(
            range.contains(dong), field, "must be \(range.lowerBound) to \(range.upperBound) dong")
    }

    /// - Throws: INVALID_ARGUMENT with every fault in `BadRequest`, the first of them in the
    ///   sentence.
    func finish() throws(Status) {
        guard let first = violations.first else { return }
        throw Status(
            .invalidArgument, reason: "FIELD_INVALID", domain: Status.paymentsDomain,
            message: "\(first.field) \(first.description).", fields: violations)
    }
}
