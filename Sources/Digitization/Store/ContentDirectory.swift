import Foundation
import Synchronization

/// The contents on disk, each once, whatever the number of documents that share it.
///
/// ```
/// incoming/<32 hexadecimal digits>      being written; never outlives the process that made it
/// content/<2 digits>/<64 digits>        whole and durable, named by its SHA-256
/// ```
///
/// What holds:
/// 1. A file under `content/` is whole: it was made durable before it got its name.
/// 2. A row is written only after its content's name is durable, so every row's content is there.
/// 3. A content is removed only when no row names it, when nobody holds it (``hold(_:)``) and when
///    it is older than the grace. What a crash leaves between 1 and 2 goes that way.
///
/// One process owns the directory. Every method but ``hold(_:)`` and ``release(_:)`` blocks and
/// belongs on a ``WorkerPool``.
package final class ContentDirectory: Sendable {
    private struct State {
        /// Uploads between the naming of a content and their row, counted.
        var held: [ContentDigest: Int] = [:]
        /// Of the sweep under way: held at some time since it began.
        var heldSinceSweep: Set<ContentDigest> = []
        var incoming: Set<String> = []
    }

    package static let fanOut = 0...255

    private let incoming: String
    private let content: String
    private let sync: @Sendable (CInt) -> CInt
    private let state = Mutex(State())

    /// Makes the directories that are missing, and removes what a process before this one was still
    /// writing.
    ///
    /// - Parameter sync: What makes a descriptor's file durable, with `fsync`'s contract.
    package init(
        _ path: String, sync: @escaping @Sendable (CInt) -> CInt = { Glibc.fsync($0) }
    ) throws {
        incoming = path + "/incoming"
        content = path + "/content"
        self.sync = sync
        for directory in [path, incoming, content] { try Self.makeDirectory(directory) }
        for byte in Self.fanOut { try Self.makeDirectory("\(content)/\(Self.folder(UInt8(byte)))") }
        // The folders' names must be durable before anything in them is promised.
        for directory in [content, path] { try makeDurable(directory) }
        for name in try FileManager.default.contentsOfDirectory(atPath: incoming) {
            try Self.remove("\(incoming)/\(name)")
        }
    }

    /// Begins a content of which nothing is known yet.
    package func begin() throws -> IncomingContent {
        var random = SystemRandomNumberGenerator()
        let number = UInt128(random.next()) << 64 | UInt128(random.next())
        let digits = String(number, radix: 16)
        let name = String(repeating: "0", count: 32 - digits.count) + digits
        state.withLock { _ = $0.incoming.insert(name) }
        do {
            return try IncomingContent(path: "\(incoming)/\(name)", sync: sync)
        } catch {
            state.withLock { _ = $0.incoming.remove(name) }
            throw error
        }
    }

    /// Closes and removes a content that is not to be kept. One that was kept is only closed.
    package func discard(_ file: IncomingContent) throws {
        file.close()
        try Self.remove(file.path)
        state.withLock { _ = $0.incoming.remove((file.path as NSString).lastPathComponent) }
    }

    /// From here to ``release(_:)`` no sweep takes the content away.
    package func hold(_ digest: ContentDigest) {
        state.withLock { state in
            state.held[digest, default: 0] += 1
            state.heldSinceSweep.insert(digest)
        }
    }

    package func release(_ digest: ContentDigest) {
        state.withLock { state in
            guard let count = state.held[digest] else {
                preconditionFailure("\(digest) is not held")
            }
            state.held[digest] = count == 1 ? nil : count - 1
        }
    }

    /// Makes a content durable, gives it its name, and returns when the name is durable too. The
    /// caller holds the digest.
    ///
    /// A content of that name is replaced by the same bytes, freshly written: that mends a damaged
    /// one, and a reader keeps the one that he has open.
    package func keep(_ file: IncomingContent, as digest: ContentDigest) throws {
        try file.makeDurable()
        file.close()
        let target = path(of: digest)
        guard rename(file.path, target) == 0 else {
            throw DigitizationError.system("rename \(file.path) to \(target)", errno)
        }
        try makeDurable("\(content)/\(Self.folder(digest.bytes[0]))")
    }

    package func path(of digest: ContentDigest) -> String {
        "\(content)/\(Self.folder(digest.bytes[0]))/\(digest)"
    }

    private func makeDurable(_ directory: String) throws {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DigitizationError.system("open \(directory)", errno) }
        defer { close(descriptor) }
        guard sync(descriptor) == 0 else {
            throw DigitizationError.system("make \(directory) durable", errno)
        }
    }

    private static func folder(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    private static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw DigitizationError.system("make the directory \(path)", errno)
        }
    }

    private static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw DigitizationError.system("remove \(path)", errno)
        }
    }
}

extension ContentDirectory {
    /// Opens a sweep: what is held from now on is not an orphan. One sweep at a time.
    package func beginSweep() {
        state.withLock { $0.heldSinceSweep = Set($0.held.keys) }
    }

    /// The contents of one fan-out folder that were last written before `horizon`.
    package func contents(in folder: UInt8, writtenBefore horizon: Date) throws -> [ContentDigest] {
        let directory = "\(content)/\(Self.folder(folder))"
        return try FileManager.default.contentsOfDirectory(atPath: directory).compactMap { name in
            guard let digest = ContentDigest(hexadecimal: name) else { return nil }
            var status = stat()
            guard stat("\(directory)/\(name)", &status) == 0 else {
                throw DigitizationError.system("look at \(directory)/\(name)", errno)
            }
            return status.st_mtim.tv_sec < Int(horizon.timeIntervalSince1970) ? digest : nil
        }
    }

    /// Removes a content that no row named after ``beginSweep()``; returns false when somebody held
    /// it since.
    package func removeOrphan(_ digest: ContentDigest) throws -> Bool {
        // Under the lock: an upload that holds it later names its content afresh after this.
        try state.withLock { state in
            guard !state.heldSinceSweep.contains(digest) else { return false }
            try Self.remove(path(of: digest))
            return true
        }
    }

    /// Removes incoming files that no upload of this process is writing. Returns how many.
    package func removeAbandonedIncoming() throws -> Int {
        var removed = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: incoming) {
            let isAbandoned = state.withLock { !$0.incoming.contains(name) }
            guard isAbandoned else { continue }
            try Self.remove("\(incoming)/\(name)")
            removed += 1
        }
        return removed
    }
}
