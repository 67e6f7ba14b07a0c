import Messages
import RPC
import Testing

@testable import Records

@Suite struct SupplementStatusTests {
    @Test func whatTheCitizenSendsWaitsForAnOfficialAndGoesBackWithinTheSameRequest() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let portal = counter.dossiers(as: NamedCaller(principal: "cong.dvc", roles: [.portal]))
            let dossier = try await counter.started()
            let asked = try await counter.askSupplement(dossier, ["C1"])
            #expect(asked.supplements.map(\.status) == [.asked] && asked.contactCount == 1)
            func send() async throws -> RecordsV1.Dossier {
                try await portal.sendSupplement(
                    .with {
                        $0.requestID = counter.newRequestID()
                        $0.dossierID = dossier.dossierID
                    })
            }
            #expect(try await send().supplements.map(\.status) == [.sent])
            let twice = try await counter.refusal { try await send() }
            #expect(twice.reason == "SUPPLEMENT_STATUS")
            #expect(twice.errorInfo?.metadata["status"] == "SUPPLEMENT_STATUS_SENT")
            let early = try await counter.refusal { try await counter.receiveSupplement(dossier) }
            #expect(early.reason == "COMPONENTS_NOT_DIGITIZED")
            try await counter.digitize(dossier, "C1", document: "blurred")
            var now = try await counter.get(dossier.dossierID)
            #expect(now.supplements.map(\.status) == [.awaitingAcceptance])

            now = try await counter.returnSupplement(dossier, ["C1"])
            #expect(now.state == .awaitingSupplement && now.supplements.count == 1)
            #expect(now.supplements[0].status == .asked && now.supplements[0].rounds == 2)
            #expect(now.supplements[0].sendTime == nil && now.components[0].documentID.isEmpty)
            #expect(now.contactCount == 2 && now.agenciesContacted == ["H26.001.00"])
            let back = try await counter.refusal {
                try await counter.returnSupplement(dossier, ["C1"])
            }
            #expect(back.reason == "SUPPLEMENT_STATUS")
            // A late fact about what went back changes nothing.
            try await counter.digitize(dossier, "C1", document: "blurred")
            #expect(try await counter.get(dossier.dossierID).components[0].documentID.isEmpty)

            counter.setTime("2026-03-02T11:00")
            try await counter.digitize(dossier, "C1", document: "sharp")
            #expect(
                try await counter.get(dossier.dossierID).supplements[0].status
                    == .awaitingAcceptance)
            #expect(try await send().supplements[0].sendTime?.local == "2026-03-02T11:00+07:00")
            now = try await counter.receiveSupplement(dossier)
            #expect(now.state == .processing && now.supplements.map(\.status) == [.finished])
            let late = try await counter.refusal { try await send() }
            #expect(late.reason == "ILLEGAL_MOVE")
            let forms = try await counter.history(of: dossier).map(\.form)
            #expect(forms.filter { !$0.isEmpty } == ["01", "02", "02"])
        }
    }

    @Test func onlyWhatWasAskedForGoesBack() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            let asked = try await counter.askSupplement(
                try await counter.start(dossier), ["C1", "C2"])
            try await counter.digitize(asked, "C1", document: "c1")
            try await counter.digitize(asked, "C2", document: "c2")
            let status = try await counter.refusal {
                try await counter.returnSupplement(dossier, ["C3"])
            }
            #expect(status.fields == ["component_ids[0] UNKNOWN"])
            let back = try await counter.returnSupplement(dossier, ["C2"])
            #expect(back.components.map { $0.documentID.isEmpty } == [false, true, false])
        }
    }
}

@Suite struct EndingFormTests {
    @Test func aResultIsConfirmedAtTheCounterAndThenHandedOver() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.started()
            let early = try await counter.refusal { try await counter.confirm(dossier) }
            #expect(early.reason == "ILLEGAL_MOVE")
            #expect(early.errorInfo?.metadata["needed"] == "DOSSIER_STATE_FINISHED")
            for step in 1...3 { dossier = try await counter.complete(dossier, step: Int32(step)) }
            dossier = try await counter.issue(dossier)
            #expect(dossier.resultHandOver == .awaitingConfirmation)
            counter.setTime("2026-03-03T08:00")
            dossier = try await counter.confirm(dossier)
            #expect(dossier.resultHandOver == .atCounter && dossier.state == .finished)
            #expect(dossier.resultArriveTime?.local == "2026-03-03T08:00+07:00")
            let twice = try await counter.refusal { try await counter.confirm(dossier) }
            #expect(twice.reason == "RESULT_HAND_OVER")
            try await counter.digitize(dossier, "", document: "result")
            #expect(try await counter.returnResult(dossier).resultHandOver == .handedOver)
        }
    }

    @Test(
        arguments: [
            ("2025-06-30T09:00", .refusedAfterAppraisal, "03"),
            // Circular 01/2018 has no such form: its 05 is the control slip.
            ("2025-06-30T09:00", .atCitizensRequest, ""),
            ("2026-03-02T09:00", .refusedAfterAppraisal, "03"),
            ("2026-03-02T09:00", .atCitizensRequest, "05"),
        ] as [(String, RecordsV1.StopCause, String)])
    func theFormOfAStopFollowsCauseAndRegime(
        day: String, cause: RecordsV1.StopCause, form: String
    ) async throws {
        try await Counter.run(at: day) { counter in
            let unit = day < "2025-07-01" ? "000.00.01.H26" : "H26.001.00"
            let dossier = try await counter.start(
                try await counter.accepted("1658", unit: unit))
            let stopped = try await counter.stop(dossier, cause)
            #expect(stopped.stopCause == cause && stopped.endingForm == form)
            #expect(stopped.finishTime == dossier.acceptTime)
            let last = try #require(try await counter.history(of: dossier).last)
            #expect(last.form == form && last.state == .stopped)
            #expect(!last.action.contains("quá thời hạn"))
        }
    }

    @Test func aRefusalAfterTheTimeLimitIsMarkedAsLate() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started("1489")
            counter.setTime("2026-03-20T09:00")
            _ = try await counter.stop(dossier, .refusedAfterAppraisal)
            let last = try #require(try await counter.history(of: dossier).last)
            #expect(last.action.hasSuffix("quá thời hạn giải quyết"))
        }
    }

    @Test func aStopNeedsItsCauseAndNoResult() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.started()
            let bare = try await counter.refusal { [dossier] in
                try await counter.stop(dossier, .unspecified)
            }
            #expect(bare.fields == ["cause REQUIRED"])
            for step in 1...3 { dossier = try await counter.complete(dossier, step: Int32(step)) }
            dossier = try await counter.issue(dossier)
            let late = try await counter.refusal { [dossier] in
                try await counter.stop(dossier, .atCitizensRequest)
            }
            #expect(late.reason == "ILLEGAL_MOVE")
        }
    }

    @Test func onlyTheWithdrawalOfAnAcceptedDossierEndsProcessing() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let early = try await counter.withdraw(try await counter.submitted())
            #expect(early.finishTime == nil && early.endingForm.isEmpty)
            let accepted = try await counter.accepted()
            counter.setTime("2026-03-02T10:00")
            #expect(
                try await counter.withdraw(accepted).finishTime?.local
                    == "2026-03-02T10:00+07:00")
            let refused = try await counter.refuse(try await counter.submitted())
            #expect(refused.endingForm == "03" && refused.finishTime == nil)
        }
    }

    @Test func aFeeThatFallsDueDuringProcessingIsAskedForAndPayingItGoesOn() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started()
            try await counter.fee(dossier, .due, sequence: 2)
            let waiting = try await counter.get(dossier.dossierID)
            #expect(waiting.state == .awaitingPayment)
            // No general rule stops the clock for a payment: the due date stands.
            #expect(waiting.dueTime == dossier.dueTime && !waiting.isSuspended)
            let refusal = try await counter.refusal {
                try await counter.complete(dossier, step: 1)
            }
            #expect(refusal.reason == "ILLEGAL_MOVE")
            counter.setTime("2026-03-02T10:00")
            try await counter.fee(dossier, .settled, sequence: 3)
            let again = try await counter.get(dossier.dossierID)
            #expect(again.state == .processing && again.dueTime == dossier.dueTime)

            // A fact before its time takes effect when it can.
            let early = try await counter.accepted("1658")
            try await counter.fee(early, .due, sequence: 2)
            #expect(try await counter.get(early.dossierID).state == .accepted)
            #expect(try await counter.start(early).state == .awaitingPayment)
        }
    }
}

@Suite struct HandOverTests {
    @Test(arguments: [
        ("2026-03-02T15:00", "2026-03-02T15:00+07:00"),
        ("2026-03-02T15:01", "2026-03-03T07:30+07:00"),
        // Friday: the next working day is Monday.
        ("2026-03-06T16:10", "2026-03-09T07:30+07:00"),
        // The eve of Tết 2026.
        ("2026-02-13T16:10", "2026-02-23T07:30+07:00"),
        ("2026-03-02T12:00", "2026-03-02T13:30+07:00"),
    ])
    func whatIsReceivedAfterTheHourIsHandedOverOnTheNextWorkingDay(
        reception: String, handOver: String
    ) async throws {
        try await Counter.run(at: reception) { counter in
            let dossier = try await counter.accepted("1658")
            #expect(dossier.handOverTime?.local == handOver)
            let started = try await counter.start(dossier)
            #expect(started.steps[0].startTime?.local == handOver)
            // Who is done before has used no time, not less than none.
            let done = try await counter.complete(started, step: 1)
            let end = try #require(done.steps[0].endTime)
            #expect(end.local == "\(reception)+07:00" && done.steps[0].startTime == end)
        }
    }
}

@Suite struct AssistanceTests {
    @Test func anAssistedHandInKeepsItsHelperAndTakesTheDirectTerms() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = counter.submission("1658", channel: .assisted)
            request.guidance = "Hướng dẫn kê khai tờ khai"
            let bare = request
            let missing = try await counter.refusal {
                try await counter.dossiers.submitDossier(bare)
            }
            #expect(missing.fields == ["assistance.helper_name REQUIRED"])
            request.requestID = counter.newRequestID()
            request.assistance = .with {
                $0.helperName = "Lê Thị Giúp"
                $0.helperID = "le.thi.giup"
            }
            let dossier = try #require(
                try await counter.dossiers.submitDossier(request).dossier)
            #expect(dossier.channel == .assisted && dossier.limit?.channel == .direct)
            #expect(dossier.feeLines == (try await counter.submitted("1658")).feeLines)
            let stored = try await counter.get(dossier.dossierID)
            #expect(stored == dossier && stored.assistance == request.assistance)
            #expect(stored.guidance == "Hướng dẫn kê khai tờ khai")
            guard
                case .dossierSubmitted(let event) = try await counter.events().first(where: {
                    if case .dossierSubmitted(let body) = $0.event {
                        body.dossierID == dossier.dossierID
                    } else {
                        false
                    }
                })?.event
            else {
                Issue.record("no event")
                return
            }
            #expect(event.channel == .assisted)
        }
    }

    @Test func aHelperBelongsToAnAssistedHandInAlone() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = counter.submission("1658")
            request.assistance = .with { $0.helperName = "Lê Thị Giúp" }
            let status = try await counter.refusal { [request] in
                try await counter.dossiers.submitDossier(request)
            }
            #expect(status.fields == ["assistance NOT_OFFERED"])
            let unoffered = try await counter.refusal {
                // This one is taken online alone.
                try await counter.dossiers.submitDossier(
                    counter.submission("1489", channel: .online))
            }
            #expect(unoffered.fields == ["channel NOT_OFFERED"])
        }
    }
}

@Suite struct DuplicateTests {
    @Test func openDossiersOfTheSameApplicantAndProcedureAreToldAndBlockNothing() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let first = try await counter.submitted("1658")
            let other = try await counter.submitted("1489")
            let ended = try await counter.withdraw(try await counter.submitted("1658"))
            let told = try await counter.dossiers.submitDossier(counter.submission("1658"))
            #expect(told.hasPossibleDuplicates)
            #expect(told.possibleDuplicates.map(\.dossierID) == [first.dossierID])
            #expect(![other.dossierID, ended.dossierID].contains(first.dossierID))
            var nobody = counter.submission("1658")
            nobody.applicant?.identityNumber = ""
            #expect(
                try await counter.dossiers.submitDossier(nobody).hasPossibleDuplicates == false)
        }
    }

    @Test func aPortalLearnsThatThereAreSomeAndNotWhich() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.submitted("1658")
            let portal = counter.dossiers(as: NamedCaller(principal: "cong.dvc", roles: [.portal]))
            let first = try await portal.submitDossier(counter.submission("1658"))
            #expect(first.hasPossibleDuplicates && first.possibleDuplicates.isEmpty)
            let second = try await portal.submitDossier(counter.submission("1658"))
            // Another citizen, for all that the portal's name tells.
            #expect(second.hasPossibleDuplicates && second.possibleDuplicates.isEmpty)
        }
    }

    @Test func theListIsBoundedAndNewestFirst() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var ids: [String] = []
            for _ in 0..<7 { ids.append(try await counter.submitted("1658").dossierID) }
            let told = try await counter.dossiers.submitDossier(counter.submission("1658"))
            #expect(told.possibleDuplicates.map(\.dossierID) == Array(ids.reversed().prefix(5)))
        }
    }
}

extension Counter {
    fileprivate func returnSupplement(
        _ dossier: RecordsV1.Dossier, _ componentIDs: [String]
    ) async throws -> RecordsV1.Dossier {
        try await dossiers.returnSupplement(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.reason = "Bản quét không đọc được"
                $0.componentIDs = componentIDs
            })
    }

    fileprivate func confirm(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        try await dossiers.confirmResult(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
            })
    }
}
