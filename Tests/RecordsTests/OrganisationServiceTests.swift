import Messages
import RPC
import Testing

@testable import Records

@Suite struct OrganisationServiceTests {
    private func agency(
        _ counter: Counter, _ id: String, on day: String = ""
    ) async throws -> RecordsV1.Agency {
        try await counter.organisation.getAgency(
            .with {
                $0.agency = id
                $0.day = day
            })
    }

    @Test func anAgencyIsToldAsItWasOnTheDay() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let branch = try await agency(counter, "H26.001.00")
            #expect(branch.path == ["H26", "H26.000.00", "H26.001.00"])
            #expect(branch.level == .branch && branch.takesDossiers)
            let district = try await agency(counter, "000.00.01.H26", on: "2025-06-30")
            #expect(district.name == "UBND quận Hoàn Kiếm")
            #expect(district.lastDay == "2025-06-30" && district.successor == "H26.101.00")
            let gone = try await counter.refusal { try await agency(counter, "000.00.01.H26") }
            #expect(gone.code == .notFound && gone.reason == "AGENCY_NOT_IN_FORCE")
            #expect(gone.errorInfo?.metadata["successor"] == "H26.101.00")
            let unknown = try await counter.refusal { try await agency(counter, "H26.999.00") }
            #expect(unknown.reason == "AGENCY_NOT_FOUND")
        }
    }

    @Test(arguments: [
        ("H26.001.00", "2026-02-30", "day DATE_DOES_NOT_EXIST"),
        ("H26.001.00", "hôm nay", "day MALFORMED"),
        ("h26", "", "agency MALFORMED"), ("", "", "agency REQUIRED"),
        ("H26." + String(repeating: "1", count: 32), "", "agency TOO_LONG"),
    ])
    func aQuestionThatCannotBeReadIsRefused(
        _ id: String, _ day: String, _ field: String
    ) async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let refusal = try await counter.refusal { try await agency(counter, id, on: day) }
            #expect(refusal.fields == [field])
        }
    }

    @Test func agenciesComeInPagesWithoutGapOrRepetition() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for (level, parent, day, count) in [
                (RecordsV1.AgencyLevel.unspecified, "", "", 156), (.ward, "", "", 51),
                (.commune, "", "", 75), (.branch, "H26.000.00", "", 12),
                (.district, "", "", 0), (.district, "H26", "2025-06-30", 6),
                (.ward, "", "2025-06-30", 0),
            ] {
                var request = RecordsV1.ListAgenciesRequest()
                request.level = level
                request.parent = parent
                request.day = day
                request.pageSize = 20
                var ids: [String] = []
                repeat {
                    let page = try await counter.organisation.listAgencies(request)
                    ids += page.agencies.map(\.agency)
                    request.pageToken = page.nextPageToken
                } while !request.pageToken.isEmpty
                #expect(ids.count == count && ids == Set(ids).sorted())
            }
        }
    }

    @Test func aPageTokenBelongsToItsFilter() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = RecordsV1.ListAgenciesRequest()
            request.pageSize = 1
            request.pageToken = try await counter.organisation.listAgencies(request).nextPageToken
            request.level = .ward
            let refusal = try await counter.refusal {
                try await counter.organisation.listAgencies(request)
            }
            #expect(refusal.fields == ["page_token MALFORMED"])
        }
    }

    @Test func postsAndOfficialsOfAnAgencyAreListedInPages() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var posts = RecordsV1.ListPostsRequest()
            posts.agency = "H26.001.00"
            posts.pageSize = 2
            var roles: [RecordsV1.PostRole] = []
            repeat {
                let page = try await counter.organisation.listPosts(posts)
                roles += page.posts.map(\.role)
                posts.pageToken = page.nextPageToken
            } while !posts.pageToken.isEmpty
            #expect(
                roles == [
                    .receptionist, .handler, .handler, .approver, .approver, .clerk, .clerk, .head,
                ])
            posts.role = .handler
            #expect(
                try await counter.organisation.listPosts(posts).posts.map(\.fullName)
                    == ["Lê Thị Cam (ví dụ)", "Mai Thị Phương (ví dụ)"])

            var officials = RecordsV1.ListOfficialsRequest()
            officials.agency = "H26.001.00"
            officials.pageSize = 3
            var names: [String] = []
            repeat {
                let page = try await counter.organisation.listOfficials(officials)
                names += page.officials.map(\.official)
                officials.pageToken = page.nextPageToken
            } while !officials.pageToken.isEmpty
            #expect(
                names == [
                    "dinh.thi.ren", "hoang.thi.em", "le.thi.cam", "mai.thi.phuong",
                    "nguyen.van.an", "pham.van.dung", "tran.thi.b", "trinh.van.quy",
                ])
            officials.day = "2025-06-30"
            officials.pageToken = ""
            #expect(try await counter.organisation.listOfficials(officials).officials.isEmpty)
        }
    }

    @Test func anAgencyWithoutAHeadOfItsOwnHasOneAboveOrNone() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            func head(_ agency: String) async throws -> String {
                try await counter.organisation.getAccountableHead(.with { $0.agency = agency })
                    .official
            }
            #expect(try await head("H26.001.00") == "tran.thi.b")
            #expect(try await head("H26.002.00") == "vu.van.gia")
            #expect(try await head("000.00.01.H26") == "ngo.van.lam")
            let none = try await counter.refusal { try await head("H26.301.00") }
            #expect(none.code == .notFound && none.reason == "NO_ACCOUNTABLE_HEAD")
        }
    }

    @Test func countersAreThoseOfTheDay() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let counters = try await counter.organisation.listCounters(
                .with { $0.agency = "H26.001.00" }
            ).counters
            #expect(counters.map(\.counter) == ["Q01", "Q02", "Q03", "Q04"])
            #expect(
                try await counter.organisation.listCounters(
                    .with {
                        $0.agency = "H26.001.00"
                        $0.day = "2025-06-30"
                    }
                ).counters.isEmpty)
        }
    }
}
