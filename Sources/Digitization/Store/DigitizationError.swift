import Glibc

/// How the world failed: the disk, a file, or more work than is taken.
package struct DigitizationError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The disk or the quota is full.
        case diskFull
        /// A file could not be written, made durable or read.
        case fileFailed
        /// The content of a document that a row names is not there.
        case contentMissing
        /// What is on disk no longer hashes to its name.
        case contentDamaged
        /// More work waits than is taken.
        case saturated
        case closing
    }

    package var code: Code
    /// For the operator: it may name files, and never reaches a client.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// - Parameter number: The `errno` that the action left.
    static func system(_ action: String, _ number: CInt) -> DigitizationError {
        let code: Code = number == ENOSPC || number == EDQUOT ? .diskFull : .fileFailed
        return DigitizationError(code, "cannot \(action): \(String(cString: strerror(number)))")
    }

    package var description: String { "\(code): \(message)" }
}
