import Messages
import RPC
import Storage
import Testing
import WorkingTime

@testable import Records

@Suite struct JourneyTests {
    /// Friday before Tết, 16:10: 80 minutes are left of the day. Tết is off from 14 to 22 February,
    /// so three days of 480 minutes end on Wednesday the 25th at 16:10.
    @Test func aDossierGoesFromHandInToReturn() async throws {
        try await Counter.run(at: "2026-02-13T15:30") { counter in
            var dossier = try await counter.submitted()
            #expect(dossier.state == .registered && dossier.code.isEmpty && dossier.dueTime == nil)
            #expect(dossier.components.map(\.componentID) == ["C1", "C2", "C3"])
            try await counter.digitizeAll(dossier)
            try await counter.fee(dossier, .noneDue, sequence: 7)
            counter.setTime("2026-02-13T16:10")
            dossier = try await counter.accept(dossier)
            #expect(dossier.state == .accepted)
            #expect(dossier.code == "H26.001.00-260213-0001")
            #expect(dossier.regime == "circular-03-2025")
            #expect(dossier.dueStatus == .dated)
            #expect(dossier.dueTime?.local == "2026-02-25T16:10+07:00")

            counter.setTime("2026-02-23T07:30")
            dossier = try await counter.start(dossier)
            #expect(dossier.state == .processing)
            #expect(
                dossier.steps.map(\.name) == [
                    "Thụ lý, thẩm định", "Trình ký, phê duyệt", "Đóng dấu, phát hành",
                ])
            #expect(dossier.steps[0].startTime?.local == "2026-02-23T07:30+07:00")
            #expect(dossier.steps[1].startTime == nil)
            let early = try await counter.refusal { try await counter.issue(dossier) }
            #expect(
                early.reason == "STEPS_NOT_DONE" && early.errorInfo?.metadata["steps"] == "1,2,3")
            let wrong = try await counter.refusal { try await counter.complete(dossier, step: 2) }
            #expect(wrong.reason == "STEP_NOT_CURRENT")
            #expect(wrong.errorInfo?.metadata["current_step"] == "1")
            for step in Int32(1)...3 { dossier = try await counter.complete(dossier, step: step) }
            #expect(
                dossier.steps.allSatisfy { $0.official == "nguyen.van.an" && $0.endTime != nil })

            counter.setTime("2026-02-24T09:00")
            dossier = try await counter.issue(dossier)
            #expect(dossier.state == .finished)
            #expect(dossier.finishTime?.local == "2026-02-24T09:00+07:00")
            let bare = try await counter.refusal { try await counter.returnResult(dossier) }
            #expect(bare.reason == "RESULT_NOT_DIGITIZED")
            try await counter.digitize(dossier, "", document: "doc-result")
            dossier = try await counter.returnResult(dossier)
            #expect(dossier.state == .returned && dossier.result?.documentID == "doc-result")
            #expect(try await counter.get(dossier.code) == dossier)
            try await expectTrace(of: dossier, at: counter)
        }
    }

    private func expectTrace(of dossier: RecordsV1.Dossier, at counter: Counter) async throws {
        var request = RecordsV1.GetHistoryRequest()
        request.dossierID = dossier.dossierID
        let entries = try await counter.dossiers.getHistory(request).entries
        #expect(
            entries.map { "\($0.state.rawValue) \($0.action)" } == [
                "1 Nộp hồ sơ", "1 Số hóa thành phần hồ sơ C1", "1 Số hóa thành phần hồ sơ C2",
                "1 Số hóa thành phần hồ sơ C3", "2 Tiếp nhận hồ sơ và hẹn trả kết quả",
                "4 Chuyển hồ sơ cho đơn vị giải quyết", "4 Hoàn thành bước 1: Thụ lý, thẩm định",
                "4 Hoàn thành bước 2: Trình ký, phê duyệt",
                "4 Hoàn thành bước 3: Đóng dấu, phát hành", "9 Có kết quả giải quyết",
                "9 Số hóa kết quả giải quyết", "10 Trả kết quả cho công dân",
            ])
        let events = try await counter.events().suffix(5)
        #expect(
            events.map { event in
                switch event.event {
                case .procedureImported: "imported"
                case .dossierSubmitted(let body):
                    "submitted \(body.procedureID) v\(body.procedureVersion)"
                case .dossierMoved(let body):
                    "\(body.from.rawValue)→\(body.to.rawValue) \(body.code) \(body.receivingUnit)"
                default: "another"
                }
            } == [
                "submitted 1489 v1", "1→2 H26.001.00-260213-0001 H26.001.00",
                "2→4 H26.001.00-260213-0001 H26.001.00", "4→9 H26.001.00-260213-0001 H26.001.00",
                "9→10 H26.001.00-260213-0001 H26.001.00",
            ])
        let personal = ["Bình", "001199012345", "0912345678", "example.vn", "Hoàn Kiếm"]
        for event in events {
            #expect(!personal.contains { String(describing: event).contains($0) })
        }
    }

    @Test func acceptanceNamesWhatIsMissing() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.submitted("1708")
            try await counter.digitize(dossier, "C1", document: "d1")
            let missing = try await counter.refusal { try await counter.accept(dossier) }
            #expect(missing.code == .failedPrecondition)
            #expect(missing.reason == "COMPONENTS_NOT_DIGITIZED")
            let rest = dossier.components.map(\.componentID).dropFirst().joined(separator: ",")
            #expect(missing.errorInfo?.metadata["component_ids"] == rest)
            try await counter.digitizeAll(dossier)
            #expect(
                try await counter.refusal { try await counter.accept(dossier) }.reason
                    == "FEE_NOT_ASSESSED")
            try await counter.fee(dossier, .awaitingAmount, sequence: 1)
            #expect(
                try await counter.refusal { try await counter.accept(dossier) }.reason
                    == "FEE_AMOUNT_OPEN")
            #expect(try await counter.get(dossier.dossierID).state == .registered)
            try await counter.fee(dossier, .due, sequence: 2)
            #expect(try await counter.get(dossier.dossierID).state == .awaitingPayment)
            #expect(
                try await counter.refusal { try await counter.accept(dossier) }.reason
                    == "FEE_NOT_PAID")
            try await counter.fee(dossier, .settled, sequence: 3)
            #expect(try await counter.get(dossier.dossierID).state == .awaitingPayment)
            #expect(try await counter.accept(dossier).state == .accepted)
        }
    }

    @Test func factsInAnyOrderAndStateAreRemembered() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.submitted()
            try await counter.fee(dossier, .settled, sequence: 9)
            try await counter.fee(dossier, .due, sequence: 8)
            try await counter.fee(dossier, .due, sequence: 9)
            var now = try await counter.get(dossier.dossierID)
            #expect(now.feeStatus == .settled && now.state == .registered)
            try await counter.digitize(dossier, "", document: "result-before-acceptance")
            _ = try await counter.withdraw(dossier)
            try await counter.fee(dossier, .noneDue, sequence: 10)
            try await counter.digitize(dossier, "C2", document: "late")
            now = try await counter.get(dossier.dossierID)
            #expect(now.state == .withdrawn && now.feeStatus == .noneDue)
            #expect(now.components[1].documentID == "late")
            #expect(now.result?.documentID == "result-before-acceptance")
            let unknown = try await counter.refusal {
                try await counter.digitize(dossier, "C9", document: "d")
            }
            #expect(unknown.code == .notFound && unknown.reason == "COMPONENT_NOT_FOUND")
        }
    }

    @Test func aMoveThatTheStateForbidsNamesTheStateAndItsMoves() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.submitted()
            let status = try await counter.refusal { try await counter.start(dossier) }
            #expect(status.code == .failedPrecondition && status.reason == "ILLEGAL_MOVE")
            #expect(status.errorInfo?.domain == "records.motcua")
            #expect(status.errorInfo?.metadata["state"] == "DOSSIER_STATE_REGISTERED")
            #expect(status.errorInfo?.metadata["move"] == "DOSSIER_STATE_PROCESSING")
            #expect(
                status.errorInfo?.metadata["allowed"]
                    == "DOSSIER_STATE_ACCEPTED,DOSSIER_STATE_REFUSED,DOSSIER_STATE_AWAITING_SUPPLEMENT,"
                    + "DOSSIER_STATE_AWAITING_PAYMENT,DOSSIER_STATE_WITHDRAWN")
            _ = try await counter.withdraw(dossier)
            let final = try await counter.refusal { try await counter.withdraw(dossier) }
            #expect(final.errorInfo?.metadata["allowed"] == "")
            #expect(
                final.message
                    == "the dossier cannot go to state 7 (Công dân yêu cầu rút hồ sơ): it is in state 7 "
                    + "(Công dân yêu cầu rút hồ sơ), which is final: it allows no move")
        }
    }

    @Test func aRequestSentAgainIsAnsweredAgainAndDoneOnce() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let request = counter.submission()
            let first = try await counter.dossiers.submitDossier(request)
            counter.setTime("2026-03-03T09:00")
            #expect(try await counter.dossiers.submitDossier(request) == first)
            var other = request
            other.applicant?.fullName = "Người khác"
            let status = try await counter.refusal {
                try await counter.dossiers.submitDossier(other)
            }
            #expect(status.code == .alreadyExists)
            let list = try await counter.dossiers.listDossiers(.init())
            #expect(list.dossiers.map(\.dossierID) == [first.dossier?.dossierID])

            // A refusal is the answer too: what was missing then is not asked for again.
            var accept = RecordsV1.AcceptDossierRequest()
            accept.requestID = "accept"
            accept.dossierID = first.dossier?.dossierID ?? ""
            let refused = try await counter.refusal {
                try await counter.dossiers.acceptDossier(accept)
            }
            try await counter.digitizeAll(list.dossiers[0])
            #expect(
                try await counter.refusal { try await counter.dossiers.acceptDossier(accept) }
                    == refused)
        }
    }

    @Test func unknownDossiersAreNotFound() async throws {
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            var unknown = RecordsV1.Dossier()
            unknown.dossierID = "H26.001.00-260213-0001"
            let dossier = unknown
            #expect(
                try await counter.refusal { try await counter.accept(dossier) }.code == .notFound)
            #expect(
                try await counter.refusal { try await counter.fee(dossier, .due, sequence: 1) }
                    .reason
                    == "DOSSIER_NOT_FOUND")
            #expect(try await counter.refusal { try await counter.get("x") }.code == .notFound)
            #expect(
                try await counter.refusal { try await counter.get("") }.code == .invalidArgument)
            let submitted = try await counter.refusal { try await counter.submitted() }
            #expect(submitted.reason == "PROCEDURE_NOT_FOUND")
        }
    }
}
