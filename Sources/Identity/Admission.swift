import Foundation
import Messages
import RPC
import WorkingTime

/// The context's place for who calls.
package enum CallerKey: ContextKey {
    package typealias Value = CommonV1.Caller
}

extension CallContext {
    /// Who calls, as an interceptor of this room established it.
    ///
    /// - Throws: `UNAUTHENTICATED` when no interceptor did, which is our own bug in wiring.
    package var caller: CommonV1.Caller {
        get throws(Status) {
            guard let caller = self[CallerKey.self] else {
                throw Status(.unauthenticated, "this process was started without an identity check")
            }
            return caller
        }
    }
}

extension CommonV1.Caller {
    package static var anonymous: CommonV1.Caller {
        var caller = CommonV1.Caller()
        caller.principal = PrincipalName.anonymous
        return caller
    }

    /// Every role held, `ROLE_PUBLIC` among them.
    package var roleSet: RoleSet {
        roles.reduce(into: RoleSet(number: CommonV1.Role.public.rawValue)) { set, role in
            // A role that this version does not know gives nothing.
            if case .unrecognized = role { return }
            set.insert(RoleSet(number: role.rawValue))
        }
    }

    /// - Throws: `PERMISSION_DENIED` naming the roles that the method wants.
    package func authorize(_ method: Method) throws(Status) {
        guard roleSet.isDisjoint(with: method.roles) else { return }
        let wanted = CommonV1.Role.all
            .filter { $0 != .unspecified && method.roles.contains(RoleSet(number: $0.rawValue)) }
            .compactMap(\.protoName).joined(separator: " or ")
        throw Status(
            .permissionDenied, reason: "ROLE_REQUIRED", domain: "identity.motcua",
            message:
                "\(method.path) is for \(wanted.isEmpty ? "nobody" : wanted); "
                + "\(principal) has no such role"
        )
    }
}

/// At a service: only the gateway comes in, and says once, under seal, who calls.
package struct SealedCallerAdmission: ServerInterceptor {
    private let seal: CallerSeal
    /// The uid that the gateway and the supervisor run under.
    private let gatewayUID: UInt32

    package init(seal: CallerSeal, gatewayUID: UInt32) {
        self.seal = seal
        self.gatewayUID = gatewayUID
    }

    package func admit(_ context: inout CallContext) throws(Status) {
        guard context.peer.userID == gatewayUID else {
            throw Self.refusal("this socket is the gateway's; call the gateway's socket instead")
        }
        let sealed = context.metadata.values(for: CallerSeal.metadataKey)
        guard sealed.count == 1, let caller = seal.open(sealed[0]) else {
            throw Self.refusal(
                "the call carries no caller that the gateway sealed; "
                    + "call the gateway's socket instead"
            )
        }
        try caller.authorize(context.method)
        context[CallerKey.self] = caller
    }

    private static func refusal(_ message: String) -> Status {
        Status(
            .unauthenticated, reason: "NOT_THE_GATEWAY", domain: "identity.motcua", message: message
        )
    }
}

/// At the gateway: proves who calls, by token where one is shown, by the peer's uid otherwise.
package struct CallerProof: Sendable {
    private let principals: Principals
    private let verifier: AccessToken.Verifier
    private let clock: @Sendable () -> Instant

    package init(
        principals: Principals, verifier: AccessToken.Verifier,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.principals = principals
        self.verifier = verifier
        self.clock = clock
    }

    package static let principalsFile = "principals.json"
    package static let verifyingKeyFile = "token-verifying.key"

    /// Reads who may call from the gateway's data directory.
    ///
    /// - Parameter clock: The real time, in a sandbox too: tokens are signed outside it.
    package init(
        directory: String, clock: @escaping @Sendable () -> Instant
    ) throws(IdentityError) {
        self.init(
            principals: try Principals(json: try Self.contents(directory, Self.principalsFile)),
            verifier: try AccessToken.Verifier(
                rawKey: try Self.contents(directory, Self.verifyingKeyFile)),
            clock: clock)
    }

    private static func contents(
        _ directory: String, _ file: String
    ) throws(IdentityError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: "\(directory)/\(file)") else {
            throw IdentityError(
                .unusablePrincipals, "cannot read \(directory)/\(file); `motcua up` makes it")
        }
        return [UInt8](data)
    }

    /// - Throws: `UNAUTHENTICATED` for a token that does not hold. A bad token is never overlooked
    ///   in favour of the uid.
    package func caller(metadata: Metadata, peer: Peer) throws(Status) -> CommonV1.Caller {
        let shown = metadata.values(for: "authorization")
        guard let first = shown.first else {
            return principals.caller(uid: peer.userID) ?? .anonymous
        }
        let scheme = "Bearer "
        guard shown.count == 1, first.hasPrefix(scheme) else {
            throw Self.refusal(
                "TOKEN_MALFORMED", "send exactly one `authorization: Bearer <token>`")
        }
        switch verifier.verify(String(first.dropFirst(scheme.count)), at: clock()) {
        case .success(let claims):
            // What is done is remembered by name: a token must not answer to the name of a peer's
            // uid.
            guard !principals.contains(claims.official) else { throw Self.nameRefusal }
            var caller = CommonV1.Caller()
            caller.principal = claims.official
            // The gateway's own role is never taken from outside.
            caller.roles = claims.roles.filter { $0 != .gateway }
            caller.agency = claims.agency
            return caller
        case .failure(.malformed):
            throw Self.refusal(
                "TOKEN_MALFORMED", "the token is no MotCua token; `motcua token` issues one")
        case .failure(.notOurs):
            throw Self.refusal(
                "TOKEN_NOT_OURS", "the token's signature is not of this system's key")
        case .failure(.nameRefused):
            throw Self.nameRefusal
        case .failure(.livesTooLong):
            throw Self.refusal(
                "TOKEN_LIVES_TOO_LONG",
                "the token lives longer than any may; `motcua token` issues another")
        case .failure(.notYetValid):
            throw Self.refusal(
                "TOKEN_NOT_YET_VALID", "the token was issued in the future: compare the clocks")
        case .failure(.expired):
            throw Self.refusal(
                "TOKEN_EXPIRED", "the token has expired; `motcua token` issues another")
        }
    }

    private static var nameRefusal: Status {
        refusal(
            "TOKEN_NAME_REFUSED",
            "the token's name is not an official's: \(PrincipalName.officialRule)")
    }

    private static func refusal(_ reason: String, _ message: String) -> Status {
        Status(.unauthenticated, reason: reason, domain: "identity.motcua", message: message)
    }
}

/// At the gateway: who calls, and whether he may, for its own methods and for those it forwards.
package struct CallerAdmission: ServerInterceptor {
    private let proof: CallerProof

    package init(proof: CallerProof) { self.proof = proof }

    package func admit(_ context: inout CallContext) throws(Status) {
        let caller = try proof.caller(metadata: context.metadata, peer: context.peer)
        try caller.authorize(context.method)
        context[CallerKey.self] = caller
    }
}
