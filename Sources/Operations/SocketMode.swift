import ArgumentParser

/// Who may connect to a socket, as the permissions of its file.
package struct SocketMode: ExpressibleByArgument, Sendable, CustomStringConvertible {
    package let permissions: UInt32

    package static let owner = SocketMode(permissions: 0o600)

    /// Whether others than the owner may connect.
    package var isOpen: Bool { permissions & 0o077 != 0 }

    private init(permissions: UInt32) { self.permissions = permissions }

    /// Octal, such as `0660`; the owner always may connect.
    package init?(argument: String) {
        guard (3...4).contains(argument.utf8.count), let permissions = UInt32(argument, radix: 8),
            permissions <= 0o777, permissions & 0o600 == 0o600
        else { return nil }
        self.init(permissions: permissions)
    }

    package var description: String { "0" + String(permissions, radix: 8) }
    package var defaultValueDescription: String { description }
}
