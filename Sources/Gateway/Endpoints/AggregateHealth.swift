import Messages
import Operations
import RPC

/// The gateway's health: its own for its own services, a service's for a service's name, and all of
/// them together for no name. It serves as a whole only while everything behind it does.
package struct AggregateHealth: HealthV1.HealthService {
    /// How long a service may take to say how it is.
    static let checkTimeout = Duration.seconds(1)
    /// How often a watcher's picture is made anew.
    static let watchInterval = Duration.seconds(1)

    private let own: Health
    private let upstreams: Upstreams

    package init(own: Health, upstreams: Upstreams) {
        self.own = own
        self.upstreams = upstreams
    }

    package func check(
        _ request: HealthV1.HealthCheckRequest, context: CallContext
    ) async throws -> HealthV1.HealthCheckResponse {
        if request.service.isEmpty {
            let own = try await own.check(request, context: context)
            if own.status != .serving { return own }
            return await allServe() ? own : Self.response(.notServing)
        }
        if let upstream = Upstream(rawValue: request.service) ?? Upstream(serving: request.service)
        {
            return Self.response(await status(of: upstream))
        }
        return try await own.check(request, context: context)
    }

    package func watch(
        _ request: HealthV1.HealthCheckRequest,
        responses: ResponseWriter<HealthV1.HealthCheckResponse>,
        context: CallContext
    ) async throws {
        // One of the process's watchers, and what ends this one when the process ceases to serve.
        let changes = try own.changes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in changes {} }
            group.addTask { try await poll(request, responses: responses, context: context) }
            try await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
        try await responses.write(try await check(request, context: context))
    }

    private func poll(
        _ request: HealthV1.HealthCheckRequest,
        responses: ResponseWriter<HealthV1.HealthCheckResponse>,
        context: CallContext
    ) async throws {
        var last: HealthV1.HealthCheckResponse?
        while true {
            let now = try await check(request, context: context)
            if now != last { try await responses.write(now) }
            last = now
            try await Task.sleep(for: Self.watchInterval)
        }
    }

    /// Asks side by side, so that several that hang cost one timeout.
    private func allServe() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for upstream in Upstream.allCases {
                group.addTask { await status(of: upstream) == .serving }
            }
            defer { group.cancelAll() }
            return await group.allSatisfy(\.self)
        }
    }

    /// A service that does not answer does not serve.
    private func status(of upstream: Upstream) async -> HealthV1.HealthCheckResponse.ServingStatus {
        do {
            var options = try upstreams.options(timeout: Self.checkTimeout, retries: .none)
            options.waitForReady = false
            return try await HealthV1.HealthClient(upstreams.channel(to: upstream))
                .check(.init(), options: options).status
        } catch {
            return .notServing
        }
    }

    private static func response(
        _ status: HealthV1.HealthCheckResponse.ServingStatus
    ) -> HealthV1.HealthCheckResponse {
        var response = HealthV1.HealthCheckResponse()
        response.status = status
        return response
    }
}
