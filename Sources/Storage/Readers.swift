import GRDB
import RPC
import Synchronization

/// The connections that read, beside the one that writes. Each read sees one state of the database.
final class Readers: Sendable {
    private struct State {
        var reads = 0
        var isClosed = false
    }

    private let pool: DatabasePool
    private let readsMax: Int
    private let state = Mutex(State())

    init(pool: DatabasePool, readsMax: Int) {
        self.pool = pool
        self.readsMax = readsMax
    }

    var count: Int { state.withLock { $0.reads } }

    func read<Value: Sendable>(
        _ body: @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try begin()
        defer { state.withLock { $0.reads -= 1 } }
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            // A read that still waited for its connection when the pool closed is no bug of its
            // body.
            if state.withLock({ $0.isClosed }) { throw Status.storageClosed }
            guard error.isFailureOfTheWorld else { throw error }
            throw Status(.unavailable, "The store could not read. Send the same request again.")
        }
    }

    /// Refuses further reads.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    private func begin() throws(Status) {
        try state.withLock { (state) throws(Status) in
            guard !state.isClosed else { throw .storageClosed }
            guard state.reads < readsMax else {
                throw Status(
                    .resourceExhausted,
                    "More reads are waiting than the store takes. Send the request again later."
                )
            }
            state.reads += 1
        }
    }
}
