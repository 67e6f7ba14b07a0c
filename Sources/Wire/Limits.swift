/// The bounds that one side of a connection keeps, each with a test at it and one beyond.
package struct Limits: Sendable, Hashable {
    /// The protocol's own: the data of a frame, inclusive.
    package static let frameLengthMax = 4 << 20

    /// The data of a frame, inclusive. Higher than ``frameLengthMax`` only where both sides agree.
    package var frameLengthMax = Limits.frameLengthMax
    /// Of an oversize frame, what is read and thrown away. Who announces more has lost his place in the
    /// stream (the first bytes of an HTTP request announce over a gigabyte): the connection ends.
    package var skippedFrameLengthMax = 64 << 20
    /// The service's full name, and the method's, each in bytes.
    package var nameBytesMax = 255
    package var metadataEntriesMax = 64
    /// Keys and values of a call together.
    package var metadataBytesMax = 32 << 10
    /// Calls in flight on one connection.
    package var streamsMax = 4096
    /// Messages of one stream that its reader has not taken.
    package var queuedMessagesMax = 64
    /// Serialized bytes of one stream that its reader has not taken; one message beyond is held.
    package var queuedBytesMax = 4 << 20
    /// Serialized bytes that all calls of one connection together make this side hold, for each reason
    /// apart: messages that readers have not taken, requests whose handlers have suspended, and answers
    /// and messages that wait until the peer reads. Beyond it the call at hand fails.
    package var heldBytesMax = 64 << 20
    /// Frames of one connection that a server looks at, and messages of one stream that are written, before
    /// others have their turn.
    package var framesPerTurnMax = 256
    /// In which a client must have sent a frame that it began, while the server reads; then the connection
    /// ends.
    package var frameTimeout: Duration = .seconds(60)
    /// From here on a connection takes no more to send. It holds one frame beyond at most.
    package var outputHighWaterBytes = 1 << 20
    /// Down to here the peer must read before a connection takes more to send.
    package var outputLowWaterBytes = 256 << 10
    /// The last stream id that a client takes before it moves to a new connection. Leaves the last
    /// hundreds of the 2^31 odd ids unused.
    package var streamIDMax: UInt32 = 0xffff_f000
    /// Connections of a channel for streams, on each of its loops. Below a server's limit of connections,
    /// so that streams never keep unary calls from theirs.
    package var streamConnectionsMax = 512
    /// Calls of a client that wait for a connection or for room on one.
    package var waitingCallsMax = 16_384

    package init() {}

    /// The most that the output of one connection holds.
    package var outputBytesMax: Int {
        outputHighWaterBytes + FrameHeader.byteCount + frameLengthMax
    }
}
