import ArgumentParser
import GRDB
import Operations
import WorkingTime

/// Lives dossiers that are all due at the same minute.
struct Pile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Has dossiers accepted that are all due at the same minute, in a system that does not run.",
        discussion: """
            Prints the minute. All have a limit of the same number of working days and are accepted at the same \
            instant; those who are warned before the minute have been warned.
            """)

    /// Of the limit, in working days.
    private static let limitDays: Int32 = 5

    /// Before the minute: who is to be warned has been warned.
    private static let lead = Duration.seconds(-600)

    @Option(help: "The data directory of a system that has the catalogue and no dossiers.")
    var data: String

    @Option(help: "How many dossiers.")
    var dossiers = 10_000

    @Option(help: "Of everything that is drawn.")
    var seed: UInt64 = 2026

    @Option(help: "When all are accepted, such as 2026-11-30T17:00+07:00.")
    var reception: String

    func run() async throws {
        let layout = try Layout(data: data)
        let start = try Instant(parsing: reception)
        try await Office.use(layout, from: start) { office in
            let before = try RowCounts(of: layout)
            guard before["dossier"] == 0 else {
                throw GrowthError("\(data) has dossiers already: name another directory")
            }
            let procedures = try await office.catalogue().map { procedure in
                var procedure = procedure
                procedure.limits.removeAll {
                    $0.limit?.unit != .workingDay || $0.limit?.value != Self.limitDays
                }
                return procedure
            }
            let clerk = Clerk(
                office: office, offers: Offer.all(of: procedures),
                wards: try await office.host.store.read { try Wards.all(in: $0) }, run: "p\(seed)"
            )
            var simulation = Simulation(
                clerk: clerk, seed: seed, dossiers: dossiers, atOnce: 512,
                first: start.local(in: .vietnam).date, days: 0, end: start, moment: start)
            try await simulation.run()
            let dues = try await office.host.store.read { database in
                try Int64.fetchAll(
                    database,
                    sql: "SELECT DISTINCT due_time FROM dossier WHERE due_time IS NOT NULL")
            }
            guard dues.count == 1 else { throw GrowthError("there are \(dues.count) due times") }
            let due = Instant(millisecondsSinceEpoch: dues[0])
            office.setTime(due.advanced(by: Self.lead))
            try await office.catchUp()
            try await JournalPlace.setToEnd(of: office.host.store.journal, layout)
            try before.keep(in: layout)
            print(due.formatted(in: .vietnam))
        }
    }
}
