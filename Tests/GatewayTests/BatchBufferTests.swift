import RPCTesting
import Synchronization
import Testing

@testable import Gateway

@Suite struct BatchBufferTests {
    @Test func allThatGatheredComesAtOnceAndThenTheEnd() async throws {
        let (batches, feed) = BatchBuffer<Int>.make(elementsMax: 3)
        for number in 1...3 { try await feed.append(number) }
        feed.finish()
        #expect(try await batches.next() == [1, 2, 3])
        #expect(try await batches.next() == nil)
        #expect(try await batches.next() == nil)
    }

    @Test func oneBeyondTheLimitWaitsUntilTheBatchIsTaken() async throws {
        let (batches, feed) = BatchBuffer<Int>.make(elementsMax: 2)
        for number in 1...2 { try await feed.append(number) }
        let appended = Mutex(false)
        async let third: Void = {
            try await feed.append(3)
            appended.withLock { $0 = true }
        }()
        // The third has had its chance.
        for _ in 0..<100 { await Task.yield() }
        #expect(!appended.withLock { $0 })
        #expect(try await batches.next() == [1, 2])
        try await third
        #expect(try await batches.next() == [3])
    }

    @Test func aReaderThatWaitsIsWokenByAnElementAndByTheEnd() async throws {
        let (batches, feed) = BatchBuffer<Int>.make(elementsMax: 1)
        async let first = batches.next()
        for _ in 0..<100 { await Task.yield() }
        try await feed.append(1)
        #expect(try await first == [1])
        async let last = batches.next()
        for _ in 0..<100 { await Task.yield() }
        feed.finish()
        #expect(try await last == nil)
    }

    @Test func eitherSideThatWaitsIsFreedByItsCancellation() async throws {
        let (batches, feed) = BatchBuffer<Int>.make(elementsMax: 1)
        let reader = Task { try await batches.next() }
        for _ in 0..<100 { await Task.yield() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }

        try await feed.append(1)
        let writer = Task { try await feed.append(2) }
        for _ in 0..<100 { await Task.yield() }
        writer.cancel()
        await #expect(throws: CancellationError.self) { try await writer.value }
        // What was in the buffer is not lost with the writer.
        #expect(try await batches.next() == [1])
    }
}
