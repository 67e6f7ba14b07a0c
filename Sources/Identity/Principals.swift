import Foundation
import Messages

/// Which principal a peer's uid stands for, from a configuration file:
///
///     [{"uid": 1001, "principal": "portal", "roles": ["ROLE_PORTAL"], "agency": ""}]
///
/// A uid that is not listed is anonymous: it holds `ROLE_PUBLIC` and nothing else.
package struct Principals: Sendable {
    private let callers: [UInt32: CommonV1.Caller]

    package init(_ callers: [UInt32: CommonV1.Caller]) { self.callers = callers }

    package func caller(uid: UInt32) -> CommonV1.Caller? { callers[uid] }

    /// Whether some uid goes by that name.
    func contains(_ principal: String) -> Bool {
        callers.values.contains { $0.principal == principal }
    }

    private struct Entry: Codable {
        var uid: UInt32
        var principal: String
        var roles: [String]
        var agency: String?
    }

    package init(json: [UInt8]) throws(IdentityError) {
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: Data(json))
        } catch {
            throw IdentityError(
                .unusablePrincipals,
                "the principals file is a JSON list of "
                    + "{\"uid\", \"principal\", \"roles\", \"agency\"}: \(error)"
            )
        }
        var callers: [UInt32: CommonV1.Caller] = [:]
        for entry in entries {
            guard PrincipalName.mayBeOfPeer(entry.principal) else {
                throw IdentityError(
                    .unusablePrincipals,
                    "\"\(entry.principal)\" cannot name uid \(entry.uid): \(PrincipalName.peerRule)"
                )
            }
            var caller = CommonV1.Caller()
            caller.principal = entry.principal
            caller.agency = entry.agency ?? ""
            for name in entry.roles { caller.roles.append(try Self.grantableRole(named: name)) }
            guard callers.updateValue(caller, forKey: entry.uid) == nil else {
                throw IdentityError(.unusablePrincipals, "uid \(entry.uid) is listed twice")
            }
        }
        self.callers = callers
    }

    /// A role that a file or a token may grant.
    package static func grantableRole(named name: String) throws(IdentityError) -> CommonV1.Role {
        let grantable = CommonV1.Role.all.filter { $0 != .unspecified && $0 != .gateway }
        guard let role = grantable.first(where: { $0.protoName == name }) else {
            let names = grantable.compactMap(\.protoName).joined(separator: ", ")
            throw IdentityError(
                .unusablePrincipals, "\(name) is no role that can be granted; these are: \(names)")
        }
        return role
    }
}
