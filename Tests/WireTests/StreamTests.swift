import Testing
import Wire

@Suite struct StreamTests {
    @Test func serverTakesOddIncreasingIDsWithGaps() {
        var ids = ServerStreamIDs()
        let seen = [1, 3, 9, 9, 7, 8, 0, 11].map { ids.admit($0) }
        #expect(
            seen == [
                .admitted, .admitted, .admitted, .notIncreasing, .notIncreasing, .even, .even,
                .admitted,
            ])
    }

    @Test func clientNeverWrapsItsIDs() {
        var ids = ClientStreamIDs(last: 5)
        #expect(
            [ids.next(), ids.next(), ids.next(), ids.next(), ids.next()] == [1, 3, 5, nil, nil])
        #expect(Limits().streamIDMax < UInt32.max - 1000)
    }

    @Test(
        arguments: [
            ([], .message, .open),
            ([.noData], .nothing, .open),
            ([.remoteClosed], .lastMessage, .ended),
            ([.remoteClosed, .noData], .end, .ended),
            (FrameFlags(rawValue: 0xf8), .message, .open),
        ] as [(FrameFlags, DataVerdict, ReceivingState)])
    func dataOnAnOpenStream(flags: FrameFlags, verdict: DataVerdict, after: ReceivingState) {
        var state = ReceivingState.open
        #expect(state.receive(flags) == verdict)
        #expect(state == after)
    }

    @Test func dataThatNoCallTakesIsAVerdictNotACrash() {
        var ended = ReceivingState.ended
        #expect(ended.receive([]) == .afterEnd)
        var unary = ReceivingState.unary
        #expect(unary.receive([.remoteClosed, .noData]) == .notStreaming)
    }

    @Test(
        arguments: [
            ([], true, false, .ended),
            ([.remoteOpen], true, false, .open),
            ([.remoteClosed], true, false, .ended),
            ([.remoteOpen], false, false, .ended),
            ([.remoteOpen], false, true, .unary),
            ([.remoteClosed], false, true, .unary),
        ] as [(FrameFlags, Bool, Bool, ReceivingState)])
    func openingFlags(
        flags: FrameFlags, takesRequests: Bool, isUnary: Bool, state: ReceivingState
    ) {
        #expect(
            ReceivingState(openedWith: flags, takesRequests: takesRequests, isUnary: isUnary)
                == state)
    }
}
