import ArgumentParser
import Foundation
import Operations
import WorkingTime

/// Lives dossiers in the records of a system that stands still.
struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Has dossiers live in the records of a system that does not run.",
        discussion: """
            Runs the real commands against the records service in this process, on a clock of its own that goes \
            through \(Population.days) days up to now: what they write is what they write anywhere. The gateway's \
            place in the journal is set to the end, for payments and the others are not to hear of these dossiers.
            """)

    @Option(help: "The data directory of a system that has the catalogue and no dossiers.")
    var data: String

    @Option(help: "How many dossiers.")
    var dossiers = 10_000

    @Option(help: "Of everything that is drawn.")
    var seed: UInt64 = 2026

    @Option(help: "Visits under way at a time.")
    var atOnce = 512

    func validate() throws {
        guard dossiers > 0, atOnce > 0 else {
            throw ValidationError("--dossiers and --at-once are at least 1.")
        }
    }

    func run() async throws {
        let layout = try Layout(data: data)
        let now = ProcessClock().now
        let today = now.local(in: .vietnam).date
        let first = CivilDate(daysSinceEpoch: today.daysSinceEpoch - Population.days)
        try await Office.use(
            layout,
            from: Instant(LocalTime(first, TimeOfDay(hour: 6, minute: 0)!), in: .vietnam)
        ) { office in
            let before = try RowCounts(of: layout)
            guard before["dossier"] == 0 else {
                throw GrowthError("\(data) has dossiers already: name another directory")
            }
            let offers = Offer.all(of: try await office.catalogue())
            let clerk = Clerk(
                office: office, offers: offers,
                wards: try await office.host.store.read { try Wards.all(in: $0) }, run: "g\(seed)")
            var simulation = Simulation(
                clerk: clerk, seed: seed, dossiers: dossiers, atOnce: atOnce, first: first, end: now
            )
            try await simulation.run()
            try await JournalPlace.setToEnd(of: office.host.store.journal, layout)
            try before.keep(in: layout)
        }
    }
}

/// Multiplies what was lived.
struct Multiply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the dossiers that `generate` made, as if each had been lived many times.")

    @Option(help: "The data directory, with no process running on it.")
    var data: String

    @Option(help: "Each dossier, how many times.")
    var copies: Int

    func validate() throws {
        guard (2...32_768).contains(copies) else {
            throw ValidationError("--copies is 2 to 32768.")
        }
    }

    func run() async throws {
        let layout = try Layout(data: data)
        let start = ContinuousClock.now
        try Multiplication(copies: copies, before: try RowCounts(keptIn: layout))
            .run(at: RowCounts.database(of: layout))
        // Opened as the service will, and its chain proved.
        try await Office.use(layout, from: ProcessClock().now) { office in
            guard case .intact = try await office.host.store.verifyAuditChain() else {
                throw GrowthError("the audit chain is broken")
            }
            try await JournalPlace.setToEnd(of: office.host.store.journal, layout)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(String(format: "%6.1f s  \(copies) copies", seconds))
    }
}

/// How many rows each table of records had before the first dossier.
struct RowCounts {
    private static let file = "rows-before-dossiers.json"

    private let counts: [String: Int]

    subscript(table: String) -> Int? { counts[table] }

    static func database(of layout: Layout) -> String {
        "\(layout.data(of: .records))/records.sqlite"
    }

    init(of layout: Layout) throws {
        counts = try Multiplication.rowCounts(at: Self.database(of: layout))
    }

    init(keptIn layout: Layout) throws {
        let url = URL(fileURLWithPath: "\(layout.data)/\(Self.file)")
        counts = try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: url))
    }

    func keep(in layout: Layout) throws {
        try JSONEncoder().encode(counts)
            .write(to: URL(fileURLWithPath: "\(layout.data)/\(Self.file)"))
    }
}
