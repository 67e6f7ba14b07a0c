/// What a side of a stream makes of a data frame.
package enum DataVerdict: Hashable, Sendable {
    /// The frame is a message, and others may follow.
    case message
    /// The frame is the last message.
    case lastMessage
    /// No message, and none will follow.
    case end
    /// No message, and others may follow.
    case nothing
    /// The peer's fault: it had said that it sends no more.
    case afterEnd
    /// The peer's fault: the call takes no data frames.
    case notStreaming
}

/// The receiving half of a stream, on either side.
///
/// Three kinds of wrong: ours is a `precondition` of the caller, the peer's is a verdict that fails this
/// stream alone, and a late frame for a stream that is gone never gets here.
package enum ReceivingState: Hashable, Sendable {
    case open
    case ended
    /// A unary call: the peer sends no data frames at all.
    case unary

    /// Of a call that a client opens, on the server. Peers send a streaming request without any flag too;
    /// nothing follows then.
    package init(openedWith flags: FrameFlags, takesRequests: Bool, isUnary: Bool) {
        if isUnary {
            self = .unary
        } else {
            self =
                takesRequests && flags.contains(.remoteOpen) && !flags.contains(.remoteClosed)
                ? .open : .ended
        }
    }

    /// Length 0 without "no data" is an empty message; without it, "remote closed" comes with a last one.
    package mutating func receive(_ flags: FrameFlags) -> DataVerdict {
        switch self {
        case .unary: return .notStreaming
        case .ended: return .afterEnd
        case .open:
            let closes = flags.contains(.remoteClosed)
            if closes { self = .ended }
            let carries = !flags.contains(.noData)
            switch (carries, closes) {
            case (true, true): return .lastMessage
            case (true, false): return .message
            case (false, true): return .end
            case (false, false): return .nothing
            }
        }
    }
}
