import Wire

/// The frame decoder: what it finds does not depend on how the bytes are cut, it agrees with a reader of a
/// dozen lines, and it holds no more than it says.
///
/// The input is a program, so that a few bytes stand for long frames: the limit, then steps. A step's
/// two upper bits say what it is: bytes of the input, a run of one byte, a cut, a cut without a look.
enum FramesTarget {
    private enum Found: Equatable {
        case frame(FrameHeader, [UInt8])
        case tooLarge(FrameHeader)
    }

    private struct Cut {
        var position: Int
        var isLookedAt: Bool
    }

    static let lengthsMax = [0, 16, 4096, 100_000, Limits.frameLengthMax]
    private static let streamBytesMax = 512 << 10

    static func run(_ input: UnsafeRawBufferPointer) {
        var program = Program(input)
        let lengthMax = lengthsMax[Int(program.byte()) % lengthsMax.count]
        var stream: [UInt8] = []
        var cuts: [Cut] = []
        while !program.isOver, stream.count < streamBytesMax {
            let step = program.byte()
            let number = Int(step & 0x3f)
            switch step >> 6 {
            case 0: stream.append(contentsOf: program.bytes(number + 1))
            case 1:
                let count = number << 10 | Int(program.byte())
                stream.append(contentsOf: repeatElement(program.byte(), count: count))
            case 2: cuts.append(Cut(position: stream.count, isLookedAt: true))
            default: cuts.append(Cut(position: stream.count, isLookedAt: false))
            }
        }
        let plain = read(stream, lengthMax: lengthMax)
        let whole = decode(stream, [], lengthMax: lengthMax)
        let inPieces = decode(stream, cuts, lengthMax: lengthMax)
        expect(whole == plain, "whole: \(brief(whole)), and there is: \(brief(plain))")
        expect(inPieces == plain, "in pieces: \(brief(inPieces)), and there is: \(brief(plain))")
    }

    /// What the bytes hold, by the layout alone.
    private static func read(_ stream: [UInt8], lengthMax: Int) -> [Found] {
        var found: [Found] = []
        var start = 0
        while start + 10 <= stream.count {
            func number(at offset: Int) -> UInt32 {
                stream[start + offset..<start + offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
            }
            let header = FrameHeader(
                length: number(at: 0), streamID: number(at: 4),
                type: FrameType(rawValue: stream[start + 8]),
                flags: FrameFlags(rawValue: stream[start + 9]))
            let end = start + 10 + Int(header.length)
            if Int(header.length) > lengthMax {
                found.append(.tooLarge(header))
            } else if end <= stream.count {
                found.append(.frame(header, Array(stream[start + 10..<end])))
            } else {
                break
            }
            start = end
        }
        return found
    }

    private static func decode(_ stream: [UInt8], _ cuts: [Cut], lengthMax: Int) -> [Found] {
        var decoder = FrameDecoder(lengthMax: lengthMax)
        var found: [Found] = []
        var start = 0
        for cut in cuts + [Cut(position: stream.count, isLookedAt: true)] {
            while start < cut.position {
                let space = decoder.space()
                expect(!space.isEmpty, "no space")
                let count = min(space.count, cut.position - start)
                space.copyBytes(from: stream[start..<start + count])
                decoder.advance(by: count)
                start += count
                // Who fills all the space has to look before there is more.
                if cut.isLookedAt || count == space.count { look(&decoder, &found, lengthMax) }
            }
            if cut.isLookedAt { look(&decoder, &found, lengthMax) }
        }
        return found
    }

    private static func look(_ decoder: inout FrameDecoder, _ found: inout [Found], _ max: Int) {
        while true {
            let isExpected = decoder.hasNext()
            do throws(WireError) {
                guard let frame = try decoder.next() else {
                    expect(!isExpected, "hasNext() promised a frame")
                    break
                }
                expect(isExpected, "hasNext() denied a frame")
                found.append(.frame(frame.header, Array(frame.data)))
            } catch {
                guard case .frameTooLarge(let header) = error else { fatalError("\(error)") }
                expect(isExpected, "hasNext() denied a frame that is too large")
                found.append(.tooLarge(header))
            }
        }
        let bound = Swift.max(FrameDecoder.bufferBytesMin, FrameHeader.byteCount + max)
        let pending = decoder.pendingByteCount
        let held = decoder.space().count + pending
        expect(held <= bound, "\(held) bytes are held, \(bound) is the bound")
    }

    private static func brief(_ found: [Found]) -> [String] {
        found.map { item in
            switch item {
            case .frame(let header, let data): "\(header.streamID): \(data.count) bytes"
            case .tooLarge(let header): "\(header.streamID): too large, \(header.length)"
            }
        }
    }
}
