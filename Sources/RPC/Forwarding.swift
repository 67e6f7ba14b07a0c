extension Handler {
    /// Passes calls of a method on, of any kind, without looking into their messages.
    ///
    /// - Parameter options: For each call. Build them with `CallOptions(forwarding:)`, so that the deadline
    ///   shrinks and nothing is retried. Refuses the call by throwing `Status`.
    public static func forwarding(
        _ method: Method, to channel: any Channel,
        options: @escaping @Sendable (CallContext) throws -> CallOptions
    ) -> Handler {
        switch method.kind {
        case .unary:
            .unary(method) { (request: RawMessage, context) -> RawMessage in
                try await channel.unary(method, request, options: options(context))
            }
        case .serverStreaming:
            .serverStreaming(method) {
                (request: RawMessage, out: ResponseWriter<RawMessage>, context) in
                try await channel.serverStreaming(method, request, options: options(context)) {
                    (responses: ResponseStream<RawMessage>) in
                    for try await response in responses { try await out.write(response) }
                }
            }
        case .clientStreaming:
            .clientStreaming(method) {
                (requests: RequestStream<RawMessage>, context) -> RawMessage in
                try await channel.clientStreaming(method, options: options(context)) {
                    (out: RequestWriter<RawMessage>) in
                    for try await request in requests { try await out.write(request) }
                }
            }
        case .bidirectional:
            .bidirectional(method) {
                (requests: RequestStream<RawMessage>, out: ResponseWriter<RawMessage>, context) in
                try await channel.bidirectional(method, options: options(context)) {
                    (onward: RequestWriter<RawMessage>, responses: ResponseStream<RawMessage>) in
                    try await withThrowingTaskGroup { group in
                        group.addTask {
                            for try await request in requests { try await onward.write(request) }
                            await onward.finish()
                        }
                        for try await response in responses { try await out.write(response) }
                        // The server may end the call before the caller has sent everything.
                        group.cancelAll()
                    }
                }
            }
        }
    }
}
