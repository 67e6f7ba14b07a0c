import Wire

/// A limit of the runtime that a peer or a caller can reach.
package enum LimitKind: Int, Sendable, CaseIterable {
    /// Connections of a server.
    case connections
    /// Connections of one user of a server.
    case connectionsOfUser
    /// Connections of a server beyond those that it refuses in words: closed at once.
    case connectionsRefusing
    /// `Limits.streamsMax`, of a server's connection.
    case callsInFlight
    /// `Limits.frameLengthMax`, of a frame received or of a message to be sent.
    case frameLength
    /// `Limits.metadataEntriesMax` and `Limits.metadataBytesMax`.
    case metadata
    /// `Limits.frameTimeout`.
    case frameTime
    /// `Limits.nameBytesMax`.
    case names
    /// `Limits.queuedMessagesMax` and `Limits.queuedBytesMax`.
    case queuedMessages
    /// `Limits.heldBytesMax`, of the messages of all streams of a connection.
    case heldMessages
    /// `Limits.heldBytesMax`, of the requests of all calls in flight on a connection.
    case heldRequests
    /// `Limits.heldBytesMax`, of what waits until a connection's peer reads.
    case heldOutput
    /// `Limits.streamConnectionsMax`, of a channel.
    case streamConnections
    /// `Limits.waitingCallsMax`, of a channel.
    case waitingCalls

    /// As metrics name it.
    package var name: String {
        switch self {
        case .connections: "connections"
        case .connectionsOfUser: "connections_of_user"
        case .connectionsRefusing: "connections_refusing"
        case .callsInFlight: "calls_in_flight"
        case .frameLength: "frame_length"
        case .frameTime: "frame_time"
        case .metadata: "metadata"
        case .names: "names"
        case .queuedMessages: "queued_messages"
        case .heldMessages: "held_messages"
        case .heldRequests: "held_requests"
        case .heldOutput: "held_output"
        case .streamConnections: "stream_connections"
        case .waitingCalls: "waiting_calls"
        }
    }

    init?(_ error: WireError) {
        switch error {
        case .frameTooLarge, .dataTooLarge: self = .frameLength
        case .nameTooLong: self = .names
        case .tooMuchMetadata: self = .metadata
        case .malformedEnvelope, .invalidUTF8: return nil
        }
    }
}

/// How often each limit was hit on one loop since it began: written by its thread, read by any.
package struct LimitHits: Sendable {
    private let counters = CounterRow(LimitKind.allCases.count)

    package init() {}

    /// On the loop's thread.
    package func count(_ kind: LimitKind) { counters.add(1, at: kind.rawValue) }

    package subscript(_ kind: LimitKind) -> UInt64 { counters[kind.rawValue] }

    func count(_ error: WireError) {
        if let kind = LimitKind(error) { count(kind) }
    }
}
