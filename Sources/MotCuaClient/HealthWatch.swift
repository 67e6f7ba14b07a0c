/// How a service is, to whoever depends on it.
public enum HealthState: Sendable, Hashable {
    case serving
    /// It was reached, and does not serve: not yet, or no more.
    case notServing
    /// The server at the socket serves nothing of that name now.
    case serviceUnknown
    /// Nobody answers, or nobody has room for another watcher.
    case unreachable
}

/// Watches the health of a service by `grpc.health.v1.Health/Watch`, over restarts of its server.
///
///     for try await state in HealthWatch(channel, service: "records") { … }
///
/// The first element is the state now; then each change is one. Each loop watches by itself, on a connection of
/// its own, until it is left. It ends when the channel is closed, and throws the `Status` of a server
/// that refuses the watch itself, for one that serves no `Health` will not serve it later.
public struct HealthWatch: AsyncSequence, Sendable {
    public typealias Element = HealthState

    /// After a watch that ended, before the next; doubled each time while the service does not serve, and
    /// each pause is drawn from half to all of it.
    static let firstPause: Duration = .milliseconds(50)
    static let pauseMax: Duration = .seconds(1)
    /// Changes that a loop has not taken; the oldest are dropped beyond.
    static let changesMax = 16

    private let channel: any Channel
    private let service: String
    private let options: CallOptions

    /// - Parameter service: A service's full name. At the gateway also the name of a process behind it, such as
    ///   `records`. Empty for all that the server has.
    /// - Parameter metadata: For servers that want a proof of who asks. Ours do not.
    public init(_ channel: any Channel, service: String = "", metadata: Metadata = .init()) {
        self.channel = channel
        self.service = service
        options = CallOptions(metadata: metadata, waitForReady: false, retries: .none)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var states: AsyncThrowingStream<HealthState, any Error>.AsyncIterator

        public mutating func next() async throws -> HealthState? { try await states.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        let (states, continuation) = AsyncThrowingStream.makeStream(
            of: HealthState.self, bufferingPolicy: .bufferingNewest(HealthWatch.changesMax))
        let task = Task { continuation.finish(throwing: await watch(continuation)) }
        // Also when the iterator is dropped: its loop was left.
        continuation.onTermination = { _ in task.cancel() }
        return AsyncIterator(states: states.makeAsyncIterator())
    }

    /// - Returns: Why there is nothing more to watch; nil when the channel or the loop has ended.
    private func watch(
        _ told: AsyncThrowingStream<HealthState, any Error>.Continuation
    ) async -> Status? {
        var last: HealthState?
        var pause = HealthWatch.firstPause
        func tell(_ state: HealthState) {
            if state == .serving { pause = HealthWatch.firstPause }
            if state != last { told.yield(state) }
            last = state
        }
        while !Task.isCancelled {
            do {
                try await HealthV1.HealthClient(channel).watch(
                    .with { $0.service = service }, options: options
                ) { responses in
                    for try await response in responses { tell(HealthState(response.status)) }
                }
            } catch let status as Status {
                switch status.code {
                case .cancelled: return nil
                case .notFound: tell(.serviceUnknown)
                case .unauthenticated: return status
                case let code where code.isTransient: tell(.unreachable)
                default: return status
                }
            } catch {
                return Status(.internal, "a watch ended with \(error)")
            }
            do { try await Task.sleep(for: pause * Double.random(in: 0.5...1)) } catch {
                return nil
            }
            pause = Swift.min(pause * 2, HealthWatch.pauseMax)
        }
        return nil
    }
}

extension HealthState {
    fileprivate init(_ status: HealthV1.HealthCheckResponse.ServingStatus) {
        switch status {
        case .serving: self = .serving
        case .serviceUnknown: self = .serviceUnknown
        case .notServing, .unknown, .unrecognized: self = .notServing
        }
    }
}
