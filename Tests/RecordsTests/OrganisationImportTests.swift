import Foundation
import Messages
import RPC
import Testing

@testable import Records

@Suite struct OrganisationReaderTests {
    private static let agency =
        #"{"kind":"agency","agency":"H26.001.00","name":"Chi nhánh","level":"branch","parent":"H26.000.00","takes_dossiers":true,"from":"2025-07-01"}"#
    private static let counter =
        #"{"kind":"counter","agency":"H26.001.00","counter":"Q01","name":"Quầy","from":"2025-07-01"}"#
    private static let official =
        #"{"kind":"official","official":"an","full_name":"An","posts":[{"agency":"H26.001.00","role":"head","title":"Giám đốc","from":"2025-07-01"}]}"#

    @Test(arguments: [agency, counter, official]) func aGoodLineIsRead(_ line: String) {
        let reading = OrganisationReader.read(Array(line.utf8))
        #expect(reading.refused.isEmpty && reading.lines.count == 1)
    }

    /// Each case is a good line with one thing spoiled.
    @Test(arguments: [
        (agency, "H26.001.00", "h26.001.00", "agency: \"h26.001.00\" is no identifier"),
        (
            agency, "\"H26.001.00", "\"H26." + String(repeating: "1", count: 32),
            "agency: \"H26.1111111111111111\" is no identifier"
        ),
        (agency, "\"H26.000.00\"", "\"\"", "parent: is blank"),
        (agency, "branch", "quận", "level: \"quận\" is not one of city, centre, branch"),
        (agency, "true", "\"true\"", "takes_dossiers: has to be true or false"),
        (agency, "2025-07-01", "2025-02-29", "from: 2025-02-29 is no date"),
        (agency, "2025-07-01", "2025-13-01", "from: 2025-13-01 is no date"),
        (agency, "2025-07-01", "1/7/2025", "from: 1/7/2025 is no date"),
        (
            agency, "\"from\"", "\"last_day\":\"2025-06-30\",\"from\"",
            "last_day: comes before 2025-07-01"
        ),
        (agency, "\"name\":\"Chi nhánh\",", "", "keys: missing name"),
        (agency, "\"name\"", "\"ten\"", "keys: unknown ten; missing name"),
        (agency, "\"kind\":\"agency\"", "\"kind\":\"sở\"", "kind: \"sở\" is not one of agency"),
        (agency, "\"name\"", "\"name\":\"x\",\"name\"", "name: stands twice in one object"),
        (counter, "Q01", "q 1", "counter: write it in digits and capital letters"),
        (counter, "2025-07-01", "2025-06-31", "from: 2025-06-31 is no date"),
        (
            official,
            "[{\"agency\":\"H26.001.00\",\"role\":\"head\",\"title\":\"Giám đốc\",\"from\":\"2025-07-01\"}]",
            "[]", "posts: is empty"
        ),
        (official, "\"head\"", "\"boss\"", "posts[0].role: \"boss\" is not one of receptionist"),
        (official, "\"an\"", "\"an:b\"", "official: write the name that tokens carry"),
        (official, "2025-07-01", "2025-04-31", "posts[0].from: 2025-04-31 is no date"),
        (official, "H26.001.00", "H26_001", "posts[0].agency: \"H26_001\" is no identifier"),
    ])
    func aSpoiledLineIsRefusedWithItsField(
        _ line: String, _ what: String, _ with: String, _ reason: String
    ) {
        let spoiled = line.replacing(what, with: with)
        let reading = OrganisationReader.read(Array(spoiled.utf8))
        #expect(reading.lines.isEmpty)
        #expect(reading.refused.first?.problem.reason.hasPrefix(reason) == true)
    }

    @Test func aRowIsSaidOnce() {
        let reading = OrganisationReader.read(Array("\(Self.agency)\n\n\(Self.agency)\n".utf8))
        #expect(reading.lines.map(\.number) == [1])
        #expect(reading.refused.map(\.line) == [3])
        #expect(
            reading.refused.map(\.problem.reason)
                == ["says again what line 1 says; keep one of them"])
    }
}

@Suite struct OrganisationImportTests {
    private func lines(_ texts: String...) -> [UInt8] { Array(texts.joined(separator: "\n").utf8) }

    private static func branch(
        _ id: String, parent: String = "H26.000.00", level: String = "branch",
        from: String = "2025-07-01", rest: String = ""
    ) -> String {
        #"{"kind":"agency","agency":"\#(id)","name":"Đơn vị","level":"\#(level)","parent":"\#(parent)","takes_dossiers":false,"from":"\#(from)"\#(rest)}"#
    }

    private static func official(_ name: String, _ agency: String, role: String, from: String)
        -> String
    {
        #"{"kind":"official","official":"\#(name)","full_name":"Người","posts":[{"agency":"\#(agency)","role":"\#(role)","title":"x","from":"\#(from)"}]}"#
    }

    private func exported(_ counter: Counter) async throws -> [UInt8] {
        var request = RecordsV1.ExportOrganisationRequest()
        var bytes: [UInt8] = []
        repeat {
            let page = try await counter.organisation.exportOrganisation(request)
            bytes += page.jsonLines
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        return bytes
    }

    @Test func theShippedFileIsExportedAsItWasImportedAndChangesNothingThen() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let file = try Samples.organisation()
            let out = try await exported(counter)
            #expect(String(decoding: out, as: UTF8.self) == String(decoding: file, as: UTF8.self))
            let before = try await counter.events().count
            let again = try await counter.importing(organisation: out)
            #expect(again.imported == 0 && again.unchanged == 360 && again.rejectedCount == 0)
            #expect(try await counter.events().count == before)
        }
    }

    @Test func anEventNamesTheAgenciesAndNobodysName() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.importing(
                organisation: lines(
                    Self.official("moi", "H26.002.00", role: "handler", from: "2026-01-01")))
            guard case .organisationChanged(let event)? = try await counter.events().last?.event
            else {
                Issue.record("the last event is another")
                return
            }
            let version = try await counter.host.store.read {
                try OrganisationTable(database: $0).version()
            }
            #expect(event.version == version)
            #expect(event.agencies == ["H26.002.00"])
        }
    }

    @Test func aDryRunTellsTheSameAndChangesNothing() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let file = try Samples.organisation() + lines("", "{}")
            let dry = try await counter.importing(organisation: file, dryRun: true)
            #expect(try await exported(counter).isEmpty)
            #expect(try await counter.events().isEmpty)
            let real = try await counter.importing(organisation: file)
            #expect(dry == real)
            #expect(real.imported == 360 && real.rejectedCount == 1)
        }
    }

    @Test(arguments: [
        (branch("H26.555.00", parent: "H26.444.00"), "parent: there is no agency H26.444.00"),
        (
            branch("H26.555.00", parent: "H26.001.00", level: "department"),
            "parent: H26.001.00 is a branch, which stands no higher than a department"
        ),
        (
            branch("H26.555.00", parent: "000.00.01.H26"),
            "parent: 000.00.01.H26 is not in force on all of these days"
        ),
        (
            branch("H26.555.00", from: "2025-06-30"),
            "parent: H26.000.00 is not in force on all of these days"
        ),
        (
            branch("H26.002.00", from: "2026-01-01"),
            "agency H26.002.00 from 2025-07-01: last_day: a period from 2026-01-01 follows"
        ),
        (
            branch("H26.555.00", rest: #","last_day":"2026-06-30""#),
            "successor: name who answers for its dossiers after 2026-06-30"
        ),
        (
            branch("H26.555.00", rest: #","last_day":"2026-06-30","successor":"000.00.01.H26X"#)
                + "\"",
            "keys:"
        ),
        (
            official("hai", "H26.001.00", role: "head", from: "2026-01-01"),
            "posts: H26.001.00 has one head at a time"
        ),
        (
            official("hai", "H26.555.00", role: "handler", from: "2026-01-01"),
            "posts[0].agency: there is no agency H26.555.00"
        ),
        (
            official("hai", "000.00.01.H26", role: "handler", from: "2025-01-01"),
            "posts[0].agency: 000.00.01.H26 is not in force on all of these days (it was closed on"
        ),
        (
            #"{"kind":"counter","agency":"000.00.01.H26","counter":"Q09","name":"x","from":"2025-01-01"}"#,
            "agency: 000.00.01.H26 is not in force on all of these days"
        ),
        // What would close above others that go on is refused, and names one of them.
        (
            #"{"kind":"agency","agency":"H26.000.00","name":"Trung tâm Phục vụ hành chính công thành phố Hà Nội","level":"centre","parent":"H26","takes_dossiers":true,"from":"2025-07-01","last_day":"2026-06-30","successor":"H26.301.00"}"#,
            "agency H26.001.00 from 2025-07-01: parent: H26.000.00 is not in force"
        ),
    ])
    func aLineThatCannotStandIsRefusedAndTheOthersAreImported(
        _ line: String, _ reason: String
    ) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let good = Self.official("moi", "H26.002.00", role: "handler", from: "2026-01-01")
            let response = try await counter.importing(organisation: lines(good, line))
            if reason == "keys:" {
                #expect(response.rejected.map(\.line) == [2])
                return
            }
            #expect(response.imported == 1)
            #expect(response.rejected.map(\.line) == [2])
            #expect(response.rejected.first?.reason.hasPrefix(reason) == true)
        }
    }

    @Test func whatLeansOnARefusedLineIsRefusedWithIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let response = try await counter.importing(
                organisation: lines(
                    Self.official("moi", "H26.666.00", role: "handler", from: "2026-01-01"),
                    Self.branch("H26.666.00", parent: "H26.555.00", level: "reception_point"),
                    Self.branch("H26.555.00", parent: "H26.444.00")))
            #expect(response.imported == 0)
            #expect(
                response.rejected.map(\.reason) == [
                    "posts[0].agency: there is no agency H26.666.00",
                    "parent: there is no agency H26.555.00",
                    "parent: there is no agency H26.444.00",
                ])
        }
    }

    /// Each line's successor is the next line's agency, and the last one's nobody.
    @Test func aLongChainOfRefusalsEnds() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let chain = (100..<160).map { number in
                Self.branch(
                    "H26.5\(number)",
                    rest: #","last_day":"2026-06-30","successor":"H26.5\#(number + 1)""#)
            }
            let response = try await counter.importing(
                organisation: Array(chain.joined(separator: "\n").utf8))
            #expect(response.imported == 0 && response.rejectedCount == 60)
        }
    }

    @Test func twoWhoWouldBeHeadAtOnceAreNotBothTaken() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let response = try await counter.importing(
                organisation: lines(
                    Self.official("hai", "H26.002.00", role: "head", from: "2026-02-01"),
                    Self.official("mot", "H26.002.00", role: "head", from: "2026-01-01")))
            #expect(response.imported == 1)
            #expect(response.rejected.map(\.line) == [1])
        }
    }

    @Test func aHeadIsRelievedInOneImport() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let going =
                #"{"kind":"official","official":"tran.thi.b","full_name":"Trần Thị B (ví dụ)","posts":[{"agency":"H26.001.00","role":"head","title":"Giám đốc chi nhánh","from":"2025-07-01","last_day":"2026-02-28"}]}"#
            let response = try await counter.importing(
                organisation: lines(
                    Self.official("moi", "H26.001.00", role: "head", from: "2026-03-01"), going))
            #expect(response.imported == 2 && response.rejectedCount == 0)
            for (day, head) in [("2026-02-28", "tran.thi.b"), ("", "moi")] {
                let post = try await counter.organisation.getAccountableHead(
                    .with {
                        $0.agency = "H26.001.00"
                        $0.day = day
                    })
                #expect(post.official == head)
            }
        }
    }

    @Test(arguments: [
        ([], "json_lines REQUIRED"),
        ([UInt8](repeating: 0x20, count: OrganisationReader.bytesMax + 1), "json_lines TOO_LONG"),
        ([UInt8](repeating: 0x0A, count: OrganisationReader.linesMax + 1), "json_lines TOO_LONG"),
    ])
    func anImportHasItsLimits(_ bytes: [UInt8], _ field: String) async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let refusal = try await counter.refusal {
                try await counter.importing(organisation: bytes)
            }
            #expect(refusal.fields == [field])
        }
    }

    @Test func aCityOfTwelveThousandOfficialsIsImportedInParts() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let names = (0..<12_600).map { number in
                Self.official(
                    "nguoi.\(number)", "H26.\(101 + number / 100).00", role: "handler",
                    from: "2025-07-01")
            }
            let start = ContinuousClock.now
            for part in 0..<2 {
                let text = names[part * 6_300..<(part + 1) * 6_300].joined(separator: "\n")
                let response = try await counter.importing(organisation: Array(text.utf8))
                #expect(response.imported == 6_300 && response.rejectedCount == 0)
            }
            // Seconds on a quiet machine; a minute tells a cost that grows with the square.
            #expect(ContinuousClock.now - start < .seconds(60))
            let all = try await exported(counter)
            #expect(all.count { $0 == 0x0A } == 360 + 12_600)
        }
    }
}
