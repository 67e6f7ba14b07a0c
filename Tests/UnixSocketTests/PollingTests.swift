import Testing

@testable import UnixSocket

/// What a loop does instead of sleeping. Waits are played: `ask` counts how often it is asked.
struct PollingTests {
    @Test func aLoopSleepsUntilAWaitWasShort() {
        var polling = AdaptivePolling(window: .seconds(1))
        var asked = 0
        #expect(
            polling.poll {
                asked += 1; return 1
            } == nil)
        #expect(asked == 0)
        #expect(polling.sleep { 1 } == 1)
        #expect(
            polling.poll {
                asked += 1; return asked == 3 ? 7 : 0
            } == 7)
        #expect(asked == 3)
        #expect(polling.poll { 5 } == 5, "as long as asking finds something, it goes on")
    }

    @Test func aWaitLongerThanTheWindowEndsTheAsking() {
        var polling = AdaptivePolling(window: .milliseconds(2))
        _ = polling.sleep { 1 }
        #expect(polling.poll { 0 } == 0, "nothing came within the window")
        #expect(polling.poll { 1 } == nil)
        let slow = ContinuousClock.now + .milliseconds(3)
        _ = polling.sleep {
            while .now < slow {}
            return 1
        }
        #expect(polling.poll { 1 } == nil, "a wait of 3 ms is no reason to ask for 2")
    }
}
