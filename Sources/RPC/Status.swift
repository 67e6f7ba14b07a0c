/// gRPC's seventeen codes, as `google.rpc.Status.code` carries them.
public enum StatusCode: Int32, Sendable, Hashable, CaseIterable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16

    /// The name in gRPC's documents, such as `INVALID_ARGUMENT`.
    public var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internal: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }

    /// Whether the identical call may succeed later with nothing else changed. Such an outcome is never
    /// stored as the final answer to a `request_id`.
    public var isTransient: Bool {
        switch self {
        case .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted, .internal,
            .unavailable, .dataLoss, .unauthenticated:
            true
        case .ok, .invalidArgument, .notFound, .alreadyExists, .permissionDenied,
            .failedPrecondition, .outOfRange, .unimplemented:
            false
        }
    }
}

/// How a call failed, in the caller's terms: `google.rpc.Status`.
///
/// The message is a sentence in English that says how to put it right. Programs look at ``code`` and at the
/// details (`google.rpc.ErrorInfo.reason`, `google.rpc.BadRequest`), never at the text.
public struct Status: Error, Hashable, Sendable {
    /// One `google.protobuf.Any`.
    public struct Detail: Hashable, Sendable {
        /// Such as `type.googleapis.com/google.rpc.ErrorInfo`.
        public var typeURL: String
        public var value: [UInt8]

        public init(typeURL: String, value: [UInt8]) {
            self.typeURL = typeURL
            self.value = value
        }
    }

    public var code: StatusCode
    public var message: String
    public var details: [Detail]

    public init(_ code: StatusCode, _ message: String, details: [Detail] = []) {
        precondition(code != .ok, "a status that is thrown is a failure")
        self.code = code
        self.message = message
        self.details = details
    }
}

extension Status: CustomStringConvertible {
    public var description: String { "\(code.name): \(message)" }
}
