import Messages
import RPC
import Testing

@testable import Records

@Suite struct JurisdictionTests {
    /// Who may see a dossier that was handed in at branch 1, and one of the old district whose
    /// successor is ward 101.
    @Test(arguments: [
        ("H26.001.00", "H26.001.00", true), ("H26.000.00", "H26.001.00", true),
        ("H26", "H26.001.00", true), ("", "H26.001.00", true),
        ("H26.002.00", "H26.001.00", false), ("H26.101.00", "H26.001.00", false),
        ("H26.999.00", "H26.001.00", false),
        ("H26.101.00", "000.00.01.H26", true), ("000.00.01.H26", "000.00.01.H26", false),
        ("H26.102.00", "000.00.01.H26", false), ("H26.000.00", "000.00.01.H26", false),
    ])
    func anOfficialReadsWhatHisAgencyAnswersFor(
        _ agency: String, _ unit: String, _ isSeen: Bool
    ) async throws {
        let isOld = unit.hasSuffix("H26")
        try await Counter.run(at: isOld ? "2025-06-02T09:00" : "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted(unit: unit)
            counter.setTime("2026-03-03T09:00")
            let client = counter.official(of: agency)
            for name in [dossier.dossierID, dossier.code] {
                let get = RecordsV1.GetDossierRequest.with { $0.dossierID = name }
                let history = RecordsV1.GetHistoryRequest.with { $0.dossierID = name }
                if isSeen {
                    #expect(try await client.getDossier(get).dossierID == dossier.dossierID)
                    #expect(try await client.getHistory(history).entries.count > 1)
                } else {
                    let unknown = try await counter.refusal {
                        try await client.getDossier(.with { $0.dossierID = "X-1" })
                    }
                    #expect(unknown.reason == "DOSSIER_NOT_FOUND")
                    // Told apart from one that there is not by nothing.
                    for refusal in [
                        try await counter.refusal { try await client.getDossier(get) },
                        try await counter.refusal { try await client.getHistory(history) },
                    ] {
                        #expect(refusal.code == unknown.code)
                        #expect(refusal.reason == unknown.reason)
                        #expect(refusal.message == unknown.message)
                    }
                }
            }
            let list = try await client.listDossiers(.init()).dossiers.map(\.dossierID)
            #expect(list == (isSeen ? [dossier.dossierID] : []))
        }
    }

    @Test(arguments: [CommonV1.Role.official, .head]) func nobodyActsBeyondHisAgency(
        _ role: CommonV1.Role
    ) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            let before = try await counter.events().count
            let request = RecordsV1.StartProcessingRequest.with {
                $0.requestID = "start"
                $0.dossierID = dossier.dossierID
            }
            let stranger = counter.official(of: "H26.002.00", role: role)
            let refusal = try await counter.refusal {
                try await stranger.startProcessing(request)
            }
            #expect(refusal.code == .notFound && refusal.reason == "DOSSIER_NOT_FOUND")
            #expect(try await counter.events().count == before)
            let started = try await counter.official(of: "H26.000.00", role: role)
                .startProcessing(
                    .with {
                        $0 = request; $0.requestID = "again"
                    })
            #expect(started.state == .processing)
        }
    }

    @Test func aDossierIsHandedInAtOnesOwnAgency() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let refusal = try await counter.refusal {
                try await counter.official(of: "H26.002.00").submitDossier(counter.submission())
            }
            #expect(refusal.code == .permissionDenied && refusal.reason == "OUTSIDE_AGENCY")
            let own = try await counter.official(of: "H26.000.00").submitDossier(
                counter.submission())
            #expect(own.dossier?.state == .registered)
        }
    }

    @Test func listsHoldWhatLiesBelowPageByPage() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var below: [String] = []
            for unit in [
                "H26.001.00", "H26.101.00", "H26.002.00", "H26.000.00", "H26.102.00", "H26.001.00",
                "H26.012.00",
            ] {
                let dossier = try await counter.submitted(unit: unit)
                if unit < "H26.100" { below.insert(dossier.dossierID, at: 0) }
            }
            let withdrawn = try await counter.withdraw(try await counter.get(below[1]))
            let client = counter.official(of: "H26.000.00")
            for (state, wanted) in [
                (RecordsV1.DossierState.unspecified, below),
                (.registered, below.filter { $0 != withdrawn.dossierID }),
                (.withdrawn, [withdrawn.dossierID]), (.finished, []),
            ] {
                var request = RecordsV1.ListDossiersRequest()
                request.state = state
                request.pageSize = 2
                var found: [String] = []
                repeat {
                    let page = try await client.listDossiers(request)
                    found += page.dossiers.map(\.dossierID)
                    request.pageToken = page.nextPageToken
                } while !request.pageToken.isEmpty
                #expect(found == wanted)
            }
            var one = RecordsV1.ListDossiersRequest()
            one.receivingUnit = "H26.002.00"
            #expect(try await client.listDossiers(one).dossiers.count == 1)
            one.receivingUnit = "H26.101.00"
            let refusal = try await counter.refusal { try await client.listDossiers(one) }
            #expect(refusal.code == .permissionDenied && refusal.reason == "OUTSIDE_AGENCY")
        }
    }

    @Test func aReorganisationTakesDossiersAlong() async throws {
        try await Counter.run(at: "2026-06-30T09:00") { counter in
            let dossier = try await counter.accepted(unit: "H26.101.00")
            var request = RecordsV1.ReorganiseAgenciesRequest()
            request.requestID = counter.newRequestID()
            request.effectiveDay = "2026-07-01"
            request.closings = [
                .with {
                    $0.agency = "H26.101.00"
                    $0.successor = "H26.001.00"
                }
            ]
            _ = try await counter.organisation.reorganiseAgencies(request)
            for (time, agency, isSeen) in [
                ("2026-06-30T23:59", "H26.101.00", true), ("2026-06-30T23:59", "H26.000.00", false),
                ("2026-07-01T00:00", "H26.101.00", false), ("2026-07-01T00:00", "H26.000.00", true),
            ] {
                counter.setTime(time)
                let client = counter.official(of: agency)
                let found = try? await client.getDossier(.with { $0.dossierID = dossier.dossierID })
                #expect((found != nil) == isSeen)
                #expect(try await client.listDossiers(.init()).dossiers.count == (isSeen ? 1 : 0))
            }
        }
    }

    /// An older system's dossiers, before its organisation was imported.
    @Test(arguments: [
        ("H26.001.00", true), ("H26", true), ("H26.002.00", false), ("H26.001", true),
    ])
    func whatTheOrganisationDoesNotKnowStandsWhereItsIdentifierPutsIt(
        _ agency: String, _ isSeen: Bool
    ) async throws {
        let unit = "H26.001.00"
        #expect(
            Jurisdiction(agency: agency).covers(unit, on: day("2026-03-02"), in: .empty) == isSeen)
    }

    @Test func aPortalNamesADossierByItsIDOfWhateverUnit() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for unit in ["H26.001.00", "H26.101.00"] {
                let dossier = try await counter.accepted(unit: unit)
                let byID = try await counter.portal().getDossier(
                    .with { $0.dossierID = dossier.dossierID })
                #expect(byID.receivingUnit == unit)
                let byCode = try await counter.refusal {
                    try await counter.portal().getDossier(.with { $0.dossierID = dossier.code })
                }
                #expect(byCode.reason == "DOSSIER_NOT_FOUND")
            }
        }
    }

    /// A fact comes in the gateway's name, which belongs to no agency.
    @Test func aReplyIsRememberedWhoeverReadsIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let client = counter.official(of: "H26.001.00")
            let request = counter.submission()
            let first = try await client.submitDossier(request)
            let again = try await client.submitDossier(request)
            #expect(first == again)
            #expect(first.dossier?.receivingUnitName.isEmpty == false)
        }
    }
}
