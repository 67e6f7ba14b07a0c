import Identity
import Logging
import Messages
import RPC

/// A line for each call at its end: who called what, how it ended, how long it took. Never anything of the
/// request, of the answer, or of a refusal's sentence, which may repeat them.
package struct CallLog: ServerObserver {
    /// From here on a unary call that went well is a warning all the same.
    package static let slowThreshold = Duration.seconds(1)

    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    package func served(_ call: ServedCall) {
        let level = Self.level(of: call)
        guard level >= logger.logLevel else { return }
        var fields: Logger.Metadata = [
            "method": "\(call.context.method.path)", "code": "\(call.code.name)",
            "duration_ms": .stringConvertible(Self.milliseconds(call.duration)),
            "peer_uid": .stringConvertible(call.context.peer.userID),
            "request_bytes": .stringConvertible(call.requestBytes),
            "response_bytes": .stringConvertible(call.responseBytes),
        ]
        if let caller = call.context[CallerKey.self] {
            fields["principal"] = "\(caller.principal)"
        }
        if let reason = call.failure?.errorInfo?.reason, !reason.isEmpty {
            fields["reason"] = "\(reason)"
        }
        fields.merge(call.context.logFields) { $1 }
        logger.log(level: level, "call", metadata: fields)
    }

    private static func level(of call: ServedCall) -> Logger.Level {
        switch call.code {
        case .internal, .unknown, .dataLoss: return .warning
        case .ok:
            let isSlow = call.context.method.kind == .unary && call.duration >= slowThreshold
            return isSlow ? .warning : .debug
        case .cancelled, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists,
            .permissionDenied, .resourceExhausted, .failedPrecondition, .aborted, .outOfRange,
            .unimplemented, .unavailable, .unauthenticated:
            return .info
        }
    }

    /// To the microsecond.
    private static func milliseconds(_ duration: Duration) -> Double {
        Double(duration / .microseconds(1)).rounded() / 1000
    }
}

extension CallContext {
    /// What tells this request's lines from all others.
    package var logFields: Logger.Metadata {
        var fields: Logger.Metadata = [:]
        if let requestID { fields["request_id"] = "\(requestID)" }
        if let trace { fields["trace_id"] = "\(trace.traceID)" }
        return fields
    }
}
