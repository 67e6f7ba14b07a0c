import Wire

/// What a server owes its peer, by the frames that the peer has sent.
struct AnswerModel {
    /// What was sent on one stream id.
    private struct Stream {
        /// A request whose id was odd and above all before it.
        var isAdmitted = false
        /// Sent when the peer had lost his place: the server may be gone.
        var isLate = false
        /// Requests whose id was even or not above all before it.
        var refusedRequests = 0
        var dataFrames = 0
        var oversizeFrames = 0
    }

    /// What was received on one stream id.
    private struct Answers {
        /// Ends of the call: a response, or the end of a stream.
        var ends = 0
        /// Responses to a frame that was out of place.
        var complaints = 0
    }

    /// What a server says of a frame, not of a call.
    private static let complaints = [
        "StreamID must be odd", "StreamID cannot be re-used", "StreamID is no longer active",
        "data handling error",
    ]

    private let lengthMax: Int
    private let skippedMax: Int
    /// The peer announced more than a server reads and throws away: it answers what is in flight and goes.
    private(set) var hasLostPlace = false
    private var pending: [UInt8] = []
    private var skipping = 0
    private var streams: [UInt32: Stream] = [:]
    private(set) var lastID: UInt32 = 0

    init(_ limits: Limits) {
        lengthMax = limits.frameLengthMax
        skippedMax = limits.skippedFrameLengthMax
    }

    mutating func sent(_ bytes: [UInt8]) {
        pending += bytes
        while true {
            let skipped = min(skipping, pending.count)
            pending.removeFirst(skipped)
            skipping -= skipped
            guard pending.count >= FrameHeader.byteCount else { return }
            let header = pending.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
            let length = Int(header.length)
            if length > lengthMax {
                pending.removeFirst(FrameHeader.byteCount)
                skipping = length
            } else if pending.count >= FrameHeader.byteCount + length {
                pending.removeFirst(FrameHeader.byteCount + length)
            } else {
                return
            }
            note(header, isOversize: length > lengthMax)
        }
    }

    private mutating func note(_ header: FrameHeader, isOversize: Bool) {
        let id = header.streamID
        if isOversize, Int(header.length) > skippedMax { hasLostPlace = true }
        if hasLostPlace { streams[id, default: Stream()].isLate = true }
        switch header.type {
        case .request:
            if id % 2 == 1, id > lastID {
                lastID = id
                streams[id, default: Stream()].isAdmitted = true
            } else if !isOversize {
                streams[id, default: Stream()].refusedRequests += 1
            } else {
                streams[id, default: Stream()].oversizeFrames += 1
            }
        case .data:
            if isOversize {
                streams[id, default: Stream()].oversizeFrames += 1
            } else {
                streams[id, default: Stream()].dataFrames += 1
            }
        default: break
        }
    }

    /// How many zeros end the frame that is not whole; nil when it announces more than is worth sending.
    func zerosToWholeFrame() -> Int? {
        var copy = self
        var zeros = 0
        while !copy.pending.isEmpty || copy.skipping > 0 {
            guard zeros < 64 << 10 else { return nil }
            let step = copy.skipping > 0 ? min(copy.skipping, 64 << 10) : 1
            copy.sent([UInt8](repeating: 0, count: step))
            zeros += step
        }
        return zeros
    }

    func unanswered(after received: [UInt8]) -> [UInt32] {
        let answers = read(received)
        return streams.filter { $0.value.isAdmitted && (answers[$0.key]?.ends ?? 0) == 0 }.keys
            .sorted()
    }

    /// - Parameter isCut: The server went in the middle: nothing is owed any more.
    func expectAnswers(_ received: [UInt8], isCut: Bool) {
        let answers = read(received)
        for (id, stream) in streams {
            let answer = answers[id] ?? Answers()
            let owed = stream.isAdmitted ? 1 : 0
            let isLate = stream.isLate || isCut
            // An oversize frame is a complaint or ends its call, in the same words.
            expect(
                ((isLate ? 0 : owed)...owed + stream.oversizeFrames).contains(answer.ends),
                "stream \(id) was ended \(answer.ends) times and is owed \(owed)")
            let complaintsMax = stream.refusedRequests + stream.dataFrames
            var complaintsMin = id % 2 == 0 ? complaintsMax : stream.refusedRequests
            if isLate { complaintsMin = 0 }
            expect(
                (complaintsMin...complaintsMax).contains(answer.complaints),
                "stream \(id) got \(answer.complaints) complaints for \(stream)")
        }
        for id in answers.keys {
            expect(streams[id] != nil, "stream \(id) was answered and never used")
        }
    }

    /// The frames of a server, each in its place.
    private func read(_ received: [UInt8]) -> [UInt32: Answers] {
        var answers: [UInt32: Answers] = [:]
        received.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                expect(rest.count >= FrameHeader.byteCount, "half a header was sent")
                let header = FrameHeader(at: UnsafeRawBufferPointer(rebasing: rest).baseAddress!)
                rest = rest.dropFirst(FrameHeader.byteCount)
                expect(Int(header.length) <= lengthMax, "a frame of \(header.length) was sent")
                expect(rest.count >= Int(header.length), "half a frame was sent")
                let data = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(header.length)))
                rest = rest.dropFirst(Int(header.length))
                note(header, data, in: &answers[header.streamID, default: Answers()])
            }
        }
        return answers
    }

    private func note(
        _ header: FrameHeader, _ data: UnsafeRawBufferPointer, in answers: inout Answers
    ) {
        switch header.type {
        case .data:
            expect(answers.ends == 0, "a message came after the end of stream \(header.streamID)")
            if header.flags.contains(.remoteClosed) { answers.ends += 1 }
        case .response:
            do throws(WireError) {
                let response = try ResponseEnvelope(data)
                let text = response.failure.map { String(decoding: $0.message, as: UTF8.self) }
                if let text, AnswerModel.complaints.contains(where: text.hasPrefix) {
                    answers.complaints += 1
                } else {
                    answers.ends += 1
                }
            } catch {
                fatalError("a response that is none was sent: \(error)")
            }
        default: fatalError("a frame of type \(header.type.rawValue) was sent")
        }
    }
}
