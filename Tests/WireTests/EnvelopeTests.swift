import Testing
import Wire

@Suite struct EnvelopeTests {
    /// Request { service "a.B", method "C", payload 0xff, timeout_nano 1, metadata k: v and k: w }.
    private static let request: [UInt8] =
        [0x0a, 3] + bytes("a.B") + [0x12, 1] + bytes("C") + [0x1a, 1, 0xff, 0x20, 1]
        + [0x2a, 6, 0x0a, 1] + bytes("k") + [0x12, 1] + bytes("v")
        + [0x2a, 6, 0x0a, 1] + bytes("k") + [0x12, 1] + bytes("w")

    @Test func requestIsReadWithoutCopying() throws {
        try EnvelopeTests.request.withUnsafeBytes { data in
            let request = try RequestEnvelope(data)
            #expect(Array(request.service) == bytes("a.B"))
            #expect(Array(request.method) == bytes("C"))
            #expect(Array(request.payload) == [0xff])
            #expect(request.timeoutNano == 1)
            var metadata: [String] = []
            try request.forEachMetadata { metadata.append("\($0)=\($1)") }
            #expect(metadata == ["k=v", "k=w"])
            #expect(data.baseAddress! + 2 == request.service.baseAddress!)
        }
    }

    @Test func requestIsWrittenAsProtobufHasIt() throws {
        var buffer = OutputBuffer()
        let position = buffer.beginFrame()
        buffer.appendRequestHead(service: "a.B", method: "C")
        try buffer.appendPayload(field: 3, byteCount: 1, frame: position, lengthMax: 1000)
            .storeBytes(of: 0xff, as: UInt8.self)
        buffer.appendTimeout(1)
        buffer.appendMetadata(key: "k", value: "v")
        buffer.appendMetadata(key: "k", value: "w")
        try buffer.endFrame(position, streamID: 1, type: .request)
        let array = buffer.array
        #expect(
            array == frame(1, 0, id: 1, EnvelopeTests.request))
    }

    /// The health check in `PROTOCOL.md`.
    @Test func theExampleOfThePageIsWhatWeSend() throws {
        var buffer = OutputBuffer()
        let position = buffer.beginFrame()
        buffer.appendRequestHead(service: "grpc.health.v1.Health", method: "Check")
        try buffer.endFrame(position, streamID: 1, type: .request)
        let array = buffer.array
        #expect(
            array == [0, 0, 0, 0x1e, 0, 0, 0, 1, 1, 0, 0x0a, 0x15] + bytes("grpc.health.v1.Health")
                + [0x12, 5] + bytes("Check"))
    }

    @Test func anAlreadyPassedDeadlineIsANegativeNumber() throws {
        let data: [UInt8] = [0x20] + [UInt8](repeating: 0xff, count: 9) + [0x01]
        let timeout = try data.withUnsafeBytes { try RequestEnvelope($0).timeoutNano }
        #expect(timeout == -1)
        var buffer = OutputBuffer()
        buffer.appendTimeout(-1)
        let array = buffer.array
        #expect(
            array == data)
    }

    @Test func fieldsNobodyKnowsAreSkipped() throws {
        let data: [UInt8] =
            [0x30, 5, 0x3a, 2, 1, 2, 0x41, 1, 2, 3, 4, 5, 6, 7, 8, 0x4d, 1, 2, 3, 4]
            + EnvelopeTests.request
        let method = try data.withUnsafeBytes { Array(try RequestEnvelope($0).method) }
        #expect(method == bytes("C"))
    }

    @Test(arguments: [
        [0x0a] as [UInt8], [0x0a, 5, 1], [0x0b], [0x0c], [0x00, 1], [0x20],
        [0x20] + [UInt8](repeating: 0xff, count: 11), [0x0d, 1, 2], [0x09, 1, 2, 3],
    ])
    func brokenEnvelopeIsMalformed(data: [UInt8]) {
        #expect(refusal(data) == .malformedEnvelope)
        data.withUnsafeBytes { data in
            _ = #expect(throws: WireError.malformedEnvelope) { _ = try ResponseEnvelope(data) }
        }
    }

    @Test func emptyDataIsAnEmptyEnvelopeAndASuccess() throws {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(try RequestEnvelope(nothing).service.isEmpty)
        let response = try ResponseEnvelope(nothing)
        #expect(response.failure == nil && response.payload.isEmpty)
    }

    @Test(arguments: [[0x12, 2, 8, 1] as [UInt8], [0x0a, 0x00, 0x12, 2, 8, 1]])
    func successIsAStatusThatIsAbsentOrEmpty(data: [UInt8]) throws {
        try data.withUnsafeBytes { data in
            let response = try ResponseEnvelope(data)
            #expect(response.failure == nil)
            #expect(Array(response.payload) == [8, 1])
        }
    }

    @Test func failureHasItsCodeMessageAndDetailsAlsoBesideAPayload() throws {
        let status: [UInt8] =
            [0x08, 5, 0x12, 2] + bytes("no") + [0x1a, 5, 0x0a, 1] + bytes("t") + [0x12, 0]
        let data = [0x0a, UInt8(status.count)] + status + [0x12, 1, 9]
        try data.withUnsafeBytes { data in
            let response = try ResponseEnvelope(data)
            let failure = try #require(response.failure)
            #expect(failure.code == 5)
            #expect(Array(failure.message) == bytes("no"))
            #expect(Array(response.payload) == [9])
            var details: [String] = []
            try failure.forEachDetail {
                details.append(String(decoding: $0, as: UTF8.self) + "\($1.count)")
            }
            #expect(details == ["t0"])
        }
    }

    @Test func aStatusThatStandsTwiceIsMergedAsProtobufHasIt() throws {
        let first: [UInt8] = [0x08, 5, 0x12, 2] + bytes("no") + [0x1a, 3, 0x0a, 1] + bytes("t")
        let second: [UInt8] = [0x08, 7, 0x1a, 3, 0x0a, 1] + bytes("u")
        let data = [0x0a, UInt8(first.count)] + first + [0x0a, UInt8(second.count)] + second
        try data.withUnsafeBytes { data in
            let failure = try #require(try ResponseEnvelope(data).failure)
            #expect(failure.code == 7)
            #expect(Array(failure.message) == bytes("no"))
            var details: [String] = []
            try failure.forEachDetail { url, _ in
                details.append(String(decoding: url, as: UTF8.self))
            }
            #expect(details == ["t", "u"])
        }
    }

    @Test func statusIsWrittenWithItsDetails() {
        var buffer = OutputBuffer()
        buffer.appendStatus(
            code: 3, message: "bad", details: [("t", [1, 2]), ("", [])])
        let array = buffer.array
        #expect(
            array == [0x0a, 18, 0x08, 3, 0x12, 3] + bytes("bad")
                + [0x1a, 7, 0x0a, 1] + bytes("t") + [0x12, 2, 1, 2] + [0x1a, 0])
    }

    @Test func namesAreBounded() {
        var limits = Limits()
        limits.nameBytesMax = 4
        #expect(refusal([0x0a, 4] + bytes("abcd"), limits) == nil)
        #expect(refusal([0x0a, 5] + bytes("abcde"), limits) == .nameTooLong)
        #expect(refusal([0x12, 5] + bytes("abcde"), limits) == .nameTooLong)
    }

    @Test func metadataIsBoundedByNumberAndBySize() {
        let entry: [UInt8] = [0x2a, 6, 0x0a, 1] + bytes("k") + [0x12, 1] + bytes("v")
        var limits = Limits()
        limits.metadataEntriesMax = 2
        #expect(refusal(entry + entry, limits) == nil)
        #expect(refusal(entry + entry + entry, limits) == .tooMuchMetadata)
        limits = Limits()
        limits.metadataBytesMax = 12
        #expect(refusal(entry + entry, limits) == nil)
        #expect(refusal(entry + entry + entry, limits) == .tooMuchMetadata)
    }

    @Test func metadataThatIsNotUTF8IsRefused() throws {
        let data: [UInt8] = [0x2a, 6, 0x0a, 1, 0xff, 0x12, 1, 0x61]
        try data.withUnsafeBytes { data in
            let request = try RequestEnvelope(data)
            _ = #expect(throws: WireError.invalidUTF8) { try request.forEachMetadata { _, _ in } }
        }
    }

    @Test func aPayloadOverTheLimitIsRefusedBeforeRoomIsMade() throws {
        var buffer = OutputBuffer()
        let position = buffer.beginFrame()
        let header = 3
        _ = try buffer.appendPayload(
            field: 2, byteCount: 1000, frame: position, lengthMax: 1000 + header)
        buffer.rollback(to: position)
        let again = buffer.beginFrame()
        var refusal: WireError?
        do throws(WireError) {
            _ = try buffer.appendPayload(
                field: 2, byteCount: 1000, frame: again, lengthMax: 999 + header)
        } catch {
            refusal = error
        }
        #expect(refusal == .dataTooLarge(byteCount: 1000 + header))
        let held = buffer.byteCount
        #expect(held == FrameHeader.byteCount)
    }

    private func refusal(_ data: [UInt8], _ limits: Limits = .init()) -> WireError? {
        data.withUnsafeBytes { data in
            do throws(WireError) {
                _ = try RequestEnvelope(data, limits: limits)
                return nil
            } catch {
                return error
            }
        }
    }
}
