import GRDB
import Messages
import RPC
import Storage
import Testing

@testable import Records

@Suite struct AcceptanceTests {
    @Test func manyAtOnceGetEachNumberOnce() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossiers: [RecordsV1.Dossier] = []
            for _ in 0..<64 {
                let dossier = try await counter.submitted("1658")
                try await counter.digitizeAll(dossier)
                // Every fourth cannot be accepted: its number must not be lost.
                if dossiers.count % 4 != 3 {
                    try await counter.fee(dossier, .noneDue, sequence: 1)
                }
                dossiers.append(dossier)
            }
            let codes = await withTaskGroup(of: String?.self) { group in
                for dossier in dossiers {
                    // A quarter is refused, and which is not the point.
                    group.addTask { try? await counter.accept(dossier).code }
                }
                var codes: [String] = []
                for await code in group { if let code { codes.append(code) } }
                return codes
            }
            let expected = (1...48).map { number in
                "H26.001.00-260302-00\(number < 10 ? "0" : "")\(number)"
            }
            #expect(codes.sorted() == expected)
        }
    }

    @Test func theTenThousandthCodeOfTheOldRegimeIsRefusedByName() async throws {
        try await Counter.run(at: "2025-06-30T09:00") { counter in
            try await counter.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        INSERT INTO code_counter (unit, day, last)
                        VALUES ('000.00.01.H26', '2025-06-30', 9998)
                        """)
            }
            let unit = "000.00.01.H26"
            #expect(
                try await counter.accepted("1658", unit: unit).code == "000.00.01.H26-250630-9999")
            let dossier = try await counter.submitted("1658", unit: unit)
            try await counter.digitizeAll(dossier)
            try await counter.fee(dossier, .noneDue, sequence: 1)
            let status = try await counter.refusal { try await counter.accept(dossier) }
            #expect(status.code == .failedPrecondition && status.reason == "DAILY_CODES_EXHAUSTED")
            #expect(
                status.errorInfo?.metadata == [
                    "receiving_unit": unit, "regime": "circular-01-2018",
                ])
            let last = try await counter.host.store.read { database in
                try Int.fetchOne(database, sql: "SELECT last FROM code_counter")
            }
            #expect(last == 9999)

            // The day after, another regime holds, whose units are written otherwise.
            counter.setTime("2025-07-01T09:00")
            let other = try await counter.refusal { try await counter.accept(dossier) }
            #expect(other.reason == "UNIT_OF_OTHER_REGIME")
            let old = try await counter.refusal { try await counter.submitted("1658", unit: unit) }
            #expect(old.fields == ["receiving_unit OTHER_REGIME"])
        }
    }

    @Test func aDryRunOfManyAcceptancesTellsEachTheCodeThatItWouldGet() async throws {
        try await Counter.run(at: "2025-06-30T09:00") { counter in
            try await counter.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        INSERT INTO code_counter (unit, day, last)
                        VALUES ('000.00.01.H26', '2025-06-30', 9997)
                        """)
            }
            let units = ["000.00.01.H26", "000.00.02.H26"]
            var names: [String] = []
            for unit in units {
                for isReady in [true, false, true, true] {
                    let dossier = try await counter.submitted("1658", unit: unit)
                    if isReady {
                        try await counter.digitizeAll(dossier)
                        try await counter.fee(dossier, .noneDue, sequence: 1)
                    }
                    names.append(dossier.dossierID)
                }
            }
            var request = RecordsV1.MoveDossiersRequest()
            request.requestID = counter.newRequestID()
            request.dossierIDs = names
            request.action = .accept
            request.dryRun = true
            let told = try await counter.dossiers.moveDossiers(request)
            #expect(
                told.results.map { $0.moved ? $0.code : $0.reason } == [
                    "000.00.01.H26-250630-9998", "COMPONENTS_NOT_DIGITIZED",
                    "000.00.01.H26-250630-9999", "DAILY_CODES_EXHAUSTED",
                    "000.00.02.H26-250630-0001", "COMPONENTS_NOT_DIGITIZED",
                    "000.00.02.H26-250630-0002", "000.00.02.H26-250630-0003",
                ])
            // Nothing was taken: one after another, they get what they were told.
            var done: [String] = []
            for name in names {
                request.requestID = counter.newRequestID()
                request.dossierIDs = [name]
                request.dryRun = false
                let one = try await counter.dossiers.moveDossiers(request)
                done += one.results.map { $0.moved ? $0.code : $0.reason }
            }
            #expect(done == told.results.map { $0.moved ? $0.code : $0.reason })
        }
    }

    @Test func since2025TheNumberGrows() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.host.store.writer.perform { database in
                try database.execute(
                    sql: """
                        INSERT INTO code_counter (unit, day, last)
                        VALUES ('H26.001.00', '2026-03-02', 9999)
                        """)
            }
            #expect(try await counter.accepted("1658").code == "H26.001.00-260302-10000")
            #expect(
                try await counter.accepted("1658", unit: "H26.002.00").code
                    == "H26.002.00-260302-0001")
        }
    }

    @Test func everythingWrongWithAHandInIsToldAtOnce() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = counter.submission("1493", unit: "")
            request.applicant?.fullName = ""
            request.applicant?.phone = "123"
            request.componentIDs = ["C7"]
            let status = try await counter.refusal {
                try await counter.dossiers.submitDossier(request)
            }
            #expect(status.code == .invalidArgument && status.reason == "INVALID_FIELDS")
            #expect(
                status.fields == [
                    "receiving_unit REQUIRED", "applicant.full_name REQUIRED",
                    "applicant.phone MALFORMED", "limit_id AMBIGUOUS", "fee_line_ids AMBIGUOUS",
                    "component_ids[0] UNKNOWN",
                ])
            #expect(!status.message.contains("123"))
            let channel = try await counter.refusal {
                try await counter.dossiers.submitDossier(
                    counter.submission("1489", channel: .unrecognized(9)))
            }
            #expect(channel.fields == ["channel REQUIRED"])
        }
    }

    @Test func trackingTellsTheStateAndNothingOfWhatExists() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let response = try await counter.dossiers.submitDossier(counter.submission("1658"))
            let dossier = try #require(response.dossier)
            #expect(response.lookUpSecret.utf8.count == 10)
            try await counter.digitizeAll(dossier)
            try await counter.fee(dossier, .noneDue, sequence: 1)
            let code = try await counter.accept(dossier).code

            func track(_ code: String, _ secret: String) async throws
                -> RecordsV1.TrackDossierResponse
            {
                var request = RecordsV1.TrackDossierRequest()
                request.code = code
                request.lookUpSecret = secret
                return try await counter.dossiers.trackDossier(request)
            }
            let tracked = try await track(code, " \(response.lookUpSecret.lowercased())")
            #expect(tracked.code == code && tracked.state == .accepted)
            var wrong = Array(response.lookUpSecret)
            wrong[9] = wrong[9] == "0" ? "1" : "0"
            let refusals = [
                try await counter.refusal { try await track(code, String(wrong)) },
                try await counter.refusal { try await track(code, "U") },
                try await counter.refusal {
                    try await track("H26.001.00-260302-0002", response.lookUpSecret)
                },
            ]
            #expect(refusals.allSatisfy { $0 == refusals[0] && $0.code == .notFound })
        }
    }

    @Test func listsComeInPagesNewestFirst() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var ids: [String] = []
            for index in 0..<7 {
                let unit = index % 2 == 0 ? "H26.001.00" : "H26.002.00"
                ids.append(try await counter.submitted("1658", unit: unit).dossierID)
            }
            _ = try await counter.withdraw(try await counter.get(ids[6]))
            var request = RecordsV1.ListDossiersRequest()
            request.pageSize = 2
            request.state = .registered
            request.receivingUnit = "H26.001.00"
            let first = try await counter.dossiers.listDossiers(request)
            #expect(first.dossiers.map(\.dossierID) == [ids[4], ids[2]])
            request.pageToken = first.nextPageToken
            let second = try await counter.dossiers.listDossiers(request)
            #expect(second.dossiers.map(\.dossierID) == [ids[0]] && second.nextPageToken.isEmpty)
            request.state = .unspecified
            let foreign = try await counter.refusal {
                try await counter.dossiers.listDossiers(request)
            }
            #expect(foreign.fields == ["page_token MALFORMED"])
            let all = try await counter.dossiers.listDossiers(.init())
            #expect(all.dossiers.map(\.dossierID) == ids.reversed())
        }
    }
}
