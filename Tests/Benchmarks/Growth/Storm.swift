import ArgumentParser
import Foundation
import GRDB
import Load
import Messages
import Operations
import RPC
import Synchronization
import WorkingTime

/// All deadlines of a city falling due at one minute, and all of them derived anew, while people hand in.
struct Storm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Hands in at a fixed rate while deadlines fall due, then while they are derived anew.",
        discussion: """
            The system is a sandbox that `pile` filled, started some ten seconds before the minute at which all is \
            due. Prints p50 and p99 of hand-ins before, during both and between, how long both took, and how often \
            each deadline was noticed, as JSON.
            """)

    @OptionGroup var target: Target

    @Option(help: "The minute at which the deadlines are due, as `pile` printed it.")
    var due: String

    @Option(
        help: "A day that becomes a day off, between reception and the minute, such as 2026-12-03.")
    var dayOff: String

    @Option(help: "Seconds that either may take.")
    var patience = 900.0

    func run() async throws {
        let system = try Counterpart(data: target.data, tokenFile: target.tokenFile)
        let due = try Instant(parsing: due)
        let figures = Figures()
        let phase = Phase()
        let (rate, seed) = (target.rate, target.seed)
        let result = try await Task(executorPreference: system.loop.executor) {
            let caller = try await HandIn(system, seed: seed)
            async let load: Void = OpenLoop(perSecond: rate, seed: seed).run(
                until: { _ in phase.name == nil }
            ) { due in
                let name = phase.name ?? .warmUp
                await figures.time(name.rawValue, from: due, isMeasured: name != .warmUp) {
                    try await caller.handIn()
                }
            }
            let result: [JSONValue.Member]
            do {
                result = try await script(system, due, phase)
            } catch {
                phase.end()
                throw error
            }
            phase.end()
            try await load
            return result
        }.value
        let notices = try Notices(of: system, due: due)
        await system.close()
        print(
            JSONValue.object(
                [.init(key: "handIn", value: try figures.json())] + result + notices.members
            ).text())
    }

    private func script(
        _ system: Counterpart, _ due: Instant, _ phase: Phase
    ) async throws -> [JSONValue.Member] {
        let ahead = try Int64(
            String(contentsOfFile: system.layout.sandboxFile, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines))
        guard let ahead else { throw GrowthError("\(target.data) is no sandbox") }
        let clock = ProcessClock(aheadMilliseconds: ahead)
        // Overdue is what was due before now.
        let overdue = due.advanced(by: .milliseconds(1))
        let total = try system.reading {
            try Int.fetchOne(
                $0,
                sql: "SELECT count(*) FROM dossier WHERE next_notice_time BETWEEN ? AND ?",
                arguments: [due.millisecondsSinceEpoch, overdue.millisecondsSinceEpoch]) ?? 0
        }
        guard total > 0 else { throw GrowthError("nothing falls due at \(self.due)") }
        try await Task.sleep(for: .seconds(target.warmUp))
        let left = due.millisecondsSinceEpoch - clock.now.millisecondsSinceEpoch
        guard left >= 5_000 else {
            throw GrowthError("\(left) ms are left until \(self.due): start the sandbox earlier")
        }
        phase.begin(.before)
        try await Task.sleep(for: .milliseconds(left))
        phase.begin(.fallingDue)
        let fired = try await seconds {
            try system.reading {
                try
                    !(Bool.fetchOne(
                        $0,
                        sql: "SELECT EXISTS (SELECT 1 FROM dossier WHERE next_notice_time <= ?)",
                        arguments: [overdue.millisecondsSinceEpoch]) ?? true)
            }
        }
        phase.begin(.between)
        try await Task.sleep(for: .seconds(5))
        phase.begin(.deriving)
        try await declareDayOff(system)
        let derived = try await seconds {
            try system.reading {
                try Bool.fetchOne(
                    $0,
                    sql: """
                        SELECT finish_time IS NOT NULL FROM rederivation
                        ORDER BY clock_version DESC LIMIT 1
                        """) ?? false
            }
        }
        let (examined, moved) = try system.reading { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT examined, moved FROM rederivation ORDER BY clock_version DESC LIMIT 1")
            guard let row else { throw GrowthError("nothing was derived") }
            return (row["examined"] as Int, row["moved"] as Int)
        }
        return [
            .init(key: "deadlines", value: .number(String(total))),
            .init(key: "fall_due_seconds", value: .number(String(fired))),
            .init(key: "derive_seconds", value: .number(String(derived))),
            .init(key: "examined", value: .number(String(examined))),
            .init(key: "moved", value: .number(String(moved))),
        ]
    }

    /// Seconds until it is so.
    private func seconds(_ isDone: () throws -> Bool) async throws -> Double {
        let start = ContinuousClock.now
        while try !isDone() {
            guard ContinuousClock.now - start < .seconds(patience) else {
                throw GrowthError("not done after \(patience) s")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// The shipped calendar, with one more day off.
    private func declareDayOff(_ system: Counterpart) async throws {
        let day = try CivilDate(parsing: dayOff)
        var request = RecordsV1.ImportCalendarRequest()
        request.requestID = "storm-\(UUID().uuidString)"
        request.text =
            WorkCalendar.vietnam2025To2026Text
            .replacing("version vn-2025-2026", with: "version storm-\(day)")
            + "\n\(day) off Ngày nghỉ thử\n"
        _ = try await system.deadlines.importCalendar(request)
    }

    /// What the hand-ins that begin now are counted as.
    private final class Phase: Sendable {
        private let state = Mutex(Optional(Name.warmUp))

        enum Name: String {
            case warmUp, before, fallingDue, between, deriving
        }

        var name: Name? { state.withLock(\.self) }

        func begin(_ name: Name) { state.withLock { $0 = name } }
        /// No more hand-ins begin.
        func end() { state.withLock { $0 = nil } }
    }
}

/// How often each deadline was noticed, by the rows and by the journal.
private struct Notices {
    let members: [JSONValue.Member]

    init(of system: Counterpart, due: Instant) throws {
        let kindOverdue = 2
        let (rows, inRows, events, inEvents) = try system.reading { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), count(DISTINCT dossier_number) FROM notice
                    WHERE kind = ? AND due_time = ?
                    """, arguments: [kindOverdue, due.millisecondsSinceEpoch])!
            var seen: Set<String> = []
            var events = 0
            let payloads = try Row.fetchCursor(
                database,
                sql: "SELECT payload FROM journal WHERE recorded_at >= ? ORDER BY sequence",
                arguments: [due.millisecondsSinceEpoch])
            while let payload = try payloads.next() {
                let event = try RecordsV1.RecordsEvent(serialized: [UInt8](payload[0] as Data))
                guard case .dossierOverdue(let overdue)? = event.event,
                    overdue.dueTime?.instant == due
                else { continue }
                events += 1
                seen.insert(overdue.dossierID)
            }
            return (row[0] as Int, row[1] as Int, events, seen.count)
        }
        members = [
            ("notice_rows", rows), ("noticed_by_rows", inRows), ("notice_events", events),
            ("noticed_by_events", inEvents),
        ].map { .init(key: $0, value: .number(String($1))) }
    }
}
