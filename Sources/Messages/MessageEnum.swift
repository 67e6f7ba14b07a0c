/// A proto3 enum: open, so a number from a newer peer is kept and sent on as it came.
public protocol MessageEnum: Hashable, Sendable {
    /// Every value that this version knows, in the order of the `.proto`.
    static var all: [Self] { get }

    init(rawValue: Int32)
    var rawValue: Int32 { get }

    /// The name in the `.proto`, such as `DOSSIER_STATE_ACCEPTED`; nil for a number that it does
    /// not have.
    var protoName: String? { get }
}

extension MessageEnum {
    /// - Returns: nil when the enum has no value of that name.
    public init?(protoName: String) {
        guard let found = Self.all.first(where: { $0.protoName == protoName }) else { return nil }
        self = found
    }

    /// Whether this version knows the number.
    public var isKnown: Bool { protoName != nil }
}
