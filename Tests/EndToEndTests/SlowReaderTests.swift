import Testing

/// The small form of what `Scripts/prove` does with a gigabyte: three real processes.
@Suite(.timeLimit(.minutes(2))) struct SlowReaderTests {
    /// 64 MiB each way, directly and through a gateway, are twice what a process may grow by.
    @Test func aReaderThatSleepsCostsNoMemoryAndHarmsNoOtherCall() async throws {
        let outcome = try await SpawnedProgram(
            "slow-reader", ["run", "--mebibytes", "64", "--rise-mebibytes", "32"]
        ).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.output)")
        let sums = outcome.output.split(separator: "\n").filter { $0.hasPrefix("= ") }
        #expect(sums.count == 4 && sums.allSatisfy { $0.contains(" 0 failed") }, "\(sums)")
    }
}
