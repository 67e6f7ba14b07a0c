import Digitization
import Foundation
import Testing

@Suite struct WorkerPoolTests {
    @Test func workBeyondTheQueueIsRefusedAndWhatWaitsIsDone() async throws {
        let pool = WorkerPool(name: "test", threads: 1)
        let (busy, isBusy) = AsyncStream<Void>.makeStream()
        let mayEnd = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await pool.run {
                    isBusy.finish()
                    mayEnd.wait()
                    return true
                }
            }
            for await _ in busy {}
            for _ in 0...WorkerPool.waitingMax {
                group.addTask {
                    do {
                        return try await pool.run { true }
                    } catch let error as DigitizationError where error.code == .saturated {
                        mayEnd.signal()
                        return false
                    }
                }
            }
            let outcomes = try await group.reduce(into: []) { $0.append($1) }
            #expect(outcomes.count { !$0 } == 1)
            #expect(outcomes.count == WorkerPool.waitingMax + 2)
        }
        await pool.close()
        await #expect {
            try await pool.run {}
        } throws: { error in
            (error as? DigitizationError)?.code == .closing
        }
    }

    @Test func closingDoesWhatWaits() async throws {
        let pool = WorkerPool(name: "test", threads: 2)
        async let sum = withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...100 { group.addTask { try await pool.run { number } } }
            return try await group.reduce(0, +)
        }
        #expect(try await sum == 5_050)
        await pool.close()
        await pool.close()
    }
}
