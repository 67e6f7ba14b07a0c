import Gateway
import Identity
import Messages
import RPC
import RPCTesting
import Testing

@Suite struct ForwardingTests {
    @Test func aCallGoesThroughUntouchedAndItsCallerIsSaidUnderSeal() async throws {
        let fakes = try FakeServices()
        try await GatewayUnderTest(fakes: fakes).run { channel in
            // A field that no version knows: 15, a varint.
            let payload: [UInt8] = [0x0A, 0x02, 0x64, 0x31, 0x78, 0x2A]
            let options = CallOptions(metadata: ["Motcua-Caller": "forged", "motcua-x": "y"])
            let reply: RawMessage = try await channel.unary(
                RecordsV1.Dossiers.getDossier, RawMessage(bytes: payload), options: options)
            #expect(reply.bytes == payload)
        }
        let callers = fakes.state.withLock { $0.callers }
        #expect(callers.map(\.principal) == ["operator"])
    }

    @Test func aStatusComesBackAsItIs() async throws {
        let fakes = try FakeServices()
        let detail = Status.Detail(
            typeURL: "type.googleapis.com/google.rpc.ErrorInfo", value: [0x0A, 0x01, 0x58])
        let refusal = Status(.failedPrecondition, "state 3 allows no move", details: [detail])
        fakes.state.withLock { $0.failures[RecordsV1.Dossiers.getDossier] = [refusal] }
        try await GatewayUnderTest(fakes: fakes).run { channel in
            await #expect {
                try await RecordsV1.DossiersClient(channel).getDossier(.init(), options: .init())
            } throws: { ($0 as? Status) == refusal }
        }
    }

    @Test func methodsAreRefusedByTheirOwnRolesBeforeTheyReachAService() async throws {
        let fakes = try FakeServices()
        try await GatewayUnderTest(fakes: fakes).run { channel in
            await #expect {
                try await PaymentsV1.BankEntriesClient(channel).recordBankEntry(
                    .init(), options: .init())
            } throws: { ($0 as? Status)?.code == .permissionDenied }
            await #expect {
                try await RecordsV1.DossiersClient(channel).recordFee(.init(), options: .init())
            } throws: { ($0 as? Status)?.code == .permissionDenied }
        }
        #expect(fakes.state.withLock { $0.taken }.isEmpty)
    }

    @Test func theDescriptorsAreServedAsBytes() async throws {
        let fakes = try FakeServices()
        try await GatewayUnderTest(fakes: fakes).run { channel in
            let response = try await GatewayV1.DescriptorsClient(channel).getDescriptors(
                .init(), options: .init())
            let text = String(decoding: response.fileDescriptorSet, as: UTF8.self)
            #expect(text.contains("motcua/records/v1/dossiers.proto"))
        }
    }
}
