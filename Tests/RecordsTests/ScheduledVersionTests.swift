import Messages
import Testing

@testable import Records

/// A version that is published for a later day, and what is imported before it.
@Suite struct ScheduledVersionTests {
    private static func line(_ id: String, name: String = "Gia hạn thẻ, bản nhập") throws
        -> [UInt8]
    {
        var content = try Samples.procedure(id)
        content.name = name
        return Array(CatalogueText.line(CatalogueLine(procedureID: id, content: content)).utf8)
    }

    @Test func anImportedLineIsRefusedByNameWhileAVersionWaitsForItsDay() async throws {
        try await Counter.run(at: "2026-11-21T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.name = "Tên từ tháng mười hai"
            _ = try await counter.saveDraft(draft)
            _ = try await counter.publish("1489", 2, from: "2026-12-01")

            var request = RecordsV1.ImportProceduresRequest()
            request.requestID = counter.newRequestID()
            request.jsonLines = try Self.line("1489")
            request.dryRun = true
            let told = try await counter.procedures.importProcedures(request)
            let refused = try await counter.importing(request.jsonLines)
            for response in [told, refused] {
                #expect(response.imported == 0 && response.rejected.map(\.line) == [1])
                #expect(response.rejected.map(\.field) == ["source_id"])
                #expect(response.rejected[0].reason.contains("version 2 of 1489"))
                #expect(response.rejected[0].reason.contains("2026-12-01"))
            }
            #expect(try await counter.procedure("1489").version == 1)
            // What stands is no change, and other procedures are imported as ever.
            #expect(try await counter.importing(Samples.catalogue()).unchanged == 83)
            #expect(try await counter.importing(Self.line("1658")).imported == 1)

            counter.setTime("2026-12-01T08:00")
            #expect(try await counter.procedure("1489").name == "Tên từ tháng mười hai")
            #expect(try await counter.importing(Self.line("1489")).imported == 1)
            #expect(try await counter.procedure("1489").version == 3)
            counter.setTime("2026-12-31T08:00")
            #expect(try await counter.procedure("1489").version == 3)
        }
    }

    @Test func eachVersionIsFoundByItsWordsWheneverItIsInForce() async throws {
        try await Counter.run(at: "2026-11-21T09:00") { counter in
            for (name, day) in [
                ("Mười hai", "2026-12-01"), ("Tháng giêng", "2027-01-01"), ("Hôm nay", ""),
            ] {
                var draft = try await counter.procedure("1489", version: 1)
                draft.name = name
                let saved = try await counter.saveDraft(draft)
                _ = try await counter.publish("1489", saved.version, from: day)
            }
            for (time, version, words) in [
                ("2026-11-21T10:00", 4, "hôm nay"), ("2026-12-01T00:00", 2, "mười hai"),
                ("2027-01-01T00:00", 3, "tháng giêng"),
            ] {
                counter.setTime(time)
                let found = try await counter.procedures.searchProcedures(
                    .with { $0.query = words }
                ).procedures
                #expect(
                    found.contains { $0.procedureID == "1489" && $0.version == Int32(version) },
                    "\(time)")
            }
        }
    }

    @Test func aLineThatNamesAnAgencyNobodyKnowsIsRefused() async throws {
        var content = try Samples.procedure("1489")
        content.offeredBy = ["H26.001.00", "H99.001.00"]
        let line = Array(
            CatalogueText.line(CatalogueLine(procedureID: "1489", content: content)).utf8)
        try await Counter.run(at: "2026-11-21T09:00") { counter in
            let refused = try await counter.importing(line)
            #expect(refused.imported == 0)
            #expect(refused.rejected.map(\.field) == ["offered_by[1]"])
            #expect(try await counter.procedure("1489").version == 1)
        }
        // Before there is an organisation nobody can say.
        try await Counter.run(at: "2026-11-21T09:00", importing: false) { counter in
            let imported = try await counter.importing(line)
            #expect(imported.imported == 1)
        }
    }
}
