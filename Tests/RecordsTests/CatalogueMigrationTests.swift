import Foundation
import GRDB
import Logging
import Storage
import Testing
import WorkingTime

@testable import Records

@Suite struct CatalogueMigrationTests {
    /// What was imported before there were drafts is in force since its day in Vietnam: 20:00 UTC on
    /// 1 March is 3:00 on 2 March there.
    @Test func whatWasImportedBeforeThereWereVersionsIsPublished() async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("records-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let old = try Store(
            path: "\(directory)/records.sqlite",
            migrations: Array(RecordsSchema.migrations.prefix(1)))
        let imported = try Instant(parsing: "2026-03-01T20:00Z", assuming: .vietnam)
        try await old.writer.perform { database in
            try database.execute(
                sql: """
                    INSERT INTO procedure (procedure_id, latest_version) VALUES ('7', 2);
                    INSERT INTO procedure_version VALUES
                        ('7', 1, \(imported.millisecondsSinceEpoch), 'Cũ', 'x', '', '["a"]', '["b"]', '[]'),
                        ('7', 2, \(imported.millisecondsSinceEpoch), 'Mới', 'x', '', '["a"]', '["b"]', '[]');
                    INSERT INTO procedure_limit VALUES
                        ('7', 1, 1, 'L1', 1, 'day', 3, 't'), ('7', 2, 1, 'L1', 1, 'day', 4, 't');
                    """)
        }
        await old.close()

        let host = try RecordsHost.open(
            directory: directory, clock: { imported },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let kept = try await host.store.read { database in
            let catalogue = Catalogue(database: database)
            let day = try CivilDate(parsing: "2026-03-02")
            #expect(try catalogue.versionInForce(of: "7", on: day.adding(days: -1)) == nil)
            return try catalogue.current("7", on: day)
        }
        await host.close()
        #expect(kept?.procedure.version == 2 && kept?.procedure.content.name == "Mới")
        #expect(kept?.procedure.content.process == nil)
        #expect(kept?.log.status == .published && kept?.log.publication?.time == imported)
        #expect(kept?.log.publication?.effectiveDay.description == "2026-03-02")
    }
}
