import Crypto
import Foundation

/// What tokens are made from, in a file beside the database and not in it: with the secret, a
/// repeated claim gets the same token again although no token is stored; without it, a copy of the
/// database gives none away.
///
/// When the file is lost another is made. Tokens given before stay good, for the database knows
/// their hashes; only the repetition of a claim made before gets a token that is worth nothing.
package struct TokenSecret: Sendable {
    private static let byteCount = 32

    private let key: SymmetricKey

    /// Reads the secret, or makes it (mode 0600) where there is none. Blocks.
    ///
    /// - Throws: `SurveysError` when the file cannot be read or made, or is no secret.
    package init(path: String) throws(SurveysError) {
        var bytes = try Self.read(path)
        if bytes == nil {
            try Self.make(path)
            bytes = try Self.read(path)
        }
        guard let bytes, bytes.count == Self.byteCount else {
            throw SurveysError(
                .secretUnusable,
                "\(path) does not hold \(Self.byteCount) bytes; move it away to have another made")
        }
        key = SymmetricKey(data: bytes)
    }

    /// The token of one claim: the same for the same claim, another for every other.
    package func token(principal: String, requestID: String, dossierID: String) -> SurveyToken {
        var code = HMAC<SHA256>(key: key)
        for part in ["motcua survey claim 1", principal, requestID, dossierID] {
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { code.update(data: Array($0)) }
            code.update(data: Array(part.utf8))
        }
        return SurveyToken(random: code.finalize())
    }

    private static func read(_ path: String) throws(SurveysError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system("open \(path)", errno)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: byteCount + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .system("read \(path)", errno) }
        return Array(bytes.prefix(count))
    }

    /// Whole or not at all: written beside and renamed into place. One process owns the directory.
    private static func make(_ path: String) throws(SurveysError) {
        let draft = path + ".new"
        guard unlink(draft) == 0 || errno == ENOENT else { throw .system("remove \(draft)", errno) }
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("make \(draft)", errno) }
        defer { close(descriptor) }
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw .system("write \(draft)", errno)
        }
        guard rename(draft, path) == 0 else { throw .system("rename \(draft)", errno) }
        let directory = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw .system("open the directory of \(path)", errno) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .system("make \(path) durable", errno) }
    }
}

/// How the world failed the surveys.
package struct SurveysError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case fileFailed
        case secretUnusable
    }

    package var code: Code
    /// For the operator; never reaches a client.
    package var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func system(_ action: String, _ number: CInt) -> SurveysError {
        SurveysError(.fileFailed, "cannot \(action): \(String(cString: strerror(number)))")
    }

    package var description: String { "\(code): \(message)" }
}
