import Glibc

/// Files that only this user may read.
package enum PrivateFile {
    /// Keys, settings and offsets: whatever is longer is none of ours.
    package static let bytesMax = 1 << 20

    /// Replaces the file as a whole; it is on disk under its name when this returns.
    package static func write(_ bytes: [UInt8], to path: String) throws(OperationsError) {
        let temporary = "\(path).\(getpid())"
        // Made anew, so that neither a link that waits there nor the mode of an older file counts.
        unlink(temporary)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw OperationsError.system("write \(path)", errno) }
        errno = 0
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isSynced = written == bytes.count && fsync(descriptor) == 0
        let code = errno == 0 ? ENOSPC : errno  // A short write sets none.
        close(descriptor)
        guard isSynced else {
            unlink(temporary)
            throw OperationsError.system("write \(path)", code)
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw OperationsError.system("write \(path)", code)
        }
        try sync(directoryOf: path)
    }

    /// The file's bytes, or `nil` when there is no such file.
    ///
    /// - Throws: for whatever else keeps it from being read: what cannot be read must not be taken for missing,
    ///   and so be replaced.
    package static func read(_ path: String) throws(OperationsError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw OperationsError.system("read \(path)", errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw OperationsError.system("read \(path)", errno) }
            if count == 0 { return bytes }
            bytes += part[..<count]
            guard bytes.count <= bytesMax else {
                throw OperationsError(
                    .unusableSetting, "\(path) is longer than \(bytesMax) bytes; it is no such file"
                )
            }
        }
    }

    /// The file's text without the blank space around it, or `nil` when there is no such file.
    package static func readText(_ path: String) throws(OperationsError) -> String? {
        guard let bytes = try read(path) else { return nil }
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let text = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return String(decoding: Array(text), as: UTF8.self)
    }

    private static func sync(directoryOf path: String) throws(OperationsError) {
        let end = path.lastIndex(of: "/")
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OperationsError.system("open \(directory)", errno) }
        defer { close(descriptor) }
        // A file system that cannot sync a directory says EINVAL; there it is as durable as it gets.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw OperationsError.system("sync \(directory)", errno)
        }
    }
}
