import GRDB
import Storage
import Testing
import WorkingTime

@testable import Records

@Suite struct OrganisationTableTests {
    /// The small city as a change of the empty organisation.
    static let founding: OrganisationChange = {
        let city = SmallCity.organisation
        var change = OrganisationChange()
        change.agencies = city.agencies
        change.counters = Array(city.counters.values.joined())
        change.officials = Array(city.officials.values)
        return change
    }()

    private func withTheSmallCity(_ body: (Counter) async throws -> Void) async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let version = try await counter.host.store.writer.perform {
                try OrganisationTable(database: $0).save(Self.founding)
            }
            #expect(version == 1)
            try await body(counter)
        }
    }

    private func stored(_ counter: Counter) async throws -> Organisation {
        try await counter.host.store.read { try OrganisationTable(database: $0).organisation() }
    }

    @Test func whatWasSavedIsReadBack() async throws {
        try await withTheSmallCity { counter in
            let after = try await stored(counter)
            #expect(after == SmallCity.organisation)
        }
    }

    @Test func whatEndsMakesRoomForWhatFollowsInOneChange() async throws {
        try await withTheSmallCity { counter in
            var change = OrganisationChange()
            var ward = SmallCity.organisation.agencies["H26.101.00"]!
            var renamed = ward.periods[0]
            ward.periods[0].days.lastDay = day("2026-06-30")
            renamed.days.from = day("2026-07-01")
            renamed.name = "Phường Hoàn Kiếm mới"
            ward.periods.append(renamed)
            change.agencies[ward.id] = ward
            // Listed the wrong way round.
            var going = SmallCity.organisation.officials["ke"]!
            going.posts[0].days.lastDay = day("2026-06-30")
            change.officials = [
                SmallCity.official("moi", ("H26.101.00", .head, DayRange(from: day("2026-07-01")))),
                going,
            ]
            let saved = change
            let version = try await counter.host.store.writer.perform {
                try OrganisationTable(database: $0).save(saved)
            }
            #expect(version == 2)
            let after = try await stored(counter)
            #expect(after == SmallCity.organisation.applying(change, version: 2))
            #expect(after.problems() == [])
            #expect(after.head(of: "H26.101.00", on: day("2026-07-01"))?.official == "moi")
        }
    }

    @Test(arguments: [
        // Two periods that share a day, put in or made so.
        """
        INSERT INTO agency_period (agency_id, from_day, name, level, parent, takes_dossiers)
        VALUES ('000.00.20.H26', '2025-06-30', 'x', 8, 'H26', 1)
        """,
        """
        INSERT INTO agency_period (agency_id, from_day, last_day, name, level, parent, takes_dossiers)
        VALUES ('000.00.20.H26', '2018-01-01', '2018-12-31', 'x', 8, 'H26', 1);
        UPDATE agency_period SET last_day = '2019-01-06' WHERE from_day = '2018-01-01'
        """,
        // A second head.
        """
        INSERT INTO post (official, agency_id, role, from_day, title)
        VALUES ('tiep', 'H26.101.00', 5, '2026-03-31', 'x')
        """,
        "UPDATE post SET last_day = NULL WHERE official = 'truong' AND agency_id = 'H26.101.00'",
        "UPDATE post SET role = 5, agency_id = 'H26.101.00' WHERE official = 'tiep'",
        // Below itself, below nothing, above the root, at no level.
        "UPDATE agency_period SET parent = agency_id WHERE agency_id = 'H26.101.00'",
        "UPDATE agency_period SET parent = NULL WHERE agency_id = 'H26.101.00'",
        "UPDATE agency_period SET parent = 'H26.101.00' WHERE agency_id = 'H26'",
        "UPDATE agency_period SET level = 9 WHERE agency_id = 'H26.101.00'",
        // Its own successor, or nobody's.
        "UPDATE agency SET successor = agency_id WHERE agency_id = 'H26.101.00'",
        "UPDATE agency SET successor = 'H26.555.00' WHERE agency_id = 'H26.101.00'",
        "INSERT INTO agency (agency_id) VALUES ('h26')",
        "INSERT INTO agency (agency_id) VALUES ('H26.111111111111111111111111111111111')",
        "UPDATE post SET last_day = '2019-01-05' WHERE agency_id = '000.00.20.H26'",
        "UPDATE organisation_version SET version = 3",
        "UPDATE organisation_version SET version = 0",
        "DELETE FROM organisation_version", "DELETE FROM agency", "DELETE FROM agency_period",
        "DELETE FROM counter", "DELETE FROM official", "DELETE FROM post",
    ])
    func theSchemaRefusesWhatContradictsItself(sql: String) async throws {
        try await withTheSmallCity { counter in
            await #expect(throws: DatabaseError.self) {
                try await counter.host.store.writer.perform { try $0.execute(sql: sql) }
            }
            let after = try await stored(counter)
            #expect(after == SmallCity.organisation)
        }
    }

    @Test func theCacheHoldsWhatStandsAndNeverWhatWasLost() async throws {
        try await withTheSmallCity { counter in
            let (store, cache) = (counter.host.store, OrganisationCache())
            let read = try await store.read { try cache.read(in: $0) }
            #expect(read == SmallCity.organisation)
            #expect(cache.newest.version == 1)
            struct Lost: Error {}
            await #expect(throws: Lost.self) {
                try await store.writer.perform { database in
                    var change = OrganisationChange()
                    change.officials = [SmallCity.official("moi", ("H26", .head, SmallCity.new))]
                    _ = try OrganisationTable(database: database).save(change)
                    // Inside, the change is seen.
                    let seen = try cache.current(in: database)
                    #expect(seen.version == 2 && seen.officials["moi"] != nil)
                    throw Lost()
                }
            }
            #expect(cache.newest == SmallCity.organisation)
        }
    }
}
