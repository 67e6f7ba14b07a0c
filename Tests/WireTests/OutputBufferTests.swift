import Testing
import Wire

@Suite struct OutputBufferTests {
    @Test func headerIsFilledInWhenTheFrameEnds() throws {
        var buffer = OutputBuffer()
        let position = buffer.beginFrame()
        buffer.append(3).copyMemory(from: [1, 2, 3] as [UInt8], byteCount: 3)
        try buffer.endFrame(position, streamID: 5, type: .response)
        let array = buffer.array
        #expect(array == frame(2, 0, id: 5, [1, 2, 3]))
    }

    @Test func aFrameOverTheLimitIsTakenBack() throws {
        var buffer = OutputBuffer()
        let kept = buffer.beginFrame()
        try buffer.endFrame(kept, streamID: 1, type: .data)
        let position = buffer.beginFrame()
        _ = buffer.append(9)
        var refusal: WireError?
        do throws(WireError) {
            try buffer.endFrame(position, streamID: 3, type: .data, lengthMax: 8)
        } catch {
            refusal = error
        }
        #expect(refusal == .dataTooLarge(byteCount: 9))
        let array = buffer.array
        #expect(array == frame(3, 0, id: 1, []))
        let fitting = buffer.beginFrame()
        _ = buffer.append(8)
        try buffer.endFrame(fitting, streamID: 3, type: .data, lengthMax: 8)
        let held = buffer.byteCount
        #expect(held == 28)
    }

    @Test func positionsOutliveWhatIsTakenAway() throws {
        var buffer = OutputBuffer()
        for id in stride(from: UInt32(1), to: 2001, by: 2) {
            let position = buffer.beginFrame()
            buffer.append(100).initializeMemory(
                as: UInt8.self, repeating: UInt8(id & 0xff), count: 100)
            try buffer.endFrame(position, streamID: id, type: .data)
            if id % 3 == 0 { buffer.consume(60) }
        }
        var decoder = FrameDecoder()
        let consumed = Int(buffer.consumedByteCount)
        let (position, held) = (buffer.position, buffer.byteCount)
        #expect(position == 110_000)
        #expect(consumed + held == 110_000)
        let skipped = 110 - consumed % 110
        decoder.append(buffer.array.dropFirst(skipped))
        var id = UInt32((consumed / 110 + 1) * 2 + 1)
        while let frame = try decoder.next() {
            #expect(frame.header.streamID == id)
            #expect(frame.data.allSatisfy { $0 == UInt8(id & 0xff) })
            id += 2
        }
        #expect(id == 2001)
    }

    @Test(
        arguments: [
            (0, [0x00]), (127, [0x7f]), (128, [0x80, 0x01]), (300, [0xac, 0x02]),
            (.max, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
        ] as [(UInt64, [UInt8])])
    func varintsAreProtobufs(value: UInt64, encoded: [UInt8]) {
        var buffer = OutputBuffer()
        buffer.appendVarint(value)
        let array = buffer.array
        #expect(array == encoded)
        #expect(OutputBuffer.varintByteCount(value) == encoded.count)
    }
}
