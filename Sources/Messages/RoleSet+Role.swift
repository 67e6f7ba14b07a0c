public import RPC

extension RoleSet {
    /// The set of one role.
    public init(_ role: CommonV1.Role) { self.init(number: role.rawValue) }

    public init(_ roles: some Sequence<CommonV1.Role>) {
        self = roles.reduce(into: []) { $0.insert(RoleSet($1)) }
    }
}
