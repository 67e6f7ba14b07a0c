import RPC
import RPCTesting
import Synchronization
import Testing

/// How a channel waits for a server that is away, by a clock that the test moves.
@Suite struct BackoffTests {
    private let clock = ManualClock()
    private let loop: InProcessLoop
    private let connector: AwayConnector
    private let channel: ChannelCore

    init() {
        loop = InProcessLoop(clock: clock)
        connector = AwayConnector(clock: clock)
        channel = ChannelCore(loops: [loop.core], connector: connector)
    }

    /// In steps, so that an attempt is made within one step of its point.
    private func advance(by duration: Duration, step: Duration) async {
        var left = duration
        while left > .zero {
            clock.advance(by: step)
            left -= step
            // The second turn begins after the timers of the first have fired.
            for _ in 0..<2 { await loop.core.run {} }
        }
    }

    private func call(_ options: CallOptions) -> Task<Note, any Error> {
        Task { [channel] in try await channel.unary(EchoService.echo, Note(), options: options) }
    }

    @Test func eachWaitIsDrawnFromHalfToAllOfTwiceTheLastUpToASecond() async throws {
        let step = Duration.milliseconds(1)
        let waiting = call(.init(timeout: .seconds(3600)))
        #expect(await eventually { connector.attempts.count == 1 })
        await advance(by: .seconds(6), step: step)
        let gaps = zip(connector.attempts, connector.attempts.dropFirst()).map { $1 - $0 }
        let full: [Int] = [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000]
        #expect(gaps.count >= full.count - 1, "\(gaps)")
        for (gap, full) in zip(gaps, full) {
            let bound = Duration.milliseconds(full)
            #expect(gap >= bound / 2 && gap <= bound + step, "\(gap) of \(bound)")
        }
        await channel.close()
        _ = try? await waiting.value  // The channel was closed.
    }

    /// Without jitter, clients that lost the same server come back in step.
    @Test func twoChannelsDoNotWaitEquallyLong() async throws {
        let other = AwayConnector(clock: clock)
        let otherChannel = ChannelCore(loops: [loop.core], connector: other)
        let calls = [
            call(.init(timeout: .seconds(3600))),
            Task {
                try await otherChannel.unary(
                    EchoService.echo, Note(), options: .init(timeout: .seconds(3600)))
            },
        ]
        #expect(await eventually { connector.attempts.count + other.attempts.count == 2 })
        await advance(by: .seconds(2), step: .milliseconds(1))
        #expect(connector.attempts.dropFirst() != other.attempts.dropFirst())
        await channel.close()
        await otherChannel.close()
        for call in calls { _ = try? await call.value }  // The channels were closed.
    }

    @Test func aCallThatDoesNotWaitFailsAtOnceWithoutAnAttemptOfItsOwn() async throws {
        let waiting = call(.init(timeout: .seconds(3600)))
        #expect(await eventually { connector.attempts.count == 1 })
        let failure = await #expect(throws: Status.self) {
            _ = try await call(.init(waitForReady: false)).value
        }
        #expect(failure == Status(.unavailable, "nobody is there"))
        #expect(connector.attempts.count == 1)
        await channel.close()
        _ = try? await waiting.value  // The channel was closed.
    }

    @Test func aCallThatWaitsFailsAtItsDeadlineAndSaysWhy() async throws {
        let waiting = call(.init(timeout: .seconds(2)))
        #expect(await eventually { connector.attempts.count == 1 })
        await advance(by: .milliseconds(1900), step: .milliseconds(100))
        let attempts = connector.attempts.count
        #expect(attempts > 3)
        await advance(by: .milliseconds(200), step: .milliseconds(100))
        let failure = await #expect(throws: Status.self) { _ = try await waiting.value }
        #expect(failure?.code == .deadlineExceeded)
        #expect(failure?.message == "no connection in time: nobody is there")
    }
}

/// To a server that is never there.
private final class AwayConnector: Connector {
    private let clock: ManualClock
    private let points = Mutex<[ManualClock.Instant]>([])

    init(clock: ManualClock) { self.clock = clock }

    var attempts: [ManualClock.Instant] { points.withLock { $0 } }

    func connect(_ connection: ClientConnection) throws(Status) {
        points.withLock { $0.append(clock.now) }
        throw Status(.unavailable, "nobody is there")
    }
}
