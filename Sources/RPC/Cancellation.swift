import Wire

/// `motcua.rpc.v1.Calls/Cancel`: how a caller gives up a unary call in flight. The wire has no frame for it,
/// so it is an ordinary unary call on the same connection that names the other one's stream.
///
/// The connection itself serves it, before all that could refuse an ordinary call: same connection, same
/// caller. It succeeds whether or not that call is still in flight, for it races with the answer.
package struct CancelRequest: Message {
    package static let fullName = "motcua.rpc.v1.CancelRequest"
    package static let method = Method(service: "motcua.rpc.v1.Calls", name: "Cancel")

    package var streamID: UInt32 = 0

    package init() {}

    package init(streamID: UInt32) { self.streamID = streamID }

    package init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError) {
        var reader = ProtobufReader(bytes)
        do throws(WireError) {
            while let (field, value) = try reader.next() {
                guard field == 1 else { continue }
                guard case .varint(let bits) = value else { throw .malformedEnvelope }
                streamID = UInt32(truncatingIfNeeded: bits)
            }
        } catch {
            throw MessageError(.malformed, message: "is no \(CancelRequest.fullName)")
        }
    }

    package func serialize(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        var buffer = OutputBuffer()
        buffer.appendInteger(field: 1, Int64(streamID))
        let target = try place(buffer.byteCount)
        if let base = buffer.bytes.baseAddress {
            target.copyMemory(from: base, byteCount: buffer.byteCount)
        }
    }

    private static let service = Array(method.service.utf8)

    /// Whether a request is for the runtime itself.
    static func isForRuntime(_ envelope: RequestEnvelope) -> Bool {
        guard envelope.service.count == service.count else { return false }
        return envelope.service.elementsEqual(service)
    }
}

/// A client's `Cancel` on its way. Nobody awaits its answer, which only tells whether the server knows
/// the method.
final class Cancellation: ClientCall, @unchecked Sendable {
    // Unchecked: as its superclass.

    /// After which the connection forgets a `Cancel` that is not answered.
    static let patience: Duration = .seconds(10)

    private let request: CancelRequest

    init(of streamID: UInt32, deadline: ContinuousClock.Instant) {
        request = CancelRequest(streamID: streamID)
        super.init(CancelRequest.method, CallOptions(), deadline)
    }

    /// Where the connection is lost, so is the call that was to be cancelled.
    override var mayMove: Bool { false }
    override var mayBeSentAgain: Bool { false }

    override func serializeRequest(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        try request.serialize(into: place)
    }

    override func didFail(_ status: Status) {}

    override func receive(_ envelope: ResponseEnvelope) {
        let connection = connection
        guard leave(), let failure = envelope.failure else { return }
        // So says a server that does not know the method: Go's the one, Rust's the other.
        switch StatusCode(rawValue: failure.code) {
        case .unimplemented, .invalidArgument: connection?.serverTakesNoCancellations()
        default: break
        }
    }
}
