import RPCTesting
import Testing
import Wire

@Suite struct FrameTests {
    @Test func headerIsTenBytesBigEndian() {
        let header = FrameHeader(
            length: 0x0001_0203, streamID: 0x0a0b_0c0d, type: .data,
            flags: [.remoteClosed, .noData])
        var stored = [UInt8](repeating: 0, count: FrameHeader.byteCount)
        stored.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
        #expect(stored == [0x00, 0x01, 0x02, 0x03, 0x0a, 0x0b, 0x0c, 0x0d, 0x03, 0x05])
        #expect(stored.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) } == header)
    }

    @Test func framesSplitAtEveryByteComeOutWhole() throws {
        let stream =
            frame(1, 0, id: 1, [1, 2, 3]) + frame(3, 5, id: 3, [])
            + frame(2, 0, id: 0x0102_0305, [9])
        for split in 0...stream.count {
            var decoder = FrameDecoder()
            var seen: [[UInt8]] = []
            for part in [stream[..<split], stream[split...]] {
                decoder.append(part)
                while let frame = try decoder.next() {
                    seen.append(
                        [frame.header.type.rawValue, frame.header.flags.rawValue] + frame.data)
                }
            }
            #expect(seen == [[1, 0, 1, 2, 3], [3, 5], [2, 0, 9]], "split at \(split)")
        }
    }

    @Test func bytesThatComeOneByOneMakeTheSameFrames() throws {
        let stream = frame(1, 3, id: 5, Array(0...200)) + frame(3, 0, id: 5, [])
        var decoder = FrameDecoder()
        var count = 0
        for index in stream.indices {
            decoder.append(stream[index...index])
            let hasNext = decoder.hasNext()
            #expect(hasNext == (index == 210 || index == 220))
            while try decoder.next() != nil { count += 1 }
        }
        #expect(count == 2)
    }

    @Test func frameOfExactlyTheLimitIsTaken() throws {
        var decoder = FrameDecoder()
        decoder.append(frame(1, 0, id: 1, [UInt8](repeating: 7, count: Limits.frameLengthMax))[...])
        let next = try decoder.next()
        let taken = try #require(next)
        #expect(taken.data.count == 4_194_304)
        #expect(taken.data.allSatisfy { $0 == 7 })
    }

    @Test(arguments: [4_194_305, 20_000_000])
    func oversizedFrameIsReportedOnceAndSkippedWithoutBeingHeld(length: UInt32) throws {
        var decoder = FrameDecoder()
        decoder.append((bigEndian(length) + bigEndian(7) + [1, 0])[...])
        let header = FrameHeader(length: length, streamID: 7, type: .request)
        var refusal: WireError?
        do throws(WireError) { _ = try decoder.next() } catch { refusal = error }
        #expect(refusal == .frameTooLarge(header))
        var left = Int(length)
        while left > 0 {
            let space = decoder.space()
            #expect(space.count <= FrameDecoder.bufferBytesMin)
            let count = min(left, space.count)
            decoder.advance(by: count)
            left -= count
            let isNothing = try decoder.next() == nil
            #expect(isNothing)
        }
        decoder.append(frame(3, 0, id: 9, [42])[...])
        let next = try decoder.next()
        #expect(next.map { Array($0.data) } == [42])
        let pending = decoder.pendingByteCount
        #expect(pending == 0)
    }

    @Test func bufferShrinksAfterALargeFrame() throws {
        var decoder = FrameDecoder()
        decoder.append(frame(1, 0, id: 1, [UInt8](repeating: 1, count: 1 << 20))[...])
        _ = try decoder.next()
        let space = decoder.space().count
        #expect(space == FrameDecoder.bufferBytesMin)
    }

    @Test func randomBytesNeverCrashTheDecoderOrTheEnvelopes() {
        var random = SeededRandom()
        for _ in 0..<10_000 {
            var decoder = FrameDecoder(lengthMax: 512)
            var stream: [UInt8] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let data = random.bytes(Int.random(in: 0...80, using: &random))
                stream += frame(
                    UInt8.random(in: 0...4, using: &random), data.first ?? 0, id: 1, data)
            }
            if Bool.random(using: &random) { stream += random.bytes(24) }
            decoder.append(stream[...])
            while decoder.hasNext() {
                do {
                    guard let frame = try decoder.next() else { break }
                    let request = try RequestEnvelope(frame.data)
                    try request.forEachMetadata { _, _ in }
                    try ResponseEnvelope(frame.data).failure?.forEachDetail { _, _ in }
                } catch {
                    continue
                }
            }
            let pending = decoder.pendingByteCount
            #expect(pending <= stream.count, "seed \(random.seed)")
        }
    }
}
