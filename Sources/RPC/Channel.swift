/// The way to a server. Generated clients call it; any task on any executor may.
///
/// Every failure that comes from the call is thrown as a ``Status``; what a `body` throws passes through.
/// When the calling task is cancelled the call is given up at once, with `CANCELLED`. A streaming call ends
/// with its body: what the server still sends is not awaited, and a server that still works is cancelled.
public protocol Channel: Sendable {
    nonisolated(nonsending) func unary<Request: Message, Response: Message>(
        _ method: Method, _ request: Request, options: CallOptions
    ) async throws -> Response

    nonisolated(nonsending) func serverStreaming<
        Request: Message, Response: Message, Result: Sendable
    >(
        _ method: Method, _ request: Request, options: CallOptions,
        _ body: (ResponseStream<Response>) async throws -> Result
    ) async throws -> Result

    /// - Parameter write: Returns when there is nothing more to send.
    nonisolated(nonsending) func clientStreaming<Request: Message, Response: Message>(
        _ method: Method, options: CallOptions,
        _ write: (RequestWriter<Request>) async throws -> Void
    ) async throws -> Response

    /// `finish()` on the writer says that there is nothing more to send.
    nonisolated(nonsending) func bidirectional<
        Request: Message, Response: Message, Result: Sendable
    >(
        _ method: Method, options: CallOptions,
        _ body: (RequestWriter<Request>, ResponseStream<Response>) async throws -> Result
    ) async throws -> Result
}
