import Synchronization
import Wire

/// A channel over whatever a connector connects to: sockets, or a test's pipes.
///
/// Each loop has its connections. A caller that runs on one of the loops uses that loop's and takes no lock;
/// others are spread over all.
package final class ChannelCore: Channel {
    private let sides: [ChannelSide]
    private let budget = RetryBudget()
    private let cursor = Atomic<UInt>(0)

    /// - Parameter connections: For unary calls, on each loop. Each streaming call opens one more.
    package init(
        loops: [EventLoop], connector: any Connector, connections: Int = 1,
        limits: Limits = .init(), interceptors: [any ClientInterceptor] = []
    ) {
        precondition(!loops.isEmpty, "a channel needs a loop")
        sides = loops.map { [budget] in
            ChannelSide(
                loop: $0, connector: connector, connections: connections, limits: limits,
                interceptors: interceptors, budget: budget)
        }
    }

    /// What was counted of the attempts at each method that was called, on all loops.
    package var callCounts: [CallCounts] { CallCounts.sum(sides.flatMap(\.tallies.counts)) }

    deinit {
        for side in sides { side.loop.submit { side.close() } }
    }

    /// Fails what is in flight with `CANCELLED` and closes every connection before it returns.
    package func close() async {
        for side in sides { await side.loop.run { side.close() } }
    }

    /// How often calls were sent again, since the channel was made.
    package var retryCounts: RetryCounts { budget.counts }

    package nonisolated(nonsending) func unary<Request: Message, Response: Message>(
        _ method: Method, _ request: Request, options: CallOptions
    ) async throws -> Response {
        let side = side()
        let deadline = options.deadline(
            from: side.loop.currentTime(), default: CallOptions.defaultTimeout)
        do {
            return try await attempt(method, request, options, deadline, on: side)
        } catch let failure as Status {
            guard failure.code == .unavailable, options.waitForReady,
                options.retries.attemptsMax > 1,
                method.isRead || method.hasRequestID
            else { throw failure }
            return try await retry(method, request, options, deadline, on: side, after: failure)
        }
    }

    private nonisolated(nonsending) func attempt<Request: Message, Response: Message>(
        _ method: Method, _ request: Request, _ options: CallOptions,
        _ deadline: ContinuousClock.Instant?, on side: ChannelSide
    ) async throws -> Response {
        let response: Response = try await UnaryCall(method, request, options, deadline)
            .run(on: side)
        budget.noteSuccess()
        return response
    }

    private nonisolated(nonsending) func retry<Request: Message, Response: Message>(
        _ method: Method, _ request: Request, _ options: CallOptions,
        _ deadline: ContinuousClock.Instant?, on side: ChannelSide, after first: Status
    ) async throws -> Response {
        var failure = first
        var backoff = options.retries.firstBackoff
        for _ in 1..<options.retries.attemptsMax {
            let point = side.loop.currentTime() + backoff * Double.random(in: 0.5...1)
            if let deadline, point >= deadline { throw failure }
            guard budget.withdraw() else { throw failure }
            try await side.loop.sleep(until: point)
            backoff = min(backoff * 2, options.retries.backoffMax)
            do {
                return try await attempt(method, request, options, deadline, on: side)
            } catch let status as Status where status.code == .unavailable {
                failure = status
            }
        }
        throw failure
    }

    package nonisolated(nonsending) func serverStreaming<
        Request: Message, Response: Message, Result: Sendable
    >(
        _ method: Method, _ request: Request, options: CallOptions,
        _ body: (ResponseStream<Response>) async throws -> Result
    ) async throws -> Result {
        let side = side()
        let deadline = options.deadline(from: side.loop.currentTime(), default: nil)
        let call = StreamingCall<Request, Response>(method, request, options, deadline, on: side)
        return try await scoped(call, on: side) {
            side.loop.submit { side.start(call) }
            return try await body(ResponseStream(call.inbox))
        }
    }

    package nonisolated(nonsending) func clientStreaming<Request: Message, Response: Message>(
        _ method: Method, options: CallOptions,
        _ write: (RequestWriter<Request>) async throws -> Void
    ) async throws -> Response {
        let side = side()
        let deadline = options.deadline(from: side.loop.currentTime(), default: nil)
        let call = StreamingCall<Request, Response>(method, nil, options, deadline, on: side)
        return try await scoped(call, on: side) {
            let outlet = try await call.open(on: side)
            do {
                try await write(RequestWriter(outlet))
                await outlet.finish()
            } catch {
                // A server may answer before it has read everything; its answer goes before our failure.
                guard await side.loop.run({ call.isOver }) else { throw error }
            }
            guard let response = try await call.inbox.next() else {
                throw Status(.internal, "the server ended the call without an answer")
            }
            return response
        }
    }

    package nonisolated(nonsending) func bidirectional<
        Request: Message, Response: Message, Result: Sendable
    >(
        _ method: Method, options: CallOptions,
        _ body: (RequestWriter<Request>, ResponseStream<Response>) async throws -> Result
    ) async throws -> Result {
        let side = side()
        let deadline = options.deadline(from: side.loop.currentTime(), default: nil)
        let call = StreamingCall<Request, Response>(method, nil, options, deadline, on: side)
        return try await scoped(call, on: side) {
            let outlet = try await call.open(on: side)
            return try await body(RequestWriter(outlet), ResponseStream(call.inbox))
        }
    }

    /// The call ends with its body, and with its task's cancellation.
    private nonisolated(nonsending) func scoped<Result>(
        _ call: ClientCall, on side: ChannelSide, _ body: () async throws -> Result
    ) async throws -> Result {
        defer { side.loop.submit { call.fail(Status(.cancelled, "the call's body has returned")) } }
        return try await withTaskCancellationHandler {
            try await body()
        } onCancel: {
            side.loop.submit { call.fail(.taskCancelled) }
        }
    }

    private func side() -> ChannelSide {
        if sides.count == 1 { return sides[0] }
        if let own = sides.first(where: \.loop.isCurrent) { return own }
        return sides[Int(cursor.wrappingAdd(1, ordering: .relaxed).newValue % UInt(sides.count))]
    }
}
