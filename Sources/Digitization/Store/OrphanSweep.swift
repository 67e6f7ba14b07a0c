import Foundation
import Storage
import Synchronization
import WorkingTime

/// Removes what no row names: contents whose upload died between the file and its row, and files
/// that no upload writes any more.
package final class OrphanSweep: Sendable {
    package struct Report: Hashable, Sendable {
        package var contentsRemoved = 0
        package var incomingRemoved = 0
    }

    /// Longer than any upload has between its content and its row; a held content is safe at any
    /// age.
    package static let grace: Duration = .seconds(3_600)
    package static let interval: Duration = .seconds(1_800)

    private let contents: ContentDirectory
    private let store: Store
    private let files: WorkerPool
    private let isRunning = Mutex(false)

    package init(contents: ContentDirectory, store: Store, files: WorkerPool) {
        self.contents = contents
        self.store = store
        self.files = files
    }

    /// - Returns: `nil` when another sweep is under way: two would forget for each other what was
    ///   held.
    package func run(at now: Instant) async throws -> Report? {
        let isFirst = isRunning.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
        guard isFirst else { return nil }
        defer { isRunning.withLock { $0 = false } }
        let contents = contents
        let seconds = now.millisecondsSinceEpoch / 1_000 - Self.grace.components.seconds
        let horizon = Date(timeIntervalSince1970: TimeInterval(seconds))
        contents.beginSweep()
        var report = Report()
        report.incomingRemoved = try await files.run { try contents.removeAbandonedIncoming() }
        for byte in ContentDirectory.fanOut {
            try Task.checkCancellation()
            let folder = UInt8(byte)
            let old = try await files.run {
                try contents.contents(in: folder, writtenBefore: horizon)
            }
            if old.isEmpty { continue }
            let named = try await store.read { database in
                try DocumentTable(database: database).contents(beginningWith: folder)
            }
            let orphans = old.filter { !named.contains($0) }
            report.contentsRemoved += try await files.run {
                try orphans.count { try contents.removeOrphan($0) }
            }
        }
        return report
    }
}
