import Messages
import RPC

struct DescriptorsEndpoint: GatewayV1.DescriptorsService {
    func getDescriptors(
        _ request: GatewayV1.GetDescriptorsRequest, context: CallContext
    ) async throws -> GatewayV1.GetDescriptorsResponse {
        var response = GatewayV1.GetDescriptorsResponse()
        response.fileDescriptorSet = MessageRegistry.product.descriptorSet
        return response
    }
}
