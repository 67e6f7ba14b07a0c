/// Cuts a ttRPC byte stream into frames.
///
/// The transport reads into ``space()`` and says how much it read; frames are views of that memory. Holds
/// one incomplete frame at most, so memory is bounded by the greater of ``bufferBytesMin`` and a frame of
/// the limit's length. Noncopyable: exactly one connection owns it.
package struct FrameDecoder: ~Copyable {
    /// The buffer while no frame needs more.
    package static let bufferBytesMin = 64 << 10

    private let lengthMax: Int
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0
    /// Of an oversize frame's data, what has not arrived yet.
    private var skipping = 0

    package init(lengthMax: Int = Limits.frameLengthMax) {
        self.lengthMax = lengthMax
        capacity = FrameDecoder.bufferBytesMin
        base = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit { base.deallocate() }

    /// What has arrived and is not yet part of a returned frame.
    package var pendingByteCount: Int { end - start }

    /// Whether ``next()`` would return a frame or throw.
    package mutating func hasNext() -> Bool {
        skip()
        guard end - start >= FrameHeader.byteCount else { return false }
        let length = Int(FrameHeader(at: base + start).length)
        return length > lengthMax || end - start >= FrameHeader.byteCount + length
    }

    /// The next whole frame, or `nil` until more bytes arrive.
    ///
    /// - Throws: `.frameTooLarge`, once for each such frame. Its data is skipped as it arrives, without
    ///   being held: the call fails, the connection lives.
    package mutating func next() throws(WireError) -> Frame? {
        skip()
        guard end - start >= FrameHeader.byteCount else { return nil }
        let header = FrameHeader(at: base + start)
        let length = Int(header.length)
        if length > lengthMax {
            start += FrameHeader.byteCount
            skipping = length
            skip()
            throw .frameTooLarge(header)
        }
        guard end - start >= FrameHeader.byteCount + length else { return nil }
        let data = UnsafeRawBufferPointer(
            start: base + start + FrameHeader.byteCount, count: length)
        start += FrameHeader.byteCount + length
        return Frame(header: header, data: data)
    }

    /// Where to read to; never empty. Ends the validity of every frame returned before.
    package mutating func space() -> UnsafeMutableRawBufferPointer {
        skip()
        let held = end - start
        var wanted = FrameDecoder.bufferBytesMin
        if held >= FrameHeader.byteCount {
            let length = Int(FrameHeader(at: base + start).length)
            if length <= lengthMax { wanted = max(wanted, FrameHeader.byteCount + length) }
        }
        if wanted > capacity || (held == 0 && capacity > wanted) {
            reallocate(capacity: wanted)
        } else if start > 0, held == 0 || capacity - end < capacity / 2 {
            base.copyMemory(from: base + start, byteCount: held)
            start = 0
            end = held
        }
        if end == capacity { reallocate(capacity: capacity * 2) }
        return UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
    }

    /// - Parameter byteCount: How many bytes of ``space()`` are now filled.
    package mutating func advance(by byteCount: Int) {
        precondition(byteCount <= capacity - end, "more bytes than there was space for")
        end += byteCount
    }

    private mutating func skip() {
        guard skipping > 0 else { return }
        let skipped = min(skipping, end - start)
        start += skipped
        skipping -= skipped
    }

    private mutating func reallocate(capacity newCapacity: Int) {
        let held = end - start
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 8)
        fresh.copyMemory(from: base + start, byteCount: held)
        base.deallocate()
        base = fresh
        capacity = newCapacity
        start = 0
        end = held
    }
}
