import Foundation
import Messages
import Testing
import WorkingTime

@testable import Records

/// Rules that are not verified are the operator's to change. Three working days from Monday 2 March
/// 2026, 09:00 end on Thursday the 5th, 09:00.
@Suite struct RegimeRulesTests {
    private static func rules(_ text: String) throws -> RegimeRules {
        try RegimeRules(parsing: Array(text.utf8))
    }

    /// Asked on Tuesday at 09:00, in on Wednesday at 09:00: 960 of 1,440 minutes are left, or all of
    /// them.
    @Test(arguments: [("resume", "2026-03-06T09:00+07:00"), ("restart", "2026-03-09T09:00+07:00")])
    func theLimitAfterASupplementIsData(rule: String, due: String) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.host.deadlineWork.adopt(
                try Self.rules(#"{"circular-03-2025": {"after_supplement": "\#(rule)"}}"#))
            var dossier = try await counter.start(try await counter.accepted())
            counter.setTime("2026-03-03T09:00")
            dossier = try await counter.askSupplement(dossier, ["C1"])
            counter.setTime("2026-03-04T09:00")
            try await counter.digitize(dossier, "C1", document: "again")
            dossier = try await counter.receiveSupplement(dossier)
            #expect(dossier.dueTime?.local == due)
        }
    }

    /// The wait from 09:00 to 11:00 on Tuesday is left out, or is not.
    @Test(arguments: [(false, "2026-03-05T09:00+07:00"), (true, "2026-03-05T11:00+07:00")])
    func whetherPaymentStopsTheClockIsData(stops: Bool, due: String) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.host.deadlineWork.adopt(
                try Self.rules(#"{"circular-03-2025": {"payment_stops_clock": \#(stops)}}"#))
            var dossier = try await counter.start(try await counter.accepted())
            counter.setTime("2026-03-03T09:00")
            try await counter.fee(dossier, .due, sequence: 2)
            dossier = try await counter.get(dossier.dossierID)
            #expect(dossier.state == .awaitingPayment && dossier.isSuspended == stops)
            counter.setTime("2026-03-03T11:00")
            try await counter.fee(dossier, .settled, sequence: 3)
            dossier = try await counter.get(dossier.dossierID)
            #expect(dossier.state == .processing && dossier.dueTime?.local == due)
        }
    }

    /// Told of a dossier that was accepted before: two working days before it is due.
    @Test func newRulesReachWhatWasAcceptedBefore() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            try await counter.catchUp()
            _ = try await counter.accepted()
            counter.setTime("2026-03-03T09:00")
            try await counter.catchUp()
            #expect(try await counter.notices().isEmpty)
            let rules = try Self.rules(#"{"circular-03-2025": {"due_soon_minutes": 960}}"#)
            for _ in 0..<2 { try await counter.host.deadlineWork.adopt(rules) }
            #expect(try await counter.rederivation().cause == "rules")
            let version = try await counter.rederivation().clockVersion
            try await counter.catchUp()
            #expect(try await counter.notices() == ["soon 2026-03-05T09:00+07:00"])
            let next = try await counter.reopened()
            try await next.host.deadlineWork.adopt(rules)
            #expect(try await next.rederivation().clockVersion == version)
            try await next.host.deadlineWork.adopt(.none)
            #expect(try await next.rederivation().clockVersion == version + 1)
            await next.host.close()
        }
    }

    @Test(arguments: [
        ("", ""), ("[]", ""), (#"{"circular-03-2025": 1}"#, ""),
        (#"{"circular-99": {}}"#, "circular-99"),
        (#"{"circular-03-2025": {"colour": "red"}}"#, "circular-03-2025.colour"),
        (
            #"{"circular-03-2025": {"after_supplement": "wait"}}"#,
            "circular-03-2025.after_supplement"
        ),
        (
            #"{"circular-03-2025": {"payment_stops_clock": "true"}}"#,
            "circular-03-2025.payment_stops_clock"
        ),
        (#"{"circular-03-2025": {"supplements_max": 11}}"#, "circular-03-2025.supplements_max"),
        (#"{"circular-03-2025": {"due_soon_minutes": 0}}"#, "circular-03-2025.due_soon_minutes"),
        (
            #"{"circular-03-2025": {"hand_over_cut_off": "25:00"}}"#,
            "circular-03-2025.hand_over_cut_off"
        ),
    ])
    func whatCannotBeMeantIsNamed(text: String, field: String) {
        #expect {
            _ = try Self.rules(text)
        } throws: { error in
            (error as? RegimeRules.Problem)?.field == field
        }
    }

    @Test func theProcessStartsByNoRulesThatItCannotUse() throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        #expect(try RecordsHost.rules(in: directory.path) == .none)
        let file = directory.appendingPathComponent("regimes.json")
        try Data(#"{"circular-03-2025": {"supplements_max": 3}}"#.utf8).write(to: file)
        let rules = try RecordsHost.rules(in: directory.path)
        #expect(rules.applied(to: Regime.all[1]).supplementsMax == 3)
        #expect(rules.applied(to: Regime.all[0]) == Regime.all[0])
        #expect(rules.description == "circular-03-2025.supplements_max=3")
        try Data(#"{"circular-03-2025": {"supplements_max": -1}}"#.utf8).write(to: file)
        #expect(throws: RulesUnusable.self) { try RecordsHost.rules(in: directory.path) }
    }
}
