import GoldenMessages
import Messages
import RPC
import Testing

@Suite struct GoldenBytesTests {
    @Test(arguments: Golden.all)
    func bytesOfProtocBecomeTheValue(_ fixture: any AnyFixture) throws {
        #expect(try fixture.isDecodedToItsValue())
    }

    @Test(arguments: Golden.all)
    func theValueBecomesTheBytesOfProtoc(_ fixture: any AnyFixture) throws {
        #expect(try fixture.value.serialized().hex == fixture.bytes.hex)
    }

    @Test func mapEntriesComeInAnyOrderAndGoOutSorted() throws {
        let reversed = [UInt8](hex: "0a060a01621201320a060a0161120131")
        let sorted = [UInt8](hex: "0a060a01611201310a060a0162120132")
        #expect(try TestingV1.Containers(serialized: reversed).serialized() == sorted)
    }

    @Test func mapKeysAreSortedByTheirUTF8() throws {
        let keys = ["đ", "d", "z", "", "a", "ab", "Đ"]
        var message = TestingV1.Containers()
        for key in keys { message.labels[key] = "x" }
        let again = try TestingV1.Containers(serialized: message.serialized())
        #expect(again == message)
        let order = try message.serialized()
        // "" < "a" < "ab" < "d" < "z" < "Đ" (c4 90) < "đ" (c4 91), each with the value "x" (12 01
        // 78).
        #expect(
            order.hex
                == "0a03120178" + "0a060a0161120178" + "0a070a026162120178" + "0a060a0164120178"
                + "0a060a017a120178" + "0a070a02c490120178" + "0a070a02c491120178")
    }

    @Test func theLastOfARepeatedMapKeyCounts() throws {
        let twice = [UInt8](hex: "0a060a01611201310a060a0161120132")
        #expect(try TestingV1.Containers(serialized: twice).labels == ["a": "2"])
    }

    @Test func theLastCaseOfAOneofCounts() throws {
        // number: 1, then text: "a"; then the other way round.
        #expect(try TestingV1.Choice(serialized: [UInt8](hex: "10010a0161")).outcome == .text("a"))
        #expect(try TestingV1.Choice(serialized: [UInt8](hex: "0a01611001")).outcome == .number(1))
    }

    @Test func aSubmessageThatComesTwiceIsMerged() throws {
        // record.record_id: "a", then record.code: "b".
        let request = try TestingV1.PutRequest(
            serialized: [UInt8](hex: "12030a016112031201" + "62"))
        #expect(request.record?.recordID == "a")
        #expect(request.record?.code == "b")
    }

    @Test func packedAndUnpackedAreBothRead() throws {
        // int32s (3) unpacked: 1, 2; unpacked (18) packed: 3, 4.
        let message = try TestingV1.Repeats(serialized: [UInt8](hex: "1801180292010203" + "04"))
        #expect(message.int32s == [1, 2])
        #expect(message.unpacked == [3, 4])
    }

    @Test func unknownEnumNumbersSurviveBothWays() throws {
        // colour: 99; sign: -2.
        let bytes = [UInt8](hex: "8001638801feffffffffffffffff01")
        let message = try TestingV1.Scalars(serialized: bytes)
        #expect(message.colour == .unrecognized(99))
        #expect(message.sign == .unrecognized(-2))
        #expect(message.sign.protoName == nil)
        #expect(try message.serialized() == bytes)

        let many = TestingV1.Repeats.with {
            $0.colours = [.unrecognized(-5), .red, .unrecognized(77)]
        }
        #expect(try TestingV1.Repeats(serialized: many.serialized()) == many)
    }

    @Test func fieldsOfANewerPeerAreSkipped() throws {
        // Field 1000 as a varint, as eight bytes, as bytes and as four bytes; then name: "x".
        let bytes = [UInt8](
            hex: "c03e01" + "c13e0000000000000000" + "c23e0161" + "c53e00000000" + "0a0178")
        #expect(try TestingV1.Choice.Inner.Leaf(serialized: bytes).name == "x")
    }

    @Test func noBytesAreTheEmptyMessage() throws {
        #expect(try TestingV1.Scalars(serialized: []) == .init())
        #expect(
            try TestingV1.Scalars(serialized: UnsafeRawBufferPointer(start: nil, count: 0))
                == .init())
        #expect(try TestingV1.Scalars().serialized() == [])
    }
}
