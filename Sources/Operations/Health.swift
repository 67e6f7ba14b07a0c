import Messages
import RPC
import Synchronization

/// Whether this process serves, as `grpc.health.v1` tells it: not yet, then, and no more.
package final class Health: HealthV1.HealthService {
    /// Watchers at one time; one more is refused with RESOURCE_EXHAUSTED.
    package static let watchersMax = 64

    private enum Stage {
        case starting
        case serving
        case stopping
    }

    private struct State {
        var stage = Stage.starting
        var watchers: [Int: AsyncStream<Bool>.Continuation] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())
    /// The services of this process, by full name.
    private let services: Set<String>

    package init(services: Set<String>) { self.services = services }

    /// Watchers of a process that ceases to serve hear so, and their streams end: nothing holds up
    /// its drain. It does not serve again.
    package func set(serving isServing: Bool) {
        let watchers = state.withLock { state in
            precondition(state.stage != .stopping || !isServing, "a process serves once")
            state.stage = isServing ? .serving : .stopping
            return Array(state.watchers.values)
        }
        for watcher in watchers {
            watcher.yield(isServing)
            if !isServing { watcher.finish() }
        }
    }

    package func check(
        _ request: HealthV1.HealthCheckRequest, context: CallContext
    ) async throws -> HealthV1.HealthCheckResponse {
        guard request.service.isEmpty || services.contains(request.service) else {
            throw Status(.notFound, "\(request.service) is not served here")
        }
        return Self.response(state.withLock { $0.stage == .serving })
    }

    package func watch(
        _ request: HealthV1.HealthCheckRequest,
        responses: ResponseWriter<HealthV1.HealthCheckResponse>,
        context: CallContext
    ) async throws {
        guard request.service.isEmpty || services.contains(request.service) else {
            var unknown = HealthV1.HealthCheckResponse()
            unknown.status = .serviceUnknown
            try await responses.write(unknown)
            return
        }
        for await isServing in try changes() {
            try await responses.write(Self.response(isServing))
        }
    }

    /// Whether the process serves, now and at each change; a watcher that lags gets the newest
    /// alone. Ends when the process ceases to serve. Whoever holds the stream counts as a watcher.
    ///
    /// - Throws: RESOURCE_EXHAUSTED beyond ``watchersMax``.
    package func changes() throws(Status) -> AsyncStream<Bool> {
        let (changes, continuation) = AsyncStream.makeStream(
            of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        let (watcher, isOver) = try state.withLock { state throws(Status) in
            guard state.watchers.count < Self.watchersMax else {
                throw Status(
                    .resourceExhausted,
                    "\(Self.watchersMax) watch already; end one of them, or ask by Check")
            }
            // Under the lock, so that no change comes before it.
            continuation.yield(state.stage == .serving)
            guard state.stage != .stopping else { return (0, true) }
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = continuation
            return (state.nextWatcher, false)
        }
        if isOver {
            continuation.finish()
        } else {
            continuation.onTermination = { [weak self] _ in self?.forget(watcher) }
        }
        return changes
    }

    private func forget(_ watcher: Int) {
        state.withLock { _ = $0.watchers.removeValue(forKey: watcher) }
    }

    private static func response(_ isServing: Bool) -> HealthV1.HealthCheckResponse {
        var response = HealthV1.HealthCheckResponse()
        response.status = isServing ? .serving : .notServing
        return response
    }
}
