import Messages
import RPC
import Testing

@testable import Records

@Suite struct ReceivingUnitTests {
    @Test(arguments: [
        ("2026-03-02", "H26.001.00", nil), ("2026-03-02", "H26.101.00", nil),
        ("2025-06-30", "000.00.01.H26", nil), ("2025-07-01", "H26.226.00", nil),
        ("2026-03-02", "", "REQUIRED"), ("2026-03-02", "h26.001.00", "MALFORMED"),
        ("2026-03-02", "H26", "MALFORMED"),
        ("2026-03-02", "000.00.01.H26", "OTHER_REGIME"),
        ("2025-06-30", "H26.001.00", "OTHER_REGIME"),
        ("2026-03-02", "H26.999.00", "UNKNOWN"), ("2025-06-30", "000.00.99.H26", "UNKNOWN"),
        ("2026-03-02", "H26.301.00", "TAKES_NO_DOSSIERS"),
    ])
    func aDossierIsHandedInWhereTheDayAllows(
        _ on: String, _ unit: String, _ reason: String?
    ) async throws {
        try await Counter.run(at: "\(on)T09:00") { counter in
            let request = counter.submission(unit: unit)
            guard let reason else {
                _ = try await counter.dossiers.submitDossier(request)
                return
            }
            let before = try await counter.events().count
            let refusal = try await counter.refusal {
                try await counter.dossiers.submitDossier(request)
            }
            #expect(refusal.code == .invalidArgument)
            #expect(refusal.fields == ["receiving_unit \(reason)"])
            #expect(try await counter.events().count == before)
        }
    }

    @Test func aUnitThatClosesTakesDossiersToItsLastDayAndNamesItsSuccessorThen() async throws {
        try await Counter.run(at: "2026-06-30T09:00") { counter in
            _ = try await counter.submitted(unit: "H26.101.00")
            var request = RecordsV1.ReorganiseAgenciesRequest()
            request.requestID = counter.newRequestID()
            request.effectiveDay = "2026-07-01"
            request.closings = [
                .with {
                    $0.agency = "H26.101.00"
                    $0.successor = "H26.102.00"
                }
            ]
            _ = try await counter.organisation.reorganiseAgencies(request)
            let last = try await counter.accepted(unit: "H26.101.00")
            #expect(last.answeringUnit == "H26.101.00")

            counter.setTime("2026-07-01T09:00")
            let refusal = try await counter.refusal {
                try await counter.submitted(unit: "H26.101.00")
            }
            #expect(refusal.fields == ["receiving_unit NOT_IN_FORCE"])
            #expect(refusal.message.contains("H26.102.00 answers for it"))
            let kept = try await counter.get(last.code)
            #expect(kept.receivingUnit == "H26.101.00")
            #expect(kept.receivingUnitName == "UBND phường Hoàn Kiếm")
            #expect(kept.answeringUnit == "H26.102.00")
            #expect(kept.answeringUnitName == "UBND phường Cửa Nam")
            // Its life goes on as if nothing had been.
            let started = try await counter.start(last)
            #expect(started.state == .processing && started.answeringUnit == "H26.102.00")
        }
    }

    @Test func anOldDossierBearsTheOldNameWhateverTheUnitIsCalledLater() async throws {
        try await Counter.run(at: "2026-06-30T09:00") { counter in
            let dossier = try await counter.submitted(unit: "H26.002.00")
            let old = "Chi nhánh số 2, Trung tâm Phục vụ hành chính công thành phố Hà Nội"
            #expect(dossier.receivingUnitName == old)
            var request = RecordsV1.ReorganiseAgenciesRequest()
            request.requestID = counter.newRequestID()
            request.effectiveDay = "2026-07-01"
            request.openings = [
                .with {
                    $0.agency = "H26.002.00"
                    $0.name = "Chi nhánh Cầu Giấy"
                    $0.level = .branch
                    $0.parent = "H26.000.00"
                    $0.takesDossiers = true
                }
            ]
            _ = try await counter.organisation.reorganiseAgencies(request)
            counter.setTime("2026-07-02T09:00")
            let kept = try await counter.get(dossier.dossierID)
            #expect(kept.receivingUnitName == old)
            #expect(kept.answeringUnitName == "Chi nhánh Cầu Giấy")
            let new = try await counter.submitted(unit: "H26.002.00")
            #expect(new.receivingUnitName == "Chi nhánh Cầu Giấy")
            var list = RecordsV1.ListDossiersRequest()
            list.receivingUnit = "H26.002.00"
            #expect(
                try await counter.dossiers.listDossiers(list).dossiers.map(\.receivingUnitName)
                    == ["Chi nhánh Cầu Giấy", old])
        }
    }

    /// The check before the transaction uses what was known then; the transaction asks again.
    @Test func whatWasImportedJustNowHolds() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.submitted()
            let line =
                #"{"kind":"agency","agency":"H26.555.00","name":"Điểm","level":"reception_point","parent":"H26.001.00","takes_dossiers":true,"from":"2026-03-02"}"#
            async let imported = counter.importing(organisation: Array(line.utf8))
            _ = try await imported
            let dossier = try await counter.submitted(unit: "H26.555.00")
            #expect(dossier.receivingUnitName == "Điểm")
        }
    }
}
