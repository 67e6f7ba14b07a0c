import Messages
import RPC
import Testing

@testable import Records

@Suite struct PartTests {
    private static func part(
        _ agency: String, days: Int32 = 1, isLead: Bool = false
    ) -> RecordsV1.NewPart {
        .with {
            $0.agency = agency
            $0.task = "Có ý kiến về quy hoạch"
            $0.limit = .with {
                $0.value = days
                $0.unit = .workingDay
            }
            $0.isLead = isLead
        }
    }

    @Test func partsGoToAllAtOnceAndTheResultWaitsForEach() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var dossier = try await counter.started("1489")
            for step in 1...3 { dossier = try await counter.complete(dossier, step: Int32(step)) }
            let sent = try await counter.send(
                dossier,
                [
                    Self.part("H26.101.00", days: 1, isLead: true),
                    Self.part("H26.102.00", days: 2), Self.part("H26.103.00", days: 3),
                ])
            #expect(sent.parts.map(\.number) == [1, 2, 3])
            #expect(sent.parts.map(\.isLead) == [true, false, false])
            #expect(
                sent.parts.map { $0.dueTime?.local } == [
                    "2026-03-03T09:00+07:00", "2026-03-04T09:00+07:00", "2026-03-05T09:00+07:00",
                ])
            #expect(sent.dueTime == dossier.dueTime && !sent.isSuspended)
            let early = try await counter.refusal { try await counter.issue(dossier) }
            #expect(early.reason == "PARTS_OPEN" && early.errorInfo?.metadata["parts"] == "1,2,3")

            let own = counter.dossiers(
                as: NamedCaller(principal: "ly.van.nham", agency: "H26.101.00"))
            counter.setTime("2026-03-03T10:00")
            let answered = try await own.answerPart(counter.answer(dossier, 1))
            #expect(answered.parts[0].status == .answered)
            #expect(answered.parts[0].official == "ly.van.nham")
            let history = try await counter.history(of: dossier)
            #expect(
                history.last?.action == "Trả lời phần việc liên thông 1: H26.101.00, quá hạn")
            let foreign = try await counter.refusal {
                try await own.answerPart(counter.answer(dossier, 2))
            }
            #expect(foreign.reason == "PART_OF_ANOTHER_AGENCY")
            let again = try await counter.refusal {
                try await own.answerPart(counter.answer(dossier, 1))
            }
            #expect(again.reason == "PART_ENDED")
            _ = try await counter.dossiers.answerPart(counter.answer(dossier, 2))
            let withdrawn = try await counter.dossiers.withdrawPart(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.partNumber = 3
                    $0.reason = "Không còn cần"
                })
            #expect(withdrawn.parts.map(\.status) == [.answered, .answered, .withdrawn])
            #expect(try await counter.issue(dossier).state == .finished)
            let list = try await counter.dossiers.listDossiers(.init())
            #expect(list.dossiers.count == 1 && list.dossiers[0].parts == withdrawn.parts)
        }
    }

    @Test func whatDoesNotFitIsRefusedWithItsField() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let accepted = try await counter.accepted("1489")
            let early = try await counter.refusal {
                try await counter.send(accepted, [Self.part("H26.101.00")])
            }
            #expect(early.reason == "ILLEGAL_MOVE")
            let dossier = try await counter.start(accepted)
            var bare = Self.part("H26.101.00")
            bare.limit = nil
            bare.task = ""
            let cases: [([RecordsV1.NewPart], [String])] = [
                ([], ["parts OUT_OF_RANGE"]),
                ([bare], ["parts[0].task REQUIRED", "parts[0].limit REQUIRED"]),
                ([Self.part("H26.101.00"), Self.part("H26.101.00")], ["parts[1].agency REPEATED"]),
                (
                    [Self.part("H26.101.00", isLead: true), Self.part("H26.102.00", isLead: true)],
                    ["parts[1].is_lead REPEATED"]
                ),
                ([Self.part("H26.999.99")], ["parts[0].agency UNKNOWN"]),
            ]
            for (parts, fields) in cases {
                let status = try await counter.refusal { try await counter.send(dossier, parts) }
                #expect(status.fields == fields)
            }
            #expect(try await counter.get(dossier.dossierID).parts.isEmpty)
        }
    }

    @Test func aDossierThatEndsWaitsForNoPart() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started("1489")
            _ = try await counter.send(dossier, [Self.part("H26.101.00")])
            let stopped = try await counter.stop(dossier, .atCitizensRequest)
            #expect(stopped.parts.map(\.status) == [.withdrawn])
            #expect(stopped.parts[0].answer == "Không đủ điều kiện")
        }
    }
}

@Suite struct ContactTests {
    @Test func contactsAreCountedWithTheirAgenciesAndTheirFault() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started("1489")
            func contact(
                _ party: RecordsV1.ContactParty, agency: String = "", isFault: Bool = false
            ) async throws -> RecordsV1.Dossier {
                try await counter.dossiers.recordContact(
                    .with {
                        $0.requestID = counter.newRequestID()
                        $0.dossierID = dossier.dossierID
                        $0.party = party
                        $0.agency = agency
                        $0.reason = "Hỏi về thành phần hồ sơ"
                        $0.atApplicantsFault = isFault
                        $0.guidance = "Mang bản chính"
                    })
            }
            _ = try await contact(.oneStop)
            _ = try await contact(.agency, agency: "H26.101.00", isFault: true)
            var now = try await counter.askSupplement(dossier, ["C1"])
            #expect(now.contactCount == 3 && now.contactsAtApplicantsFault == 1)
            #expect(now.agenciesContacted == ["H26.001.00", "H26.101.00"])
            now = try await counter.get(dossier.dossierID)
            #expect(now.contactCount == 3)
            let list = try await counter.dossiers.listContacts(
                .with { $0.dossierID = dossier.dossierID }
            ).contacts
            #expect(list.map(\.agency) == ["H26.001.00", "H26.101.00"])
            #expect(list.map(\.atApplicantsFault) == [false, true])
            #expect(list.map(\.guidance) == ["Mang bản chính", "Mang bản chính"])
            #expect(list.map(\.number) == [1, 2])
            for (party, agency, field) in [
                (.unspecified, "", "party REQUIRED"), (.agency, "", "agency REQUIRED"),
                (.oneStop, "H26.101.00", "agency NOT_OFFERED"),
                (.agency, "H26.999.99", "agency UNKNOWN"),
            ] as [(RecordsV1.ContactParty, String, String)] {
                let status = try await counter.refusal {
                    try await contact(party, agency: agency)
                }
                #expect(status.fields == [field])
            }
        }
    }
}

extension Counter {
    fileprivate func send(
        _ dossier: RecordsV1.Dossier, _ parts: [RecordsV1.NewPart]
    ) async throws -> RecordsV1.Dossier {
        try await dossiers.sendParts(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.parts = parts
            })
    }

    fileprivate func answer(
        _ dossier: RecordsV1.Dossier, _ number: Int32
    ) -> RecordsV1.AnswerPartRequest {
        .with {
            $0.requestID = newRequestID()
            $0.dossierID = dossier.dossierID
            $0.partNumber = number
            $0.answer = "Đồng ý"
        }
    }
}
