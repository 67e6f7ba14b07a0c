import GRDB
import RPC

/// How the world failed the store: the disk, the file, or a database that this program may not
/// touch.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The directory or the database file cannot be made, opened or set up.
        case cannotOpen
        /// SQLite does not give what an acknowledged write needs: WAL, `synchronous=FULL`, foreign
        /// keys.
        case notDurable
        /// A migration that this database has run is no longer the same text, name or place.
        case migrationEdited
        /// The database has run migrations that this program does not know.
        case databaseIsNewer
        /// SQLite refused a migration; nothing of it is there.
        case migrationFailed
        /// A running store could not write or close; every caller concerned was refused.
        case writeFailed
    }

    package var code: Code
    /// For the operator: it may name files, and never reaches a client.
    package var message: String
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String {
        guard let cause else { return "\(code): \(message)" }
        return "\(code): \(message) (\(cause))"
    }
}

extension DatabaseError {
    /// Whether the world failed (disk, memory, an interrupt, a lock) rather than the statement.
    var isFailureOfTheWorld: Bool {
        switch resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_INTERRUPT, .SQLITE_NOMEM, .SQLITE_BUSY,
            .SQLITE_LOCKED,
            .SQLITE_CANTOPEN, .SQLITE_PROTOCOL, .SQLITE_READONLY, .SQLITE_ABORT:
            true
        default:
            false
        }
    }
}

extension Status {
    static let storageUnavailable = Status(
        .unavailable, "The store could not write. Nothing was changed; send the same request again."
    )

    static let storageClosed = Status(
        .unavailable, "The store is closing. Nothing was changed; send the same request again.")
}
