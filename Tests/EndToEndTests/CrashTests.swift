import Foundation
import Glibc
import Operations
import Testing

/// `kill -9` in the middle of a journey.
@Suite(.serialized) struct CrashTests {
    /// Each process in turn, at a moment that the demonstration's own output tells: some time into the run.
    @Test(arguments: ProcessName.allCases)
    func theJourneyFinishesOnceAfterAKill(victim: ProcessName) async throws {
        try await withSystem { system in
            let before = system.processID(of: victim)
            let demo = try system.spawn("demo")
            // Once the first dossier is handed in, its facts are on their way everywhere.
            let isUnderWay = try await eventually { demo.output.contains("state 1") }
            #expect(isUnderWay, "\(demo.output)")
            system.killNow(victim)
            let outcome = try await demo.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.output)")
            #expect(system.processID(of: victim) != before)
            #expect(try system.count(.records, "SELECT count(*) FROM dossier") == 3)
            #expect(try system.count(.records, "SELECT count(DISTINCT code) FROM dossier") == 3)
            #expect(try system.count(.payments, "SELECT count(*) FROM bill") == 2)
            #expect(try system.count(.payments, "SELECT count(*) FROM receipt") == 2)
            #expect(try system.count(.payments, "SELECT count(*) FROM bank_entry") == 2)
            #expect(try system.count(.surveys, "SELECT count(*) FROM answer") == 3)
            let status = try await system.motcua("status", "--wait", "30")
            #expect(status.exitCode == 0, "\(status.output)")
        }
    }

    @Test func noProcessOutlivesTheSupervisor() async throws {
        let system = try await RunningSystem.start()
        let children = ProcessName.allCases.compactMap { system.processID(of: $0) }
        #expect(children.count == 5)
        system.killSupervisor()
        let allGone = try await eventually {
            children.allSatisfy { kill($0, 0) != 0 || isZombie($0) }
        }
        #expect(allGone)
        try await system.stop()
    }

    /// Every follower waits at the head of a journal where nothing more comes.
    @Test func afterTheLastEventAKillLeavesNothingStanding() async throws {
        try await withSystem { system in
            let demo = try await system.motcua("demo")
            #expect(demo.exitCode == 0, "\(demo.output)")
            for victim in ProcessName.allCases {
                let before = system.processID(of: victim)
                system.killNow(victim)
                let isBack = try await eventually {
                    let now = system.processID(of: victim)
                    return now != nil && now != before
                }
                #expect(isBack, "\(victim)")
                let waited = try await system.motcua("status", "--wait", "30")
                #expect(waited.exitCode == 0, "\(victim): \(waited.output)")
                var last = ""
                let isWell = try await eventually {
                    let status = try await system.motcua("status")
                    last = status.output
                    return status.exitCode == 0
                }
                #expect(isWell, "\(victim): \(last)")
            }
            #expect(try system.count(.surveys, "SELECT count(*) FROM answer") == 3)
        }
    }

    private func isZombie(_ process: pid_t) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        else {
            return true  // Gone between two looks.
        }
        return text.split(separator: ")").last?.split(separator: " ").first == "Z"
    }
}
