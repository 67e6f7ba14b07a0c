import Testing

/// What a server stands, with real processes.
@Suite(.timeLimit(.minutes(2))) struct EnduranceTests {
    /// The small form of what `Scripts/prove` does with a gigabyte. 64 MiB each way, directly and through a gateway, are twice what a process may grow by.
    @Test func aReaderThatSleepsCostsNoMemoryAndHarmsNoOtherCall() async throws {
        let outcome = try await SpawnedProgram(
            "endurance", ["slow-reader", "--mebibytes", "64", "--rise-mebibytes", "32"]
        ).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.output)")
        let sums = outcome.output.split(separator: "\n").filter { $0.hasPrefix("= ") }
        #expect(sums.count == 4 && sums.allSatisfy { $0.contains(" 0 failed") }, "\(sums)")
    }

    @Test func aServerWithoutDescriptorsGoesOnAndAcceptsAgainLater() async throws {
        let outcome = try await SpawnedProgram("endurance", ["descriptors"]).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.output)")
    }
}
