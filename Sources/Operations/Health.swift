import Messages
import RPC
import Synchronization

/// Whether this process serves, as `grpc.health.v1` tells it.
package final class Health: HealthV1.HealthService {
    private struct State {
        var isServing = false
        var watchers: [Int: AsyncStream<Bool>.Continuation] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())
    /// The services of this process, by full name.
    private let services: Set<String>

    package init(services: Set<String>) { self.services = services }

    package func set(serving isServing: Bool) {
        let watchers = state.withLock { state in
            guard state.isServing != isServing else { return [AsyncStream<Bool>.Continuation]() }
            state.isServing = isServing
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.yield(isServing) }
    }

    package func check(
        _ request: HealthV1.HealthCheckRequest, context: CallContext
    ) async throws -> HealthV1.HealthCheckResponse {
        guard request.service.isEmpty || services.contains(request.service) else {
            throw Status(.notFound, "\(request.service) is not served here")
        }
        return Self.response(state.withLock { $0.isServing })
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
        // A watcher that lags needs the newest status only.
        let (changes, continuation) = AsyncStream.makeStream(
            of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        let (watcher, isServing) = state.withLock { state in
            defer { state.nextWatcher += 1 }
            state.watchers[state.nextWatcher] = continuation
            return (state.nextWatcher, state.isServing)
        }
        defer { _ = state.withLock { $0.watchers.removeValue(forKey: watcher) } }
        try await responses.write(Self.response(isServing))
        for await isServing in changes { try await responses.write(Self.response(isServing)) }
    }

    private static func response(_ isServing: Bool) -> HealthV1.HealthCheckResponse {
        var response = HealthV1.HealthCheckResponse()
        response.status = isServing ? .serving : .notServing
        return response
    }
}
