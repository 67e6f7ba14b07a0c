import Crypto
import Foundation
import Messages
import RPC
import WorkingTime

/// A signed token that names an official: `motcua1.<base64url of TokenClaims>.<base64url of the
/// Ed25519 signature>`.
///
/// For portals that carry thousands of officials over one uid. It travels as `authorization: Bearer
/// <token>`.
package enum AccessToken {
    static let version = "motcua1"
    /// The longest that a token may live.
    package static let lifetimeMax = Duration.seconds(366 * 24 * 3600)

    /// Why a token was refused, in order of precedence.
    package enum Refusal: Error, Hashable {
        case malformed
        case notOurs
        case nameRefused
        case notYetValid
        case livesTooLong
        case expired
    }

    /// Issues tokens. The key stays with whoever runs the processes.
    package struct Signer: Sendable {
        private let key: Curve25519.Signing.PrivateKey

        package init() { key = Curve25519.Signing.PrivateKey() }

        package init(rawKey: [UInt8]) throws(IdentityError) {
            do {
                key = try Curve25519.Signing.PrivateKey(rawRepresentation: rawKey)
            } catch {
                throw IdentityError(
                    .unusableKey, "a signing key is 32 bytes of Ed25519, this is none")
            }
        }

        package var rawKey: [UInt8] { [UInt8](key.rawRepresentation) }
        package var verifier: Verifier { Verifier(key: key.publicKey) }

        /// - Throws: `IdentityError` for claims that no verifier would take; `MessageError` when a
        ///   name holds a NUL.
        package func issue(_ claims: CommonV1.TokenClaims) throws -> String {
            guard PrincipalName.mayBeOfficial(claims.official) else {
                throw IdentityError(
                    .unusableClaims,
                    "\"\(claims.official)\" is no official's name: \(PrincipalName.officialRule)")
            }
            guard let issued = claims.issueTime?.instant, let expires = claims.expireTime?.instant,
                issued < expires, expires <= issued.advanced(by: lifetimeMax)
            else {
                throw IdentityError(
                    .unusableClaims,
                    "a token expires after it is issued, and lives for "
                        + "\(lifetimeMax.components.seconds / 3600) hours at most")
            }
            let bytes = try claims.serialized()
            let signature = try key.signature(for: AccessToken.signed(bytes))
            return "\(version).\(Base64URL.encode(bytes)).\(Base64URL.encode([UInt8](signature)))"
        }
    }

    /// Checks tokens.
    package struct Verifier: Sendable {
        /// Tokens whose signatures are remembered; what time says of them is asked at each call.
        static let rememberedMax = 4096

        fileprivate let key: Curve25519.Signing.PublicKey
        private let signed = ProvenCache<String, CommonV1.TokenClaims>(countMax: rememberedMax)

        package init(rawKey: [UInt8]) throws(IdentityError) {
            do {
                key = try Curve25519.Signing.PublicKey(rawRepresentation: rawKey)
            } catch {
                throw IdentityError(
                    .unusableKey, "a verifying key is 32 bytes of Ed25519, this is none")
            }
        }

        fileprivate init(key: Curve25519.Signing.PublicKey) { self.key = key }

        package var rawKey: [UInt8] { [UInt8](key.rawRepresentation) }

        package func verify(
            _ token: String, at now: Instant
        ) -> Result<CommonV1.TokenClaims, Refusal> {
            do throws(Refusal) {
                // Never nil: what does not hold is thrown.
                let claims = try signed.proven(token) { () throws(Refusal) in try read(token) }!
                try check(claims, at: now)
                return .success(claims)
            } catch {
                return .failure(error)
            }
        }

        private func read(_ token: String) throws(Refusal) -> CommonV1.TokenClaims {
            let parts = token.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == version, let bytes = Base64URL.decode(parts[1]),
                let signature = Base64URL.decode(parts[2])
            else { throw .malformed }
            guard key.isValidSignature(signature, for: AccessToken.signed(bytes)) else {
                throw .notOurs
            }
            do {
                return try CommonV1.TokenClaims(serialized: bytes)
            } catch {
                // A signed token that is no TokenClaims was signed by a newer version of this software.
                throw .malformed
            }
        }

        private func check(_ claims: CommonV1.TokenClaims, at now: Instant) throws(Refusal) {
            guard let issued = claims.issueTime?.instant, let expires = claims.expireTime?.instant
            else { throw .malformed }
            guard PrincipalName.mayBeOfficial(claims.official) else { throw .nameRefused }
            guard issued <= now.advanced(by: clockSkewMax) else { throw .notYetValid }
            guard expires <= issued.advanced(by: lifetimeMax) else { throw .livesTooLong }
            guard now < expires else { throw .expired }
        }
    }

    /// How far the issuer's clock may be ahead of ours.
    static let clockSkewMax = Duration.seconds(60)

    private static func signed(_ claims: [UInt8]) -> [UInt8] { Array("\(version).".utf8) + claims }
}
