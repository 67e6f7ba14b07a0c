import Foundation
import Messages
import RPC
import Testing
import WorkingTime

@testable import Records

/// A large import goes in small turns, and whoever comes between finds an organisation that stands.
@Suite struct OrganisationTurnTests {
    private static func official(
        _ name: String, _ agency: String, role: String = "handler", from: String = "2025-07-01",
        rest: String = ""
    ) -> String {
        #"{"kind":"official","official":"\#(name)","full_name":"Người","posts":[{"agency":"\#(agency)","role":"\#(role)","title":"x","from":"\#(from)"\#(rest)}]}"#
    }

    private static func branch(_ id: String, rest: String = "") -> String {
        #"{"kind":"agency","agency":"\#(id)","name":"Đơn vị","level":"branch","parent":"H26.000.00","takes_dossiers":false,"from":"2025-07-01"\#(rest)}"#
    }

    private static func handlers(_ count: Int) -> [UInt8] {
        Array(
            (0..<count).map { official("nguoi.\($0)", "H26.\(101 + $0 % 9).00") }
                .joined(separator: "\n").utf8)
    }

    /// What comes of a plan's turns, each of which is looked at.
    private func lived(
        _ plan: OrganisationPlan, onto before: Organisation
    ) -> (turns: [OrganisationChange], after: Organisation) {
        let turns = plan.change.turns(onto: before)
        var after = before
        for turn in turns {
            after = after.applying(turn, version: after.version + 1)
            #expect(after.problems() == [])
        }
        return (turns, after)
    }

    @Test func afterEachTurnTheOrganisationStandsAndAfterTheLastItIsWhole() throws {
        let shipped = OrganisationPlan(
            OrganisationReader.read(try Samples.organisation()).lines, onto: .empty)
        let (first, city) = lived(shipped, onto: .empty)
        #expect(first.count >= 4)
        #expect(first.allSatisfy { $0.agencies.count + $0.officials.count <= 100 })
        #expect(
            city == Organisation.empty.applying(shipped.change, version: city.version))

        // One head after another, an agency that closes with its official, and many who come new.
        let closed = #","last_day":"2026-02-28""#
        let before = OrganisationPlan(
            OrganisationReader.read(
                Array(
                    [
                        Self.branch("H26.555.00"), Self.official("cu", "H26.555.00"),
                        Self.official("truong", "H26.555.01", role: "head"),
                        Self.branch("H26.555.01"),
                    ].joined(separator: "\n").utf8)
            ).lines, onto: city)
        #expect(before.refused.isEmpty)
        let standing = city.applying(before.change, version: city.version + 1)
        let lines =
            (0..<250).map { Self.official("moi.\($0)", "H26.777.00") } + [
                Self.official("cu", "H26.555.00", rest: closed),
                Self.branch("H26.555.00", rest: closed + #","successor":"H26.777.00""#),
                Self.official("sau", "H26.555.01", role: "head", from: "2026-03-01"),
                Self.official("truong", "H26.555.01", role: "head", rest: closed),
                Self.branch("H26.777.00"),
            ]
        let plan = OrganisationPlan(
            OrganisationReader.read(Array(lines.joined(separator: "\n").utf8)).lines,
            onto: standing)
        #expect(plan.refused.isEmpty && plan.imported == 255)
        let (turns, after) = lived(plan, onto: standing)
        #expect(turns.count == 3)
        #expect(after == standing.applying(plan.change, version: after.version))
    }

    @Test func aLargeImportTakesItsTurnsAndIsOneRequest() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = RecordsV1.ImportOrganisationRequest()
            request.requestID = String(repeating: "x", count: 64)
            request.jsonLines = Self.handlers(1_000)
            let writer = counter.host.store.writer
            let (jobs, version) = (writer.counts.jobs, try await counter.organisationNow().version)
            let first = try await counter.organisation.importOrganisation(request)
            #expect(first.imported == 1_000 && first.rejectedCount == 0)
            #expect(writer.counts.jobs - jobs == 10)
            let after = try await counter.organisationNow()
            #expect(after.version == version + 10 && after.officials["nguoi.999"] != nil)
            let events = try await counter.events().count
            #expect(try await counter.organisation.importOrganisation(request) == first)
            #expect(try await counter.events().count == events)
            request.jsonLines += Array("\n{}".utf8)
            let other = try await counter.refusal { [request] in
                try await counter.organisation.importOrganisation(request)
            }
            #expect(other.code == .alreadyExists)
        }
    }

    /// As after a break: the turns that were kept stand, and the rest is done.
    @Test func whatEarlierTurnsKeptIsLeftAndTheRestIsDone() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.importing(organisation: Self.handlers(300))
            let whole = try await counter.importing(organisation: Self.handlers(1_000))
            #expect(whole.imported == 700 && whole.unchanged == 300)
        }
    }

    @Test func twoImportsAtOnceAreBothKept() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let files = [
                Self.handlers(400),
                Array(
                    (0..<400).map { Self.official("khac.\($0)", "H26.110.00") }
                        .joined(separator: "\n").utf8),
            ]
            try await withThrowingTaskGroup(of: Int32.self) { group in
                for file in files {
                    group.addTask { try await counter.importing(organisation: file).imported }
                }
                for try await imported in group { #expect(imported == 400) }
            }
            let after = try await counter.organisationNow()
            #expect(after.officials["nguoi.399"] != nil && after.officials["khac.399"] != nil)
        }
    }

    @Test func aDryRunNeitherWaitsForTheWriterNorLeavesATrace() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = RecordsV1.ImportOrganisationRequest()
            request.requestID = counter.newRequestID()
            request.jsonLines = Self.handlers(250)
            request.dryRun = true
            let jobs = counter.host.store.writer.counts.jobs
            let told = try await counter.organisation.importOrganisation(request)
            #expect(counter.host.store.writer.counts.jobs == jobs)
            // So the same request may be sent in earnest.
            request.dryRun = false
            #expect(try await counter.organisation.importOrganisation(request) == told)
            #expect(told.imported == 250)
        }
    }
}

extension Counter {
    /// As its rows say; what is kept beside them is compared.
    fileprivate func organisationNow() async throws -> Organisation {
        let read = try await host.store.read { try OrganisationTable(database: $0).organisation() }
        let organisations = host.services.lazy.compactMap { $0 as? OrganisationEndpoint }
            .first!.organisations
        let kept = try await host.store.read { try organisations.read(in: $0) }
        #expect(kept == read)
        return read
    }
}
