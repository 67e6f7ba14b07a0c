import RPC
import Wire

/// A frame with its own bytes.
package struct RawFrame: Hashable, Sendable {
    package var header: FrameHeader
    package var data: [UInt8]

    package init(header: FrameHeader, data: [UInt8]) {
        self.header = header
        self.data = data
    }
}

/// One end of a connection that writes the bytes a test tells it to: a client, or a server of ``RawServer``.
package final class RawPeer: Sendable {
    /// How long a test waits for bytes that should come.
    package static let patience: Duration = .seconds(10)

    private let pipe: Moved<Pipe>
    private let loop: InProcessLoop

    init(_ pipe: Pipe, _ loop: InProcessLoop) {
        self.pipe = Moved(pipe)
        self.loop = loop
    }

    package func send(_ bytes: [UInt8]) async {
        let pipe = pipe
        await loop.core.run { pipe.value.write(bytes) }
    }

    package func close() async {
        let pipe = pipe
        await loop.core.run { pipe.value.close() }
    }

    /// - Returns: Nil when the other end has closed the connection, or after ``patience``.
    package func nextFrame() async -> RawFrame? {
        let pipe = pipe
        let end = ContinuousClock.now + RawPeer.patience
        while ContinuousClock.now < end {
            let (frame, isOver) = await loop.core.run { RawPeer.take(from: pipe.value) }
            if let frame { return frame }
            if isOver { return nil }
            try? await Task.sleep(for: .milliseconds(1))  // Cancelled: the loop ends by its bound.
        }
        return nil
    }

    /// Bytes that the server has sent and the test has not taken.
    package func pendingByteCount() async -> Int {
        let pipe = pipe
        return await loop.core.run { pipe.value.inbound.count }
    }

    package func isClosedByServer() async -> Bool {
        let pipe = pipe
        return await loop.core.run { pipe.value.otherHasClosed }
    }

    private static func take(from pipe: Pipe) -> (RawFrame?, isOver: Bool) {
        let inbound = pipe.inbound
        guard inbound.count >= FrameHeader.byteCount else { return (nil, pipe.otherHasClosed) }
        let header = inbound.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
        let end = FrameHeader.byteCount + Int(header.length)
        guard inbound.count >= end else { return (nil, pipe.otherHasClosed) }
        let frame = RawFrame(header: header, data: Array(inbound[FrameHeader.byteCount..<end]))
        pipe.take(end)
        return (frame, false)
    }
}
