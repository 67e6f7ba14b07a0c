import Foundation
import Glibc
import MotCuaClient
import Operations
import RPC
import WorkingTime

/// Kills processes and imports calendars while dossiers go their way.
struct Chaos: Sendable {
    static let calendars = 4
    private static let victims: [ProcessName] = [.records, .records, .payments, .gateway]

    let desk: ProofDesk
    let layout: Layout
    let kills: Int
    let seed: UInt64

    /// The shipped calendar with days off of the version's own.
    static func text(version: Int) -> String {
        WorkCalendar.vietnam2025To2026Text
            .replacing("version vn-2025-2026", with: "version proof-\(version)")
            .replacing("effective 2025-01-01", with: "effective 2026-02-0\(version)")
            + (0..<version).map { "\n2026-03-1\($0 + 6) off Nghỉ thử" }.joined()
    }

    func run() async throws {
        var random = SplitMix64(seed: seed ^ 0xC4A05)
        for round in 0..<max(kills, Self.calendars) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...400, using: &random)))
            if round < Self.calendars {
                var request = RecordsV1.ImportCalendarRequest()
                request.requestID = "proof-\(seed)-calendar-\(round)"
                request.text = Self.text(version: round + 1)
                _ = try await desk.persistently {
                    try await desk.deadlines.importCalendar(request, options: desk.operatorOptions)
                }
            }
            guard round < kills else { continue }
            let victim = Self.victims.randomElement(using: &random)!
            try await kill(
                victim, after: .milliseconds(Int.random(in: 100...2_000, using: &random)))
        }
    }

    /// - Parameter pause: For which the victim runs first. Without it the supervisor, which waits ever longer, would
    ///   leave no time for calls.
    private func kill(_ victim: ProcessName, after pause: Duration) async throws {
        let end = ContinuousClock.now + ProofDesk.patience
        while ContinuousClock.now < end {
            // Without a file, or without its process, it is on its way back.
            if let id = processID(of: victim), Glibc.kill(id, 0) == 0 {
                try await Task.sleep(for: pause)
                if Glibc.kill(id, SIGKILL) == 0 { return }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ProofFailure(description: "\(victim) did not come back")
    }

    private func processID(of victim: ProcessName) -> pid_t? {
        let file = layout.processIDFile(of: victim)
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
