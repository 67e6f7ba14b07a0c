/// One method of a service, as its `.proto` declares it.
///
/// One reference, made once for each method and copied with each call.
public struct Method: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case unary
        case clientStreaming
        case serverStreaming
        case bidirectional
    }

    private final class Declaration: Sendable {
        let service: String
        let name: String
        let kind: Kind
        let roles: RoleSet
        let isRead: Bool
        let hasRequestID: Bool

        init(
            _ service: String, _ name: String, _ kind: Kind, _ roles: RoleSet, isRead: Bool,
            hasRequestID: Bool
        ) {
            self.service = service
            self.name = name
            self.kind = kind
            self.roles = roles
            self.isRead = isRead
            self.hasRequestID = hasRequestID
        }
    }

    private let declaration: Declaration

    public init(
        service: String, name: String, kind: Kind = .unary, roles: RoleSet = [],
        isRead: Bool = false,
        hasRequestID: Bool = false
    ) {
        declaration = Declaration(
            service, name, kind, roles, isRead: isRead, hasRequestID: hasRequestID)
    }

    /// The service's full name, such as `motcua.records.v1.Dossiers`.
    public var service: String { declaration.service }
    /// The bare name, such as `SubmitDossier`.
    public var name: String { declaration.name }
    public var kind: Kind { declaration.kind }
    /// Who may call it. Empty: nobody but the process's own runtime.
    public var roles: RoleSet { declaration.roles }
    /// `idempotency_level = NO_SIDE_EFFECTS`: a read, safe to send again.
    public var isRead: Bool { declaration.isRead }
    /// The request has a `request_id`: safe to send again with the same one.
    public var hasRequestID: Bool { declaration.hasRequestID }

    /// `service/name`, such as `motcua.records.v1.Dossiers/SubmitDossier`.
    public var path: String { "\(service)/\(name)" }

    /// Tells a method from every other one that is alive, in one comparison; two equal methods that were
    /// made apart have two identities.
    package var identity: ObjectIdentifier { ObjectIdentifier(declaration) }

    public static func == (one: Method, other: Method) -> Bool {
        one.declaration === other.declaration
            || (one.name == other.name && one.service == other.service && one.kind == other.kind
                && one.roles == other.roles && one.isRead == other.isRead
                && one.hasRequestID == other.hasRequestID)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(service)
        hasher.combine(name)
    }
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
