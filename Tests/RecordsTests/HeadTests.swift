import Messages
import RPC
import Testing

@testable import Records

/// Whose work a head arranges: that of his agency and those below it.
@Suite struct HeadTests {
    private static func head(_ principal: String, of agency: String) -> NamedCaller {
        NamedCaller(principal: principal, roles: [.official, .head], agency: agency)
    }

    /// le.thi.cam works at branch 1, which the centre is above; ngo.van.lam heads a ward.
    @Test(arguments: [
        ("tran.thi.b", "H26.001.00", true), ("vu.van.gia", "H26.000.00", true), ("x", "", true),
        ("ngo.van.lam", "H26.101.00", false),
    ])
    func aHeadRulesOverTheDelegationsOfHisOwnOfficials(
        _ principal: String, _ agency: String, _ isHis: Bool
    ) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let handler = counter.assignments(as: NamedCaller(principal: "le.thi.cam"))
            let given = try await handler.delegateWork(counter.delegation(from: ""))
            let client = counter.assignments(as: Self.head(principal, of: agency))
            let list = RecordsV1.ListDelegationsRequest.with { $0.official = "le.thi.cam" }
            func revocation() -> RecordsV1.RevokeDelegationRequest {
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.number = given.number
                }
            }
            if isHis {
                #expect(try await client.listDelegations(list).delegations == [given])
                let second = try await client.delegateWork(counter.delegation(from: "le.thi.cam"))
                #expect(second.fromOfficial == "le.thi.cam" && second.number == 2)
                #expect(try await client.revokeDelegation(revocation()).revokeTime != nil)
            } else {
                for refusal in [
                    try await counter.refusal { try await client.listDelegations(list) },
                    try await counter.refusal {
                        try await client.delegateWork(counter.delegation(from: "le.thi.cam"))
                    },
                    // Told as of one who is nobody: trying teaches nothing.
                    try await counter.refusal {
                        try await client.delegateWork(counter.delegation(from: "khong.co.ai"))
                    },
                ] {
                    #expect(refusal.code == .permissionDenied)
                    #expect(refusal.reason == "OFFICIAL_NOT_YOURS")
                }
                let revoked = try await counter.refusal {
                    try await client.revokeDelegation(revocation())
                }
                let unknown = try await counter.refusal {
                    try await client.revokeDelegation(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.number = 99
                        })
                }
                #expect(revoked.reason == "DELEGATION_NOT_FOUND")
                #expect(revoked.message == unknown.message && revoked.code == unknown.code)
                #expect(try await handler.listDelegations(.init()).delegations == [given])
            }
        }
    }

    @Test func dossiersOfOtherAgenciesStandBeforeNobodysOwn() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var own: [String] = []
            for unit in ["H26.101.00", "H26.001.00"] {
                for _ in 0..<5 {
                    let dossier = try await counter.start(
                        try await counter.accepted("1489", unit: unit))
                    if unit == "H26.001.00" { own.append(dossier.dossierID) }
                }
                counter.setTime("2026-03-02T09:01")
            }
            try await counter.writeDirectly(
                "UPDATE dossier_step SET assignee = 'le.thi.cam' WHERE number = 1")
            // The ward's five fill two pages of it.
            for (agency, limit, count) in [
                ("H26.001.00", 2, 2), ("H26.001.00", 6, 5), ("H26.000.00", 6, 5), ("", 20, 10),
                ("H26.102.00", 2, 0),
            ] {
                let found = try await counter.host.store.read { database in
                    try AssignmentsEndpoint.held(
                        by: "le.thi.cam", for: Jurisdiction(agency: agency),
                        on: day("2026-03-02"),
                        in: try OrganisationTable(database: database).organisation(),
                        limit: limit, from: DossierTable(database: database))
                }
                #expect(found.count == count, "\(agency) \(limit)")
                if agency == "H26.001.00" {
                    #expect(found == Array(own.sorted().prefix(limit)))
                }
            }
            func request(_ id: String, to official: String) -> RecordsV1.ReassignDossiersRequest {
                .with {
                    $0.requestID = id
                    $0.fromOfficial = "le.thi.cam"
                    $0.toOfficial = official
                    $0.reason = "Nghỉ phép"
                }
            }
            let stranger = counter.assignments(as: Self.head("x", of: "H26.102.00"))
            let nothing = try await stranger.reassignDossiers(
                request("none", to: "pham.van.dung"))
            #expect(nothing.results.isEmpty && !nothing.hasMore)
            let head = counter.assignments(as: Self.head("tran.thi.b", of: "H26.001.00"))
            let unknown = try await counter.refusal {
                try await head.reassignDossiers(request("unknown", to: "ai.do"))
            }
            #expect(unknown.fields == ["to_official UNKNOWN"])
            let moved = try await head.reassignDossiers(request("leave", to: "pham.van.dung"))
            #expect(moved.results.map(\.dossierID) == own.sorted() && moved.movedCount == 5)
        }
    }
}

extension Counter {
    fileprivate func delegation(from official: String) -> RecordsV1.DelegateWorkRequest {
        .with {
            $0.requestID = newRequestID()
            $0.fromOfficial = official
            $0.toOfficial = "pham.van.dung"
            $0.firstDay = "2026-03-02"
            $0.lastDay = "2026-03-03"
            $0.reason = "Nghỉ phép"
        }
    }
}
