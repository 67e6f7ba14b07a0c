import Glibc

/// A directory that this process alone holds, until it ends however it ends: the kernel keeps the lock.
package struct LockedDirectory: ~Copyable {
    /// Left behind, so it tells that somebody once held the directory.
    package static let lockFile = "lock"

    package let path: String
    private let lock: Int32

    /// Makes the directory (mode 0700) if it is missing, and locks it.
    ///
    /// - Parameter kind: What a refusal calls it.
    /// - Throws: `.heldByAnother` when another process holds it.
    package init(
        locking path: String, as kind: StaticString = "data directory"
    ) throws(OperationsError) {
        self.path = path
        try makeDirectories(path)
        let file = "\(path)/\(Self.lockFile)"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw OperationsError.system("open \(file)", errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw OperationsError.system("lock \(file)", code) }
            throw OperationsError(
                .heldByAnother,
                "another process holds the \(kind) \(path); stop it, or name another directory")
        }
        lock = descriptor
    }

    deinit { close(lock) }
}

/// Makes a directory and what leads to it, mode 0700.
package func makeDirectories(_ path: String) throws(OperationsError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
        made += "/" + part
        guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
            throw OperationsError.system("make the directory \(made)", errno)
        }
    }
}
