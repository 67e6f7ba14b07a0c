import Crypto
import Foundation
import Messages
import RPC

/// The proof that a `Caller` was written by the gateway: an HMAC-SHA256 under a secret that the
/// supervisor draws at each start and hands to the gateway and the services alone.
///
/// It travels as one metadata value, `motcua-caller: <base64url of the Caller>.<base64url of the
/// HMAC>`. The peer's uid is checked besides; where every process shares one uid, the seal is what
/// stands.
package struct CallerSeal: Sendable {
    package static let metadataKey = "motcua-caller"
    /// Metadata that only the gateway may write begins so.
    package static let reservedPrefix = "motcua-"
    package static let secretBytes = 32

    /// Callers whose seals are remembered: the officials of a city who work in the same hours.
    static let rememberedMax = 4096

    private let key: SymmetricKey
    private let sealed = ProvenCache<CommonV1.Caller, String>(countMax: rememberedMax)
    private let opened = ProvenCache<String, CommonV1.Caller>(countMax: rememberedMax)

    /// - Parameter secret: Exactly ``secretBytes`` bytes.
    package init(secret: [UInt8]) throws(IdentityError) {
        guard secret.count == Self.secretBytes else {
            throw IdentityError(
                .unusableSecret,
                "a start secret has \(Self.secretBytes) bytes, this one \(secret.count)")
        }
        key = SymmetricKey(data: secret)
    }

    /// Reads the secret that the supervisor left in a file of mode 0600.
    package init(secretFile path: String) throws(IdentityError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IdentityError(
                .unusableSecret, "cannot read the start secret \(path); `motcua up` writes it")
        }
        try self.init(secret: [UInt8](data))
    }

    package func seal(_ caller: CommonV1.Caller) throws(MessageError) -> String {
        try sealed.proven(caller) { () throws(MessageError) in try write(caller) }!
    }

    /// The caller that was sealed, or `nil` when this seal did not write it.
    package func open(_ text: String) -> CommonV1.Caller? {
        opened.proven(text) { read(text) }
    }

    private func write(_ caller: CommonV1.Caller) throws(MessageError) -> String {
        let bytes = try caller.serialized()
        let code = HMAC<SHA256>.authenticationCode(for: bytes, using: key)
        return "\(Base64URL.encode(bytes)).\(Base64URL.encode(Array(code)))"
    }

    private func read(_ text: String) -> CommonV1.Caller? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Base64URL.decode(parts[0]),
            let code = Base64URL.decode(parts[1]),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes, using: key)
        else { return nil }
        // A seal that holds over bytes that are no Caller would be our own bug; it is refused all
        // the same.
        return try? CommonV1.Caller(serialized: bytes)
    }
}

extension CallerSeal {
    /// The options with every reserved key dropped and the caller written once.
    package func stamp(_ options: CallOptions, caller: CommonV1.Caller) throws(Status)
        -> CallOptions
    {
        var options = options
        options.metadata.remove(prefix: Self.reservedPrefix)
        do throws(MessageError) {
            options.metadata.add(try seal(caller), for: Self.metadataKey)
        } catch {
            throw Status(.invalidArgument, "the caller's name cannot be written: \(error.message)")
        }
        return options
    }
}

/// What is wrong with a key, a secret or a principals file.
package struct IdentityError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        case unusableSecret
        case unusableKey
        case unusablePrincipals
        case unusableClaims
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

/// Base64 with the URL alphabet and no padding (RFC 4648, section 5).
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func decode(_ text: Substring) -> [UInt8]? {
        guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }) else {
            return nil
        }
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
        return Data(base64Encoded: standard + padding).map { [UInt8]($0) }
    }
}
