import Messages
import RPC
import Testing

@testable import Records

/// What the agencies that have to do with one dossier may do with it.
@Suite struct AccessTests {
    private static let consulted = NamedCaller(
        principal: "ly.van.nham", roles: [.official, .head], agency: "H26.101.00")

    @Test func aConsultedAgencyAnswersItsPartAndDecidesNothing() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started("1489")
            try await counter.consult("H26.101.00", about: dossier)
            let client = counter.dossiers(as: Self.consulted)
            try await counter.isOnlyTakingPart(client, in: dossier)
            _ = try await client.answerPart(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.partNumber = 1
                    $0.answer = "Đồng ý"
                })
            // Its answer gives it no more than the question did.
            try await counter.isOnlyTakingPart(client, in: dossier)
            let own = counter.dossiers(as: NamedCaller(principal: "x", agency: "H26.000.00"))
            let withdrawn = try await own.withdrawDossier(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.reason = "Không còn nhu cầu"
                })
            #expect(withdrawn.state == .withdrawn)
        }
    }

    @Test func theAgencyOfTheLastStepIssuesTheResult() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started("1489")
            try await counter.writeDirectly(
                "UPDATE dossier_step SET agency = 'H26.101.00', assignee = ''")
            let foreign = try await counter.refusal {
                try await counter.dossiers(
                    as: NamedCaller(
                        principal: "tran.thi.b", roles: [.official, .head],
                        agency: "H26.001.00")
                ).completeStep(counter.completion(of: dossier, 1))
            }
            #expect(foreign.reason == "STEP_OF_ANOTHER_AGENCY")
            let client = counter.dossiers(
                as: NamedCaller(principal: "ly.van.nham", agency: "H26.101.00"))
            for step in 1...3 {
                _ = try await client.completeStep(counter.completion(of: dossier, Int32(step)))
            }
            let issued = try await client.issueResult(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.number = "12/GCN"
                    $0.summary = "Thẻ phóng viên"
                })
            #expect(issued.state == .finished)
        }
    }

    /// A unit that nobody imported stands where its identifier puts it: in the queues, in the lists
    /// and for those who act.
    @Test func whoseQueueADossierOfAnUnknownUnitIsInMayActOnIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            try await counter.writeDirectly(
                """
                UPDATE dossier SET receiving_unit = '000.00.31.H26';
                UPDATE agency_day SET agency = '000.00.31.H26';
                UPDATE queue_pass SET after_number = 0, is_done = 0;
                """)
            for _ in 0..<100 where try await !counter.host.queueWork.step() { break }
            for (agency, isOwn) in [
                ("H26", true), ("31.H26", true), ("H26.000.00", false), ("H26.101.00", false),
            ] {
                let seat = counter.seat("x", agency: agency)
                let list = try await seat.dossiers.listDossiers(.init()).dossiers
                #expect(list.map(\.dossierID) == (isOwn ? [dossier.dossierID] : []), "\(agency)")
                let get = RecordsV1.GetDossierRequest.with { $0.dossierID = dossier.dossierID }
                guard isOwn else {
                    let refusal = try await counter.refusal {
                        try await seat.dossiers.getDossier(get)
                    }
                    #expect(refusal.reason == "DOSSIER_NOT_FOUND", "\(agency)")
                    continue
                }
                #expect(try await seat.dossiers.getDossier(get).dossierID == dossier.dossierID)
                #expect(
                    try await seat.queues.ids(.init(.counter("000.00.31.H26"))) == [
                        dossier.dossierID
                    ], "\(agency)")
            }
            let city = counter.seat("x", agency: "H26")
            #expect(try await city.queues.ids(.init(.agency("H26"))) == [dossier.dossierID])
            let started = try await city.dossiers.startProcessing(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.dossierID = dossier.dossierID
                })
            #expect(started.state == .processing)
        }
    }

    @Test func whoPassesHisOwnStepOnStandsInForNobody() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started("1489")
            try await counter.writeDirectly(
                """
                UPDATE dossier_step SET assignee =
                    CASE number WHEN 1 THEN 'le.thi.cam' ELSE 'pham.van.dung' END
                """)
            _ = try await counter.assignments(as: NamedCaller(principal: "le.thi.cam"))
                .delegateWork(
                    .with {
                        $0.requestID = counter.newRequestID()
                        $0.toOfficial = "pham.van.dung"
                        $0.firstDay = "2026-03-02"
                        $0.lastDay = "2026-03-03"
                        $0.reason = "Nghỉ phép"
                    })
            for (step, onBehalfOf) in [(2, ""), (1, "le.thi.cam")] as [(Int32, String)] {
                _ = try await counter.assignments(as: NamedCaller(principal: "pham.van.dung"))
                    .assignStep(
                        .with {
                            $0.requestID = counter.newRequestID()
                            $0.dossierID = dossier.dossierID
                            $0.stepNumber = step
                            $0.official = "hoang.thi.em"
                            $0.reason = "Phân công lại"
                        })
                #expect(
                    try await counter.history(of: dossier).last?.onBehalfOf == onBehalfOf,
                    "step \(step)")
            }
        }
    }

    @Test func workIsPassedInBulkOnlyToWhoHoldsAPost() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.started("1489")
            for isDryRun in [true, false] {
                let result = try #require(
                    try await counter.move(
                        [dossier.dossierID], .assign, dryRun: isDryRun, official: "ai.do"
                    ).results.first)
                #expect(!result.moved && result.reason == "INVALID_FIELDS")
                #expect(result.message.contains("official: name an official who holds a post"))
            }
        }
    }
}

extension Counter {
    fileprivate func consult(_ agency: String, about dossier: RecordsV1.Dossier) async throws {
        _ = try await dossiers.sendParts(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.parts = [
                    .with {
                        $0.agency = agency
                        $0.task = "Có ý kiến về quy hoạch"
                        $0.limit = .with {
                            $0.value = 1
                            $0.unit = .workingDay
                        }
                    }
                ]
            })
    }

    fileprivate func completion(
        of dossier: RecordsV1.Dossier, _ step: Int32
    ) -> RecordsV1.CompleteStepRequest {
        .with {
            $0.requestID = newRequestID()
            $0.dossierID = dossier.dossierID
            $0.stepNumber = step
        }
    }

    /// Tries what decides about a dossier, singly and in bulk, and what goes beside it.
    fileprivate func isOnlyTakingPart(
        _ client: RecordsV1.DossiersClient, in dossier: RecordsV1.Dossier
    ) async throws {
        let id = dossier.dossierID
        let before = try await get(id)
        let assignments = assignments(
            as: NamedCaller(
                principal: "ly.van.nham", roles: [.official, .head], agency: "H26.101.00"))
        let deadlines = deadlines(as: "ly.van.nham", .head, of: "H26.101.00")
        let decisions: [(String, () async throws -> Void)] = [
            ("step", { _ = try await client.completeStep(self.completion(of: dossier, 1)) }),
            (
                "withdraw",
                {
                    _ = try await client.withdrawDossier(
                        .with {
                            $0.requestID = self.newRequestID()
                            $0.dossierID = id
                            $0.reason = "x"
                        })
                }
            ),
            (
                "stop",
                {
                    _ = try await client.stopDossier(
                        .with {
                            $0.requestID = self.newRequestID()
                            $0.dossierID = id
                            $0.reason = "x"
                            $0.cause = .refusedAfterAppraisal
                        })
                }
            ),
            (
                "issue",
                {
                    _ = try await client.issueResult(
                        .with {
                            $0.requestID = self.newRequestID()
                            $0.dossierID = id
                            $0.number = "1"
                            $0.summary = "x"
                        })
                }
            ),
            (
                "suspend",
                {
                    _ = try await deadlines.suspendClock(
                        .with {
                            $0.requestID = self.newRequestID()
                            $0.dossierID = id
                            $0.cause = .decision
                            $0.reason = "x"
                            $0.legalBasis = "x"
                        })
                }
            ),
            (
                "assign",
                {
                    _ = try await assignments.assignStep(
                        .with {
                            $0.requestID = self.newRequestID()
                            $0.dossierID = id
                            $0.stepNumber = 1
                            $0.official = "ly.van.nham"
                            $0.reason = "x"
                        })
                }
            ),
        ]
        for (name, decide) in decisions {
            let refusal = try await refusal(decide)
            #expect(refusal.code == .permissionDenied, "\(name)")
            #expect(refusal.reason == "AGENCY_NOT_HANDLING", "\(name)")
        }
        for isDryRun in [true, false] {
            let moved = try await client.moveDossiers(
                .with {
                    $0.requestID = newRequestID()
                    $0.dossierIDs = [id]
                    $0.action = .completeStep
                    $0.stepNumber = 1
                    $0.dryRun = isDryRun
                })
            #expect(moved.results.map(\.reason) == ["AGENCY_NOT_HANDLING"])
            #expect(moved.movedCount == 0)
        }
        #expect(try await get(id) == before)
        _ = try await client.recordContact(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = id
                $0.party = .agency
                $0.agency = "H26.101.00"
                $0.reason = "Hỏi về quy hoạch"
            })
        let followed = try await assignments.followDossier(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = id
            })
        #expect(followed.followers == ["ly.van.nham"])
        let unfollowed = try await assignments.unfollowDossier(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = id
            })
        #expect(unfollowed.followers.isEmpty)
        let own = seat("ly.van.nham", agency: "H26.101.00")
        let figures = try await own.queues.getDossierFigures(.with { $0.dossierID = id })
        #expect(figures.contactCount == Int64(unfollowed.contactCount))
    }
}
