import GRDB
import RPC
import Synchronization

/// Something that waits for its turn in the writer, and whose caller waits for the commit.
protocol Job: AnyObject, Sendable {
    /// Takes its turn, unless its caller is gone.
    func run(in session: inout Session)

    /// Resumes the caller: with what the turn brought, or with `refusal` when nothing of the batch
    /// is there.
    func settle(_ refusal: Status?)
}

final class CallerJob<Value: Sendable>: Job {
    private enum State {
        case created
        case waiting(CheckedContinuation<Value, any Error>)
        case running(CheckedContinuation<Value, any Error>)
        case ran(CheckedContinuation<Value, any Error>, Result<Value, any Error>)
        case settled
    }

    private let state = Mutex(State.created)
    private let work: @Sendable (inout Session) throws -> Value

    init(_ work: @escaping @Sendable (inout Session) throws -> Value) {
        self.work = work
    }

    /// Returns false when the caller was cancelled before: it has then been resumed.
    func wait(with continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let waits = state.withLock { state in
            guard case .created = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !waits { continuation.resume(throwing: CancellationError()) }
        return waits
    }

    /// Drops a job that has not begun; one that has runs to its commit.
    func cancel() {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .created:
                state = .settled
                return nil
            case .waiting(let continuation):
                state = .settled
                return continuation
            case .running, .ran, .settled:
                return nil
            }
        }
        continuation?.resume(throwing: CancellationError())
    }

    func run(in session: inout Session) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard case .waiting(let continuation) = state else { return nil }
            state = .running(continuation)
            return continuation
        }
        guard let continuation else { return }
        let result = Result { try session.turn(work) }
        state.withLock { $0 = .ran(continuation, result) }
    }

    func settle(_ refusal: Status?) {
        let last = state.withLock { state in
            defer { state = .settled }
            return state
        }
        switch last {
        case .created, .settled:
            break
        case .waiting(let continuation), .running(let continuation):
            continuation.resume(throwing: refusal ?? .storageUnavailable)
        case .ran(let continuation, let result):
            if let refusal {
                continuation.resume(throwing: refusal)
            } else {
                continuation.resume(with: result)
            }
        }
    }
}
