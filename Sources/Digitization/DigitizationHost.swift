import Foundation
import Logging
import RPC
import Storage
import WorkingTime

/// What an installation may choose.
package struct DigitizationConfiguration: Sendable {
    /// Poppler's `pdfinfo`; without it no PDF's pages are counted.
    package var pdfTool = "/usr/bin/pdfinfo"
    /// Threads that write, read and make durable.
    package var fileThreads = 4
    /// Child processes at the same time.
    package var processThreads = 2

    package init() {}
}

/// The digitization service, put together over one data directory that this process owns.
package struct DigitizationHost: Sendable {
    package let services: [any Service]
    package let store: Store
    private let files: WorkerPool
    private let processes: WorkerPool
    private let sweep: OrphanSweep
    private let clock: @Sendable () -> Instant
    private let logger: Logger

    /// Opens or makes `digitization.sqlite`, `incoming/` and `content/` in the directory. Blocks.
    package static func open(
        directory: String, configuration: DigitizationConfiguration = .init(),
        clock: @escaping @Sendable () -> Instant, logger: Logger
    ) throws -> DigitizationHost {
        if !FileManager.default.isExecutableFile(atPath: configuration.pdfTool) {
            logger.warning(
                "pages of PDF files will not be counted: install poppler-utils",
                metadata: ["missing": "\(configuration.pdfTool)"])
        }
        var options = Store.Options()
        options.report = { logger.error("the store failed", metadata: ["error": "\($0)"]) }
        let store = try openStore(in: directory, options: options)
        return DigitizationHost(
            store: store, contents: try ContentDirectory(directory), configuration: configuration,
            clock: clock, logger: logger)
    }

    package static func openStore(
        in directory: String, options: Store.Options = .init()
    ) throws(StorageError) -> Store {
        try Store(
            path: directory + "/digitization.sqlite", migrations: DigitizationSchema.migrations,
            options: options)
    }

    package init(
        store: Store, contents: ContentDirectory,
        configuration: DigitizationConfiguration = .init(),
        clock: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.store = store
        self.clock = clock
        self.logger = logger
        files = WorkerPool(name: "digitization.files", threads: configuration.fileThreads)
        processes = WorkerPool(name: "digitization.pages", threads: configuration.processThreads)
        sweep = OrphanSweep(contents: contents, store: store, files: files)
        services = [
            DocumentsEndpoint(
                store: store, contents: contents, files: files, processes: processes,
                counter: PageCounter(pdfTool: configuration.pdfTool), clock: clock, logger: logger),
            JournalEndpoint(store: store),
        ]
    }

    /// Removes orphans now; `nil` when that is being done already.
    package func sweepOrphans() async throws -> OrphanSweep.Report? {
        try await sweep.run(at: clock())
    }

    /// Removes orphans at once and then every ``OrphanSweep/interval``, until cancelled.
    package func sweepUntilCancelled() async {
        while !Task.isCancelled {
            do {
                if let report = try await sweepOrphans(), report != OrphanSweep.Report() {
                    logger.notice(
                        "orphans removed",
                        metadata: [
                            "contents": "\(report.contentsRemoved)",
                            "incoming": "\(report.incomingRemoved)",
                        ])
                }
                try await Task.sleep(for: OrphanSweep.interval)
            } catch is CancellationError {
                return
            } catch {
                logger.error("orphans could not be removed", metadata: ["error": "\(error)"])
                // A sleep that is cut short is the end, which the loop's head sees.
                try? await Task.sleep(for: OrphanSweep.interval)
            }
        }
    }

    package func close() async {
        await processes.close()
        await files.close()
        await store.close()
    }
}
