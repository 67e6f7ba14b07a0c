import GRDB
import Testing

@testable import Records

/// How SQLite goes about each read: by an index, row by row, and never by sorting or by looking at
/// everything. So a page costs its rows, whether 10,000 dossiers are there or a million.
@Suite struct QueuePlanTests {
    @Test(arguments: [
        QueueTable.pageSQL, QueueTable.countSQL,
        "SELECT scope_number FROM queue_scope WHERE kind = ? AND id = ?",
        "SELECT due_time, scopes FROM queue_place WHERE dossier_number = ?",
        "SELECT path FROM queue_path WHERE agency = ?",
    ])
    func aQueueIsReadByItsIndexAlone(sql: String) async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let plan = try await counter.plan(of: sql)
            #expect(plan.allSatisfy { $0.isSearch }, "\(plan)")
        }
    }

    @Test func aPageIsOneRangeThatEndsWhereItsKindEnds() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let first = try #require(try await counter.plan(of: QueueTable.pageSQL).first)
            #expect(
                first.contains("PRIMARY KEY (scope_number=? AND (due_time,dossier_number)>(?,?)")
                    && first.contains("due_time<?"), "\(first)")
            let count = try await counter.plan(of: QueueTable.countSQL)
            #expect(
                count.contains {
                    $0.contains("(scope_number=? AND due_time>? AND due_time<?)")
                }, "\(count)")
        }
    }

    @Test(
        arguments: [
            (nil, nil), (DossierState.processing, nil), (nil, "H26.001.00"),
            (.finished, "H26.001.00"),
        ] as [(DossierState?, String?)])
    func theListOfDossiersIsReadByAnIndexInItsOrder(
        state: DossierState?, unit: String?
    ) async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let sql = try await counter.statements { database in
                let table = DossierTable(database: database)
                _ = try table.page(state: state, unit: unit, before: .max, limit: 50)
                _ = try table.page(
                    state: state, units: ["H26.001.00", "H26.002.00"], before: .max, limit: 50)
            }
            for sql in sql {
                let plan = try await counter.plan(of: sql)
                #expect(plan.allSatisfy { $0.isSearch }, "\(plan)")
            }
            #expect(!sql.isEmpty)
        }
    }

    @Test func aDossierAndItsHistoryAreReadByIndicesAlone() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            _ = try await counter.start(dossier)
            _ = try await counter.askSupplement(dossier, ["C1"])
            let sql = try await counter.statements { database in
                let table = DossierTable(database: database)
                _ = try table.find(.id(dossier.dossierID))
                _ = try table.find(.code("H26.001.00-260302-0001"))
                _ = try table.history(of: dossier.dossierID)
                _ = try table.tracked(code: "H26.001.00-260302-0001")
            }
            #expect(sql.count >= 7)
            for sql in sql {
                let plan = try await counter.plan(of: sql)
                // A procedure has a dozen components: putting these in order is no work.
                let isSmall = sql.contains("procedure_component")
                #expect(
                    plan.allSatisfy { $0.isSearch || (isSmall && $0.contains("ORDER BY")) },
                    "\(sql) \(plan)")
            }
        }
    }
}

extension String {
    /// Whether a line of a query plan costs nothing in proportion to a table.
    fileprivate var isSearch: Bool {
        if hasPrefix("SCAN") { return hasPrefix("SCAN (subquery") || self == "SCAN CONSTANT ROW" }
        return !contains("TEMP B-TREE")
    }
}

extension Counter {
    fileprivate func plan(of sql: String) async throws -> [String] {
        try await host.store.read { database in
            let count = sql.filter { $0 == "?" }.count
            return try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN \(sql)",
                arguments: StatementArguments(Array(repeating: 1, count: count))
            ).map { $0["detail"] }
        }
    }

    /// The statements that a read runs, with places for their values.
    fileprivate func statements(
        of read: @escaping @Sendable (Database) throws -> Void
    ) async throws -> [String] {
        try await host.store.read { database in
            let seen = Seen()
            database.trace { event in
                if case .statement(let statement) = event { seen.add(statement.sql) }
            }
            try read(database)
            database.trace(options: [])
            return seen.all
        }
    }
}

private final class Seen {
    private(set) var all: [String] = []

    func add(_ sql: String) { all.append(sql) }
}
