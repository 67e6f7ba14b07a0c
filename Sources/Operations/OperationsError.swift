import Glibc

/// Why a process cannot run.
package struct OperationsError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        case heldByAnother
        case system
        case unusableSetting
        case notReady
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package static func system(_ action: String, _ code: Int32) -> OperationsError {
        OperationsError(.system, "cannot \(action): \(String(cString: strerror(code)))")
    }

    package var description: String { message }
}
