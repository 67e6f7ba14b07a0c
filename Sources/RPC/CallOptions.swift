/// How one call is to be made.
public struct CallOptions: Sendable {
    /// Of a unary call that names no timeout. Streaming calls have none unless they name one.
    public static let defaultTimeout: Duration = .seconds(30)

    /// The longest that the caller waits, all attempts and the wait for a connection included.
    public var timeout: Duration?
    /// The point at which the caller stops waiting; the earlier of it and ``timeout`` holds.
    public var deadline: ContinuousClock.Instant?
    public var metadata: Metadata
    /// Whether a call waits for a connection until its deadline, or fails `UNAVAILABLE` at once.
    public var waitForReady: Bool
    public var retries: RetryPolicy

    public init(
        timeout: Duration? = nil, deadline: ContinuousClock.Instant? = nil,
        metadata: Metadata = .init(),
        waitForReady: Bool = true, retries: RetryPolicy = .standard
    ) {
        self.timeout = timeout
        self.deadline = deadline
        self.metadata = metadata
        self.waitForReady = waitForReady
        self.retries = retries
    }

    /// For a call made on behalf of another: it ends no later than that one, and goes on with its trace
    /// and its request id. No other metadata is taken along, and nothing is retried, for only the
    /// originator retries.
    public init(
        forwarding context: CallContext, timeout: Duration? = nil, metadata: Metadata = .init()
    ) {
        self.init(timeout: timeout, deadline: context.deadline, metadata: metadata, retries: .none)
        carry(traceOf: context)
    }

    /// The earlier of the deadline and of the timeout counted from `now`.
    package func deadline(
        from now: ContinuousClock.Instant, default defaultTimeout: Duration?
    ) -> ContinuousClock.Instant? {
        let effective = timeout ?? (deadline == nil ? defaultTimeout : nil)
        guard let effective else { return deadline }
        let timedOut = now + effective
        guard let deadline else { return timedOut }
        return min(deadline, timedOut)
    }
}

/// How often a call is sent again after `UNAVAILABLE` or a lost connection. Only reads and methods with a
/// `request_id` ever are, only of a call that waits for ready, only within the deadline, and only as far as
/// the channel's ``RetryBudget`` goes.
///
/// A call that the server says it has not begun is no matter of this policy: it is sent again whatever it
/// does, at most ``ClientCall/refusalsMax`` times.
public struct RetryPolicy: Sendable, Hashable {
    /// The first attempt counts; 1 sends once.
    public var attemptsMax: Int
    /// Before the second attempt; doubled each time, and each wait is drawn from half to all of it.
    public var firstBackoff: Duration
    public var backoffMax: Duration

    public init(attemptsMax: Int, firstBackoff: Duration, backoffMax: Duration) {
        precondition(attemptsMax >= 1, "a call is sent once at least")
        self.attemptsMax = attemptsMax
        self.firstBackoff = firstBackoff
        self.backoffMax = backoffMax
    }

    public static let standard = RetryPolicy(
        attemptsMax: 4, firstBackoff: .milliseconds(25), backoffMax: .seconds(1))
    public static let none = RetryPolicy(attemptsMax: 1, firstBackoff: .zero, backoffMax: .zero)
}
