import Messages
import RPC

/// Public look-up of a dossier by code and secret: the code and how far it has come, nothing else
/// (Circular 01/2018 article 16).
struct TrackingEndpoint: GatewayV1.TrackingService {
    /// How long records may take to answer the public.
    static let timeout = Duration.seconds(10)

    let upstreams: Upstreams

    func track(
        _ request: GatewayV1.TrackRequest, context: CallContext
    ) async throws -> GatewayV1.TrackResponse {
        var query = RecordsV1.TrackDossierRequest()
        query.code = request.code
        query.lookUpSecret = request.lookUpSecret
        var options = try upstreams.options(timeout: Self.timeout, retries: .none)
        options.deadline = context.deadline
        options.carry(traceOf: context)
        let found = try await RecordsV1.DossiersClient(upstreams.channel(to: .records))
            .trackDossier(query, options: options)
        guard let completion = GatewayV1.Completion(found.state) else {
            throw Status(.internal, "records answered with a state that this gateway does not know")
        }
        var response = GatewayV1.TrackResponse()
        response.code = found.code
        response.completion = completion
        response.completionText = completion.vietnamese
        return response
    }
}
