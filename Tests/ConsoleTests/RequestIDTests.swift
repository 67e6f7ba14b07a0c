import Messages
import Testing

@testable import Console

@Suite struct RequestIDTests {
    private static let request = RecordsV1.SubmitDossierRequest.fullName

    /// A field whose name or text merely mentions a request_id is none.
    @Test(arguments: [
        #"{}"#, #"{"request_id": ""}"#, #"{"procedure_id": "request_id"}"#,
        #"{"applicant": {"full_name": "requestId"}}"#,
    ])
    func aMissingOneIsAdded(json: String) throws {
        var bytes = try MessageJSON().serialized(json, as: Self.request)
        let before = try RecordsV1.SubmitDossierRequest(serialized: bytes)
        try RequestID.addIfMissing(to: &bytes, of: Self.request)
        var after = try RecordsV1.SubmitDossierRequest(serialized: bytes)
        #expect(after.requestID.count == 36)
        after.requestID = ""
        #expect(after == before)
    }

    @Test(arguments: [
        #"{"request_id": "mine"}"#, #"{"requestId": "mine"}"#, #"{"request\u0049d": "mine"}"#,
    ])
    func theCallersOwnIsKept(json: String) throws {
        var bytes = try MessageJSON().serialized(json, as: Self.request)
        let before = bytes
        try RequestID.addIfMissing(to: &bytes, of: Self.request)
        #expect(bytes == before)
    }
}
