/// One method of a service, as its `.proto` declares it.
public struct Method: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case unary
        case clientStreaming
        case serverStreaming
        case bidirectional
    }

    /// The service's full name, such as `motcua.records.v1.Dossiers`.
    public var service: String
    /// The bare name, such as `SubmitDossier`.
    public var name: String
    public var kind: Kind
    /// Who may call it. Empty: nobody but the process's own runtime.
    public var roles: RoleSet
    /// `idempotency_level = NO_SIDE_EFFECTS`: a read, safe to send again.
    public var isRead: Bool
    /// The request has a `request_id`: safe to send again with the same one.
    public var hasRequestID: Bool

    public init(
        service: String, name: String, kind: Kind = .unary, roles: RoleSet = [],
        isRead: Bool = false,
        hasRequestID: Bool = false
    ) {
        self.service = service
        self.name = name
        self.kind = kind
        self.roles = roles
        self.isRead = isRead
        self.hasRequestID = hasRequestID
    }

    /// `service/name`, such as `motcua.records.v1.Dossiers/SubmitDossier`.
    public var path: String { "\(service)/\(name)" }
}

/// A set of roles, a bit for each number of `motcua.common.v1.Role` (0 to 63).
public struct RoleSet: OptionSet, Hashable, Sendable {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The set of one role, from its number in the `.proto`.
    public init(number: Int32) {
        precondition((0..<64).contains(number), "a role is numbered 0 to 63")
        rawValue = 1 << UInt64(number)
    }
}
