import GoldenMessages
import Messages
import RPC
import Testing

@Suite struct RegistryTests {
    @Test func theMethodTableSaysWhatTheProtoSays() throws {
        let echo = TestingV1.Golden.echo
        #expect(echo.path == "motcua.testing.v1.Golden/Echo")
        #expect(echo.kind == .unary)
        #expect(echo.roles == [RoleSet(.public), RoleSet(.official)])
        #expect(echo.isRead)
        #expect(!echo.hasRequestID)

        let put = TestingV1.Golden.put
        #expect(put.roles == RoleSet(.operator))
        #expect(!put.isRead)
        #expect(put.hasRequestID)

        #expect(TestingV1.Golden.collect.kind == .clientStreaming)
        #expect(TestingV1.Golden.watch.kind == .serverStreaming)
        #expect(TestingV1.Golden.converse.kind == .bidirectional)
        #expect(TestingV1.Golden.collect.roles.isEmpty)
        #expect(TestingV1.Golden.methods.count == 5)
    }

    @Test func aMethodIsFoundByItsPath() throws {
        let call = try #require(MessageRegistry.golden.call(path: "motcua.testing.v1.Golden/Put"))
        #expect(call.request == "motcua.testing.v1.PutRequest")
        #expect(call.response == "google.protobuf.Empty")
        #expect(MessageRegistry.golden.call(path: "motcua.testing.v1.Golden/Nothing") == nil)
    }

    @Test func theProductHasEveryServiceAndNoTestMessages() throws {
        let product = MessageRegistry.product
        let services = Set(product.calls.map(\.method.service))
        #expect(services.isSuperset(of: ["motcua.records.v1.Dossiers", "grpc.health.v1.Health"]))
        #expect(!product.messageNames.contains { $0.contains("testing") })
        #expect(!product.descriptorSet.isEmpty)
        for call in product.calls {
            #expect(product.type(named: call.request)?.fullName == call.request)
            #expect(product.type(named: call.response)?.fullName == call.response)
        }
    }

    @Test func everyMethodOfOursHasARoleAndWritesHaveARequestID() {
        for call in MessageRegistry.product.calls where call.method.service.hasPrefix("motcua.") {
            #expect(!call.method.roles.isEmpty, "\(call.method.path)")
            // The runtime's own concerns the connection alone: there is nothing to do twice.
            if call.method.service == CancelRequest.method.service { continue }
            let isStreamIn = call.method.kind == .clientStreaming
            #expect(
                call.method.isRead || call.method.hasRequestID || isStreamIn, "\(call.method.path)")
        }
    }

    /// The runtime codes its own messages by hand, for it knows no generated ones.
    @Test(arguments: [0, 1, 127, 128, 0x7fff_ffff, UInt32.max])
    func theRuntimesCancelRequestIsTheOneOfTheProto(streamID: UInt32) throws {
        var generated = RPCV1.CancelRequest()
        generated.streamID = streamID
        let bytes = try CancelRequest(streamID: streamID).serialized()
        #expect(bytes == (try generated.serialized()))
        #expect(try CancelRequest(serialized: bytes).streamID == streamID)
        #expect(CancelRequest.fullName == RPCV1.CancelRequest.fullName)
        #expect(CancelRequest.method.path == RPCV1.Calls.cancel.path)
    }

    @Test func everyMessageOfTheProductPassesThroughEmpty() throws {
        for name in MessageRegistry.product.messageNames {
            let type = try #require(MessageRegistry.product.type(named: name))
            #expect(try type.init().serialized() == [], "\(name)")
            #expect(try type.init(serialized: []).serialized() == [], "\(name)")
        }
    }

    @Test func enumsKnowTheirNames() {
        #expect(TestingV1.Colour.darkBlue.protoName == "COLOUR_DARK_BLUE")
        #expect(TestingV1.Colour(protoName: "COLOUR_DEFAULT") == .default)
        #expect(TestingV1.Colour(protoName: "COLOUR_NONE") == nil)
        #expect(TestingV1.Colour.all == [.unspecified, .red, .default, .darkBlue, .all_])
        #expect(TestingV1.Colour(rawValue: 3) == .unrecognized(3))
        #expect(!TestingV1.Colour.unrecognized(3).isKnown)
        #expect(TestingV1.Sign(rawValue: -1) == .negative)
    }

    @Test func aRequestWithARequestIDIsIdempotent() throws {
        var request: any IdempotentRequest = TestingV1.PutRequest()
        request.requestID = "once"
        #expect(try TestingV1.PutRequest(serialized: request.serialized()).requestID == "once")
    }
}
