/// Frames on their way out: written at the end, taken at the front. Who owns it bounds it.
///
/// A frame is begun, filled and ended; only then its header is known and written before it. Positions are
/// counted from the first byte ever appended, so they outlive what the transport takes away.
package struct OutputBuffer: ~Copyable {
    /// What an empty buffer keeps allocated at most.
    package static let retainedBytesMax = 256 << 10

    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0
    /// Of all that was ever appended, what the transport has taken.
    package private(set) var consumedByteCount: UInt64 = 0
    /// The most that was held at once.
    package private(set) var peakByteCount = 0

    package init() {
        capacity = 16 << 10
        base = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit { base.deallocate() }

    package var byteCount: Int { end - start }
    package var isEmpty: Bool { end == start }
    /// Where the next byte goes.
    package var position: UInt64 { consumedByteCount + UInt64(end - start) }

    /// What the transport is to send; valid until the next change.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + start, count: end - start)
    }

    /// The transport has taken that many bytes from the front.
    package mutating func consume(_ byteCount: Int) {
        precondition(byteCount <= end - start, "more consumed than held")
        peakByteCount = max(peakByteCount, end - start)
        start += byteCount
        consumedByteCount += UInt64(byteCount)
        guard start == end else { return }
        start = 0
        end = 0
        if capacity > OutputBuffer.retainedBytesMax {
            base.deallocate()
            capacity = 16 << 10
            base = .allocate(byteCount: capacity, alignment: 8)
        }
    }

    /// Appends room to write to; valid until the next change.
    package mutating func append(_ byteCount: Int) -> UnsafeMutableRawPointer {
        if capacity - end < byteCount { makeRoom(for: byteCount) }
        let place = base + end
        end += byteCount
        return place
    }

    /// Takes back what was appended since `position`.
    package mutating func rollback(to position: UInt64) {
        end = start + Int(position - consumedByteCount)
    }

    /// - Returns: The frame's position, for ``endFrame(_:streamID:type:flags:lengthMax:)``.
    package mutating func beginFrame() -> UInt64 {
        let position = position
        _ = append(FrameHeader.byteCount)
        return position
    }

    /// Bytes of data in the frame begun at `position`.
    package func dataByteCount(since position: UInt64) -> Int {
        Int(self.position - position) - FrameHeader.byteCount
    }

    /// - Throws: `.dataTooLarge`; the frame is taken back.
    package mutating func endFrame(
        _ position: UInt64, streamID: UInt32, type: FrameType, flags: FrameFlags = .none,
        lengthMax: Int = Limits.frameLengthMax
    ) throws(WireError) {
        let length = dataByteCount(since: position)
        guard length <= lengthMax else {
            rollback(to: position)
            throw .dataTooLarge(byteCount: length)
        }
        let header = FrameHeader(
            length: UInt32(length), streamID: streamID, type: type, flags: flags)
        header.store(at: base + start + Int(position - consumedByteCount))
        peakByteCount = max(peakByteCount, end - start)
    }

    private mutating func makeRoom(for byteCount: Int) {
        let held = end - start
        if held + byteCount <= capacity, start >= capacity / 2 {
            base.copyMemory(from: base + start, byteCount: held)
        } else {
            capacity = max(capacity * 2, held + byteCount)
            let fresh = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
            fresh.copyMemory(from: base + start, byteCount: held)
            base.deallocate()
            base = fresh
        }
        start = 0
        end = held
    }
}
