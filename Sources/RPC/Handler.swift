/// What a `.proto` service is served by: one handler for each method.
public protocol Service: Sendable {
    var handlers: [Handler] { get }
}

/// A method and the function that serves it, over serialized bytes.
///
/// The function runs on the thread that owns the caller's connection, so it must not block there. It is
/// cancelled when the deadline passes and when the connection is lost. It throws ``Status``; anything else
/// is reported to the router's `onFailure` and reaches the caller as `INTERNAL` without its text.
public struct Handler: Sendable {
    public let method: Method
    package let run: nonisolated(nonsending) @Sendable (Lane) async throws -> Void

    package init(
        _ method: Method,
        _ run: nonisolated(nonsending) @escaping @Sendable (Lane) async throws -> Void
    ) {
        self.method = method
        self.run = run
    }

    public static func unary<Request: Message, Response: Message>(
        _ method: Method,
        _ function: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) -> Handler {
        precondition(method.kind == .unary, "\(method.path) is not unary")
        return Handler(method) { lane in
            let request: Request = try lane.takeRequest()
            let response = try await function(request, lane.context)
            if !lane.canReply { try await lane.untilReplyFits(response) }
            lane.succeed(with: response)
        }
    }

    public static func serverStreaming<Request: Message, Response: Message>(
        _ method: Method,
        _ function:
            @escaping @Sendable (Request, ResponseWriter<Response>, CallContext) async throws ->
            Void
    ) -> Handler {
        precondition(method.kind == .serverStreaming, "\(method.path) is not server-streaming")
        return Handler(method) { lane in
            let request: Request = try lane.takeRequest()
            let outlet = lane.openOutlet()
            try await function(request, ResponseWriter(outlet), lane.context)
            lane.succeedStream()
        }
    }

    public static func clientStreaming<Request: Message, Response: Message>(
        _ method: Method,
        _ function:
            @escaping @Sendable (RequestStream<Request>, CallContext) async throws -> Response
    ) -> Handler {
        precondition(method.kind == .clientStreaming, "\(method.path) is not client-streaming")
        return Handler(method) { lane in
            let inbox: Inbox<Request> = lane.openInbox()
            let response = try await function(RequestStream(inbox), lane.context)
            if !lane.canReply { try await lane.untilReplyFits(response) }
            lane.succeed(with: response)
        }
    }

    public static func bidirectional<Request: Message, Response: Message>(
        _ method: Method,
        _ function:
            @escaping @Sendable (
                RequestStream<Request>, ResponseWriter<Response>, CallContext
            ) async throws -> Void
    ) -> Handler {
        precondition(method.kind == .bidirectional, "\(method.path) is not bidirectional")
        return Handler(method) { lane in
            let inbox: Inbox<Request> = lane.openInbox()
            let outlet = lane.openOutlet()
            try await function(RequestStream(inbox), ResponseWriter(outlet), lane.context)
            lane.succeedStream()
        }
    }
}
