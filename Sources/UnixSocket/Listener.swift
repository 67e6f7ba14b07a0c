import CLinux
import Glibc
import RPC

/// A listening socket at a path. Started on any thread; then the loop's.
final class Listener: PollerClient, @unchecked Sendable {
    // Unchecked: after init, every member is touched by the loop's thread alone.

    /// Connections that wait to be accepted.
    private static let backlog: Int32 = 512
    private static let acceptsPerTurnMax = 64
    /// When the process has no descriptor left, until the next try.
    private static let shortagePause: Duration = .milliseconds(100)

    private let address: UnixSocketAddress
    private let descriptor: SocketDescriptor
    private let inode: ino_t
    private let poller: Poller
    private let accept: (SocketDescriptor, Peer) -> Void
    private var isWatched = false
    private var isClosed = false

    /// - Parameter permissions: Of the socket's file, from its first moment on.
    init(
        at address: UnixSocketAddress, permissions: UInt32, on poller: Poller,
        accept: @escaping (SocketDescriptor, Peer) -> Void
    ) throws(UnixSocketError) {
        self.address = address
        self.poller = poller
        self.accept = accept
        try Listener.removeStale(address)
        let descriptor = try SocketDescriptor.make(for: address.path)
        do {
            inode = try Listener.listen(descriptor, address, permissions)
        } catch {
            descriptor.close()
            throw error
        }
        self.descriptor = descriptor
    }

    func watch() {
        guard !isWatched, !isClosed else { return }
        isWatched = true
        poller.register(descriptor.number, EPOLLIN.rawValue, self)
    }

    func pause() {
        guard isWatched else { return }
        isWatched = false
        poller.unregister(descriptor.number)
    }

    /// Nobody can connect any more; who has is accepted. The file is removed unless another server has put
    /// its own there.
    func close() {
        guard !isClosed else { return }
        var status = stat()
        if lstat(address.path, &status) == 0, status.st_ino == inode { unlink(address.path) }
        // They may have sent calls already, which are to be refused in words.
        for _ in 0...Listener.backlog { guard isWatched, acceptNext() else { break } }
        pause()
        isClosed = true
        descriptor.close()
    }

    func ready(_ events: UInt32) {
        for _ in 0..<Listener.acceptsPerTurnMax { guard isWatched, acceptNext() else { return } }
    }

    /// - Returns: False when nobody waits.
    private func acceptNext() -> Bool {
        let number = clinux_accept(descriptor.number)
        guard number >= 0 else {
            if errno == EINTR || errno == ECONNABORTED { return true }
            if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS { rest() }
            return false
        }
        let accepted = SocketDescriptor(number: number)
        if let peer = Listener.peer(of: accepted) {
            accept(accepted, peer)
        } else {
            accepted.close()
        }
        return true
    }

    private func rest() {
        pause()
        _ = poller.core.schedule(at: poller.core.now + Listener.shortagePause) { [weak self] in
            self?.watch()
        }
    }

    private static func peer(of accepted: SocketDescriptor) -> Peer? {
        var peer = Peer(userID: 0, groupID: 0)
        var processID: pid_t = 0
        guard clinux_peer(accepted.number, &processID, &peer.userID, &peer.groupID) == 0 else {
            return nil
        }
        // 0 is a process outside of this one's namespace.
        if processID > 0 { peer.processID = processID }
        return peer
    }

    private static func listen(
        _ descriptor: SocketDescriptor, _ address: UnixSocketAddress, _ permissions: UInt32
    ) throws(UnixSocketError) -> ino_t {
        // Linux gives the file the descriptor's mode, so there is no moment at which it is too open.
        guard fchmod(descriptor.number, permissions) == 0,
            address.withSystemAddress({ bind(descriptor.number, $0, $1) }) == 0
        else { throw UnixSocketError(failed: "bind", path: address.path) }
        var status = stat()
        // The process's umask may have taken bits away that are wanted.
        guard chmod(address.path, permissions) == 0, lstat(address.path, &status) == 0,
            Glibc.listen(descriptor.number, backlog) == 0
        else {
            let error = UnixSocketError(failed: "listen at", path: address.path)
            unlink(address.path)
            throw error
        }
        return status.st_ino
    }

    /// A socket nobody listens at is what a killed server leaves; anything else is not ours to remove.
    private static func removeStale(_ address: UnixSocketAddress) throws(UnixSocketError) {
        var status = stat()
        guard lstat(address.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw UnixSocketError(
                .notASocket, "\(address.path) exists and is no socket; it is left alone")
        }
        let probe = try SocketDescriptor.make(for: address.path)
        defer { probe.close() }
        switch probe.connect(to: address) {
        case ECONNREFUSED: unlink(address.path)
        case ENOENT: break
        case 0, EAGAIN:
            throw UnixSocketError(.addressInUse, "another server listens at \(address.path)")
        case let failure:
            errno = failure
            throw UnixSocketError(failed: "probe", path: address.path)
        }
    }
}
