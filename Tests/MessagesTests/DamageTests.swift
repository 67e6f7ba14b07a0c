import GoldenMessages
import Messages
import RPC
import Testing

/// Bytes from a broken or hostile peer end in a refusal or in a value, never in a crash.
@Suite struct DamageTests {
    @Test(arguments: Golden.all)
    func everyTruncationIsReadOrRefused(_ fixture: any AnyFixture) {
        for count in 0..<fixture.bytes.count {
            decode(fixture, Array(fixture.bytes.prefix(count)))
        }
    }

    @Test func twentyThousandMutationsAreReadOrRefused() {
        let seed: UInt64 = 20_261_121
        var random = SplitMix64(seed: seed)
        let fixtures = Golden.all.filter { !$0.bytes.isEmpty }
        var readCount = 0
        for round in 0..<20_000 {
            let fixture = fixtures[round % fixtures.count]
            var bytes = fixture.bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                guard !bytes.isEmpty else { break }
                let position = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = .random(in: 0...255, using: &random)
                case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.remove(at: position)
                default: bytes.insert(.random(in: 0...255, using: &random), at: position)
                }
            }
            if decode(fixture, bytes) { readCount += 1 }
        }
        // Both ways out are taken, or the mutations would prove nothing.
        #expect((1_000..<19_000).contains(readCount), "seed \(seed): \(readCount) read")
    }

    /// What was read must be writable again and come back the same, floats that are no number
    /// apart.
    @discardableResult
    private func decode<F: AnyFixture>(_ fixture: F, _ bytes: [UInt8]) -> Bool {
        guard let value = try? F.M(serialized: bytes) else { return false }
        guard value == value else { return true }
        #expect(throws: Never.self) {
            let again = try F.M(serialized: value.serialized())
            #expect(again == value, "\(bytes.hex)")
        }
        return true
    }

    @Test func aLengthBeyondTheEndIsRefused() {
        // string_value announces 2^31 - 1, then 2^32 - 1 bytes.
        for hex in ["72ffffffff07", "72ffffffff0f", "72ffffffffffffffff7f"] {
            #expect(throws: MessageError.self) {
                try TestingV1.Scalars(serialized: [UInt8](hex: hex))
            }
        }
    }

    @Test func aSmallMessageCannotTakeAllMemory() {
        // Three bytes each unpack to a whole struct: together they are over the arena's limit.
        let bytes = Array(repeatElement([0x8a, 0x01, 0x00] as [UInt8], count: 600_000).joined())
        let error = #expect(throws: MessageError.self) { try TestingV1.Repeats(serialized: bytes) }
        #expect(error?.code == .tooLarge)
        #expect(throws: Never.self) { try TestingV1.Repeats(serialized: Golden.repeats.bytes) }
    }

    @Test func aLargeMessagePassesWhole() throws {
        let message = TestingV1.Repeats.with {
            $0.blobs = [Array(repeating: 7, count: 3 << 20)]
            $0.strings = (0..<20_000).map { "text number \($0)" }
            $0.scalars = (0..<5_000).map { number in .with { $0.int32Value = Int32(number) } }
        }
        let bytes = try message.serialized()
        #expect(try TestingV1.Repeats(serialized: bytes) == message)
        #expect(try TestingV1.Scalars(serialized: Golden.lowest.bytes) == Golden.lowest.value)
    }

    @Test func unknownFieldsDoNotNestOurStack() {
        // Field 1000 holding field 1000 holding …: skipped by its length, whatever is inside.
        var bytes: [UInt8] = []
        for _ in 0..<1_000 { bytes = [0xc2, 0x3e] + varint(bytes.count) + bytes }
        #expect(throws: Never.self) { try TestingV1.Scalars(serialized: bytes) }
    }

    @Test func groupsAreRefused() {
        #expect(throws: MessageError.self) { try TestingV1.Scalars(serialized: [0x0b, 0x0c]) }
    }

    @Test func threadsDoNotShareAnArena() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for round in 0..<500 {
                        let message = TestingV1.Choice.with {
                            $0.outcome = .text("\(worker) \(round)")
                        }
                        let again = try TestingV1.Choice(serialized: message.serialized())
                        #expect(again == message)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }
}
