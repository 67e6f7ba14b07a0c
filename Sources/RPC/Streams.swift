/// The requests of a client-streaming or bidirectional call, for its handler.
///
/// One task iterates, once. While it lags, at most `Limits.queuedMessagesMax` messages wait here.
public struct RequestStream<Element: Message>: AsyncSequence, Sendable {
    private let inbox: Inbox<Element>

    package init(_ inbox: Inbox<Element>) { self.inbox = inbox }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let inbox: Inbox<Element>

        /// - Throws: `Status`, `CANCELLED` when the connection is lost or the task cancelled.
        public mutating func next() async throws -> Element? { try await inbox.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inbox: inbox) }
}

/// The responses of a server-streaming or bidirectional call, for its caller.
///
/// One task iterates, once. While it lags, the connection is not read, and the server waits.
public struct ResponseStream<Element: Message>: AsyncSequence, Sendable {
    private let inbox: Inbox<Element>

    package init(_ inbox: Inbox<Element>) { self.inbox = inbox }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let inbox: Inbox<Element>

        /// - Throws: `Status`, as the server ended the call.
        public mutating func next() async throws -> Element? { try await inbox.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inbox: inbox) }
}

/// Sends the responses of a server-streaming or bidirectional call.
public struct ResponseWriter<Element: Message>: Sendable {
    private let outlet: Outlet

    package init(_ outlet: Outlet) { self.outlet = outlet }

    /// Suspends while the connection holds `Limits.outputHighWaterBytes` that the peer has not read.
    ///
    /// - Throws: `Status`, when the call has ended, and `RESOURCE_EXHAUSTED` for a message over the limit,
    ///   after which the call goes on.
    public func write(_ message: Element) async throws { try await outlet.write(message) }
}

/// Sends the requests of a client-streaming or bidirectional call.
public struct RequestWriter<Element: Message>: Sendable {
    private let outlet: Outlet

    package init(_ outlet: Outlet) { self.outlet = outlet }

    /// Suspends while the connection holds `Limits.outputHighWaterBytes` that the server has not read.
    ///
    /// - Throws: `Status`, when the call has ended, and `RESOURCE_EXHAUSTED` for a message over the limit,
    ///   after which the call goes on.
    public func write(_ message: Element) async throws { try await outlet.write(message) }

    /// Says that there is nothing more to send. Once is enough; a body that returns has said it.
    public func finish() async { await outlet.finish() }
}
