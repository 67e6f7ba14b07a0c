import Messages
import RPC
import Testing

@testable import Records

/// At H26.001.00 several hold each role, so its head assigns: le.thi.cam, pham.van.dung and
/// hoang.thi.em.
@Suite struct AssignmentTests {
    private static let handler = NamedCaller(principal: "le.thi.cam")
    private static let colleague = NamedCaller(principal: "pham.van.dung")
    private static let head = NamedCaller(principal: "tran.thi.b", roles: [.official, .head])

    @Test func theOnlyHolderOfTheRoleHasTheStep() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            // One handler, no approver and no clerk of its own.
            let dossier = try await counter.start(
                try await counter.accepted("1658", unit: "H26.101.00"))
            #expect(dossier.steps.map(\.agency) == ["H26.101.00", "H26.101.00", "H26.101.00"])
            #expect(dossier.steps.map(\.role) == [.handler, .approver, .clerk])
            #expect(dossier.steps.map(\.assignee) == ["ly.van.nham", "", ""])
            // Several handlers: an unassigned step is anybody's of the agency.
            let open = try await counter.started()
            #expect(open.steps.map(\.assignee) == ["", "", ""])
            #expect(
                try await counter.complete(open, step: 1, as: Self.colleague).steps[0].official
                    == "pham.van.dung")
        }
    }

    @Test func aStepIsEndedByItsHolderHisDelegateOrAHead() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.held(by: Self.head)
            let refused = try await counter.refusal {
                try await counter.complete(dossier, step: 1, as: Self.colleague)
            }
            #expect(refused.code == .permissionDenied && refused.reason == "STEP_OF_ANOTHER")
            #expect(refused.errorInfo?.metadata["assignee"] == "le.thi.cam")
            let delegation = try await counter.delegate(
                as: Self.handler, to: "pham.van.dung", "2026-03-02", "2026-03-03")
            #expect(delegation.fromOfficial == "le.thi.cam" && delegation.number == 1)
            let done = try await counter.complete(dossier, step: 1, as: Self.colleague)
            #expect(done.steps[0].official == "pham.van.dung")
            let last = try #require(try await counter.history(of: dossier).last)
            #expect(last.onBehalfOf == "le.thi.cam")
            #expect(last.action == "Hoàn thành bước 1: Thụ lý, thẩm định (thay mặt le.thi.cam)")
            let own = try await counter.complete(done, step: 2, as: Self.colleague)
            #expect(own.steps[1].official == "pham.van.dung")
            #expect(try await counter.history(of: dossier).last?.onBehalfOf == "")
            #expect(
                try await counter.complete(own, step: 3, as: Self.head).steps[2].official
                    == "tran.thi.b")
        }
    }

    @Test func aDelegationHoldsFromDayToDayUntilItIsRevoked() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.held(by: Self.head)
            let delegation = try await counter.delegate(
                as: Self.handler, to: "pham.van.dung", "2026-03-03", "2026-03-04")
            for day in ["2026-03-02T17:00", "2026-03-05T08:00"] {
                counter.setTime(day)
                let refused = try await counter.refusal {
                    try await counter.complete(dossier, step: 1, as: Self.colleague)
                }
                #expect(refused.reason == "STEP_OF_ANOTHER", "\(day)")
            }
            counter.setTime("2026-03-03T08:00")
            let revocation = RecordsV1.RevokeDelegationRequest.with {
                $0.requestID = "revoke"
                $0.number = delegation.number
            }
            let foreign = try await counter.refusal {
                try await counter.assignments(as: Self.colleague).revokeDelegation(revocation)
            }
            #expect(foreign.reason == "HEAD_REQUIRED")
            let own = counter.assignments(as: Self.handler)
            let revoked = try await own.revokeDelegation(revocation)
            #expect(revoked.revokeTime?.local == "2026-03-03T08:00+07:00")
            #expect(try await own.revokeDelegation(revocation) == revoked)
            let list = try await own.listDelegations(.init()).delegations
            #expect(list == [revoked])
            let refused = try await counter.refusal {
                try await counter.complete(dossier, step: 1, as: Self.colleague)
            }
            #expect(refused.reason == "STEP_OF_ANOTHER")
        }
    }

    @Test(
        arguments: [
            ("2026-02-30", "2026-03-04", "pham.van.dung", "first_day DATE_DOES_NOT_EXIST"),
            ("2026-03-04", "", "pham.van.dung", "last_day REQUIRED"),
            ("2026-03-04", "2026-03-03", "pham.van.dung", "last_day OUT_OF_RANGE"),
            ("2026-02-02", "2026-02-28", "pham.van.dung", "last_day OUT_OF_RANGE"),
            ("2026-03-02", "2027-03-03", "pham.van.dung", "last_day OUT_OF_RANGE"),
            ("2026-03-02", "2026-03-03", "le.thi.cam", "to_official REPEATED"),
            ("2026-03-02", "2026-03-03", "nobody", "to_official UNKNOWN"),
        ])
    func aDelegationThatCannotBeIsRefused(
        first: String, last: String, official: String, field: String
    ) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let status = try await counter.refusal {
                try await counter.delegate(as: Self.handler, to: official, first, last)
            }
            #expect(status.fields == [field])
        }
    }

    @Test func takingWorkFromAnotherIsForAHead() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.held(by: Self.head)
            func assign(
                _ step: Int32, to official: String, as caller: NamedCaller
            ) async throws -> RecordsV1.Dossier {
                try await counter.assignments(as: caller).assignStep(
                    .with {
                        $0.requestID = counter.newRequestID()
                        $0.dossierID = dossier.dossierID
                        $0.stepNumber = step
                        $0.official = official
                        $0.reason = "Nghỉ phép"
                    })
            }
            let refused = try await counter.refusal {
                try await assign(1, to: "pham.van.dung", as: Self.colleague)
            }
            #expect(refused.reason == "STEP_OF_ANOTHER")
            // Its holder passes it on, and the head takes it back.
            #expect(
                try await assign(1, to: "pham.van.dung", as: Self.handler).steps[0].assignee
                    == "pham.van.dung")
            #expect(
                try await assign(1, to: "le.thi.cam", as: Self.head).steps[0].assignee
                    == "le.thi.cam")
            let last = try #require(try await counter.history(of: dossier).last)
            #expect(last.action == "Phân công bước 1: pham.van.dung → le.thi.cam")
            #expect(last.actor == "tran.thi.b" && last.note == "Nghỉ phép")
            let unknown = try await counter.refusal {
                try await assign(1, to: "ai.do", as: Self.head)
            }
            #expect(unknown.fields == ["official UNKNOWN"])
            let absent = try await counter.refusal {
                try await assign(4, to: "le.thi.cam", as: Self.head)
            }
            #expect(absent.reason == "STEP_NOT_FOUND")
            _ = try await counter.complete(dossier, step: 1, as: Self.handler)
            let ended = try await counter.refusal {
                try await assign(1, to: "pham.van.dung", as: Self.head)
            }
            #expect(ended.reason == "STEP_ENDED")
        }
    }

    @Test func coWorkersAndFollowersComeAndGoWithALineOfHistoryEach() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.held(by: Self.head)
            let handler = counter.assignments(as: Self.handler)
            let added = try await handler.addCoWorker(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.official = "hoang.thi.em"
                    $0.reason = "Thẩm tra thực địa"
                })
            #expect(added.coWorkers == ["hoang.thi.em"])
            let other = try await counter.refusal {
                try await counter.assignments(as: Self.colleague).removeCoWorker(
                    .with {
                        $0.requestID = counter.newRequestID()
                        $0.dossierID = dossier.dossierID
                        $0.official = "hoang.thi.em"
                        $0.reason = "Không cần"
                    })
            }
            #expect(other.reason == "STEP_OF_ANOTHER")
            let follow = RecordsV1.FollowDossierRequest.with {
                $0.requestID = "follow"
                $0.dossierID = dossier.dossierID
            }
            let colleague = counter.assignments(as: Self.colleague)
            #expect(try await colleague.followDossier(follow).followers == ["pham.van.dung"])
            let stored = try await counter.get(dossier.dossierID)
            #expect(stored.coWorkers == ["hoang.thi.em"] && stored.followers == ["pham.van.dung"])
            let gone = try await colleague.unfollowDossier(
                .with {
                    $0.requestID = "unfollow"
                    $0.dossierID = dossier.dossierID
                })
            #expect(gone.followers.isEmpty)
            #expect(
                try await counter.history(of: dossier).suffix(3).map(\.action) == [
                    "Thêm người phối hợp: hoang.thi.em", "Theo dõi hồ sơ", "Thôi theo dõi hồ sơ",
                ])
        }
    }

    @Test func whoGoesOnLeaveHandsAllHisOpenStepsOver() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var held: [String] = []
            for _ in 0..<5 { held.append(try await counter.held(by: Self.head).dossierID) }
            let done = try await counter.complete(
                try await counter.held(by: Self.head), step: 1, as: Self.handler)
            let stopped = try await counter.stop(
                try await counter.held(by: Self.head), .refusedAfterAppraisal)
            let request = RecordsV1.ReassignDossiersRequest.with {
                $0.requestID = "leave"
                $0.fromOfficial = "le.thi.cam"
                $0.toOfficial = "pham.van.dung"
                $0.reason = "Nghỉ phép"
            }
            let official = try await counter.refusal {
                try await counter.assignments(as: Self.colleague).reassignDossiers(request)
            }
            #expect(official.code == .permissionDenied)
            let head = counter.assignments(as: Self.head)
            let moved = try await head.reassignDossiers(request)
            // Handed in within one millisecond, they stand in the order of their ids.
            #expect(moved.results.map(\.dossierID) == held.sorted() && moved.movedCount == 5)
            #expect(!moved.hasMore)
            // A repeat tells the same, though nothing is left to move.
            #expect(try await head.reassignDossiers(request) == moved)
            for id in held {
                #expect(
                    try await counter.get(id).steps.map(\.assignee)
                        == ["pham.van.dung", "pham.van.dung", "hoang.thi.em"])
            }
            #expect(try await counter.get(done.dossierID).steps[0].assignee == "le.thi.cam")
            #expect(try await counter.get(stopped.dossierID).steps[0].assignee == "le.thi.cam")
        }
    }
}

extension Counter {
    /// In processing, every step assigned.
    fileprivate func held(by head: NamedCaller) async throws -> RecordsV1.Dossier {
        var dossier = try await started()
        let officials = ["le.thi.cam", "pham.van.dung", "hoang.thi.em"]
        for (index, official) in officials.enumerated() {
            let request = RecordsV1.AssignStepRequest.with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.stepNumber = Int32(index + 1)
                $0.official = official
                $0.reason = "Phân công"
            }
            dossier = try await assignments(as: head).assignStep(request)
        }
        return dossier
    }

    fileprivate func complete(
        _ dossier: RecordsV1.Dossier, step: Int32, as caller: NamedCaller
    ) async throws -> RecordsV1.Dossier {
        try await dossiers(as: caller).completeStep(
            .with {
                $0.requestID = newRequestID()
                $0.dossierID = dossier.dossierID
                $0.stepNumber = step
            })
    }

    fileprivate func delegate(
        as caller: NamedCaller, to official: String, _ first: String, _ last: String
    ) async throws -> RecordsV1.Delegation {
        try await assignments(as: caller).delegateWork(
            .with {
                $0.requestID = newRequestID()
                $0.toOfficial = official
                $0.firstDay = first
                $0.lastDay = last
                $0.reason = "Nghỉ phép"
            })
    }
}
