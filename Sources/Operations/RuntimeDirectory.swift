import Glibc

extension Layout {
    /// The layout of a system that was started before, as a client finds it: `up` left word of where its sockets are.
    ///
    /// - Throws: `.notReady` when it never was started; `.unusableSetting` when somebody else could have put a
    ///   socket where the gateway's should be: whoever answers there is handed tokens.
    package static func running(data: String) throws(OperationsError) -> Layout {
        let data = try absolute(data)
        guard let runtime = try PrivateFile.readText(runtimePathFile(data: data)) else {
            throw OperationsError(
                .notReady, "no system was started on \(data); start it with `motcua up --data DIR`")
        }
        let layout = try Layout(data: data, runtime: runtime)
        try layout.checkRuntimeDirectory()
        return layout
    }

    /// Leaves word for clients.
    package func writeRuntimePath() throws(OperationsError) {
        try PrivateFile.write(Array("\(runtime)\n".utf8), to: Self.runtimePathFile(data: data))
    }

    /// Makes the runtime directory, or takes the one that is there if nobody else may list it or write to it.
    ///
    /// - Parameter isOpen: Whether other users pass through it to the gateway's socket.
    package func makeRuntimeDirectory(isOpen: Bool) throws(OperationsError) {
        if mkdir(runtime, 0o700) != 0 {
            guard errno == EEXIST else {
                throw OperationsError.system("make the directory \(runtime)", errno)
            }
            let status = try status(of: runtime)
            guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
                status.st_mode & 0o066 == 0
            else {
                throw OperationsError(
                    .unusableSetting,
                    "\(runtime) is not a directory of this user's alone; remove it or pass --runtime"
                )
            }
        }
        // Set here: the umask has a say in `mkdir`'s, and an earlier start may have wanted the other one.
        guard chmod(runtime, isOpen ? 0o711 : 0o700) == 0 else {
            throw OperationsError.system("set the mode of \(runtime)", errno)
        }
    }

    /// Trusted are root, this user and, for root, whoever owns the data.
    private func checkRuntimeDirectory() throws(OperationsError) {
        var status = stat()
        guard lstat(runtime, &status) == 0 else {
            if errno == ENOENT {
                throw OperationsError(
                    .notReady,
                    "the system on \(data) is not running; start it with `motcua up --data DIR`")
            }
            throw OperationsError.system("look at \(runtime)", errno)
        }
        var trusted: Set<uid_t> = [0, geteuid()]
        if geteuid() == 0 { trusted.insert(try self.status(of: data).st_uid) }
        guard status.st_mode & S_IFMT == S_IFDIR, trusted.contains(status.st_uid),
            status.st_mode & 0o022 == 0
        else {
            throw OperationsError(
                .unusableSetting,
                "\(runtime) is not a directory that only this user or root can write to: whoever made it could "
                    + "pass for the gateway; start the system again, or name its socket with --socket"
            )
        }
    }

    private func status(of path: String) throws(OperationsError) -> stat {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw OperationsError.system("look at \(path)", errno)
        }
        return status
    }

    private static func runtimePathFile(data: String) -> String { "\(data)/runtime-path" }
}
