import Messages
import RPC
import Testing

@testable import Records

@Suite struct ReorganisationTests {
    typealias Request = RecordsV1.ReorganiseAgenciesRequest

    /// Wards Cửa Nam and Hoàn Kiếm become one, and branch 2 is renamed.
    private static func merger(_ counter: Counter, dryRun: Bool = false) -> Request {
        .with {
            $0.requestID = counter.newRequestID()
            $0.effectiveDay = "2026-07-01"
            $0.dryRun = dryRun
            $0.closings = [
                closing("H26.101.00", "H26.500.00"), closing("H26.102.00", "H26.500.00"),
            ]
            $0.openings = [
                opening("H26.500.00", "UBND phường Hồ Gươm", .ward),
                opening("H26.002.00", "Chi nhánh Cầu Giấy", .branch, below: "H26.000.00"),
            ]
        }
    }

    private static func closing(_ agency: String, _ successor: String) -> RecordsV1.AgencyClosing {
        .with {
            $0.agency = agency
            $0.successor = successor
        }
    }

    private static func opening(
        _ agency: String, _ name: String, _ level: RecordsV1.AgencyLevel,
        below parent: String = "H26"
    ) -> RecordsV1.AgencyOpening {
        .with {
            $0.agency = agency
            $0.name = name
            $0.level = level
            $0.parent = parent
            $0.takesDossiers = true
        }
    }

    private func name(_ counter: Counter, _ agency: String, on day: String) async throws -> String {
        try await counter.organisation.getAgency(
            .with {
                $0.agency = agency
                $0.day = day
            }
        ).name
    }

    @Test func whatClosesEndsWithItsPostsAndCountersAndIsSucceeded() async throws {
        try await Counter.run(at: "2026-06-01T09:00") { counter in
            _ = try await counter.submitted(unit: "H26.101.00")
            _ = try await counter.accepted(unit: "H26.101.00")
            let withdrawn = try await counter.submitted(unit: "H26.101.00")
            _ = try await counter.withdraw(withdrawn)
            let reply = try await counter.organisation.reorganiseAgencies(Self.merger(counter))
            #expect(reply.closed == 2 && reply.opened == 1 && reply.changed == 1)
            #expect(
                reply.handOvers.map { [$0.agency, $0.successor, "\($0.openDossiers)"] } == [
                    ["H26.101.00", "H26.500.00", "2"], ["H26.102.00", "H26.500.00", "0"],
                ])
            #expect(reply.handOvers.map(\.posts) == [3, 0])
            #expect(reply.handOvers.map(\.counters) == [1, 1])
            #expect(
                try await name(counter, "H26.101.00", on: "2026-06-30") == "UBND phường Hoàn Kiếm")
            #expect(
                try await name(counter, "H26.500.00", on: "2026-07-01") == "UBND phường Hồ Gươm")
            #expect(
                try await name(counter, "H26.002.00", on: "2026-06-30").hasPrefix("Chi nhánh số 2"))
            #expect(
                try await name(counter, "H26.002.00", on: "2026-07-01") == "Chi nhánh Cầu Giấy")
            // The head went with his agency: the city above the new ward has none.
            for (day, head) in [("2026-06-30", "ngo.van.lam"), ("2026-07-01", nil)] {
                let found = try? await counter.organisation.getAccountableHead(
                    .with {
                        $0.agency = "H26.101.00"
                        $0.day = day
                    })
                #expect(found?.official == head)
            }
            guard case .organisationChanged(let event)? = try await counter.events().last?.event
            else {
                Issue.record("the last event is another")
                return
            }
            #expect(
                event.agencies == ["H26.002.00", "H26.101.00", "H26.102.00", "H26.500.00"])
        }
    }

    @Test func aDryRunTellsTheSameAndChangesNothing() async throws {
        try await Counter.run(at: "2026-06-01T09:00") { counter in
            let before = try await counter.events().count
            let dry = try await counter.organisation.reorganiseAgencies(
                Self.merger(counter, dryRun: true))
            #expect(try await counter.events().count == before)
            let real = try await counter.organisation.reorganiseAgencies(Self.merger(counter))
            #expect(dry == real)
            #expect(try await counter.events().count == before + 1)
        }
    }

    @Test func whatASuccessorAnsweredForIsHandedOnWithIt() async throws {
        // The district's dossiers are the ward's, which closes in its turn.
        try await Counter.run(at: "2025-06-02T09:00") { counter in
            _ = try await counter.submitted(unit: "000.00.01.H26")
            counter.setTime("2026-06-01T09:00")
            let reply = try await counter.organisation.reorganiseAgencies(Self.merger(counter))
            #expect(reply.handOvers.map(\.openDossiers) == [1, 0])
        }
    }

    @Test func anAgencyWithPlansOrAnEndIsNotChangedBeforeThem() async throws {
        try await Counter.run(at: "2026-06-01T09:00") { counter in
            _ = try await counter.organisation.reorganiseAgencies(Self.merger(counter))
            var again = Self.merger(counter)
            again.effectiveDay = "2026-06-15"
            let refusal = try await counter.refusal {
                try await counter.organisation.reorganiseAgencies(again)
            }
            #expect(
                refusal.fields == [
                    "closings[0].agency NOT_IN_FORCE", "closings[1].agency NOT_IN_FORCE",
                    "openings[0].agency OVERLAPPING", "openings[1].agency OVERLAPPING",
                ])
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var fields: [String]
        var change: @Sendable (inout Request) -> Void

        init(
            _ name: String, _ fields: [String],
            _ change: @escaping @Sendable (inout Request) -> Void
        ) {
            testDescription = name
            self.fields = fields
            self.change = change
        }
    }

    static let faults = [
        Fault("no successor", ["closings[0].successor REQUIRED"]) { $0.closings[0].successor = "" },
        Fault("unknown successor", ["closings[0].successor NOT_IN_FORCE"]) {
            $0.closings[0].successor = "H26.600.00"
        },
        Fault("closed successor", ["closings[0].successor NOT_IN_FORCE"]) {
            $0.closings[0].successor = "000.00.02.H26"
        },
        Fault(
            "successors in a circle",
            ["closings[0].successor NOT_IN_FORCE", "closings[1].successor NOT_IN_FORCE"]
        ) {
            $0.closings[0].successor = "H26.102.00"
            $0.closings[1].successor = "H26.101.00"
        },
        Fault("unknown agency", ["closings[0].agency UNKNOWN"]) {
            $0.closings[0].agency = "H26.600.00"
        },
        Fault("closed long ago", ["closings[0].agency NOT_IN_FORCE"]) {
            $0.closings[0].agency = "000.00.01.H26"
        },
        Fault("named twice", ["openings[1].agency REPEATED"]) {
            $0.openings[1].agency = "H26.500.00"
        },
        Fault(
            "closed and opened", ["openings[1].agency REPEATED"]
        ) {
            $0.openings[1].agency = "H26.101.00"
        },
        Fault("unknown level", ["openings[0].level UNKNOWN"]) {
            $0.openings[0].level = .init(rawValue: 99)
        },
        Fault("no level", ["openings[0].level REQUIRED"]) { $0.openings[0].level = .unspecified },
        Fault("parent of a lower level", ["openings[1].parent WRONG_LEVEL"]) {
            $0.openings[1].parent = "H26.001.00"
        },
        Fault("unknown parent", ["openings[0].parent UNKNOWN"]) {
            $0.openings[0].parent = "H26.600.00"
        },
        Fault("closed parent", ["openings[0].parent NOT_IN_FORCE"]) {
            $0.openings[0].parent = "000.00.01.H26"
            $0.openings[0].level = .receptionPoint
        },
        Fault("a parent that closes", ["openings[0].parent NOT_IN_FORCE"]) {
            $0.openings[0].parent = "H26.102.00"
            $0.openings[0].level = .receptionPoint
        },
        Fault(
            "closing what others stand below",
            // Branch 1, then branch 2 whose new place the request names, then the others.
            ["closings[0].agency NOT_IN_FORCE", "openings[1].parent NOT_IN_FORCE"]
                + [String](repeating: "closings[0].agency NOT_IN_FORCE", count: 10)
        ) {
            $0.closings[0].agency = "H26.000.00"
        },
        Fault(
            "identifiers of another form",
            ["closings[0].agency MALFORMED", "openings[0].agency TOO_LONG"]
        ) {
            $0.closings[0].agency = "h26.101.00"
            $0.openings[0].agency = "H26." + String(repeating: "1", count: 32)
        },
        Fault(
            "a taker of dossiers under the other regime's pattern",
            ["openings[0].agency OTHER_REGIME"]
        ) {
            $0.openings[0].agency = "000.00.30.H26"
            $0.closings[0].successor = "000.00.30.H26"
            $0.closings[1].successor = "000.00.30.H26"
        },
        Fault("a day that there is not", ["effective_day DATE_DOES_NOT_EXIST"]) {
            $0.effectiveDay = "2026-06-31"
        },
        Fault("no day", ["effective_day REQUIRED"]) { $0.effectiveDay = "" },
        Fault("nothing", ["openings REQUIRED"]) {
            $0.closings = []
            $0.openings = []
        },
        Fault("no name", ["openings[0].name REQUIRED"]) { $0.openings[0].name = " " },
        Fault(
            "a day on which its agencies were not there",
            [
                "closings[0].agency OVERLAPPING", "closings[1].agency OVERLAPPING",
                "openings[1].agency OVERLAPPING",
            ]
        ) {
            $0.effectiveDay = "2025-06-30"
        },
        Fault(
            "its first day", ["closings[0].agency NOT_IN_FORCE", "closings[1].agency NOT_IN_FORCE"]
        ) {
            $0.effectiveDay = "2025-07-01"
        },
    ]

    @Test(arguments: faults) func whatCannotBeIsRefusedWithItsFieldAndNothingChanges(
        _ fault: Fault
    ) async throws {
        try await Counter.run(at: "2026-06-01T09:00") { counter in
            let before = try await counter.events().count
            var request = Self.merger(counter)
            fault.change(&request)
            let refusal = try await counter.refusal {
                try await counter.organisation.reorganiseAgencies(request)
            }
            #expect(refusal.code == .invalidArgument)
            #expect(refusal.fields == fault.fields)
            #expect(try await counter.events().count == before)
        }
    }
}
