import Foundation
import GRDB
import Messages
import RPC
import Testing
import WorkingTime

@testable import Records

@Suite struct ProcessTests {
    /// A sound process of 3 working days: 1,440 minutes, all of them given out.
    static let sound = InternalProcess(
        stages: [
            ProcessStage(
                name: "Tiếp nhận",
                steps: [
                    ProcessStep(
                        number: 1, name: "Nhận hồ sơ", role: .receptionist, agency: "",
                        budgetMinutes: 240)
                ]),
            ProcessStage(
                name: "Giải quyết",
                steps: [
                    ProcessStep(
                        number: 2, name: "Thẩm định", role: .handler, agency: "H26.001.00",
                        budgetMinutes: 960),
                    ProcessStep(
                        number: 3, name: "Ký", role: .approver, agency: "", budgetMinutes: 240),
                ]),
        ],
        document: DocumentControl(
            number: "QT-NG-01", issue: 2, reviewDate: CivilDate(year: 2026, month: 6, day: 30),
            approver: "Giám đốc", change: "Bỏ một bước"))

    static func limits(_ texts: String...) throws -> [LimitCase] {
        try texts.enumerated().map { index, text in
            LimitCase(
                id: "L\(index + 1)", channel: .direct, limit: try TimeLimit(parsing: text),
                text: text)
        }
    }

    /// Worked out by hand: 3 working days are 3 x 8 h = 1,440 minutes.
    @Test(arguments: [
        (["3 working_day"], true), (["24 working_hour"], true), (["23 working_hour"], false),
        (["2 working_day"], false), (["30 working_day", "2 working_day"], false),
        // Nothing to compare with.
        (["1 day"], true), (["1 hour", "1 month"], true), (["same_day"], true),
        (["unspecified"], true), (["1 day", "2 working_day"], false),
    ])
    func budgetsTogetherAreAtMostTheShortestLimitInWorkingTime(
        texts: [String], isSound: Bool
    ) throws {
        let limits = try texts.map { text in
            LimitCase(
                id: "L", channel: .direct, limit: try TimeLimit(parsing: text), text: text)
        }
        #expect(Self.sound.violations(limits: limits).isEmpty == isSound)
    }

    @Test func eachFaultOfAProcessNamesItsField() throws {
        let faults: [((inout InternalProcess) -> Void, [String])] = [
            ({ $0.stages = [] }, ["process.stages REQUIRED"]),
            (
                { $0.stages[0].steps = [] },
                [
                    "process.stages[0].steps REQUIRED",
                    "process.stages[1].steps[0].number OUT_OF_RANGE",
                    "process.stages[1].steps[1].number OUT_OF_RANGE",
                ]
            ),
            (
                { $0.stages[1].steps[1].number = 2 },
                ["process.stages[1].steps[1].number OUT_OF_RANGE"]
            ),
            (
                { $0.stages[1].steps[0].budgetMinutes = 0 },
                ["process.stages[1].steps[0].budget_minutes OUT_OF_RANGE"]
            ),
            // The step with which the sum passes the limit.
            (
                { $0.stages[1].steps[1].budgetMinutes = 241 },
                ["process.stages[1].steps[1].budget_minutes OUT_OF_RANGE"]
            ),
            (
                { $0.stages[0].steps[0].budgetMinutes = 481 },
                ["process.stages[1].steps[0].budget_minutes OUT_OF_RANGE"]
            ),
            (
                { $0.stages[0].steps[0].agency = "phường" },
                ["process.stages[0].steps[0].agency MALFORMED"]
            ),
            ({ $0.document?.issue = 0 }, ["process.document.issue OUT_OF_RANGE"]),
        ]
        let limits = try Self.limits("3 working_day")
        for (change, fields) in faults {
            var process = Self.sound
            #expect(process.violations(limits: limits).isEmpty)
            change(&process)
            // The first sum over the limit is told once, whatever follows.
            let violations = process.violations(limits: limits)
            #expect(violations.map { "\($0.field) \($0.reason.rawValue)" } == fields)
        }
    }

    @Test func aProcessIsKeptAsItWasSaved() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.process = RecordsV1.InternalProcess(Self.sound)
            let saved = try await counter.saveDraft(draft)
            #expect(saved.process == draft.process)
            _ = try await counter.publish("1489", 2)
            let kept = try await counter.host.store.read { database in
                try Catalogue(database: database).procedure("1489", version: 2)
            }
            #expect(kept?.process == Self.sound)
            #expect(kept?.process?.steps.map(\.stage) == ["Tiếp nhận", "Giải quyết", "Giải quyết"])
            #expect(kept?.process?.budgetMinutes == 1_440)
        }
    }

    @Test func aBudgetThatOverflowsTheLimitIsRefusedAndNothingIsStored() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.process = RecordsV1.InternalProcess(Self.sound)
            draft.process?.stages[1].steps[1].budgetMinutes = 241
            let status = try await counter.refusal { [draft] in try await counter.saveDraft(draft) }
            #expect(
                status.fields == [
                    "procedure.process.stages[1].steps[1].budget_minutes OUT_OF_RANGE"
                ])
            #expect(status.message.contains("1441 working minutes"))
            #expect(try await counter.versions("1489").count == 1)
            draft.process?.stages[1].steps[1].budgetMinutes = 240
            draft.process?.stages[1].steps[1].role = .unspecified
            let role = try await counter.refusal { [draft] in try await counter.saveDraft(draft) }
            #expect(role.fields == ["procedure.process.stages[1].steps[1].role REQUIRED"])
            draft.process = RecordsV1.InternalProcess(Self.sound)
            draft.process?.document?.reviewDate = "2026-02-30"
            let date = try await counter.refusal { [draft] in try await counter.saveDraft(draft) }
            #expect(date.fields == ["procedure.process.document.review_date DATE_DOES_NOT_EXIST"])

            // The same in a line of an import.
            var line = CatalogueLine(
                procedureID: "1489", content: try Samples.procedure("1489"))
            line.content.process = Self.sound
            line.content.process?.stages[1].steps[1].budgetMinutes = 241
            let imported = try await counter.importing(Array(CatalogueText.line(line).utf8))
            #expect(imported.rejected.map(\.field) == ["process.stages[1].steps[1].budget_minutes"])
            #expect(try await counter.versions("1489").count == 1)
        }
    }

    @Test func theReviewLogTellsEachIssueAndWhoseReviewIsDue() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for (id, review, issue) in [
                ("1489", "2026-02-01", 1), ("1490", "2026-03-01", 3), ("1488", "2026-03-02", 1),
                ("1491", "", 1),
            ] {
                var draft = try await counter.procedure(id)
                draft.process = RecordsV1.InternalProcess(Self.sound)
                draft.process?.document?.reviewDate = review
                draft.process?.document?.issue = Int32(issue)
                draft.limits = [draft.limits[0]]
                draft.limits[0].limit?.value = 30
                draft.feeLines = []
                _ = try await counter.saveDraft(draft)
                _ = try await counter.publish(id, 2)
            }
            var request = RecordsV1.ListDueReviewsRequest()
            request.pageSize = 1
            let first = try await counter.procedures.listDueReviews(request)
            #expect(first.versions.map(\.procedureID) == ["1489"])
            request.pageToken = first.nextPageToken
            let second = try await counter.procedures.listDueReviews(request)
            #expect(second.versions.map(\.procedureID) == ["1490"])
            #expect(second.nextPageToken.isEmpty)
            #expect(second.versions[0].document?.issue == 3)
            var later = RecordsV1.ListDueReviewsRequest()
            later.day = "2026-03-03"
            let all = try await counter.procedures.listDueReviews(later)
            #expect(all.versions.map(\.procedureID) == ["1489", "1490", "1488"])

            // Reviewed: another issue, with its own date.
            var draft = try await counter.procedure("1489")
            draft.process?.document?.issue = 2
            draft.process?.document?.reviewDate = "2027-02-01"
            _ = try await counter.saveDraft(draft)
            _ = try await counter.publish("1489", 3)
            #expect(
                try await counter.procedures.listDueReviews(.init()).versions.map(\.procedureID)
                    == ["1490"])
            let log = try await counter.versions("1489")
            #expect(log.map { $0.document?.issue ?? 0 } == [0, 1, 2])
            #expect(log.map { $0.document?.reviewDate ?? "" } == ["", "2026-02-01", "2027-02-01"])
            #expect(
                log.map { $0.log?.reason ?? "" }.suffix(2) == ["Nghị định mới", "Nghị định mới"])
            #expect(log.map(\.inForce) == [false, false, true])
        }
    }
}
